"""Tables of Parquet and Feather: the columns of the file are kept, in the types of the file."""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa

from skexpand.base.types import IntArray
from skexpand.cli._arrow import array_of, check_type, joined, series_of, with_pandas_types
from skexpand.cli._binary import write_binary
from skexpand.cli._spelled import Words, can_be_text, spelling_of
from skexpand.cli._table import Table


@dataclass(frozen=True, eq=False)
class ArrowTable(Table):
    """A table of Arrow columns.

    Attributes
    ----------
    file
        The name of the file.
    rows
        Its rows.
    gap
        How a gap is written in a text file.
    """

    file: str
    rows: pa.Table
    gap: str = ""

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return list(self.rows.column_names)

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The rows, once all types are known ones."""
        for field in self.rows.schema:
            check_type(field.name, field.type, self.file)
        return pd.DataFrame({name: series_of(self.rows[name]) for name in self.names})

    def without(self, names: Collection[str]) -> ArrowTable:
        """Leave columns out."""
        return replace(self, rows=self.rows.select([name for name in self.names if name not in names]))

    def blanked(self, name: str, word: str) -> ArrowTable:
        """Make nulls of the cells of a column that read like a word."""
        cells = self._text(name, self.rows[name])
        rows = pa.array([None if cell.strip() == word.strip() else row for row, cell in enumerate(cells)], pa.int64())
        return self._with(name, self.rows[name].take(rows))

    def filled(self, name: str, rows: IntArray, values: pd.Series) -> ArrowTable:
        """Put values into a column, in the type of the file."""
        places = np.arange(len(self))
        places[rows] = len(self) + np.arange(len(rows))
        column = self.rows[name]
        return self._with(name, joined(column, array_of(values, column)).take(pa.array(places)))

    def _with(self, name: str, column: pa.ChunkedArray) -> ArrowTable:
        """Replace a column."""
        place = self.names.index(name)
        return replace(self, rows=self.rows.set_column(place, self.rows.field(place), column))

    def known(self, name: str, rows: slice) -> Sequence[str]:
        """Return cells of the file, as text."""
        return self._text(name, self.rows[name][rows])

    def spelled(self, name: str, values: pd.Series) -> Sequence[str]:
        """Spell new values like those of the file."""
        return self._text(name, joined(array_of(values, self.rows[name])))

    def arrow(self, frame: pd.DataFrame, n_known: int) -> pa.Table:
        """Return the rows of the file, then those of the frame behind them, in the types of the file."""
        fields, columns = [], []
        for name in frame.columns:
            if name in self.names:
                field, column = self.rows.field(name), self.rows[name]
                columns.append(joined(column[:n_known], array_of(frame[name][n_known:], column)))
            else:
                columns.append(pa.Array.from_pandas(frame[name]))
                field = pa.field(name, columns[-1].type)
            fields.append(field)
        return with_pandas_types(pa.table(columns, pa.schema(fields)), frame, self.rows.schema)

    def check_destination(self, file: str, is_text: bool) -> None:
        """Raise an error for types that the kind of file lacks, and for gaps that text would confuse."""
        for name in self.names:
            column = self.rows[name]
            if is_text:
                self._check_text(name, column, file)
            else:
                _check_binary(self.rows.select([name]).slice(0, 0), file)

    def _check_text(self, name: str, column: pa.ChunkedArray, file: str) -> None:
        if not can_be_text(column.type):
            raise ValueError(
                f"column {name!r} of {self.file} holds bytes, which {file} cannot hold as text; write .parquet or "
                f".feather, or --drop {name}"
            )
        if column.null_count and self.gap in column.unique().to_pylist():
            text = f"the text {self.gap!r}" if self.gap else "empty text"
            raise ValueError(
                f"column {name!r} of {self.file} has both gaps and {text}, which {file} cannot tell apart; --gap TEXT "
                f"writes gaps as another word, or write .parquet or .feather"
            )

    @cached_property
    def _spellings(self) -> dict[str, Words]:
        return {name: spelling_of(self.rows[name]) for name in self.names}

    def _text(self, name: str, values: pa.ChunkedArray) -> list[str]:
        """Spell values and gaps."""
        chunks = values.drop_null().chunks or [pa.array([], values.type)]
        present = iter(self._spellings[name](pa.concat_arrays(chunks)))
        return [next(present) if known else self.gap for known in values.is_valid().to_pylist()]


def _check_binary(column: pa.Table, file: str) -> None:
    """Refuse a column of a type that a kind of binary file lacks."""
    try:
        write_binary(io.BytesIO(), file, column)
    except (pa.ArrowException, OSError) as error:
        raise ValueError(
            f"column {column.column_names[0]!r} has the type {column.schema[0].type}, which {file} cannot hold; write "
            "the format of TABLE, or --drop it"
        ) from error
