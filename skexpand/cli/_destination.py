"""Checks of an output path."""

from __future__ import annotations

from pathlib import Path


def check_destination(path: Path, source: Path, force: bool) -> None:
    """Raise an error for a path that cannot be written to, before any work is done."""
    if not path.parent.is_dir():
        raise ValueError(f"the folder {str(path.parent)!r} does not exist; make it first, or name another --out")
    if path.exists() and path.samefile(source):
        raise ValueError(f"--out {str(path)!r} is the table itself, which is never overwritten; name another file")
    if path.is_dir():
        raise ValueError(f"--out {str(path)!r} is a folder; name a file in it")
    if path.exists() and not force:
        raise ValueError(f"{str(path)!r} exists; --force replaces it")
