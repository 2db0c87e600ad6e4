"""Cells of a text file and the values they stand for: how a column is read, and how new values are spelled like it.

A column is what *all* of its cells can be: truth values, numbers, dates, durations, else text. So ``007`` stays text,
and a column of prices stays at two decimals.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from skexpand.cli._moments import Duration, Moment
from skexpand.cli._numbers import Number

GAPS = ("", "NA", "N/A", "<NA>", "NaN", "nan", "NULL", "null")
LIKELY_GAPS = ("?", "-", ".", "n/a", "#N/A", "None", "none")  # among numbers or dates; in text they are text
_TRUTH = [("True", "False"), ("true", "false"), ("TRUE", "FALSE")]


class Spelling(Protocol):
    """How the values of a column are written."""

    def read(self, cells: Sequence[str | None]) -> pd.Series:
        """Return the values of cells, None being a gap."""

    def write(self, values: pd.Series) -> Sequence[str]:
        """Spell values, none of them a gap."""


class Text:
    """Cells as they are."""

    def read(self, cells: Sequence[str | None]) -> pd.Series:
        """Return the cells."""
        return pd.Series(cells, dtype="string")

    def write(self, values: pd.Series) -> Sequence[str]:
        """Keep the text."""
        return [str(value) for value in values.tolist()]


@dataclass(frozen=True)
class Truth:
    """Two words for true and false."""

    true: str
    false: str

    @classmethod
    def of(cls, cells: Collection[str]) -> Truth | None:
        """Recognize one of the usual pairs of words."""
        return next((cls(*pair) for pair in _TRUTH if set(cells) <= set(pair)), None)

    def read(self, cells: Sequence[str | None]) -> pd.Series:
        """Compare with the word for true."""
        values = [None if cell is None else cell == self.true for cell in cells]
        return pd.Series(values, dtype="boolean" if None in values else bool)

    def write(self, values: pd.Series) -> Sequence[str]:
        """Take the word."""
        return [self.true if value else self.false for value in values.tolist()]


@dataclass(frozen=True)
class Column:
    """A column of text: its cells and their values, how values are spelled, and how a gap is."""

    cells: Sequence[str]
    values: pd.Series
    spelling: Spelling
    gap: str

    @classmethod
    def of(
        cls, cells: Sequence[str], gaps: Collection[str] = GAPS, mark: str = ".", likely: Collection[str] = ()
    ) -> Column:
        """Read the cells of one column.

        Parameters
        ----------
        cells
            As the file has them.
        gaps
            Cells without a value.
        mark
            The decimal mark of the file.
        likely
            Cells without a value where all others are numbers, dates or truth values.
        """
        bare = [cell.strip() for cell in cells]
        present = {cell for cell in bare if cell not in gaps}
        spelling = recognize(present, mark)
        if isinstance(spelling, Text) and present.intersection(likely):
            spelling = recognize(present.difference(likely), mark)
            gaps = gaps if isinstance(spelling, Text) else {*gaps, *likely}
        kept = cells if isinstance(spelling, Text) else bare
        values = spelling.read([None if gap in gaps else cell for cell, gap in zip(kept, bare, strict=True)])
        usual = Counter(cell for cell in bare if cell in gaps).most_common(1)
        return cls(cells, values, spelling, usual[0][0] if usual else "")

    def spell(self, values: pd.Series) -> list[str]:
        """Write values of this column as cells."""
        present = values.notna().to_numpy()
        cells = np.full(len(values), self.gap, dtype=object)
        cells[present] = self.spelling.write(values[present])
        return cells.tolist()


def recognize(cells: Collection[str], mark: str) -> Spelling:
    """Return the narrowest spelling that fits all cells."""
    if not cells:
        return Text()
    return Truth.of(cells) or Number.of(cells, mark) or Moment.of(cells) or Duration.of(cells) or Text()
