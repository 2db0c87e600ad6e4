"""A table of a file: its rows with the type of each column, and how it is written to a file again.

The rows of the file are kept as the file has them, apart from the frame that a synthesizer works on. So whatever the
frame may lose (digits of exact numbers, the difference between a date and a moment), they come back as they were.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from difflib import get_close_matches
from typing import Any

import pandas as pd

from skexpand.base.types import IntArray
from skexpand.codec.series import is_gap


class Table(ABC):
    """A table of a file.

    Attributes
    ----------
    file : str
        The name of the file.
    delimiter : str or None
        Of a text file.
    """

    file: str
    delimiter: str | None = None

    @property
    @abstractmethod
    def names(self) -> list[str]:
        """The names of the columns."""

    @abstractmethod
    def __len__(self) -> int:
        """Return the number of rows."""

    @property
    @abstractmethod
    def frame(self) -> pd.DataFrame:
        """The rows as a synthesizer takes them; refuse columns that cannot be read."""

    @abstractmethod
    def without(self, names: Collection[str]) -> Table:
        """Leave columns out."""

    @abstractmethod
    def blanked(self, name: str, word: str) -> Table:
        """Make gaps of the cells of a column that read like a word; "" stands for empty cells."""

    @abstractmethod
    def filled(self, name: str, rows: IntArray, values: pd.Series) -> Table:
        """Put values of a column into its cells in some rows, spelled like the others."""

    @abstractmethod
    def known(self, name: str, rows: slice) -> Sequence[str]:
        """Return cells of the file, as text."""

    @abstractmethod
    def spelled(self, name: str, values: pd.Series) -> Sequence[str]:
        """Return new values of a column as text, spelled like the cells of the file."""

    @abstractmethod
    def arrow(self, frame: pd.DataFrame, n_known: int) -> Any:
        """Return a ``pyarrow.Table``: the first rows of the file, then the rows of the frame behind them."""

    @abstractmethod
    def check_destination(self, file: str, is_text: bool) -> None:
        """Refuse a kind of file that cannot hold each cell of this table as it is."""

    def check_name(self, name: str) -> None:
        """Raise an error for a name that no column has."""
        if name in self.names:
            return
        raise ValueError(f"no column is named {name!r}; {_hint(name, self.names)}")

    def value(self, name: str, text: str) -> Any:
        """Return the value of a column that a text stands for."""
        dtype = self.frame[name].dtype
        if pd.api.types.is_datetime64_any_dtype(dtype):
            return pd.Timestamp(text)
        return pd.Timedelta(text) if pd.api.types.is_timedelta64_dtype(dtype) else float(text)


def cells_of(values: pd.Series) -> list[str]:
    """Return a column that no file has as text."""
    return ["" if is_gap(value) else str(value) for value in values.tolist()]


def _hint(name: str, names: list[str]) -> str:
    """Return which columns may be meant, or which there are."""
    close = get_close_matches(name, names, n=3)
    if close:
        return f"did you mean {' or '.join(map(repr, close))}?"
    return f"the columns are {_listed(names)}"


def _listed(names: list[str], most: int = 20) -> str:
    """List names, the first ones of many."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
