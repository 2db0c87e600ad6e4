"""The values that a numeric column may take, found from those seen, and the nearest of them to any number.

The column of a DataFrame has a meaning, and its values show which: a column of prices has two decimals, a column
without a negative value is not negative, a column that only holds 1, 2 and 5 holds no 3. The entries of an array are
just numbers: there only the type counts.

A strongly skewed column without negative values (incomes, counts, concentrations) is compared by ``log1p(x / u)``,
u being its median: small differences count among small values, ratios among large ones, so the few largest do not
dominate all distances. No new value is larger than the largest seen, since errors of a logarithm multiply.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from skexpand.base.types import FloatArray

MAX_LEVELS = 10  # a column with at most so many distinct numbers,
MIN_REPEATS = 3  # each seen so often on average, takes no others
MIN_POSITIVE = 10  # rows needed before a lack of negative values counts as a rule
MAX_SKEW = 2.0  # skewness above which the logarithm is used
_MAX_DECIMALS = 15
_EXACT = 2.0**53  # whole numbers up to here are floats
_NOTHING = 1e-100
_EXACT_LOG = 2.0**40  # and up to here they survive a logarithm


class Domain(NamedTuple):
    """The valid values of a numeric column."""

    low: float = -np.inf
    high: float = np.inf
    decimals: int | None = None  # None: as many as a float has; 0: whole numbers
    levels: FloatArray | None = None  # if given, the only values, ascending
    log_unit: float = np.inf  # if finite, numbers are compared by their ``log1p(x / log_unit)``

    def nearest(self, values: FloatArray) -> FloatArray:
        """Return the closest valid value to each."""
        if self.levels is not None:
            return self.levels[np.searchsorted((self.levels[1:] + self.levels[:-1]) / 2, values)]
        if self.decimals is not None:
            values = np.rint(values) if self.decimals == 0 else np.round(values, self.decimals)
        return values.clip(self.low, self.high)

    def widened(self, values: FloatArray) -> Domain:
        """Return the domain that has these values as well."""
        if not len(values):
            return self
        if self.levels is not None:
            return self._replace(levels=np.union1d(self.levels, values))
        decimals = self.decimals
        if decimals is not None and (np.round(values, decimals) != values).any():
            decimals = count_decimals(values)
        low, high = min(self.low, float(values.min())), max(self.high, float(values.max()))
        return self._replace(low=low, high=high, decimals=decimals)

    @property
    def is_free(self) -> bool:
        """Whether every float is valid."""
        return self.levels is None and self[:3] == (-np.inf, np.inf, None) and self.log_unit == np.inf


def domain_of_type(dtype: np.dtype[Any]) -> Domain:
    """Return what a type allows: a boolean is 0 or 1, an integer whole and within the limits of its type."""
    if dtype.kind == "b":
        return Domain(0.0, 1.0, 0)
    if dtype.kind == "f":
        return Domain()
    limits = np.iinfo(dtype)
    highest = float(limits.max)
    if int(highest) > limits.max:  # the largest 64-bit integers have no float of their own: stay one below
        highest = float(np.nextafter(highest, 0))
    return Domain(float(limits.min), highest, 0)


def domain_of_values(values: FloatArray, of_type: Domain) -> Domain:
    """Narrow the domain of a column's type by the values seen (those that are not missing)."""
    distinct = np.unique(values)
    if len(distinct) <= MAX_LEVELS and len(values) >= MIN_REPEATS * len(distinct):
        return of_type._replace(levels=distinct)
    decimals = count_decimals(distinct) if of_type.decimals is None else of_type.decimals
    if len(values) < MIN_POSITIVE or distinct[0] < 0:
        return of_type._replace(decimals=decimals)
    grid = 10.0 ** (decimals or 0)
    half = float(distinct[0]) / 2  # if no value is 0, new values stay above 0
    low = max(of_type.low, half if decimals is None else float(np.ceil(half * grid) / grid))
    if skewness(values) <= MAX_SKEW or (decimals is not None and distinct[-1] * grid > _EXACT_LOG):
        return of_type._replace(low=low, decimals=decimals)
    unit = float(np.median(values[values > 0]))
    return of_type._replace(low=low, high=float(distinct[-1]), decimals=decimals, log_unit=unit)


def skewness(values: FloatArray) -> float:
    """Return the third moment in standard deviations."""
    relative = values / max(float(np.abs(values).max()), np.finfo(float).tiny)
    deviations = relative - relative.mean()
    return float(np.mean(deviations**3) / max(float(np.mean(deviations**2)), _NOTHING) ** 1.5)


def count_decimals(values: FloatArray) -> int | None:
    """Return how many decimals the numbers were recorded with, or None if they use all that a float has."""
    largest = float(np.abs(values).max(initial=0.0))
    for decimals in range(_MAX_DECIMALS + 1):
        if largest * 10.0**decimals >= _EXACT:
            return None
        if (np.round(values[:99], decimals) == values[:99]).all() and (np.round(values, decimals) == values).all():
            return decimals
    return None
