"""Files of older versions: one step a version, which turns its documents into those of the next.

A file goes through the steps of its version and of all that follow. Only then is it read, by the one reader there is.
"""

from __future__ import annotations

from collections.abc import Callable

from skexpand.storage.old.objects import Documents, with_defaults
from skexpand.storage.old.version_1 import to_version_2
from skexpand.storage.old.version_2 import to_version_3

STEPS: dict[int, Callable[[Documents], Documents]] = {1: to_version_2, 2: to_version_3}


def up_to_date(version: int, documents: Documents) -> Documents:
    """Return the documents of a file as the current version would have written them.

    Parts that classes have gained since are added with their defaults. The steps make all other changes.
    """
    if version not in STEPS:
        return documents
    while version in STEPS:
        documents = STEPS[version](documents)
        version += 1
    return with_defaults(documents)
