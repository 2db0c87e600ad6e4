"""A file is written completely or not at all: first under a temporary name beside it, then renamed in one step."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

PARTIAL = ".partial"  # ends the temporary name


@contextmanager
def whole_file(path: Path, on_disk: bool = True) -> Iterator[BinaryIO]:
    """Open a file that appears under its name only once it is complete and, unless waived, on disk.

    If the block ends early, also by an interrupt, an existing file is left as it was and no other file remains. Only a
    killed process leaves one, named as `PARTIAL` says.
    """
    path = path.resolve()  # through a link, so that the link stays one
    partial = path.with_name(f".{secrets.token_hex(8)}{PARTIAL}")
    try:
        with _created(partial) as file:
            yield file
            file.flush()
            if on_disk:
                os.fsync(file.fileno())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    if on_disk:
        _sync_folder(path.parent)


def _created(path: Path) -> BinaryIO:
    """Open a new file; if this fails, the error names the folder."""
    try:
        return open(path, "xb")
    except OSError as error:
        raise ValueError(f"nothing can be written to {str(path.parent)!r}: {error.strerror}; name another") from error


def _sync_folder(folder: Path) -> None:
    """Flush the folder to disk as well, where folders can be opened (not on Windows)."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
