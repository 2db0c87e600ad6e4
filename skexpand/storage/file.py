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
VERSION = 2  # when it rises: docs/contributing/file_format.rst
MAX_HEADER = 100_000_000  # bytes of names and documents that safetensors reads


def write_file(path: Path, texts: Mapping[str, str], arrays: Arrays) -> None:
    """Write texts and arrays, whole or not at all."""
    from safetensors.numpy import save

    if path.is_dir():
        raise ValueError(f"{str(path)!r} is a folder; name a file in it.")
    metadata = {"format": FORMAT, "format_version": str(VERSION), **texts}
    content = save(arrays, metadata | {"checksum": checksum(metadata, arrays)})
    if _header_size(content) > MAX_HEADER:
        raise ValueError(
            f"Names and texts of this synthesizer take {_header_size(content):,} bytes, and such a file holds at most "
            f"{MAX_HEADER:,} of them; leave columns of long texts out."
        )
    with whole_file(path) as file:
        file.write(content)


def read_file(path: Path) -> tuple[dict[str, str], Arrays]:
    """Return texts and arrays of a file; raise an error for other files, unknown versions and damage."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    if path.is_dir():
        raise ValueError(f"{str(path)!r} is a folder; name a file in it.")
    content = path.read_bytes()
    try:
        arrays = load(content)  # checks the header, so that its size can be relied upon
        header = json.loads(content[8 : 8 + _header_size(content)])
    except (SafetensorError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise ValueError(
            f"{str(path)!r} is not a file that `save` wrote, or it is truncated or damaged ({error})."
        ) from error
    metadata = header.get("__metadata__", {})
    _check_version(path, metadata)
    if metadata.pop("checksum", None) != checksum(metadata, arrays):
        raise ValueError(f"{str(path)!r} is damaged: its content does not have the checksum that it states.")
    return metadata, arrays


def _check_version(path: Path, metadata: Mapping[str, str]) -> None:
    version = metadata.get("format_version", "")
    if metadata.get("format") != FORMAT or not (version.isascii() and version.isdigit() and len(version) < 9):
        raise ValueError(f"{str(path)!r} is a safetensors file, but not one that `save` wrote.")
    if int(version) == VERSION or int(version) in STEPS:
        return
    writer = metadata.get("written_by", "another version of skexpand")
    written = f"{str(path)!r} was written by {writer} in format {int(version)}"
    if int(version) > VERSION:
        raise ValueError(f"{written}, and this version reads formats up to {VERSION}; install a newer skexpand.")
    raise ValueError(
        f"{written}, and this version reads formats {min(STEPS)} to {VERSION}; load it with the version that wrote it, "
        "or fit and save again."
    )


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
