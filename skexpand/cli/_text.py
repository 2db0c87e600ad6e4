"""Text files of rows: their delimiter, their cells, and the same table with more rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

DELIMITERS = {".csv": ",", ".tsv": "\t"}
_CANDIDATES = ",;\t|"
_SAMPLE = 50  # rows that tell the delimiter


def read_cells(path: Path, delimiter: str | None, encoding: str) -> tuple[list[list[str]], str]:
    """Return the rows of a text file, the names of the columns first, and its delimiter."""
    if delimiter is not None and len(delimiter) != 1:
        raise ValueError(f"--delimiter {delimiter!r} must be one character")
    text = _decode(path, encoding)
    delimiter = delimiter or _sniff(text, DELIMITERS[path.suffix.lower()])
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        rows: list[list[str]] = []
        for row in reader:
            if row and rows and len(row) != len(rows[0]):
                raise ValueError(
                    f"line {reader.line_num} of {path.name} has {len(row)} cells, the first has {len(rows[0])}; "
                    "repair it, or name another --delimiter"
                )
            if row:  # a blank line is no row
                rows.append(row)
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num} of {path.name} cannot be read: {error}; repair it") from error
    if len(rows) < 2:
        raise ValueError(f"{path.name} has no rows; it needs a line of column names and rows below it")
    return rows, delimiter


def write_cells(rows: Iterable[Iterable[str]], delimiter: str) -> str:
    """Return these rows as text."""
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return file.getvalue()


def _decode(path: Path, encoding: str) -> str:
    """Read a file as text; a byte order mark is left out."""
    raw = path.read_bytes()
    try:
        return raw.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        likely = "it begins like utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "often latin-1 or cp1252"
        raise ValueError(
            f"line {line} of {path.name} is not {encoding} text (byte 0x{raw[error.start]:02x}); name its --encoding, "
            f"{likely}"
        ) from error
    except LookupError as error:
        raise ValueError(f"--encoding {encoding!r} is unknown; try utf-8, latin-1, cp1252 or utf-16") from error


def _sniff(text: str, usual: str) -> str:
    """Return the delimiter that cuts the first rows into most cells, the same number in each."""
    best, most = usual, 1
    for candidate in [usual, *_CANDIDATES]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=candidate)
        lengths = {len(row) for row, _ in zip(reader, range(_SAMPLE), strict=False) if row}
        if len(lengths) == 1 and max(lengths) > most:
            best, most = candidate, max(lengths)
    return best
