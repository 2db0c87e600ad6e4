"""Numeric columns: standardized when encoded, set to the nearest valid value when decoded.

A missing cell is encoded as 0, the mean, and an outlier as the end of the range of all others. No value, however large,
becomes infinite on the way: where differences may leave the range of a float, halves are computed with, which are
exact, and what is too large for the type of a column becomes the largest number that it has.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import FloatArray
from skexpand.codec.domain import Domain

_CONSTANT = 10 * np.finfo(float).eps  # relative spread up to which a column counts as constant
_MARGIN = 0.2  # standard deviations within the ends of its range, where values come to lie that were outside
_FARTHEST = 1e12  # standard deviations: no new row lies farther from the mean


@dataclass(frozen=True)
class NumericCodec:
    """Standardize columns; leave constant ones out and put them back.

    Attributes
    ----------
    domains : list of Domain
        Valid values of each column.
    varying : ndarray of shape (n_varying,)
        Columns that are not constant (the first one if all are).
    mean, scale : ndarray of shape (n_columns,)
        Mean and standard deviation of each column; a constant column has scale 0.
    first : ndarray of shape (n_columns,)
        The first value of each column, which constant columns repeat.
    """

    domains: list[Domain]
    varying: NDArray[np.intp]
    mean: FloatArray
    scale: FloatArray
    first: NDArray[Any]

    @classmethod
    def fit(cls, X: NDArray[Any], domains: list[Domain]) -> NumericCodec:
        """Learn mean and scale of rows X of shape (n, n_columns)."""
        values = _compared(X.astype(np.float64), domains)
        first = X[0].copy()
        if np.isnan(values).any():
            return cls._fit_with_gaps(values, domains)
        magnitude = np.maximum(np.abs(values).max(axis=0), np.finfo(float).tiny)
        relative = values / magnitude  # squares of very large or very small numbers leave the range of a float
        return cls._of(relative.mean(axis=0) * magnitude, relative.std(axis=0), magnitude, domains, first)

    @classmethod
    def _fit_with_gaps(cls, values: FloatArray, domains: list[Domain]) -> NumericCodec:
        present = ~np.isnan(values)
        counts = np.maximum(present.sum(axis=0), 1)
        first = np.where(present.any(axis=0), values[present.argmax(axis=0), np.arange(values.shape[1])], np.nan)
        magnitude = np.maximum(np.abs(np.where(present, values, 0.0)).max(axis=0), np.finfo(float).tiny)
        relative = np.where(present, values / magnitude, 0.0)
        mean = relative.sum(axis=0) / counts
        spread = np.sqrt((np.where(present, relative - mean, 0.0) ** 2).sum(axis=0) / counts)
        return cls._of(mean * magnitude, spread, magnitude, domains, first)

    @classmethod
    def _of(
        cls, mean: FloatArray, spread: FloatArray, magnitude: FloatArray, domains: list[Domain], first: NDArray[Any]
    ) -> NumericCodec:
        constant = spread <= _CONSTANT
        varying = np.flatnonzero(~constant)
        if not len(varying):
            varying = np.arange(min(1, len(first)))
        mean = np.where(constant, np.nan_to_num(first.astype(np.float64)), mean)
        return cls(domains, varying, mean, np.where(constant, 0.0, spread * magnitude), first)

    def encode(self, X: NDArray[Any]) -> FloatArray:
        """Map rows (n, n_columns) to standardized varying columns (n, n_varying)."""
        unit = self._unit()[self.varying]
        mean, scale = self.mean[self.varying] * unit, self.scale[self.varying] * unit
        centred = _compared(X[:, self.varying].astype(np.float64), self._varying_domains) * unit - mean
        encoded = centred / np.where(scale == 0, 1.0, scale)
        encoded[np.isnan(encoded)] = 0.0
        return encoded

    def encode_column(self, column: int, values: FloatArray) -> FloatArray:
        """Map values (n,) of one column as :meth:`encode` does."""
        one = [column]
        alone = NumericCodec([self.domains[column]], np.zeros(1, np.intp), self.mean[one], self.scale[one], values[:1])
        return alone.encode(values[:, None])[:, 0]

    def decode(
        self, encoded: NDArray[np.floating], dtype: np.dtype[Any], out: NDArray[Any] | None = None
    ) -> NDArray[Any]:
        """Map standardized rows back to valid values of all columns, as one array of ``dtype``.

        ``out`` takes the rows, if it is given.
        """
        rows = np.empty((len(encoded), len(self.mean)), dtype=dtype) if out is None else out
        too_large = dtype.kind == "f" and self._reaches(float(np.finfo(dtype).max))
        if self._plain and dtype.kind == "f" and not too_large:  # as most of a sample goes
            values = rows if dtype == np.float64 else np.empty(rows.shape)
            values[:] = encoded
            values *= self.scale
            values += self.mean
            if values is not rows:
                rows[:] = values
            return rows
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # columns have limits where this may happen
            values = self._legal(self._unstandardized(encoded))
        if too_large:
            values = values.clip(np.finfo(dtype).min, np.finfo(dtype).max)
        rows[:, self.varying] = values
        constant = self.scale == 0
        rows[:, constant] = self.first[constant]
        return rows

    def _legal(self, values: FloatArray) -> FloatArray:
        """Bring compared values to the nearest legal ones, those outside of the bounds back inside."""
        limits = self._limits
        if limits.bounded:
            bring_inside(values, limits.low, limits.high, _MARGIN * self.scale[self.varying])
        for position, domain in limits.not_free:
            if domain.log_unit < np.inf:
                values[:, position] = domain.log_unit * np.expm1(values[:, position])
            values[:, position] = domain.nearest(values[:, position])
        return values

    def _unstandardized(self, encoded: NDArray[np.floating]) -> FloatArray:
        """Return encoded rows in the units of their columns."""
        unit = self._unit()[self.varying]
        values = encoded * (self.scale[self.varying] * unit) + self.mean[self.varying] * unit
        return values / unit if (unit < 1).any() else values

    def _reach(self) -> FloatArray:
        """Return how large the values of each column may get."""
        with np.errstate(over="ignore"):
            return np.abs(self.mean) + _FARTHEST * self.scale

    def _reaches(self, largest: float) -> bool:
        return bool((self._reach() > largest / 4).any())

    def _unit(self) -> FloatArray:
        """Return what each column is to be multiplied with, so that differences stay within the range of a float."""
        return np.where(self._reach() > np.finfo(float).max / 4, 0.5, 1.0)

    @cached_property
    def _limits(self) -> _Limits:
        return _Limits.of(self._varying_domains)

    @property
    def _varying_domains(self) -> list[Domain]:
        return [self.domains[column] for column in self.varying.tolist()]

    @property
    def _plain(self) -> bool:
        """Whether all columns vary and take any float."""
        return bool(self.scale.all()) and all(domain.is_free for domain in self.domains)


class _Limits(NamedTuple):
    """The bounds of the varying columns, as they are compared."""

    bounded: bool  # whether there is any
    low: FloatArray
    high: FloatArray
    not_free: list[tuple[int, Domain]]  # columns of which not every float is legal

    @classmethod
    def of(cls, domains: list[Domain]) -> _Limits:
        """Look at the domains once; those of few levels have no bounds but these."""
        free = Domain()
        ends = [free if domain.levels is not None else domain for domain in domains]
        low, high = (np.array([getattr(domain, end) for domain in ends], np.float64) for end in ("low", "high"))
        logs = np.array([domain.log_unit for domain in ends], np.float64)
        is_log = logs < np.inf
        low[is_log], high[is_log] = (np.log1p(np.maximum(end[is_log], 0) / logs[is_log]) for end in (low, high))
        not_free = [(position, domain) for position, domain in enumerate(domains) if not domain.is_free]
        bounded = bool((low > -np.inf).any() or (high < np.inf).any())
        return cls(bounded, low, high, not_free)


def bring_inside(values: FloatArray, low: FloatArray, high: FloatArray, margin: FloatArray) -> None:
    r"""Bring values (n, n_columns) from outside of [low, high] close to its ends, but not to a pile there.

    What lies :math:`t m` beyond an end, m being the margin, comes to :math:`2 t m / (1 + t^2)` before it: as in a
    mirror, but never farther inside than the margin. (A plain mirror cost linear learners 0.7 points.)
    """
    for outside, end, sign in ((values < low, low, 1.0), (values > high, high, -1.0)):
        rows, columns = np.nonzero(outside)
        if len(rows):
            end, unit = end[columns], margin[columns]
            beyond = np.abs(values[rows, columns] - end) / unit
            values[rows, columns] = end + sign * 2 * unit / (beyond + 1 / beyond)


def _compared(values: FloatArray, domains: list[Domain]) -> FloatArray:
    """Return values as they are compared: outliers at the end of the others, strongly skewed columns by logarithm."""
    for column, domain in enumerate(domains):
        if domain.core is not None:
            values[:, column] = values[:, column].clip(*domain.core)
        if domain.log_unit < np.inf:
            values[:, column] = np.log1p(np.maximum(values[:, column], 0.0) / domain.log_unit)
    return values
