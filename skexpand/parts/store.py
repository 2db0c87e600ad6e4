"""A folder of any file system that fsspec knows, in which a file is written whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO
from os import PathLike
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from skexpand.base.files import PARTIAL, whole_file

_CHUNK = 2**22  # bytes read at a time


class Summed:
    """An open file whose checksum is taken while it is written; who opened it closes it."""

    closed = False

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._digest = file, sha256()

    def write(self, content: Any) -> int:
        """Write bytes, or what holds them."""
        self._digest.update(content)
        return self._file.write(content)

    def flush(self) -> None:
        """Do nothing; the file is flushed when it is closed."""

    close = flush

    @property
    def checksum(self) -> str:
        """The SHA-256 of what was written."""
        return self._digest.hexdigest()


class Store:
    """A folder: a local path, or a URL such as ``s3://bucket/folder`` or ``memory://folder``."""

    def __init__(self, folder: str | PathLike[str]) -> None:
        self.name = str(folder)
        try:
            self.files, root = url_to_fs(self.name)
        except (ImportError, ValueError) as error:  # the package of a store is missing, or there is no such store
            raise ValueError(
                f"{self.name!r} cannot be opened: {error}; install what it needs, or name another"
            ) from error
        self.root = root.rstrip("/")
        self.is_local = isinstance(self.files, LocalFileSystem)

    def make(self) -> None:
        """Make the folder, if it is not there."""
        try:
            self.files.makedirs(self.root, exist_ok=True)
        except OSError as error:
            raise ValueError(f"{self.name!r} cannot be made a folder: {_reason(error)}; name another") from error

    def check_writable(self) -> None:
        """Raise a ValueError if nothing can be written to the folder, or the folder cannot be made; leave nothing."""
        if not self.is_local:
            return
        place = Path(self.root)
        while not place.exists():
            place = place.parent
        try:
            with TemporaryFile(dir=place):
                pass
        except OSError as error:
            raise ValueError(f"nothing can be written to {str(place)!r}: {_reason(error)}; name another") from error

    def entries(self, folder: str = "") -> list[str]:
        """Return the names of files and folders in it, but none that a killed process left half-written."""
        path = self._path(folder) if folder else self.root
        self.files.invalidate_cache(path)
        if not self.files.exists(path):
            return []
        if not self.files.isdir(path):
            raise ValueError(f"{self.name!r} is a file; name a folder")
        names = [entry.rstrip("/").rpartition("/")[2] for entry in self.files.ls(path, detail=False)]
        return sorted(name for name in names if not name.endswith(PARTIAL))

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, None if it is not there."""
        try:
            return bytes(self.files.cat_file(self._path(name)))
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        """Write a file."""
        with self.created(name) as file:
            file.write(content)

    @contextmanager
    def created(self, name: str) -> Iterator[Summed]:
        """Open a file to be written: under a temporary name and then renamed if local, in one request otherwise."""
        try:
            if self.is_local:
                path = Path(self._path(name))
                path.parent.mkdir(exist_ok=True)
                with whole_file(path, on_disk=False) as file:
                    yield Summed(file)
            else:
                yield Summed(buffer := BytesIO())
                self.files.pipe_file(self._path(name), buffer.getvalue())
        except OSError as error:
            raise OSError(
                f"{name} could not be written to {self.name!r}: {_reason(error)}. The parts that are complete stay; "
                "mend this, and repeat the call to make the others."
            ) from error

    def remove(self, name: str) -> None:
        """Remove a file or folder, if it is there."""
        if self.files.exists(self._path(name)):
            self.files.rm(self._path(name), recursive=True)

    def remove_partial_files(self) -> None:
        """Remove what killed processes left half-written."""
        if self.is_local:
            for path in Path(self.root).rglob(f".*{PARTIAL}"):
                path.unlink(missing_ok=True)

    def checksum(self, name: str) -> str | None:
        """Return the SHA-256 of a file, None if it is not there."""
        digest = sha256()
        try:
            with self.files.open(self._path(name), "rb") as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
        except FileNotFoundError:
            return None
        return digest.hexdigest()

    def _path(self, name: str) -> str:
        return f"{self.root}/{name}"


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
