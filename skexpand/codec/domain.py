"""The values that a numeric column may take, found from those seen, and the nearest of them to any number.

A DataFrame's column means something, and its values show what: a column of prices with two decimals has two decimals, a
column without a negative value is not negative, one that only ever holds 1, 2 and 5 holds no 3. The entries of an
array are just numbers, and new ones may be any number of its type, unless none is negative: then they are amounts
(which have logarithms), or, if they are whole as well, counts.

A strongly skewed column without negative values (incomes, counts, concentrations) is compared by ``log1p(x / u)``,
u being its median: small differences count among small values, ratios among large ones, so the few largest do not
dominate all distances. No new value is larger than the largest seen, since errors of a logarithm multiply.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import FloatArray, IntArray
from skexpand.codec.far import Far, far_values

MAX_LEVELS = 10  # a column with at most so many distinct numbers,
MIN_REPEATS = 3  # each seen so often on average, takes no others,
MAX_SINGLE = 2  # unless more of them than this are fractions seen only once: then they are a few of many
MIN_POSITIVE = 10  # rows that make it no accident that none is negative
MAX_SKEW = 2.0  # the most that a column may be skewed without taking its logarithm
_GRIDS = 10.0 ** np.arange(16)  # units in one, by the number of decimals that are tried
MIN_ATOM_ROWS = 4  # a value that so many rows have is an atom, if it is
MIN_SHARE, MIN_INNER_SHARE = 0.05, 0.1  # such a share of the rows, at an end of the range or within it,
MIN_PROMINENCE, MIN_INNER_PROMINENCE = 3, 5  # and so many times the rows of a usual value
FLOAT = np.dtype(np.float64)
_EXACT = 2.0**53  # whole numbers up to here are floats
_NOTHING = 1e-100
_EXACT_LOG = 2.0**40  # whole numbers up to here survive a logarithm


class Domain(NamedTuple):
    """The valid values of a numeric column."""

    low: float = -np.inf
    high: float = np.inf
    decimals: int | None = None  # None: as many as a float has; 0: whole numbers
    levels: FloatArray | None = None  # if given, the only values, ascending
    log_unit: float = np.inf  # if finite, numbers are compared by their ``log1p(x / log_unit)``
    atoms: tuple[float, ...] = ()  # values that a large part of the rows share, ascending
    far: Far = Far()  # values that tell nothing of the others (see ``far.py``)
    core: tuple[float, float] | None = None  # the range of all values but those; None if there are none

    def nearest(self, values: FloatArray) -> FloatArray:
        """Return the closest valid value to each."""
        if self.levels is not None:
            return self.levels[np.searchsorted((self.levels[1:] + self.levels[:-1]) / 2, values)]
        return self.rounded(values).clip(self.low, self.high)

    def rounded(self, values: FloatArray) -> FloatArray:
        """Return values with as many decimals as the column has."""
        if self.decimals is None:
            return values
        return np.rint(values) if self.decimals == 0 else np.round(values, self.decimals)

    def widened(self, values: FloatArray) -> Domain:
        """Return the domain that has these values as well, but for those that are far from all others."""
        values = self.far.left_out(values)
        far = far_values(*np.unique(values, return_counts=True))
        values = far.left_out(values)
        if not len(values):
            return self
        if self.levels is not None:
            return self._replace(levels=np.union1d(self.levels, values))
        decimals = self.decimals
        if decimals is not None and (np.round(values, decimals) != values).any():
            decimals = count_decimals(values)
        seen = float(values.min()), float(values.max())
        low, high = min(self.low, seen[0]), max(self.high, seen[1])
        core = self.core or (seen if far else None)
        if core is not None:
            core = min(core[0], seen[0]), max(core[1], seen[1])
        return self._replace(low=low, high=high, decimals=decimals, core=core)

    def with_far_values(self) -> Domain:
        """Return the domain in which no value counts as far from the others."""
        return self._replace(far=Far(), core=None)

    @property
    def is_free(self) -> bool:
        """Whether every float is valid."""
        return self.levels is None and self[:3] == (-np.inf, np.inf, None) and self.log_unit == np.inf

    @property
    def has_shares(self) -> bool:
        """Whether some of its values have a share of the rows that new rows keep (see ``shares.py``)."""
        return self.levels is not None or bool(self.atoms)


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


class Seen(NamedTuple):
    """The values of a column that are not missing."""

    distinct: FloatArray  # ascending
    counts: IntArray
    dtype: np.dtype[Any] = FLOAT  # in which they were recorded

    @classmethod
    def of(cls, values: FloatArray, dtype: np.dtype[Any] = FLOAT) -> Seen:
        """Look at values."""
        return cls(*np.unique(values, return_counts=True), dtype)

    def without(self, far: Far) -> Seen:
        """Leave the far values out."""
        kept = ~np.isin(self.distinct, [*far.sentinels, *far.outliers])
        return self._replace(distinct=self.distinct[kept], counts=self.counts[kept]) if far else self

    @property
    def n_rows(self) -> int:
        """How many values there are."""
        return int(self.counts.sum())

    @property
    def are_few(self) -> bool:
        """Whether they are so few, and repeated so often, that there are no others."""
        if len(self.distinct) > MAX_LEVELS or self.n_rows < MIN_REPEATS * len(self.distinct):
            return False
        is_whole = bool((self.distinct == np.rint(self.distinct)).all())
        return is_whole or int(np.sum(self.counts == 1)) <= MAX_SINGLE


def domain_of_values(values: FloatArray, of_type: Domain, dtype: np.dtype[Any] = FLOAT) -> Domain:
    """Narrow the domain of a column's type by the values seen (those that are not missing)."""
    seen, domain = _core_of(Seen.of(values, dtype), of_type)
    distinct = seen.distinct
    if seen.are_few or of_type[:3] == (0.0, 1.0, 0):  # booleans in any case
        return domain._replace(levels=distinct)
    decimals = count_decimals(distinct, dtype) if of_type.decimals is None else of_type.decimals
    domain = domain._replace(decimals=decimals, atoms=point_masses(seen))
    if seen.n_rows < MIN_POSITIVE or distinct[0] < 0:
        return domain
    grid = 10.0 ** (decimals or 0)
    half = float(distinct[0]) / 2  # if no value is 0, new values stay above 0
    low = max(of_type.low, half if decimals is None else float(np.ceil(half * grid) / grid))
    core = domain.far.left_out(values)
    if skewness(core) <= MAX_SKEW or (decimals is not None and distinct[-1] * grid > _EXACT_LOG):
        return domain._replace(low=low)
    return domain._replace(low=low, high=float(distinct[-1]), log_unit=float(np.median(core[core > 0])))


def domain_of_moments(values: FloatArray, of_type: Domain) -> Domain:
    """Narrow the domain of dates by those seen: these are on a line, and nothing but atoms and far ones counts."""
    seen, domain = _core_of(Seen.of(values), of_type)
    return domain._replace(atoms=point_masses(seen))


def domain_of_entries(values: FloatArray, of_type: Domain, is_sparse: bool = False, is_open: bool = False) -> Domain:
    """Narrow the domain of an array's type by the entries of a column that are not missing.

    Zeros are kept as such among amounts, and in sparse matrices in any case. ``is_open`` says that nothing but far
    values is looked for.
    """
    seen, domain = _core_of(Seen.of(values), of_type, is_sparse)
    distinct = seen.distinct
    if domain.core is not None and not is_open:
        domain = domain._replace(low=max(of_type.low, domain.core[0]), high=min(of_type.high, domain.core[1]))
    if is_open or not len(distinct):
        return domain
    has_atoms = distinct[0] >= 0 or len(distinct) > MAX_LEVELS  # a scaled column of two values has none
    atoms = point_masses(seen) if has_atoms else ()
    atoms = _with_zero(atoms, seen) if is_sparse else atoms
    if distinct[0] < 0:
        return _within_natural_bounds(domain._replace(atoms=atoms), distinct)
    if (distinct == np.rint(distinct)).all() and distinct[-1] < _EXACT:
        if seen.are_few:
            return domain._replace(levels=distinct, decimals=0)
        low, high = max(of_type.low, float(distinct[0])), min(of_type.high, float(distinct[-1]))
        return domain._replace(low=low, high=high, decimals=0, atoms=atoms)
    domain = domain._replace(low=max(domain.low, float(distinct[0]) / 2), atoms=atoms)
    return _within_natural_bounds(domain, distinct)


def _within_natural_bounds(domain: Domain, distinct: FloatArray) -> Domain:
    """Keep to an end of the values seen where it is an atom, or 1 or 100 as of shares and percentages."""
    low, high = float(distinct[0]), float(distinct[-1])
    if low in domain.atoms:
        domain = domain._replace(low=low)
    if high in domain.atoms or (low >= 0 and high in (1.0, 100.0)):
        domain = domain._replace(high=high)
    return domain


def _core_of(seen: Seen, of_type: Domain, is_sparse: bool = False) -> tuple[Seen, Domain]:
    """Leave far values out; in sparse matrices, zero is none, and tells nothing of what is far from the others."""
    looked_at = seen.distinct != 0 if is_sparse else slice(None)
    far = far_values(seen.distinct[looked_at], seen.counts[looked_at])
    seen = seen.without(far)
    core = (float(seen.distinct[0]), float(seen.distinct[-1])) if far else None
    return seen, of_type._replace(far=far, core=core)


def point_masses(seen: Seen) -> tuple[float, ...]:
    """Return the values that a large part of the rows share: at either end, or within and far more than others do."""
    distinct, counts, _ = seen
    n_rows, most = seen.n_rows, int(counts.max(initial=0))
    if most < max(MIN_ATOM_ROWS, MIN_SHARE * n_rows):
        return ()
    usual = float(np.median(counts))
    heavy = counts >= max(MIN_ATOM_ROWS, MIN_INNER_SHARE * n_rows, MIN_INNER_PROMINENCE * usual)
    heavy[[0, -1]] = counts[[0, -1]] >= max(MIN_ATOM_ROWS, MIN_SHARE * n_rows, MIN_PROMINENCE * usual)
    return tuple(distinct[heavy].tolist())


def _with_zero(atoms: tuple[float, ...], seen: Seen) -> tuple[float, ...]:
    return tuple(sorted({0.0, *atoms})) if 0.0 in seen.distinct else atoms


def skewness(values: FloatArray) -> float:
    """Return the third moment in standard deviations."""
    relative = values / max(float(np.abs(values).max()), np.finfo(float).tiny)
    deviations = relative - relative.mean()
    return float(np.mean(deviations**3) / max(float(np.mean(deviations**2)), _NOTHING) ** 1.5)


def count_decimals(values: FloatArray, dtype: np.dtype[Any] = FLOAT) -> int | None:
    """Return how many decimals the numbers were recorded with, or None if they use all that their type has."""
    dtype = dtype if dtype.kind == "f" else FLOAT
    exact = 2.0 ** (np.finfo(dtype).nmant + 1)
    values = values.astype(dtype)
    largest = float(np.abs(values).max(initial=0.0))
    for decimals in _possible(values[:3]):
        if largest * 10.0**decimals >= exact:
            return None
        if bool((np.round(values.astype(np.float64), decimals).astype(dtype) == values).all()):
            return decimals
    return None


def _possible(values: NDArray[Any]) -> list[int]:
    """Return how many decimals a few numbers may have been recorded with: those at which NumPy rounds none of them."""
    with np.errstate(over="ignore"):
        rounded = (np.rint(values[:, None].astype(np.float64) * _GRIDS) / _GRIDS).astype(values.dtype)
    return np.flatnonzero((rounded == values[:, None]).all(axis=0)).tolist()
