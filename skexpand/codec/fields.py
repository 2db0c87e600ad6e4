"""A column's cells as floats: numbers as they are, moments as elapsed time, anything else as a code.

A field knows one column of the fitted table. ``read`` gives floats, NaN where a cell is missing; ``write`` gives
cells of the column's own type back.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import FloatArray, IntArray
from skexpand.codec.domain import Domain, domain_of_type
from skexpand.codec.series import Series, in_turn

_GAPS = 100  # missing cells that are looked at
_EXACT = 2**50  # whole numbers up to here are floats, with room for the rounding errors of encoding


class Field(Protocol):
    """How one column is read and written."""

    @property
    def domain(self) -> Domain:
        """The floats that the column's type allows."""

    @property
    def is_bounded(self) -> bool:
        """Whether the floats are quantities, so that they have bounds; those of categories have none."""

    def read(self, series: Series) -> FloatArray:
        """Return the cells as floats, NaN where missing; raise a ValueError if the column cannot hold one of them."""

    def known(self, series: Series) -> FloatArray:
        """Return the cells as floats, NaN where missing and for a category that the fitted table lacks."""

    def write(self, numbers: FloatArray) -> Series:
        """Return floats as cells, missing where NaN."""

    def with_gap_of(self, series: Series) -> Field:
        """Return the field with the missing cell of another column of the same type, if it had none."""

    def position(self, value: Any) -> float:
        """Return the float that stands for a value that the user names."""

    def shown(self, number: float) -> Any:
        """Return the value that a float stands for, to be shown to the user."""


@dataclass(frozen=True)
class Blank:
    """An empty column of the fitted type, and its missing cell if it has one: what new columns are made from."""

    empty: Series
    gap: Series | None

    @classmethod
    def of(cls, series: Series) -> Blank:
        """Remember the type of a column and one of its gaps."""
        return cls(series.take(np.empty(0, np.intp)), gap_of(series))

    def filled(self, values: NDArray[Any], gaps: NDArray[np.bool_]) -> Series:
        """Return a column of new values, missing where ``gaps`` says so."""
        built = self.empty.built(values)
        return built.with_gaps(gaps, self.gap) if gaps.any() else built

    def with_gap_of(self, series: Series) -> Blank:
        """Return the same with the missing cell of another column."""
        return replace(self, gap=gap_of(series))


def gap_of(series: Series) -> Series:
    """Return a missing cell of a column, as a column of at most one; of several kinds, the first of those seen.

    Of NaN beside NA or None, new gaps are then of either kind, as often as among these.
    """
    return series.take(gap_places(series))


def gap_places(series: Series) -> IntArray:
    """Return where a missing cell is, or the first of them if they are of several kinds."""
    places = np.flatnonzero(series.gaps())[:_GAPS]
    kinds = {type(cell) for cell in series.take(places).to_list()} if len(places) else set()
    return places if len(kinds) > 1 else places[:1]


@dataclass(frozen=True)
class NumberField:
    """Numbers and booleans. Integers too large for a float are counted from the smallest one.

    Integers too far apart for that are names, not quantities (see :func:`too_far_apart`).
    """

    blank: Blank
    dtype: np.dtype[Any]  # in which values are built
    origin: int  # 0 unless the integers are too large

    @classmethod
    def of(cls, series: Series) -> NumberField:
        """Look at the column's type and size."""
        present = series.present()
        if present.dtype.kind not in "iu" or max(-int(present.min()), int(present.max())) <= _EXACT:
            return cls(Blank.of(series), present.dtype, 0)
        return cls(Blank.of(series), present.dtype, int(present.min()))

    @property
    def domain(self) -> Domain:
        if self.dtype.kind == "f":  # no number, however far out, becomes infinite
            largest = float(np.finfo(self.dtype).max)
            return Domain(-largest, largest)
        domain = domain_of_type(self.dtype)
        if not self.origin:
            return domain
        limits = np.iinfo(self.dtype)
        low, high = max(limits.min - self.origin, -_EXACT), min(limits.max - self.origin, _EXACT)
        return domain._replace(low=float(low), high=float(high))

    @property
    def is_bounded(self) -> bool:
        return True

    def read(self, series: Series) -> FloatArray:
        gaps = series.gaps()
        numbers = np.full(len(gaps), np.nan)
        present = series.present()
        if self.origin:  # unsigned, so that no difference overflows
            present = (present.astype(np.uint64) - np.array(self.origin % 2**64, np.uint64)).view(np.int64)
        numbers[~gaps] = present
        return numbers

    known = read

    def with_gap_of(self, series: Series) -> NumberField:
        return replace(self, blank=self.blank.with_gap_of(series))

    def write(self, numbers: FloatArray) -> Series:
        gaps = np.isnan(numbers)
        values = np.where(gaps, 0.0, numbers)
        if self.origin:
            whole = values.astype(np.int64).view(np.uint64) + np.array(self.origin % 2**64, np.uint64)
            return self.blank.filled(whole.astype(self.dtype), gaps)
        return self.blank.filled(values.astype(self.dtype), gaps)

    def position(self, value: Any) -> float:
        return float(int(value) - self.origin) if self.origin else float(value)

    def shown(self, number: float) -> Any:
        if self.dtype.kind == "f" or not np.isfinite(number):
            return number
        return bool(number) if self.dtype.kind == "b" else int(number) + self.origin


def too_far_apart(integers: NDArray[Any]) -> bool:
    """Return whether floats cannot keep integers apart, wherever they are counted from."""
    return integers.dtype.kind in "iu" and int(integers.max()) - int(integers.min()) > _EXACT


def key_of(cell: Any) -> Hashable:
    """Return the key of a category: the cell itself, or its repr if it is not hashable."""
    try:
        hash(cell)
    except TypeError:
        return (type(cell), repr(cell))
    return cell


@dataclass(frozen=True)
class LevelField:
    """Categories: the number of each among those seen. New cells are taken from seen ones, type and all."""

    name: Any
    codes: dict[Hashable, int]
    cells: Series  # one of each category, in the order of their codes, then missing ones if there are any

    @classmethod
    def of(cls, name: Any, series: Series, order: list[Any] | None = None) -> LevelField:
        """Give each category a number, in their given order or as they come."""
        gaps, cells = series.gaps(), series.to_list()
        first: dict[Hashable, int] = {}
        for row in np.flatnonzero(~gaps).tolist():
            first.setdefault(key_of(cells[row]), row)
        if order is not None:
            first = {level: first[level] for level in order if level in first}
        rows = [*first.values(), *gap_places(series).tolist()]
        return cls(name, {key: code for code, key in enumerate(first)}, series.take(np.array(rows, np.intp)))

    @property
    def domain(self) -> Domain:
        return Domain(0.0, float(len(self.codes) - 1), 0)

    @property
    def is_bounded(self) -> bool:
        return False

    @property
    def levels(self) -> list[Any]:
        """The categories."""
        return self.cells.to_list()[: len(self.codes)]

    def read(self, series: Series) -> FloatArray:
        gaps = series.gaps()
        if len(self.codes) <= 1:  # constant: all cells are the same
            return np.where(gaps, np.nan, 0.0)
        numbers = self.known(series)
        unknown = np.flatnonzero(np.isnan(numbers) & ~gaps)
        if len(unknown):
            raise ValueError(
                f"Column {self.name!r} has the category {key_of(series.to_list()[unknown[0]])!r}, which the fitted "
                f"table lacks; choose from {self.levels[:9]}, or fit with it as well."
            )
        return numbers

    def known(self, series: Series) -> FloatArray:
        cells = zip(series.to_list(), series.gaps(), strict=True)
        return np.array([np.nan if gap else self.codes.get(key_of(cell), np.nan) for cell, gap in cells], np.float64)

    def write(self, numbers: FloatArray) -> Series:
        gaps, n_levels = np.isnan(numbers), len(self.codes)
        n_gaps = len(self.cells.to_list()) - n_levels if gaps.any() else 1
        return self.cells.take(np.where(gaps, n_levels + in_turn(gaps, n_gaps), numbers).astype(np.intp))

    def with_gap_of(self, series: Series) -> LevelField:
        n_levels = len(self.codes)
        if len(self.cells.to_list()) > n_levels:
            return self
        gap = gap_of(series)
        places = np.arange(n_levels + len(gap.to_list()))
        return replace(self, cells=self.cells.take(places % n_levels).with_gaps(places >= n_levels, gap))

    def position(self, value: Any) -> float:
        raise TypeError(f"Column {self.name!r} holds categories, which have no bounds; leave it out of bounds.")

    def shown(self, number: float) -> Any:
        return self.levels[int(number)] if np.isfinite(number) else number
