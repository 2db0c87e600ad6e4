"""The command line: ``skexpand expand data.csv --target y --out big.parquet``.

A command is a module in ``commands/`` with a click command named ``command``; it needs no registration. An error is
reported in one line on stderr that also says how to solve it. Exit codes:

=====  =====================================================================================================
0      done
1      unexpected: a fault of skexpand or of the machine
2      the request cannot be carried out as it stands: options, the table, a file, a package that is missing
130    interrupted (Ctrl-C, or the machine shutting down); nothing was written, or a folder can be completed
=====  =====================================================================================================
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec

EXTRA = ("click", "fsspec", "pandas", "pyarrow")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; this is the entry point ``skexpand``."""
    missing = [package for package in EXTRA if find_spec(package) is None]
    if missing:
        print(f"skexpand: the command line needs {' and '.join(missing)}: pip install 'skexpand[cli]'", file=sys.stderr)
        return 2
    from skexpand.cli._run import run

    return run(sys.argv[1:] if arguments is None else list(arguments))
