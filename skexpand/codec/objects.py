"""Columns of Python's own dates, moments and decimals, as databases give them: moments and numbers inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import FloatArray
from skexpand.codec.domain import Domain
from skexpand.codec.fields import Blank, Field, NumberField
from skexpand.codec.moment import MomentField
from skexpand.codec.series import ArraySeries, Series, is_gap, kind_of_objects

_UNITS = {"date": "D", "datetime": "us"}
_FLOAT = 15  # decimals that a float has


@dataclass(frozen=True)
class ObjectField:
    """Python objects that stand for numbers or moments.

    Attributes
    ----------
    kind : {"date", "datetime", "decimal"}
        What they are.
    inner
        The field that reads them, as floats or as microseconds.
    blank
        The empty column of objects.
    places : int
        Digits after the point that new decimals are written with.
    """

    kind: str
    inner: Field
    blank: Blank
    places: int

    @classmethod
    def among(cls, series: Series) -> ObjectField | None:
        """Return the field of a column of objects of one of the kinds, of which two differ; None for others."""
        cells = [cell for cell in series.to_list() if not is_gap(cell)]
        kind = kind_of_objects(cells)
        if kind is None or len(set(cells)) < 2:
            return None
        plain = ArraySeries(_as_numbers(cells, kind))
        inner: Field = NumberField.of(plain) if kind == "decimal" else MomentField.of(plain, is_duration=False)
        places = max((-int(cell.as_tuple().exponent) for cell in cells), default=0) if kind == "decimal" else 0
        return cls(kind, inner, Blank.of(series), max(places, 0))

    @property
    def domain(self) -> Domain:
        domain = self.inner.domain
        return domain._replace(decimals=self.places) if self.kind == "decimal" and self.places <= _FLOAT else domain

    @property
    def is_bounded(self) -> bool:
        return True

    def read(self, series: Series) -> FloatArray:
        gaps = series.gaps()
        cells = [cell for cell, gap in zip(series.to_list(), gaps.tolist(), strict=True) if not gap]
        numbers = np.full(len(gaps), np.nan)
        numbers[~gaps] = self.inner.read(ArraySeries(_as_numbers(cells, self.kind)))
        return numbers

    known = read

    def write(self, numbers: FloatArray) -> Series:
        gaps = np.isnan(numbers)
        written = self.inner.write(np.where(gaps, 0.0, numbers)).native
        objects = np.empty(len(written), object)
        if self.kind == "decimal":
            objects[:] = [Decimal(f"{value:.{self.places}f}") for value in written.tolist()]
        else:
            objects[:] = written.view("M8[us]").astype(f"M8[{_UNITS[self.kind]}]").astype(object)
        return self.blank.filled(objects, gaps)

    def with_gap_of(self, series: Series) -> ObjectField:
        return replace(self, blank=self.blank.with_gap_of(series))

    def position(self, value: Any) -> float:
        return self.inner.position(value)

    def shown(self, number: float) -> Any:
        return self.inner.shown(number)


def _as_numbers(cells: Sequence[Any], kind: str) -> NDArray[Any]:
    """Return objects as floats, or as microseconds since 1970."""
    if kind == "decimal":
        return np.array([float(cell) for cell in cells], np.float64)
    return np.array(cells, "M8[us]").view(np.int64)
