r"""Values that lie far from all others of their column: sentinels, which many rows share, and outliers.

``-999`` for "not measured", ``9999-12-31`` for "still open", a height of 17000 among heights of 170: one such value
would rule mean, scale and every difference. So they are found before anything is measured. With the median :math:`m`
and the interquartile range :math:`s` of the *distinct* values (of which a sentinel is one, however many rows have it),
a value is far if it lies outside all others by a wide margin,

.. math:: |x - m| > f s \quad\text{and}\quad |x - m| \geq r \max_{\text{not far}} |x' - m|.

The second condition is what tells it from a heavy tail, which has no gap. It is wide (:math:`f = r = 10`) for single
values, and less so for repeated ones (:math:`f = 5, r = 3`), since no tail repeats itself. A column of positive values
must have single ones far by their logarithms, too (:math:`f = 3, r = 2`): incomes differ by factors.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import BoolArray, FloatArray, IntArray

_LEAST_DISTINCT = 6  # values: with fewer, there is nothing to be far from
_LEAST_BESIDE_SINGLE = 10  # for a single value to be far
_SINGLE, _BY_LOGARITHM, _REPEATED = (10.0, 10.0), (3.0, 2.0), (5.0, 3.0)  # f and r
_REPEATS, _SHARE = 3, 0.02  # rows, and share of the rows, that a repeated value has at least
_MAX_SINGLE = 0.1  # of the distinct values: more of them are a part of the distribution
_GAP = 0.25  # of the range: where no two neighbours are so far apart, no value is far
_LOOKED_AT = 2_000  # rows in which suspects are looked for, beside the smallest and the largest value


class Far(NamedTuple):
    """The values of a column that are far from all others."""

    sentinels: tuple[float, ...] = ()
    outliers: tuple[float, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.sentinels or self.outliers)

    def left_out(self, values: FloatArray) -> FloatArray:
        """Return the values that are not far."""
        return values[~np.isin(values, [*self.sentinels, *self.outliers])] if self else values


def far_values(distinct: FloatArray, counts: IntArray) -> Far:
    """Return the far ones of a column's distinct values, ascending, of which each occurs so often."""
    if len(distinct) < _LEAST_DISTINCT or not _gapped(distinct):
        return Far()
    values = distinct / max(-distinct[0], distinct[-1])  # so that no square or difference leaves the range of a float
    repeated = counts >= max(_REPEATS, _SHARE * counts.sum())
    sentinels = _beyond(values, *_REPEATED) & repeated
    single = _beyond(values, *_SINGLE) & ~sentinels
    if single.any() and distinct[0] > 0:
        single &= _beyond(np.log(distinct), *_BY_LOGARITHM)
    if len(distinct) < _LEAST_BESIDE_SINGLE or single.sum() > _MAX_SINGLE * len(distinct):
        single[:] = False
    return Far(tuple(distinct[sentinels].tolist()), tuple(distinct[single].tolist()))


def suspects(rows: NDArray[Any]) -> IntArray:
    """Return the columns (n, n_columns) that may have far values, all at once: those with a wide gap."""
    step = max(1, len(rows) // _LOOKED_AT)
    ends = np.fmin.reduce(rows, axis=0), np.fmax.reduce(rows, axis=0)
    seen = np.sort(np.vstack([rows[::step], *ends]).astype(np.float64), axis=0)  # NaN comes last
    with np.errstate(over="ignore", invalid="ignore"):
        gaps = np.nan_to_num(np.diff(seen / 2, axis=0))  # halves, whose differences are finite
        wide = gaps.max(axis=0) >= _GAP * (ends[1] / 2 - ends[0] / 2)
    return np.flatnonzero(wide & ((gaps > 0).sum(axis=0) >= _LEAST_DISTINCT - 1))


def _gapped(distinct: FloatArray) -> bool:
    halves = distinct / 2
    return bool(np.diff(halves).max() >= _GAP * (halves[-1] - halves[0]))


def _beyond(values: FloatArray, f: float, r: float) -> BoolArray:
    """Return which of these ascending values are far: at most half of them, so that a bulk is left."""
    low, middle, high = values[(len(values) - 1) * np.arange(1, 4) // 4]
    distances = np.abs(values - middle)
    order = np.argsort(distances)
    ascending = distances[order]
    starts = (ascending[1:] > f * (high - low)) & (ascending[1:] >= r * ascending[:-1])
    starts[: len(values) // 2] = False
    far = np.zeros(len(values), bool)
    if starts.any():
        far[order[starts.argmax() + 1 :]] = True
    return far
