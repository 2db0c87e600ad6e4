"""Tables of text files: their cells are written back as they were, character by character."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from math import isnan
from typing import Any

import numpy as np
import pandas as pd

from skexpand.base.types import IntArray
from skexpand.cli._cells import GAPS, LIKELY_GAPS, Column
from skexpand.cli._marks import decimal_mark
from skexpand.cli._numbers import Number
from skexpand.cli._table import Table


@dataclass(frozen=True, eq=False)
class TextTable(Table):
    """A table of cells.

    Attributes
    ----------
    file
        The name of the file.
    cells
        The cells of each column, by its name.
    delimiter
        What parts them.
    gaps
        Stated cells without a value; None for the usual ones.
    stated_mark
        The decimal mark, if stated.
    """

    file: str
    cells: dict[str, Sequence[str]]
    delimiter: str
    gaps: frozenset[str] | None = None
    stated_mark: str | None = None

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return list(self.cells)

    def __len__(self) -> int:
        return len(next(iter(self.cells.values()), ()))

    @cached_property
    def mark(self) -> str:
        """The decimal mark."""
        if self.stated_mark:
            return self.stated_mark
        no_numbers = {*(self.gaps or GAPS), *(LIKELY_GAPS if self.gaps is None else ())}
        present = {
            name: [cell for cell in dict.fromkeys(map(str.strip, cells)) if cell not in no_numbers]
            for name, cells in self.cells.items()
        }
        return decimal_mark(present, self.delimiter, self.file)

    @cached_property
    def columns(self) -> dict[str, Column]:
        """The columns by name: values, and how they are spelled."""
        gaps, likely = (GAPS, LIKELY_GAPS) if self.gaps is None else (self.gaps, ())
        return {name: Column.of(cells, gaps, self.mark, likely) for name, cells in self.cells.items()}

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The rows."""
        return pd.DataFrame({name: column.values for name, column in self.columns.items()})

    def without(self, names: Collection[str]) -> TextTable:
        """Leave columns out."""
        return replace(self, cells={name: cells for name, cells in self.cells.items() if name not in names})

    def blanked(self, name: str, word: str) -> TextTable:
        """Empty the cells of a column that read like a word."""
        cells = ["" if cell.strip() == word.strip() else cell for cell in self.cells[name]]
        return replace(self, cells=self.cells | {name: cells})

    def filled(self, name: str, rows: IntArray, values: pd.Series) -> TextTable:
        """Spell values into cells of a column."""
        cells = np.array(self.cells[name], dtype=object)
        cells[rows] = self.columns[name].spell(values)
        return replace(self, cells=self.cells | {name: cells.tolist()})

    def known(self, name: str, rows: slice) -> Sequence[str]:
        """Return cells of the file."""
        return self.cells[name][rows]

    def spelled(self, name: str, values: pd.Series) -> Sequence[str]:
        """Spell new values like the cells of the file."""
        return self.columns[name].spell(values)

    def value(self, name: str, text: str) -> Any:
        """Return the value of a column that a text stands for, spelled as in the file or as in Python."""
        try:
            return self.columns[name].spelling.read([text]).tolist()[0]
        except (ValueError, OverflowError):
            return super().value(name, text)

    def arrow(self, frame: pd.DataFrame, n_known: int) -> Any:
        """Return the rows as a ``pyarrow.Table``; numbers of more digits than a float has are exact decimals."""
        import pyarrow as pa

        from skexpand.cli._arrow import joined, with_pandas_types
        from skexpand.cli._decimals import exact_type, exact_values

        arrays = {}
        for name in frame.columns:
            known, new = self.frame.get(name, frame[name])[:n_known], frame[name][n_known:]
            exact = self._exact(name)
            if exact:
                kind = exact_type(exact, name, self.file)
                arrays[name] = joined(pa.array(exact[:n_known], kind), exact_values(new, kind, exact))
            else:
                first = pa.Array.from_pandas(known if n_known else new[:0])
                arrays[name] = joined(first, pa.Array.from_pandas(new, type=first.type))
        return with_pandas_types(pa.table(arrays), frame)

    def check_destination(self, file: str, is_text: bool) -> None:
        """Refuse numbers of more digits than Arrow's exact numbers have."""
        if is_text:
            return
        from skexpand.cli._decimals import exact_type

        for name in self.names:
            exact_type(self._exact(name), name, file)

    def _exact(self, name: str) -> list[Decimal | None]:
        """Return the numbers of a column as they are, if floats would round some of them."""
        column = self.columns.get(name)
        if column is None or not isinstance(column.spelling, Number) or column.spelling.form == "d":
            return []
        plain, values = column.spelling.plain, column.values.tolist()
        pairs = zip(column.cells, values, strict=True)
        exact = [None if isnan(value) else Decimal(plain(cell.strip())) for cell, value in pairs]
        rounded = [None if isnan(value) else Decimal(repr(value)) for value in values]
        return [] if exact == rounded else exact
