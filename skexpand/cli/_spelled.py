"""Cells of Arrow as text: what each type says, as finely as its column needs, and readable again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import types

from skexpand.base.types import IntArray

_UNITS = ("s", "ms", "us", "ns")
Words = Callable[[pa.Array], list[str]]


def can_be_text(kind: pa.DataType) -> bool:
    """Return whether the cells of a type can be written as text."""
    kind = kind.value_type if types.is_dictionary(kind) else kind
    return not types.is_fixed_size_binary(kind) and "binary" not in str(kind)


def spelling_of(column: pa.ChunkedArray) -> Words:
    """Return what spells values of a column, none of them a gap: as finely as those that it has."""
    kind = column.type
    if types.is_dictionary(kind):
        plain = spelling_of(column.cast(kind.value_type))
        return lambda values: plain(values.cast(kind.value_type))
    if types.is_floating(kind):
        return lambda values: list(map(_shortest, values.to_numpy(zero_copy_only=False)))
    if types.is_decimal(kind):
        return lambda values: [format(number, "f") for number in values.to_pylist()]
    if types.is_timestamp(kind):
        return _moments(column)
    if types.is_date(kind):
        return lambda values: _iso(_ticks(values.cast(pa.date32())), "D", "D")
    if types.is_time(kind):
        unit = _finest(_ticks(column.drop_null()), kind.unit)
        return lambda values: [cell[11:] for cell in _iso(_ticks(values), kind.unit, unit)]
    if types.is_duration(kind):
        return lambda values: [str(duration) for duration in pd.Series(values.to_numpy(zero_copy_only=False))]
    return lambda values: [str(value) for value in values.to_pylist()]


def _shortest(number: np.floating) -> str:
    """Return the shortest decimal number that is this one in its precision, as Python writes floats."""
    if 1e-4 <= abs(float(number)) < 1e16:
        return np.format_float_positional(number, trim="0")
    return str(number)


def _moments(column: pa.ChunkedArray) -> Words:
    """Return what spells moments: days alone if all are at midnight; with a zone, its clocks and their offset."""
    kind, ticks = column.type, _ticks(column.drop_null())
    unit = _finest(ticks, kind.unit)
    if kind.tz is None:
        at_midnight = not (ticks % (np.timedelta64(1, "D") // np.timedelta64(1, kind.unit))).any()
        shown = "D" if at_midnight else unit
        return lambda values: _iso(_ticks(values), kind.unit, shown)

    def spelled(values: pa.Array) -> list[str]:
        moments, ticks = values.to_pandas(), _ticks(values)
        clocks = moments.dt.tz_localize(None).to_numpy().astype(f"M8[{kind.unit}]").view(np.int64)
        zones = moments.dt.strftime("%z").to_numpy(str)
        odd = np.char.str_len(zones) > len("+0100")  # offsets of the first clocks have seconds, which ISO 8601 lacks
        cells = _iso(np.where(odd, ticks, clocks), kind.unit, unit)
        zones = np.where(odd, "+0000", zones).tolist()
        return [f"{cell}{zone[:3]}:{zone[3:]}" for cell, zone in zip(cells, zones, strict=True)]

    return spelled


def _ticks(values: pa.Array | pa.ChunkedArray) -> IntArray:
    """Return moments, dates or times as the integers they are."""
    width = pa.int32() if values.type.bit_width == 32 else pa.int64()
    return np.asarray(values.cast(width), np.int64)


def _finest(ticks: IntArray, unit: str) -> str:
    """Return the coarsest unit, seconds at most, in which all ticks are whole."""
    units = _UNITS[: _UNITS.index(unit) + 1]
    return next(coarse for coarse in units if not (ticks % 1000 ** (len(units) - 1 - units.index(coarse))).any())


def _iso(ticks: IntArray, unit: str, shown: Any) -> list[str]:
    """Return moments in ISO 8601, to the unit shown."""
    return list(map(str, np.datetime_as_string(ticks.view(f"M8[{unit}]"), unit=shown)))
