"""From version 2, which only development versions before 0.1.0 wrote, to version 3.

Targets other than classes: a source may smooth the targets of new rows, and classes of a component may have kin. Older
files have neither, which are the defaults.
"""

from __future__ import annotations

from skexpand.storage.old.objects import Documents


def to_version_3(documents: Documents) -> Documents:
    """Return documents of version 2 as version 3 has them."""
    return documents
