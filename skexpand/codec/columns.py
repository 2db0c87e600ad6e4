"""How each column of a table is interpreted, inferred without any training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import FloatArray
from skexpand.codec.bounds import DEFAULT, OPEN, Bound, Bounds, bound_of_each, bounded
from skexpand.codec.domain import (
    FLOAT,
    MIN_ATOM_ROWS,
    MIN_SHARE,
    Domain,
    domain_of_entries,
    domain_of_moments,
    domain_of_type,
    domain_of_values,
)
from skexpand.codec.far import suspects
from skexpand.codec.fields import Field, LevelField, NumberField, too_far_apart
from skexpand.codec.frame import columns_of, is_frame, names_of
from skexpand.codec.moment import MomentField
from skexpand.codec.objects import ObjectField
from skexpand.codec.series import ArraySeries, Series

CategoricalFeatures = str | Sequence[Any] | NDArray[Any]

_SHOWN = 6  # categories in a line
_KINDS = {"f": "float", "i": "integer", "u": "integer", "b": "boolean"}


@dataclass(frozen=True)
class Column:
    """A column of the table.

    Attributes
    ----------
    name
        Its name; its position in an array.
    kind : {"float", "integer", "boolean", "categorical", "ordinal", "datetime", "timedelta", "constant"}
        How it is interpreted.
    dtype : str
        The name of its type.
    n_missing : int
        How many cells are missing.
    bounds : tuple
        Smallest and largest value that new rows may have, None where open.
    decimals : int or None
        Decimals that new values are rounded to; None if they are not.
    categories : tuple or None
        The values that new rows may have, if only some may.
    atoms : tuple
        Values that a large part of the rows share; as large a part of the new rows of each class has them.
    sentinels : tuple
        Values far from all others that several rows share, as -999 for a gap; new rows have them where their anchor
        has them, as gaps.
    outliers : tuple
        Single values far from all others; no new row goes there.
    """

    name: Any
    kind: str
    dtype: str
    n_missing: int
    bounds: tuple[Any, Any] = (None, None)
    decimals: int | None = None
    categories: tuple[Any, ...] | None = None
    domain: Domain = field(default=Domain(), repr=False)
    atoms: tuple[Any, ...] = ()
    sentinels: tuple[Any, ...] = ()
    outliers: tuple[Any, ...] = ()

    def describe(self) -> str:
        """Return a one-line description."""
        gaps = f"{self.n_missing} missing" * (self.n_missing > 0)
        return f"{self.name}: " + "; ".join(filter(None, (f"{self.kind} ({self.dtype})", self.values(), gaps)))

    def values(self) -> str:
        """Return what is known of the values that new rows may have, in one line."""
        parts = []
        if self.categories is not None:
            shown = ", ".join(map(repr, self.categories[:_SHOWN]))
            more = ", ..." if len(self.categories) > _SHOWN else ""
            parts.append(f"{len(self.categories)} value{'s' * (len(self.categories) != 1)}: {shown}{more}")
        elif self.kind == "float" and self.decimals is not None:
            parts.append(f"{self.decimals} decimal{'s' * (self.decimals != 1)}")
        low, high = self.bounds
        parts += [f"{word} {_plainly(end)}" for word, end in (("from", low), ("to", high)) if end is not None]
        marks = (("often", self.atoms), ("sentinel", self.sentinels), ("outlier", self.outliers))
        parts += [f"{word} {', '.join(map(_plainly, values[:_SHOWN]))}" for word, values in marks if values]
        return "; ".join(parts)


def _plainly(value: Any) -> str:
    """Return a value for people: a day without the time if it has none."""
    return str(np.datetime_as_string(value, unit="auto")) if isinstance(value, np.datetime64) else str(value)


def infer_columns(X: Any, categorical_features: CategoricalFeatures = "auto", bounds: Bounds = None) -> list[Column]:
    """Describe how each column of a DataFrame or two-dimensional array would be interpreted.

    Parameters
    ----------
    X : {dataframe, ndarray} of shape (n_samples, n_features)
        The table.
    categorical_features, bounds
        As in :class:`skexpand.ExpansiveSynthesizer`.

    Returns
    -------
    columns : list of Column
        One for each column, in their order.
    """
    if is_plain(X, categorical_features, bounds):
        return columns_of_array(X, is_open=bounds == OPEN)
    return [column for column, _ in described(X, categorical_features, bounds)]


def is_plain(X: Any, categorical_features: CategoricalFeatures, bounds: Bounds) -> bool:
    """Return whether X is an array of numbers of which nothing is stated."""
    stated = not isinstance(categorical_features, str) or not (bounds is None or bounds == OPEN)
    return not is_frame(X) and X.dtype.kind in "biuf" and not stated


def described(
    X: Any,
    categorical_features: CategoricalFeatures,
    bounds: Bounds,
    is_sparse: bool = False,
    means_something: bool | None = None,
) -> list[tuple[Column, Field]]:
    """Return each column with the field that reads and writes it.

    ``is_sparse`` says that zeros are kept as such, ``means_something`` that values show what is legal (None: those of
    DataFrames and objects do).
    """
    names = names_of(X)
    nominal = categorical_mask(categorical_features, names)
    if means_something is None:
        means_something = is_frame(X) or X.dtype.kind not in "biuf"
    each = bound_of_each(bounds, names, DEFAULT if means_something else None)
    found = []
    for name, series, is_nominal, bound in zip(names, columns_of(X), nominal.tolist(), each, strict=True):
        family = "categorical" if is_nominal else series.family()
        narrow = _Narrowing(means_something, is_sparse, is_open=bound == OPEN)
        found.append(_describe(name, series, family, bound, narrow))
    return found


class _Narrowing(NamedTuple):
    """How the values of a column say what is legal there."""

    means_something: bool  # as the columns of a DataFrame do
    is_sparse: bool
    is_open: bool

    def __call__(self, values: FloatArray, domain: Domain, family: str, dtype: np.dtype[Any]) -> Domain:
        if not self.means_something:
            return domain_of_entries(values, domain, self.is_sparse, self.is_open)
        return domain_of_moments(values, domain) if family == "datetime" else domain_of_values(values, domain, dtype)


def categorical_mask(categorical_features: CategoricalFeatures, names: Sequence[Any]) -> NDArray[np.bool_]:
    """Return which columns ``categorical_features`` names, by name, position or mask; "auto" names none."""
    if isinstance(categorical_features, str):
        return np.zeros(len(names), bool)
    stated = np.asarray(categorical_features)
    if stated.dtype == bool:
        if stated.shape != (len(names),):
            raise ValueError(f"categorical_features is a mask of shape {stated.shape}; give {len(names)} entries.")
        return stated
    items = list(categorical_features)
    if all(isinstance(item, Integral) for item in items) and not _are_names(items, names):
        unknown = [item for item in items if not -len(names) <= item < len(names)]
        positions = {item % len(names) for item in items}
        mask = [j in positions for j in range(len(names))]
    else:
        unknown = [item for item in items if item not in names]
        mask = [name in items for name in names]
    if unknown:
        raise ValueError(f"categorical_features names the unknown column(s) {unknown}; choose from {list(names)[:20]}.")
    return np.array(mask, bool)


def _are_names(items: Sequence[Any], names: Sequence[Any]) -> bool:
    """Return whether integers name columns, as they may where names are integers; refuse what may mean two columns."""
    if not any(isinstance(name, Integral) for name in names):
        return False
    as_names = all(item in names for item in items)
    as_positions = all(-len(names) <= item < len(names) for item in items)
    meant = {names[item] for item in items} if as_positions else set()
    if as_names and as_positions and meant != set(items):
        raise ValueError(
            f"categorical_features={items} may name the columns {items} or, by position, {[names[i] for i in items]}; "
            "give a mask of booleans, one for each column."
        )
    return as_names


def _describe(name: Any, series: Series, family: str, bound: Bound, narrow: _Narrowing) -> tuple[Column, Field]:
    """Describe one column of a family."""
    field = _field(name, series, family)
    numbers = field.read(series)
    refuse_infinity(numbers, name)
    present = numbers[~np.isnan(numbers)]
    n_missing = len(numbers) - len(present)
    domain = field.domain
    if not field.is_bounded:
        if isinstance(bound, tuple) and family in ("categorical", "ordinal"):
            field.position(bound)  # says that there are no bounds
        return _column_of_levels(name, family, series.dtype, n_missing, field), field
    domain = narrow(present, domain, family, getattr(field, "dtype", FLOAT))
    if domain.levels is None or isinstance(bound, tuple):
        domain = bounded(domain, bound, name, field, present)
    return _column(name, family, series.dtype, n_missing, domain, field), field


def refuse_infinity(numbers: FloatArray, name: Any) -> None:
    """Raise a ValueError if a column holds infinity."""
    if np.isinf(numbers).any():
        raise ValueError(f"Input X contains infinity in column {name!r}; replace it by a number, or by a gap (NaN).")


def _field(name: Any, series: Series, family: str) -> Field:
    """Return what reads and writes a column; one with a single value, or none, is a column of one category."""
    if family in ("categorical", "ordinal"):
        return LevelField.of(name, series, series.order() if family == "ordinal" else None)
    if series.dtype == "object" and family in ("float", "datetime"):
        found = ObjectField.among(series)
        if found is not None:
            return found
    present = series.present()
    if not len(present) or (present == present[0]).all():
        return LevelField.of(name, series)
    if too_far_apart(present) and family == "integer":
        return LevelField.of(name, series)
    if family in ("datetime", "timedelta"):
        return MomentField.of(series, family == "timedelta")
    return NumberField.of(series)


def _column_of_levels(name: Any, family: str, dtype: str, n_missing: int, field: Field) -> Column:
    """Return the description of a column of categories."""
    domain = field.domain
    levels = tuple(field.shown(code) for code in range(int(domain.high) + 1))
    kind = "ordinal" if family == "ordinal" else "categorical"
    if kind == "ordinal":
        domain = domain._replace(levels=np.arange(len(levels), dtype=np.float64))
    return Column(name, kind if len(levels) > 1 else "constant", dtype, n_missing, categories=levels, domain=domain)


def _column(name: Any, kind: str, dtype: str, n_missing: int, domain: Domain, field: Field) -> Column:
    """Return the description of a column of numbers or moments."""
    limits = field.domain
    ends = (
        field.shown(domain.low) if domain.low > limits.low else None,
        field.shown(domain.high) if domain.high < limits.high else None,
    )
    levels = None if domain.levels is None else tuple(field.shown(level) for level in domain.levels.tolist())
    marks = (domain.atoms, domain.far.sentinels, domain.far.outliers)
    return Column(
        *(name, kind, dtype, n_missing, ends, domain.decimals, levels, domain),
        *(tuple(field.shown(value) for value in values) for values in marks),
    )


def described_again(column: Column, field: Field, n_missing: int, values: FloatArray) -> Column:
    """Return the description of a column that holds further values, those of another table."""
    return _column(column.name, column.kind, column.dtype, n_missing, column.domain.widened(values), field)


def columns_of_array(X: NDArray[Any], is_sparse: bool = False, is_open: bool = False) -> list[Column]:
    """Describe the columns of an array of numbers, looking closer at those that may be more than that."""
    columns = columns_of_numbers(X)
    closer = np.zeros(X.shape[1], bool)
    closer[suspects(X)] = True
    if not is_open:
        low, high = np.fmin.reduce(X, axis=0), np.fmax.reduce(X, axis=0)
        least = max(MIN_ATOM_ROWS, MIN_SHARE * len(X))
        closer |= (low >= 0) | ((low == X).sum(axis=0) >= least) | ((high == X).sum(axis=0) >= least)
        closer |= is_sparse & (X == 0).any(axis=0)
    for j in np.flatnonzero(closer).tolist():
        if columns[j].kind != "constant":
            series = ArraySeries(X[:, j])
            narrow = _Narrowing(False, is_sparse, is_open)
            columns[j] = _describe(j, series, series.family(), OPEN if is_open else None, narrow)[0]
    return columns


def columns_of_numbers(X: NDArray[Any]) -> list[Column]:
    """Describe the columns of an array of numbers, all at once; only their type decides which values are valid."""
    missing = np.isnan(X) if X.dtype.kind == "f" else np.zeros(X.shape, bool)
    kind, domain = _KINDS[X.dtype.kind], domain_of_type(X.dtype)
    varies = np.fmax.reduce(X, axis=0) > np.fmin.reduce(X, axis=0)  # comparisons with NaN are False
    return [
        Column(
            name, kind if varies[name] else "constant", str(X.dtype), n_missing, decimals=domain.decimals, domain=domain
        )
        for name, n_missing in enumerate(missing.sum(axis=0).tolist())
    ]
