"""One .safetensors file: arrays as tensors, documents in its metadata, a version, and a checksum over all of it.

Any program that reads safetensors can look into it:

.. code-block:: python

   with safetensors.safe_open("penguins.safetensors", framework="numpy") as file:
       print(file.metadata()["parameters"])
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from skexpand.base.files import whole_file
from skexpand.storage.json import Arrays
from skexpand.storage.old import STEPS

FORMAT = "skexpand"
VERSION = 3  # when it rises: docs/contributing/file_format.rst
MAX_HEADER = 100_000_000  # bytes of names and documents that safetensors reads


def write_file(path: Path, content: bytes) -> None:
    """Write the content of a file, whole or not at all."""
    if path.is_dir():
        raise ValueError(f"{str(path)!r} is a folder; name a file in it.")
    with whole_file(path) as file:
        file.write(content)


def content_of(texts: Mapping[str, str], arrays: Arrays) -> bytes:
    """Return texts and arrays as the content of a file."""
    from safetensors.numpy import save

    metadata = {"format": FORMAT, "format_version": str(VERSION), **texts}
    content = save(arrays, metadata | {"checksum": checksum(metadata, arrays)})
    if _header_size(content) > MAX_HEADER:
        raise ValueError(
            f"Names and texts of this synthesizer take {_header_size(content):,} bytes, and such a file holds at most "
            f"{MAX_HEADER:,} of them; leave columns of long texts out."
        )
    return content


def read_file(path: Path) -> bytes:
    """Return the content of a file."""
    if path.is_dir():
        raise ValueError(f"{str(path)!r} is a folder; name a file in it.")
    return path.read_bytes()


def read_content(content: bytes, name: str) -> tuple[dict[str, str], Arrays]:
    """Return texts and arrays; raise an error, with the file's name, for other files, unknown versions and damage."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        arrays = load(content)  # checks the header, so that its size can be relied upon
        metadata = _metadata(content)
    except (SafetensorError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise ValueError(
            f"{name} is not a file that `save` wrote, or it is truncated or damaged ({error}); copy it again."
        ) from error
    _check_version(name, metadata)
    if metadata.pop("checksum", None) != checksum(metadata, arrays):
        raise ValueError(f"{name} is damaged: its content lacks the checksum that it states; copy it again.")
    return metadata, arrays


def _check_version(name: str, metadata: Mapping[str, str]) -> None:
    version = metadata.get("format_version", "")
    if metadata.get("format") != FORMAT or not (version.isascii() and version.isdigit() and len(version) < 9):
        raise ValueError(f"{name} is a safetensors file, but not one that `save` wrote; name another.")
    if int(version) == VERSION or int(version) in STEPS:
        return
    writer = metadata.get("written_by", "another version of skexpand")
    written = f"{name} was written by {writer} in format {int(version)}"
    if int(version) > VERSION:
        raise ValueError(f"{written}, and this version reads formats up to {VERSION}; install a newer skexpand.")
    raise ValueError(
        f"{written}, and this version reads formats {min(STEPS)} to {VERSION}; load it with the version that wrote it, "
        "or fit and save again."
    )


def stated_checksum(content: bytes) -> str:
    """Return the checksum in the content of a file that can be read: unlike the bytes, equal for equal content."""
    return _metadata(content)["checksum"]


def _metadata(content: bytes) -> dict[str, str]:
    return dict(json.loads(content[8 : 8 + _header_size(content)]).get("__metadata__", {}))


def _header_size(content: bytes) -> int:
    return int.from_bytes(content[:8], "little")


def checksum(texts: Mapping[str, str], arrays: Arrays) -> str:
    """Return the SHA-256 of texts and arrays with their names, types and shapes, in the order of the names."""
    digest = sha256()
    digest.update(json.dumps(sorted(texts.items())).encode())
    for name, array in sorted(arrays.items()):
        digest.update(json.dumps([name, array.dtype.name, array.shape]).encode())
        digest.update(array.tobytes())
    return digest.hexdigest()
