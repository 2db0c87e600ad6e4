"""Dates, times and durations in the cells of a text file, and new ones like them.

Dates are read if their order is certain: year first, day first with points (03.02.2021), and with other marks
where a number above twelve tells the day.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

_MOMENT = re.compile(
    r"(?P<first>\d{1,4})(?P<mark>[-./])(?P<second>\d{1,2})(?P=mark)(?P<third>\d{1,4})"
    r"(?P<time>(?P<between>[T ])\d\d:\d\d(?P<seconds>:\d\d(?P<fraction>\.\d{1,9})?)?(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)
_DURATION = re.compile(r"-?\d+ days?(?: [+-]?\d\d:\d\d:\d\d(?:\.\d{1,9})?)?")
_ORDERS = {"YMD": "%Y{0}%m{0}%d", "DMY": "%d{0}%m{0}%Y", "MDY": "%m{0}%d{0}%Y"}
_PARTS = ("first", "second", "third")


@dataclass(frozen=True)
class Moment:
    """Dates and times of one zone, spelled as finely as any cell.

    Attributes
    ----------
    order, mark
        Where year, month and day stand, as in "YMD", and what parts them.
    padded
        Whether days and months have two digits.
    time
        The pattern of what follows the date.
    fraction
        Characters of the fraction of a second, the point included.
    zone
        As the cells write it.
    """

    order: str
    mark: str
    padded: bool
    time: str
    fraction: int
    zone: str

    @classmethod
    def of(cls, cells: Collection[str]) -> Moment | None:
        """Recognize dates that are all written in one way, and that pandas can read."""
        found = [match for match in map(_MOMENT.fullmatch, cells) if match]
        if not found or len(found) < len(cells) or any(len({m[part] for m in found}) > 1 for part in ("mark", "zone")):
            return None
        order = _order(found)
        if order is None:
            return None
        finest = max(found, key=lambda match: len(match["time"] or ""))
        time = finest["between"] + ("%H:%M:%S" if finest["seconds"] else "%H:%M") if finest["time"] else ""
        padded = all(len(match[part]) > 1 for match in found for part in _PARTS)
        moment = cls(order, found[0]["mark"], padded, time, len(finest["fraction"] or ""), finest["zone"] or "")
        try:
            moment.read(list(cells))
        except ValueError:
            return None  # as 2021-02-30
        return moment

    def read(self, cells: Sequence[str | None]) -> pd.Series:
        """Read the moments; a gap is NaT."""
        is_iso = (self.order, self.mark, self.padded) == ("YMD", "-", True)
        iso = cells if is_iso else [None if cell is None else self._iso(cell) for cell in cells]
        return pd.Series(pd.to_datetime(list(iso), format="ISO8601"))

    def _iso(self, cell: str) -> str:
        """Return a cell as ISO 8601 writes it."""
        match = _MOMENT.fullmatch(cell)
        if match is None:
            raise ValueError(f"{cell!r} is no date as the others; write it like them")
        date = dict(zip(self.order, (match[part] for part in _PARTS), strict=True))
        return f"{date['Y']}-{date['M']:0>2}-{date['D']:0>2}{match['time'] or ''}"

    def write(self, values: pd.Series) -> list[str]:
        """Spell with the resolution and zone of the column."""
        dates = values.dt.strftime(_ORDERS[self.order].format(self.mark))
        if not self.padded:
            dates = dates.str.replace(r"(^|[-./])0", r"\1", regex=True)
        spelled = dates + values.dt.strftime(self.time) if self.time else dates
        if self.fraction:
            nanoseconds = values.dt.microsecond.astype("int64") * 1000 + values.dt.nanosecond
            spelled += "." + nanoseconds.astype(str).str.zfill(9).str[: self.fraction - 1]
        return (spelled + self.zone).tolist()


class Duration:
    """Durations as pandas writes them, such as "1 days 02:03:04"."""

    @classmethod
    def of(cls, cells: Collection[str]) -> Duration | None:
        """Recognize durations that 64 bits hold."""
        if not cells or not all(map(_DURATION.fullmatch, cells)):
            return None
        try:
            cls().read(list(cells))
        except (ValueError, OverflowError):
            return None
        return cls()

    def read(self, cells: Sequence[str | None]) -> pd.Series:
        """Read the durations; a gap is NaT."""
        return pd.Series(pd.to_timedelta(pd.Series(cells, dtype=object)))

    def write(self, values: pd.Series) -> list[str]:
        """Spell days, hours, minutes, seconds, and a fraction where there is one."""
        return list(map(str, values.tolist()))


def _order(found: Iterable[re.Match[str]]) -> str | None:
    """Return the order of year, month and day that all dates have, None if that is not certain."""
    found = list(found)
    lengths = {tuple(len(match[part]) == 4 for part in _PARTS) for match in found}
    if lengths == {(True, False, False)} and all(len(match["third"]) <= 2 for match in found):
        return "YMD"
    if lengths != {(False, False, True)} or any(len(match["first"]) > 2 for match in found):
        return None
    if found[0]["mark"] == ".":
        return "DMY"
    day_first, month_first = (any(int(match[part]) > 12 for match in found) for part in ("first", "second"))
    return {(True, False): "DMY", (False, True): "MDY"}.get((day_first, month_first))
