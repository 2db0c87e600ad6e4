"""Numbers in the cells of a text file: decimal mark, groups of three, per cent, currency; and new ones like them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import isinf, nan

import numpy as np
import pandas as pd

MARKS = ".,"
_SPACES = " \u00a0\u202f"
_CURRENCIES = "€$£¥"
_LONGEST = 19  # digits of a 64-bit integer


def _pattern(mark: str, other: str) -> re.Pattern[str]:
    """Return what a number with this decimal mark looks like; the other mark may part groups of three."""
    groups = rf"[1-9]\d{{0,2}}(?P<group>[{other}{_SPACES}'’])\d{{3}}(?:(?P=group)\d{{3}})*"
    digits = rf"(?P<whole>0|[1-9]\d*|{groups})?(?P<mark>[{mark}](?P<decimals>\d*))?"
    before, unit = rf"(?P<before>[{_CURRENCIES}][{_SPACES}]?)?", rf"(?P<unit>[{_SPACES}]?[%{_CURRENCIES}])?"
    return re.compile(rf"[+-]?{before}(?=[{mark}]?\d)(?P<digits>{digits})(?P<power>[eE][+-]?\d+)?{unit}")


_PATTERNS = {".": _pattern(".", ","), ",": _pattern(",", ".")}


@dataclass(frozen=True)
class Number:
    """How the numbers of a column are written.

    Attributes
    ----------
    mark
        The decimal mark.
    form
        How Python formats them, as in ".2f": as many decimals as any cell has or, with powers of ten, digits; "d" for
        whole numbers.
    group, least
        What parts groups of three digits, and the fewest digits that are parted; "" if none are.
    unit, before
        What follows the number and what precedes it, as in "5 %" and "-$5".
    """

    mark: str = "."
    form: str = "d"
    group: str = ""
    least: int = 4
    unit: str = ""
    before: str = ""

    @classmethod
    def of(cls, cells: Collection[str], mark: str) -> Number | None:
        """Recognize numbers with this decimal mark: all of them written in one way, as far as 64 bits go."""
        found: list[re.Match[str]] = []
        for cell in cells:
            match = _PATTERNS[mark].fullmatch(cell)
            if match is None:
                return None
            found.append(match)
        groups = {match["group"] for match in found} - {None}
        units = {(match["unit"] or "", match["before"] or "") for match in found}
        powers = any(match["power"] for match in found)
        if len(groups) > 1 or len(units) != 1 or (groups and powers):
            return None
        parted = [sum(map(str.isdigit, match["whole"])) for match in found if match["group"]]
        number = cls(mark, _form(found, powers), next(iter(groups), ""), min(parted, default=4), *units.pop())
        long = (cell for cell in cells if powers or len(cell) >= _LONGEST)
        return number if all(map(number._fits, map(number.plain, long))) else None

    def _fits(self, plain: str) -> bool:
        """Return whether 64 bits hold a number."""
        if self.form == "d":  # Python reads no more than 4300 digits
            return len(plain.lstrip("+-")) <= _LONGEST and abs(int(plain)) < 2**63
        return not isinf(float(plain))

    def plain(self, cell: str) -> str:
        """Return a cell as Python writes numbers."""
        plain = cell.removesuffix(self.unit).replace(self.before, "", 1)
        return (plain.replace(self.group, "") if self.group else plain).replace(self.mark, ".")

    def read(self, cells: Sequence[str | None]) -> pd.Series:
        """Read the numbers; with gaps, as pandas' nullable integers or as floats with NaN."""
        if self.form == "d":
            values = [None if cell is None else int(self.plain(cell)) for cell in cells]
            return pd.Series(values, dtype="Int64" if None in values else np.int64)
        return pd.Series([nan if cell is None else float(self.plain(cell)) for cell in cells], dtype=float)

    def write(self, values: pd.Series) -> list[str]:
        """Round as the column is rounded."""
        if self.form == "d":
            spelled: Iterable[str] = map(str, map(int, values.tolist()))
        else:
            numbers = values.to_numpy(float)
            if self.form.endswith("f"):
                numbers = np.round(numbers, int(self.form[1:-1])) + 0.0  # what rounds to zero has no sign
            spelled = [format(number, self.form) for number in numbers.tolist()]
        if self.mark == "." and not (self.group or self.unit or self.before):
            return list(spelled)
        return [self._dressed(cell) for cell in spelled]

    def _dressed(self, plain: str) -> str:
        """Write a number with the marks of the column."""
        whole, point, decimals = plain.partition(".")
        sign = whole[: len(whole) - len(whole.lstrip("-"))]
        digits = whole.removeprefix(sign)
        if self.group and len(digits) >= self.least:
            digits = f"{int(digits):,}".replace(",", self.group)
        return sign + self.before + digits + (self.mark if point else "") + decimals + self.unit


def _form(found: Sequence[re.Match[str]], powers: bool) -> str:
    """Return how Python formats numbers that are written like these."""
    if powers:
        return f".{max(len(match['digits'].strip('0.,')) for match in found) + 1}g"
    if any(match["mark"] for match in found):
        return f".{max(len(match['decimals'] or '') for match in found)}f"
    return "d"


def looks_like_number(cell: str) -> bool:
    """Return whether a cell is a number with one or the other decimal mark."""
    return any(pattern.fullmatch(cell) for pattern in _PATTERNS.values())
