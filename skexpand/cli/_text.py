"""Text files of rows: their delimiter, their cells, and the same table with more rows."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

DELIMITERS = {".csv": ",", ".tsv": "\t"}
PACKED = ".gz"
_CANDIDATES = ",;\t|"
_SAMPLE = 50  # rows that tell the delimiter
_STATED = re.compile(r'"?sep=(.)"?(?:\r\n|\r|\n|$)')  # a first line for spreadsheets, which names the delimiter
_ENCODING_HINTS = {
    b"\xff\xfe": "it begins like utf-16",
    b"\xfe\xff": "it begins like utf-16",
    b"\x1f\x8b": "but it begins like a packed file, whose name must end in .gz",
    b"PK": "but it begins like a spreadsheet or an archive, to be saved as CSV first",
}


class Rows(NamedTuple):
    """The rows of a text file, the names of the columns first, and its delimiter."""

    cells: list[list[str]]
    delimiter: str


def extension_of(path: Path) -> str:
    """Return the extension of a file, without that of a packed one."""
    path = Path(path.name.lower())
    return Path(path.stem).suffix if path.suffix == PACKED else path.suffix


def read_cells(path: Path, delimiter: str | None, encoding: str) -> Rows:
    """Read a text file."""
    if delimiter is not None and len(delimiter) != 1:
        raise ValueError(f"--delimiter {delimiter!r} must be one character")
    text = _decode(path, encoding)
    stated = _STATED.match(text)
    if stated:
        text = text[stated.end() :]
        delimiter = delimiter or stated[1]
    delimiter = delimiter or _sniff(text, DELIMITERS[extension_of(path)])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        for row in reader:
            if row and rows and len(row) != len(rows[0]):
                raise ValueError(
                    f"line {reader.line_num + bool(stated)} of {path.name} has {len(row)} cells, the first has "
                    f"{len(rows[0])}; repair it, or name another --delimiter"
                )
            if row:  # a blank line is no row
                rows.append(row)
    except csv.Error as error:
        line = reader.line_num + bool(stated)
        raise ValueError(f"line {line} of {path.name} cannot be read: {error}; repair it") from error
    if len(rows) < 2:
        raise ValueError(f"{path.name} has no rows; give it a line of column names and rows below it")
    return Rows(rows, delimiter)


def write_cells(rows: Iterable[Iterable[str]], delimiter: str) -> str:
    """Return these rows as text."""
    lines = _Lines()
    csv.writer(lines, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return "".join(lines)


class _Lines(list[str]):
    """Lines that end in a line feed, written by a writer that quotes carriage returns only where lines end in both."""

    def write(self, line: str) -> None:
        """Take a line."""
        self.append(line.removesuffix("\r\n") + "\n")


def _decode(path: Path, encoding: str) -> str:
    """Read a file as text; a byte order mark is left out."""
    raw = _unpacked(path)
    try:
        return raw.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        likely = next((hint for start, hint in _ENCODING_HINTS.items() if raw.startswith(start)), None)
        raise ValueError(
            f"line {line} of {path.name} is not {encoding} text (byte 0x{raw[error.start]:02x}); name its --encoding, "
            f"{likely or 'often latin-1 or cp1252'}"
        ) from error
    except LookupError as error:
        raise ValueError(f"--encoding {encoding!r} is unknown; try utf-8, latin-1, cp1252 or utf-16") from error


def _unpacked(path: Path) -> bytes:
    """Return the bytes of a file."""
    raw = path.read_bytes()
    if path.suffix.lower() != PACKED:
        return raw
    try:
        return gzip.decompress(raw)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path.name} cannot be unpacked ({error}); repair it, or unpack it first") from error


def _sniff(text: str, usual: str) -> str:
    """Return the delimiter that cuts the first rows into most cells, the same number in each."""
    best, most = usual, 1
    for candidate in [usual, *_CANDIDATES]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=candidate)
        try:
            lengths = {len(row) for row, _ in zip(reader, range(_SAMPLE), strict=False) if row}
        except csv.Error:  # as a cell beyond all limits
            continue
        if len(lengths) == 1 and max(lengths) > most:
            best, most = candidate, max(lengths)
    return best
