"""Dates, times and durations: ticks from the middle of them, at the resolution they were recorded with.

The resolution is the coarsest of day, hour, minute, second, ... on which all values of the column lie, by the
clocks of its own time zone: dates at midnight stay at midnight, in summer as in winter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import FloatArray
from skexpand.codec.domain import Domain
from skexpand.codec.fields import Blank
from skexpand.codec.series import Series

TickArray = NDArray[np.int64]

_STEPS = ("D", "h", "m", "s", "ms", "us", "ns")
_LIMIT = 2.0**63 * (1 - 1e-4)  # of 64-bit ticks, and of their distance from the origin
_YEARS = ("0001-01-02", "9999-12-30")  # what Python's dates can hold, a day off for time zones


class ZoneError(ValueError):
    """A moment with a time zone, for a column without."""


@dataclass(frozen=True)
class MomentField:
    """Moments or durations."""

    blank: Blank
    unit: str  # of a tick
    step: int  # resolution, in ticks
    origin: int  # halfway between the first and the last, where floats are finest; 0 for durations
    is_duration: bool

    @classmethod
    def of(cls, series: Series, is_duration: bool) -> MomentField:
        """Find origin and resolution."""
        unit, present, wall = series.unit(), series.present(), series.wall()
        before = _wall_before(series, present, unit) if series.zoned() else None
        steps = (np.array(1, f"m8[{step}]").astype(f"m8[{unit}]").astype(int).item() for step in _STEPS)
        step = max(1, next(step for step in steps if step <= 1 or _on_grid(wall, before, step).all()))
        middle = int(present.min()) // 2 + int(present.max()) // 2
        origin = 0 if is_duration else middle - middle % step
        return cls(Blank.of(series), unit, step, origin, is_duration)

    @property
    def is_bounded(self) -> bool:
        return True

    @property
    def domain(self) -> Domain:
        if self.is_duration:
            return Domain(-_LIMIT / self.step, _LIMIT / self.step, 0)
        if self.unit == "ns":  # from 1677 to 2262
            low, high = max(-_LIMIT, self.origin - _LIMIT), min(_LIMIT, self.origin + _LIMIT)
        else:
            low, high = np.array(_YEARS, f"M8[{self.unit}]").view(np.int64).astype(float).tolist()
        return Domain((low - self.origin) / self.step, (high - self.origin) / self.step)

    def read(self, series: Series) -> FloatArray:
        gaps = series.gaps()
        numbers = np.full(len(gaps), np.nan)
        numbers[~gaps] = (series.present() - self.origin) / self.step
        return numbers

    known = read

    def with_gap_of(self, series: Series) -> MomentField:
        return replace(self, blank=self.blank.with_gap_of(series))

    def write(self, numbers: FloatArray) -> Series:
        gaps = np.isnan(numbers)
        ticks = self.origin + np.rint(np.where(gaps, 0.0, numbers) * self.step).astype(np.int64)
        zoned = self.blank.empty.zoned()
        for _ in range(3 if zoned else 1):  # a shift may cross a change of the clocks
            wall = self._wall(ticks) if zoned else ticks
            nearest = (wall + self.step // 2) // self.step * self.step
            before = self._wall(ticks - 1) if zoned else None
            ticks = np.where(_on_grid(wall, before, self.step), ticks, ticks + nearest - wall)
        return self.blank.filled(self._values(ticks), gaps)

    def _wall(self, ticks: TickArray) -> TickArray:
        """Return what clocks in the column's time zone show."""
        return self.blank.empty.built(self._values(ticks)).wall()

    def _values(self, ticks: TickArray) -> NDArray[Any]:
        return ticks.view(f"timedelta64[{self.unit}]" if self.is_duration else f"datetime64[{self.unit}]")

    def position(self, value: Any) -> float:
        """Return the float of a moment or duration.

        A moment without a zone is what clocks in the column's zone show; one with a zone needs a column that has one.
        """
        zoned = self.blank.empty.zoned()
        stated, has_zone = (_duration(value), False) if self.is_duration else _moment(value)
        if has_zone and not zoned:
            raise ZoneError
        if np.isnat(stated):
            raise ValueError
        ticks = wall = self._ticks(stated)
        for _ in range(2 if zoned and not has_zone else 0):
            ticks = ticks + wall - self._wall(ticks)
        return (int(ticks[0]) - self.origin) / self.step

    def _ticks(self, stated: np.datetime64 | np.timedelta64) -> TickArray:
        return np.asarray(stated).astype(f"{'m8' if self.is_duration else 'M8'}[{self.unit}]").view(np.int64).reshape(1)

    def shown(self, number: float) -> Any:
        if not np.isfinite(number):
            return number
        ticks = np.array([self.origin + round(number * self.step)], np.int64)
        return self._values(self._wall(ticks) if self.blank.empty.zoned() else ticks)[0]


def _duration(value: Any) -> np.timedelta64:
    """Return a duration of Python, NumPy or pandas, or what pandas reads of text."""
    if not isinstance(value, str):
        return np.timedelta64(value)
    import pandas as pd  # only text needs it

    return pd.to_timedelta([value]).to_numpy()[0]


def _moment(value: Any) -> tuple[np.datetime64, bool]:
    """Return a moment, in UTC if it has a zone, and whether it has one; text may end with an offset or Z."""
    if isinstance(value, str):
        value = _read_offset(value)
    has_zone = isinstance(value, datetime) and value.tzinfo is not None
    return np.datetime64(value.astimezone(UTC).replace(tzinfo=None) if has_zone else value), has_zone


def _read_offset(text: str) -> str | datetime:
    """Return the moment of a text with an offset from UTC, which NumPy does not read; other text as it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text  # a month or a year, or no moment
    return text if moment.tzinfo is None else moment


def _wall_before(series: Series, present: TickArray, unit: str) -> TickArray:
    """Return what the clocks of a column's zone show one tick before its moments."""
    return series.take(np.empty(0, np.intp)).built((present - 1).view(f"datetime64[{unit}]")).wall()


def _on_grid(wall: TickArray, before: TickArray | None, step: int) -> NDArray[np.bool_]:
    """Return which moments are at a multiple of a step, or the first after one that the clocks leave out.

    Where daylight saving starts at midnight, the day starts at 01:00.
    """
    on_grid = wall % step == 0
    return on_grid if before is None else on_grid | (before < wall - wall % step)
