"""``python -m skexpand`` runs the command ``skexpand``."""

import sys

from skexpand.cli import main

if __name__ == "__main__":
    sys.exit(main())
