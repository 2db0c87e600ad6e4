"""Cells of a text file and the values they stand for: how a column is read, and how new values are spelled like it.

A column is what *all* of its cells can be: truth values, whole numbers, decimal numbers, ISO dates, else text. So
``007`` stays text, and a column of prices stays at two decimals.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

GAPS = ("", "NA", "N/A", "<NA>", "NaN", "nan", "NULL", "null")
_WHOLE = re.compile(r"[+-]?(?:0|[1-9]\d*)")
_DECIMAL = re.compile(
    r"[+-]?(?=[.,]?\d)(?P<digits>(?:0|[1-9]\d*)?(?:(?P<mark>[.,])(?P<decimals>\d*))?)(?P<power>[eE][+-]?\d+)?"
)
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d"
    r"(?:(?P<between>[T ])\d\d:\d\d(?P<seconds>:\d\d(?P<fraction>\.\d{1,9})?)?(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)
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
        """Keep the cells."""
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


class Whole:
    """Whole numbers without leading zeros, as far as 64 bits go."""

    @classmethod
    def of(cls, cells: Collection[str]) -> Whole | None:
        """Recognize whole numbers."""
        fits = all(_WHOLE.fullmatch(cell) and abs(int(cell)) < 2**63 for cell in cells)
        return cls() if fits else None

    def read(self, cells: Sequence[str | None]) -> pd.Series:
        """Read the numbers; with gaps, as pandas' nullable integers."""
        values = [None if cell is None else int(cell) for cell in cells]
        return pd.Series(values, dtype="Int64" if None in values else np.int64)

    def write(self, values: pd.Series) -> Sequence[str]:
        """Spell without a point."""
        return [str(int(value)) for value in values.tolist()]


@dataclass(frozen=True)
class Decimal:
    """Numbers with a decimal point or comma, as many decimals as any cell has or, with powers of ten, digits."""

    mark: str
    form: str  # as in ".2f"

    @classmethod
    def of(cls, cells: Collection[str], marks: str) -> Decimal | None:
        """Recognize numbers that all use the same one of these marks."""
        found = [match for match in map(_DECIMAL.fullmatch, cells) if match]
        used = {match["mark"] for match in found} - {None}
        powers = any(match["power"] for match in found)
        if len(found) < len(cells) or len(used) > 1 or not used <= set(marks) or not (used or powers):
            return None
        if powers:
            form = f".{max(len(match['digits'].strip('0.,')) for match in found) + 1}g"
        else:
            form = f".{max(len(match['decimals'] or '') for match in found)}f"
        return cls(used.pop() if used else ".", form)

    def read(self, cells: Sequence[str | None]) -> pd.Series:
        """Read the numbers; a gap is NaN."""
        return pd.Series([np.nan if cell is None else float(cell.replace(",", ".")) for cell in cells], dtype=float)

    def write(self, values: pd.Series) -> Sequence[str]:
        """Round as the column is rounded."""
        numbers = values.to_numpy(float)
        if self.form.endswith("f"):
            numbers = np.round(numbers, int(self.form[1:-1])) + 0.0  # what rounds to zero has no sign
        spelled = [format(number, self.form) for number in numbers.tolist()]
        return spelled if self.mark == "." else [cell.replace(".", self.mark) for cell in spelled]


@dataclass(frozen=True)
class Moment:
    """ISO dates and times of one zone, spelled as finely as any cell."""

    pattern: str
    fraction: int  # characters of the fraction of a second, the point included
    zone: str

    @classmethod
    def of(cls, cells: Collection[str]) -> Moment | None:
        """Recognize dates that pandas can read."""
        found = [match for match in map(_MOMENT.fullmatch, cells) if match]
        if len(found) < len(cells) or len({match["zone"] for match in found}) > 1:
            return None
        finest = max(found, key=lambda match: len(match[0]))
        pattern = "%Y-%m-%d"
        if finest["between"]:
            pattern += finest["between"] + ("%H:%M:%S" if finest["seconds"] else "%H:%M")
        moment = cls(pattern, len(finest["fraction"] or ""), finest["zone"] or "")
        try:
            moment.read(list(cells))
        except ValueError:
            return None  # as 2021-02-30
        return moment

    def read(self, cells: Sequence[str | None]) -> pd.Series:
        """Read the moments; a gap is NaT."""
        return pd.Series(pd.to_datetime(list(cells), format="ISO8601"))

    def write(self, values: pd.Series) -> Sequence[str]:
        """Spell with the resolution and zone of the column."""
        spelled = values.dt.strftime(self.pattern)
        if self.fraction:
            nanoseconds = values.dt.microsecond.astype("int64") * 1000 + values.dt.nanosecond
            spelled += "." + nanoseconds.astype(str).str.zfill(9).str[: self.fraction - 1]
        return (spelled + self.zone).tolist()


@dataclass(frozen=True)
class Column:
    """A column of text: its cells and their values, how values are spelled, and how a gap is."""

    cells: Sequence[str]
    values: pd.Series
    spelling: Spelling
    gap: str

    @classmethod
    def of(cls, cells: Sequence[str], gaps: Collection[str] = GAPS, marks: str = ".") -> Column:
        """Read the cells of one column; ``marks`` are the decimal marks that the file may use."""
        bare = [cell.strip() for cell in cells]
        spelling = recognize({cell for cell in bare if cell not in gaps}, marks)
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


def recognize(cells: Collection[str], marks: str) -> Spelling:
    """Return the narrowest spelling that fits all cells."""
    if not cells:
        return Text()
    return Truth.of(cells) or Whole.of(cells) or Decimal.of(cells, marks) or Moment.of(cells) or Text()
