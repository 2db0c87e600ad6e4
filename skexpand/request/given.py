"""Rows on demand: what ``sample(given=...)`` asks of new rows, by column, checked before any row is drawn.

A wish is held as closed ranges of the floats that stand for the cells (codes of categories, ticks of dates), whose
ends new rows may have: 33.75 is none of a column of one decimal.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from difflib import get_close_matches
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import BoolArray, FloatArray
from skexpand.codec import Column, Schema
from skexpand.codec.domain import Domain
from skexpand.codec.fields import Field, LevelField, key_of
from skexpand.codec.moment import MomentField, ZoneError
from skexpand.codec.objects import ObjectField
from skexpand.codec.series import is_gap

Given = Mapping[Any, Any]

_SHOWN = 9  # columns or categories that an error names
_GRID = 1e-9  # of a unit: what a float misses of a whole number


class Wish(NamedTuple):
    """What is asked of one column."""

    place: int  # of the column
    stated: str  # as errors show it
    low: FloatArray  # (n_ranges,) ascending
    high: FloatArray
    gap: bool  # whether a missing cell fulfils it

    def holds(self, cells: NDArray[Any]) -> BoolArray:
        """Return which cells fulfil it."""
        found = np.isnan(cells) if self.gap else np.zeros(len(cells), bool)
        for low, high in zip(self.low.tolist(), self.high.tolist(), strict=True):
            found |= (cells >= low) & (cells <= high)  # Python's floats, as single precision rounds them
        return found

    def nearest(self, cells: FloatArray) -> FloatArray:
        """Return the nearest value of a range to each cell; NaN where there is none."""
        if not len(self.low):
            return np.full(len(cells), np.nan)
        inside = cells[:, None].clip(self.low, self.high)  # (n, n_ranges)
        missed = np.abs(inside - cells[:, None])
        return inside[np.arange(len(cells)), np.where(np.isnan(missed), np.inf, missed).argmin(axis=1)]


def checked_given(given: Given | None, schema: Schema) -> list[Wish]:
    """Return the wishes; raise an error for unknown columns, for values that no new row has, and for wrong types."""
    if given is None:
        return []
    if not isinstance(given, Mapping):
        raise TypeError(f"given must be a dict of values or ranges by column, got {given!r}.")
    return [_wish(_place(name, schema), stated, schema) for name, stated in given.items()]


def _place(name: Any, schema: Schema) -> int:
    names = [column.name for column in schema.columns]
    if names.count(name) == 1:
        return names.index(name)
    if name in names:
        raise ValueError(f"given names the column {name!r}, of which there are {names.count(name)}; rename them.")
    raise ValueError(f"given names the unknown column {name!r}; {_hint(name, names, schema.n_features)}")


def _hint(name: Any, names: list[Any], n_features: int) -> str:
    """Return which columns may be meant, or which there are; those of the target come last."""
    texts = [str(known) for known in names]
    close = [str(name)] if str(name) in texts else get_close_matches(name, texts, n=3) if isinstance(name, str) else []
    if close:
        return f"did you mean {' or '.join(repr(names[texts.index(text)]) for text in close)}?"
    target = f"that of the target is {names[n_features:][:_SHOWN]}" if names[n_features:] else "labels are stated by y"
    return f"the columns are {names[:n_features][:_SHOWN]}, and {target}."


def _wish(place: int, stated: Any, schema: Schema) -> Wish:
    """Read what is stated of one column: a value, a range (a tuple), or several of either (a list, set or array)."""
    column, said = schema.columns[place], f"given[{schema.columns[place].name!r}] = {stated!r}"
    parts = list(stated) if isinstance(stated, list | Set | np.ndarray) or hasattr(stated, "to_list") else [stated]
    if not parts:
        raise ValueError(f"{said} names no value; give one, or leave the column out.")
    gaps = [part for part in parts if is_gap(part)]
    if gaps and not column.n_missing:
        raise ValueError(f"{said} asks for a missing cell, and the column has none; leave it out.")
    field = schema.field(place)
    read = _of_levels if isinstance(field, LevelField) else _of_numbers
    ranges = sorted(read(part, column, field, said) for part in parts if not is_gap(part))
    low, high = np.array(ranges, np.float64).reshape(-1, 2).T
    return Wish(place, said, low, high, bool(gaps))


def _of_levels(part: Any, column: Column, field: Any, said: str) -> tuple[float, float]:
    """Return the codes of a category, or of a range of ordered ones."""
    if not isinstance(part, tuple) or key_of(part) in field.codes:
        code = _code(part, field, said)
        return code, code
    if column.kind != "ordinal":
        raise ValueError(f"{said} is a range, and the column's categories have no order; give a list of them.")
    low, high = _ends(part, said)
    first = 0.0 if low is None else _code(low, field, said)
    last = field.domain.high if high is None else _code(high, field, said)
    if first > last:
        raise ValueError(f"{said} is an empty range: {high!r} comes before {low!r}; swap its ends.")
    return first, last


def _code(value: Any, field: LevelField, said: str) -> float:
    code = field.codes.get(key_of(value))
    if code is None:
        raise ValueError(f"{said}: {value!r} is no category of the column; it has {field.levels[:_SHOWN]}.")
    return float(code)


def _of_numbers(part: Any, column: Column, field: Field, said: str) -> tuple[float, float]:
    """Return the range that a number, a moment, or a range of them stands for, cut to what new rows may have."""
    low, high = _ends(part, said) if isinstance(part, tuple) else (part, part)
    first, last = _position(low, -np.inf, column, field, said), _position(high, np.inf, column, field, said)
    if first > last:
        raise ValueError(f"{said} is an empty range: {low!r} is larger than {high!r}; swap its ends.")
    first, last = _on_steps(first, last, field) if _is_moment(field) else _valid(first, last, column.domain)
    first, last = max(first, column.domain.low), min(last, column.domain.high)
    if not first <= last:
        raise ValueError(f"{said} leaves no value that a new row may have; the column is {column.describe()}.")
    return first, last


def _ends(part: tuple[Any, ...], said: str) -> tuple[Any, Any]:
    if len(part) != 2:
        raise ValueError(f"{said}: a range is a pair (low, high), None for an open end; give several values as a list.")
    low, high = (None if is_gap(end) else end for end in part)
    return low, high


def _position(end: Any, open_end: float, column: Column, field: Field, said: str) -> float:
    """Return the float that an end stands for."""
    if end is None:
        return open_end
    try:
        if isinstance(end, float | np.floating) and np.isinf(end):
            return float(end)
        if isinstance(end, str | bytes) and not _is_moment(field):
            raise TypeError("text")
        return field.position(end)
    except ZoneError as error:
        raise ValueError(f"{said}: {end!r} has a time zone, and the column has none; leave the zone out.") from error
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(
            f"{said}: {end!r} is no value of a column that is {column.kind} ({column.dtype}); give one."
        ) from error


def _is_moment(field: Field) -> bool:
    return isinstance(field.inner if isinstance(field, ObjectField) else field, MomentField)


def _valid(low: float, high: float, domain: Domain) -> tuple[float, float]:
    """Return the smallest and the largest valid value of a range; the first is larger if there is none."""
    if domain.levels is not None:
        levels = domain.levels[(domain.levels >= low) & (domain.levels <= high)]
        return (float(levels[0]), float(levels[-1])) if len(levels) else (np.inf, -np.inf)
    if domain.decimals is None:
        return low, high
    grid = 10.0**domain.decimals
    whole = np.array([np.ceil(low * grid - _GRID), np.floor(high * grid + _GRID)], np.float64)
    first, last = domain.rounded(whole / grid).tolist()
    return first, last


def _on_steps(low: float, high: float, field: Field) -> tuple[float, float]:
    """Return the first and the last moment of a range at which the column's clocks may stand."""
    starts, stops = ([end] if np.isinf(end) else [end, end + step] for end, step in ((low, 1.0), (high, -1.0)))
    written = [ends if len(ends) == 1 else field.read(field.write(np.array(ends))).tolist() for ends in (starts, stops)]
    first = min((end for end in written[0] if end >= low - _GRID), default=np.inf)
    last = max((end for end in written[1] if end <= high + _GRID), default=-np.inf)
    return first, last
