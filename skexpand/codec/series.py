"""One column of any container, with the few methods that the codec needs.

A DataFrame's column is read and written through narwhals, so pandas (with its NumPy, nullable and Arrow types) and
polars are one; a column of an array stands beside it with the same few methods. Values that have been seen are
*taken* from the column, so they keep their type; only new values are built and cast to the type.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache, cached_property
from math import isnan
from numbers import Integral, Real
from typing import Any, Protocol

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import BoolArray, IntArray

_name_of = cache(str)  # of NumPy's types, which take long to spell theirs
_FAMILIES = {"f": "float", "i": "integer", "u": "integer", "b": "boolean"}  # by NumPy's kind


class Series(Protocol):
    """The interface that the codec needs of a column."""

    @property
    def native(self) -> Any:
        """The column as its own library knows it."""

    @property
    def dtype(self) -> str:
        """The name of the type."""

    def family(self) -> str:
        """Return "float", "integer", "boolean", "datetime", "timedelta", "ordinal" or "categorical"."""

    def gaps(self) -> BoolArray:
        """Return which cells are missing."""

    def to_list(self) -> list[Any]:
        """Return the cells as Python objects."""

    def present(self) -> NDArray[Any]:
        """Return the cells that are not missing: numbers, or ticks since 1970 in UTC (see :meth:`unit`)."""

    def unit(self) -> str:
        """Return NumPy's name of the time unit of a column of moments."""

    def order(self) -> list[Any]:
        """Return the categories of an ordered category, lowest first."""

    def take(self, index: IntArray) -> Series:
        """Return these cells."""

    def built(self, values: NDArray[Any]) -> Series:
        """Return new values as a column of the same type."""

    def with_gaps(self, gaps: BoolArray, gap: Any) -> Series:
        """Return the column with missing cells at these places, those of a series in turn."""

    def zoned(self) -> bool:
        """Return whether the column's moments have a time zone."""

    def wall(self) -> NDArray[np.int64]:
        """Return what clocks in the column's time zone show, as ticks since 1970 there, of cells not missing."""


def is_gap(cell: Any) -> bool:
    """Return whether a cell is None, NaN, NaT or NA."""
    if cell is None or type(cell).__name__ in ("NaTType", "NAType"):
        return True
    if isinstance(cell, Decimal):
        return cell.is_nan()
    if isinstance(cell, np.datetime64 | np.timedelta64):
        return bool(np.isnat(cell))
    return isinstance(cell, Real) and not isinstance(cell, Integral) and isnan(cell)


def in_turn(chosen: BoolArray, n: int) -> IntArray:
    """Return for each chosen place the next of n numbers, and 0 for the others."""
    return np.where(chosen, (np.cumsum(chosen) - 1) % n, 0)


def family_of_objects(cells: Sequence[Any]) -> str:
    """Return the family of Python objects: what all of those that are not missing have in common."""
    present = [cell for cell in cells if not is_gap(cell)]
    if kind := kind_of_objects(present):
        return "float" if kind == "decimal" else "datetime"
    if all(isinstance(cell, bool | np.bool_) for cell in present):
        return "boolean"
    if any(isinstance(cell, bool | np.bool_) or not isinstance(cell, Real) for cell in present):
        return "categorical"
    return "integer" if all(isinstance(cell, Integral) for cell in present) else "float"


def kind_of_objects(present: Sequence[Any]) -> str | None:
    """Return "date", "datetime" or "decimal" if all cells are such Python objects, without zones and finite."""
    types = {type(cell) for cell in present}
    if types == {Decimal}:
        return "decimal" if all(cell.is_finite() for cell in present) else None
    if types == {datetime}:
        return "datetime" if all(cell.tzinfo is None for cell in present) else None
    return "date" if types == {date} else None


class ArraySeries:
    """A column of a NumPy array, of numbers, text or Python objects."""

    def __init__(self, values: NDArray[Any]) -> None:
        self._values = values

    @property
    def native(self) -> NDArray[Any]:
        return self._values

    @property
    def dtype(self) -> str:
        return _name_of(self.native.dtype)

    def family(self) -> str:
        if self.native.dtype.kind == "O":
            return family_of_objects(self.native.tolist())
        return _FAMILIES.get(self.native.dtype.kind, "categorical")

    def gaps(self) -> BoolArray:
        return self._gaps

    @cached_property  # since it is used many times
    def _gaps(self) -> BoolArray:
        if self.native.dtype.kind == "O":
            return np.fromiter(map(is_gap, self.native), bool, len(self.native))
        return np.isnan(self.native) if self.native.dtype.kind == "f" else np.zeros(len(self.native), bool)

    def to_list(self) -> list[Any]:
        return self.native.tolist()

    def present(self) -> NDArray[Any]:
        return self._present

    @cached_property
    def _present(self) -> NDArray[Any]:
        present = self.native[~self._gaps]
        return _numbers(present.tolist()) if present.dtype.kind == "O" else present

    def unit(self) -> str:
        return "us"  # never called: arrays of moments are rejected earlier

    def order(self) -> list[Any]:
        return []  # arrays have no ordered categories

    def take(self, index: IntArray) -> ArraySeries:
        return ArraySeries(self.native[index])

    def built(self, values: NDArray[Any]) -> ArraySeries:
        return ArraySeries(values.astype(self.native.dtype))

    def with_gaps(self, gaps: BoolArray, gap: Any) -> ArraySeries:
        return ArraySeries(np.where(gaps, gap.native[in_turn(gaps, len(gap.native))], self.native))

    def zoned(self) -> bool:
        return False

    def wall(self) -> NDArray[np.int64]:
        return self.present()


class FrameSeries:
    """A column of a DataFrame, through narwhals."""

    def __init__(self, column: nw.Series[Any]) -> None:
        self.column = column

    @property
    def native(self) -> Any:
        return self.column.to_native()

    @property
    def dtype(self) -> str:
        return str(self.native.dtype)

    def family(self) -> str:
        dtype = self.column.dtype
        if dtype == nw.Boolean:
            return "boolean"
        if dtype.is_numeric():
            return "integer" if dtype.is_integer() else "float"
        if dtype in (nw.Datetime, nw.Date):
            return "datetime"
        if dtype == nw.Duration:
            return "timedelta"
        if dtype == nw.Enum and self.column.implementation.is_pandas_like():
            return "ordinal"  # what narwhals makes of an ordered category
        return self._family_of_others()

    def _family_of_others(self) -> str:
        if self.column.dtype == nw.Object:
            return family_of_objects(self.to_list())
        dtype = self.native.dtype
        subtype = np.dtype(dtype.subtype if hasattr(dtype, "fill_value") else object)  # of pandas' sparse columns
        if self.native.dtype == complex or subtype.kind == "c":
            raise ValueError(
                f"Column {self.column.name!r} holds complex numbers; give real and imaginary parts as two columns."
            )
        return _FAMILIES.get(subtype.kind, "categorical")

    def gaps(self) -> BoolArray:
        return self._gaps

    @cached_property  # since it is used many times
    def _gaps(self) -> BoolArray:
        gaps = self.column.is_null().to_numpy().astype(bool)
        if self.column.dtype.is_float():
            values = self.column.to_numpy()  # of objects in old pandas, if all cells of an Arrow column are missing
            gaps |= np.isnan(values) if values.dtype.kind == "f" else np.fromiter(map(is_gap, values), bool)
        return gaps

    def to_list(self) -> list[Any]:
        return self.column.to_list()

    def present(self) -> NDArray[Any]:
        return self._present

    @cached_property
    def _present(self) -> NDArray[Any]:
        column = self.column.filter((~self._gaps).tolist()) if self._gaps.any() else self.column
        if column.dtype == nw.Date:
            return column.to_numpy().astype("datetime64[D]").astype("datetime64[us]").view(np.int64)
        if column.dtype in (nw.Int128, nw.UInt128):  # which NumPy does not have
            return _numbers(column.to_list())
        values = np.asarray(column.to_numpy())
        if values.dtype.kind in "Mm":
            return values.view(np.int64)
        return _numbers(values.tolist()) if values.dtype.kind == "O" else values

    def unit(self) -> str:
        return getattr(self.column.dtype, "time_unit", "us")

    def order(self) -> list[Any]:
        return self.native.cat.categories.tolist()  # narwhals would turn intervals into text

    def take(self, index: IntArray) -> FrameSeries:
        return type(self)(self.column[index])

    def built(self, values: NDArray[Any]) -> FrameSeries:
        dtype, backend = self.column.dtype, self.column.implementation
        if dtype in (nw.Datetime, nw.Date):
            return FrameSeries(self._moments(values))
        if not backend.is_pandas_like():
            column = nw.new_series(self.column.name, values, backend=backend).to_native()
            return FrameSeries(nw.from_native(column.cast(self.native.dtype), series_only=True))
        if dtype == nw.Object:
            values = values.astype(object)
        column = type(self.native)(values, dtype=values.dtype)
        return FrameSeries(nw.from_native(column.astype(self.native.dtype), series_only=True))

    def _moments(self, values: NDArray[Any]) -> nw.Series[Any]:
        dtype, backend = self.column.dtype, self.column.implementation
        zone = getattr(dtype, "time_zone", None)
        column = nw.new_series("", values, nw.Datetime(self.unit()), backend=backend)  # type: ignore[arg-type]  # any unit is a str
        if zone is not None:
            column = column.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
        if backend.is_pandas_like():
            return nw.from_native(column.to_native().astype(self.native.dtype), series_only=True)
        return column.cast(dtype)

    def with_gaps(self, gaps: BoolArray, gap: Any) -> FrameSeries:
        mask = nw.new_series("", ~gaps, nw.Boolean, backend=self.column.implementation)
        return type(self)(self.column.zip_with(mask, gap.take(in_turn(gaps, len(gap.column))).column))

    def zoned(self) -> bool:
        return getattr(self.column.dtype, "time_zone", None) is not None

    def wall(self) -> NDArray[np.int64]:
        return FrameSeries(self.column.dt.replace_time_zone(None)).present() if self.zoned() else self.present()


def _numbers(cells: list[Any]) -> NDArray[Any]:
    """Return Python numbers as an array: of booleans or 64-bit integers where they are and fit."""
    if all(isinstance(cell, bool | np.bool_) for cell in cells):
        return np.array(cells, dtype=np.bool_)
    if all(isinstance(cell, Integral) for cell in cells):
        try:
            return np.array([int(cell) for cell in cells], dtype=np.int64)
        except OverflowError:
            pass
    return np.array([float(cell) for cell in cells], dtype=np.float64)
