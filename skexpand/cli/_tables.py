"""Tables in files: read by extension, written with more rows in the way the file had them."""

from __future__ import annotations

import gzip
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, cast

import pandas as pd
from tqdm.auto import tqdm

from skexpand.cli._table import Table, cells_of
from skexpand.cli._text import DELIMITERS, PACKED, extension_of, read_cells, write_cells
from skexpand.cli._text_table import TextTable

BINARY = (".feather", ".parquet")
EXTENSIONS = (*DELIMITERS, *BINARY)
SLICE = 16_384  # rows spelled at a time


def format_of(path: Path) -> str:
    """Return the extension that tells the format."""
    extension = extension_of(path)
    if extension not in EXTENSIONS or (extension in BINARY and path.suffix.lower() == PACKED):
        raise ValueError(
            f"{path.name!r} has no known format; its name must end in {', '.join(EXTENSIONS)}, a text file's also in "
            f"{PACKED}; unpack others, or save them as one of these"
        )
    return extension


def read_table(
    path: Path,
    delimiter: str | None = None,
    encoding: str = "utf-8",
    gaps: Collection[str] = (),
    mark: str | None = None,
) -> Table:
    """Read a file in the format that its extension names.

    Parameters
    ----------
    path
        The file.
    delimiter, mark
        Of a text file: what parts its cells, and its decimal mark; found out if None.
    encoding
        Of a text file.
    gaps
        Cells of a text file that have no value, beside empty ones; the usual ones if none are stated. Where a table
        of Parquet or Feather is written as text, its gaps are written as the first of these.
    """
    if format_of(path) in BINARY:
        from skexpand.cli._arrow import tidy
        from skexpand.cli._arrow_table import ArrowTable
        from skexpand.cli._binary import read_binary

        rows = tidy(read_binary(path))
        if not rows.num_rows:
            raise ValueError(f"{path.name} has no rows; name a table that has some")
        return ArrowTable(path.name, rows, next(iter(gaps), ""))
    (names, *rows), delimiter = read_cells(path, delimiter, encoding)
    repeated = [name for place, name in enumerate(names) if name in names[:place]]
    if repeated:
        raise ValueError(f"{path.name} has several columns named {repeated[0]!r}; give them different names")
    cells: dict[str, Sequence[str]] = {name: cells for name, *cells in zip(names, *rows, strict=True)}
    return TextTable(path.name, cells, delimiter, frozenset({"", *gaps}) if gaps else None, mark)


def write_table(
    file: BinaryIO, path: Path, frame: pd.DataFrame, table: Table, n_known: int, verbose: bool = False
) -> None:
    """Write the first rows of a table as they are, then those of a frame behind them, spelled likewise.

    Parameters
    ----------
    file
        What is written to.
    path
        Its name, which tells the format.
    frame
        All rows, those of the table first, and columns of the table or others.
    table
        The table.
    n_known
        How many rows are the table's.
    verbose
        Whether to show progress.
    """
    extension = format_of(path)
    if extension in BINARY:
        from skexpand.cli._binary import write_binary

        write_binary(file, extension, table.arrow(frame, n_known))
    elif path.suffix.lower() == PACKED:
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
            _write_text(cast(BinaryIO, packed), extension, frame, table, n_known, verbose)
    else:
        _write_text(file, extension, frame, table, n_known, verbose)


def _write_text(file: BinaryIO, extension: str, frame: pd.DataFrame, table: Table, n_known: int, verbose: bool) -> None:
    """Write lines of cells."""
    delimiter = DELIMITERS[extension]
    if extension == ".csv" and table.delimiter not in (None, "\t"):
        delimiter = table.delimiter  # a file with semicolons is followed by one with semicolons
    file.write(write_cells([frame.columns], delimiter).encode("utf-8"))
    with tqdm(total=len(frame), desc="writing", unit="row", disable=not verbose) as progress:
        for rows in _slices(n_known, len(frame)):
            cells: list[Sequence[str]] = []
            for name in frame.columns:
                if name not in table.names:
                    cells.append(cells_of(frame[name][rows]))
                elif rows.stop <= n_known:
                    cells.append(table.known(name, rows))
                else:
                    cells.append(table.spelled(name, frame[name][rows]))
            file.write(write_cells(zip(*cells, strict=True), delimiter).encode("utf-8"))
            progress.update(rows.stop - rows.start)


def _slices(n_known: int, n_rows: int) -> Iterator[slice]:
    """Cut rows into slices of known ones, then of new ones."""
    for start, stop in ((0, n_known), (n_known, n_rows)):
        for place in range(start, stop, SLICE):
            yield slice(place, min(place + SLICE, stop))
