"""A file is written whole or not at all: beside its place first, then moved there in one step."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that appears under its name only once it is complete and on disk.

    Whatever ends the block early, an interrupt included, leaves what was there before and nothing else.
    """
    path = path.resolve()  # through a link, so that the link stays one
    partial = path.with_name(f".{secrets.token_hex(8)}.partial")
    try:
        with _created(partial) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _created(path: Path) -> BinaryIO:
    """Open a new file; say of which folder it was that this failed."""
    try:
        return open(path, "xb")
    except OSError as error:
        raise ValueError(f"nothing can be written to {str(path.parent)!r}: {error.strerror}; name another") from error


def _sync_folder(folder: Path) -> None:
    """Bring the new name to disk as well, where folders can be opened (not on Windows)."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
