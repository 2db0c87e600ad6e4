"""Tables in files: read by extension, written with more rows in the way the file had them.

What a table remembers of its file is a *layout*: for text the delimiter, the cells of the rows and how each column
spells its values; for Parquet and Feather the schema. The layout writes the rows it knows exactly as they were.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
from tqdm.auto import tqdm

from skexpand.cli._cells import GAPS, Column
from skexpand.cli._text import DELIMITERS, read_cells, write_cells

BINARY = (".feather", ".parquet")
EXTENSIONS = (*DELIMITERS, *BINARY)
SLICE = 16_384  # rows spelled at a time


@dataclass(frozen=True)
class Table:
    """A table and the layout of its file.

    Attributes
    ----------
    frame
        The rows, with the type of each column.
    schema
        Of a binary file: its schema, a ``pyarrow.Schema``.
    columns, delimiter
        Of a text file: its columns by name, and the delimiter.
    """

    frame: pd.DataFrame
    schema: Any = None
    columns: dict[str, Column] = field(default_factory=dict)
    delimiter: str | None = None

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return list(self.frame.columns)

    def check_name(self, name: str) -> None:
        """Refuse a name that no column has."""
        if name in self.names:
            return
        close = get_close_matches(name, self.names, n=3)
        known = f"did you mean {' or '.join(map(repr, close))}?" if close else f"the columns are {_listed(self.names)}"
        raise ValueError(f"no column is named {name!r}; {known}")

    def without(self, names: Collection[str]) -> Table:
        """Leave columns out."""
        return replace(self, frame=self.frame.drop(columns=list(names)))


def format_of(path: Path) -> str:
    """Return the extension that tells the format."""
    extension = path.suffix.lower()
    if extension not in EXTENSIONS:
        raise ValueError(f"{path.name!r} tells no format; its name must end in {', '.join(EXTENSIONS)}")
    return extension


def read_table(
    path: Path, delimiter: str | None = None, encoding: str = "utf-8", gaps: Collection[str] = GAPS
) -> Table:
    """Read a file in the format that its extension names."""
    if format_of(path) in BINARY:
        from skexpand.cli._binary import read_binary

        frame, schema = read_binary(path)
        if not len(frame):
            raise ValueError(f"{path.name} has no rows")
        return Table(frame, schema)
    (names, *rows), delimiter = read_cells(path, delimiter, encoding)
    repeated = [name for place, name in enumerate(names) if name in names[:place]]
    if repeated:
        raise ValueError(f"{path.name} has several columns named {repeated[0]!r}; give them different names")
    marks = "." if delimiter == "," else ".,"
    columns = {name: Column.of(cells, gaps, marks) for name, *cells in zip(names, *rows, strict=True)}
    frame = pd.DataFrame({name: column.values for name, column in columns.items()})
    return Table(frame, None, columns, delimiter)


def write_table(
    file: BinaryIO, extension: str, frame: pd.DataFrame, table: Table, n_originals: int, verbose: bool = False
) -> None:
    """Write a frame whose first rows are those of the table; its columns are spelled as there."""
    if extension in BINARY:
        from skexpand.cli._binary import write_binary

        write_binary(file, extension, frame, table.schema)
        return
    delimiter = DELIMITERS[extension]
    if extension == ".csv" and table.delimiter not in (None, "\t"):
        delimiter = table.delimiter  # a file with semicolons is followed by one with semicolons
    file.write(write_cells([frame.columns], delimiter).encode("utf-8"))
    with tqdm(total=len(frame), desc="writing", unit="row", disable=not verbose) as progress:
        for rows in _slices(n_originals, len(frame)):
            known = rows.stop <= n_originals
            cells = [_spelled(frame[name], rows, table.columns.get(name), known) for name in frame]
            file.write(write_cells(zip(*cells, strict=True), delimiter).encode("utf-8"))
            progress.update(rows.stop - rows.start)


def _slices(n_originals: int, n_rows: int) -> Iterator[slice]:
    """Cut rows into slices of originals, then of new ones."""
    for start, stop in ((0, n_originals), (n_originals, n_rows)):
        for place in range(start, stop, SLICE):
            yield slice(place, min(place + SLICE, stop))


def _spelled(values: pd.Series, rows: slice, column: Column | None, known: bool) -> Sequence[str]:
    """Spell some rows of a column: known cells of a file as they were, new values like them."""
    if column:
        return column.cells[rows] if known else column.spell(values[rows])
    found = values[rows]
    return ["" if gap else str(value) for value, gap in zip(found.to_numpy(), found.isna(), strict=True)]


def _listed(names: list[str], most: int = 20) -> str:
    """List names, the first ones of many."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
