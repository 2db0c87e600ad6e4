"""How each column of a table is interpreted, inferred without any training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import FloatArray
from skexpand.codec.bounds import Bound, Bounds, bound_of_each, bounded
from skexpand.codec.domain import Domain, domain_of_type, domain_of_values
from skexpand.codec.fields import Field, LevelField, NumberField, too_far_apart
from skexpand.codec.frame import columns_of, is_frame, names_of
from skexpand.codec.moment import MomentField
from skexpand.codec.series import Series

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
    """

    name: Any
    kind: str
    dtype: str
    n_missing: int
    bounds: tuple[Any, Any] = (None, None)
    decimals: int | None = None
    categories: tuple[Any, ...] | None = None
    domain: Domain = field(default=Domain(), repr=False)

    def describe(self) -> str:
        """Return a one-line description."""
        parts = [f"{self.kind} ({self.dtype})"]
        if self.categories is not None:
            shown = ", ".join(map(repr, self.categories[:_SHOWN]))
            more = ", ..." if len(self.categories) > _SHOWN else ""
            parts.append(f"{len(self.categories)} value{'s' * (len(self.categories) != 1)}: {shown}{more}")
        elif self.kind == "float" and self.decimals is not None:
            parts.append(f"{self.decimals} decimal{'s' * (self.decimals != 1)}")
        low, high = self.bounds
        parts += [f"from {low}"] * (low is not None) + [f"to {high}"] * (high is not None)
        parts += [f"{self.n_missing} missing"] * (self.n_missing > 0)
        return f"{self.name}: {'; '.join(parts)}"


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
        return columns_of_numbers(X)
    return [column for column, _ in described(X, categorical_features, bounds)]


def is_plain(X: Any, categorical_features: CategoricalFeatures, bounds: Bounds) -> bool:
    """Return whether X is an array of numbers about which nothing else is known."""
    return not is_frame(X) and X.dtype.kind in "biuf" and isinstance(categorical_features, str) and bounds is None


def described(X: Any, categorical_features: CategoricalFeatures, bounds: Bounds) -> list[tuple[Column, Field]]:
    """Return each column with the field that reads and writes it."""
    names = names_of(X)
    nominal = categorical_mask(categorical_features, names)
    means_something = is_frame(X) or X.dtype.kind not in "biuf"
    columns = zip(names, columns_of(X), nominal.tolist(), bound_of_each(bounds, names), strict=True)
    return [_describe(*column, means_something) for column in columns]


def categorical_mask(categorical_features: CategoricalFeatures, names: Sequence[Any]) -> NDArray[np.bool_]:
    """Return which columns ``categorical_features`` names, by name, position or mask; "auto" names none."""
    if isinstance(categorical_features, str):
        return np.zeros(len(names), bool)
    stated = np.asarray(categorical_features)
    if stated.dtype == bool:
        if stated.shape != (len(names),):
            raise ValueError(f"categorical_features is a mask of shape {stated.shape}; X has {len(names)} columns.")
        return stated
    items = list(categorical_features)
    if all(isinstance(item, Integral) for item in items):
        unknown = [item for item in items if not -len(names) <= item < len(names)]
        positions = {item % len(names) for item in items}
        mask = [j in positions for j in range(len(names))]
    else:
        unknown = [item for item in items if item not in names]
        mask = [name in items for name in names]
    if unknown:
        raise ValueError(f"categorical_features names the unknown column(s) {unknown}; X has {list(names)[:20]}.")
    return np.array(mask, bool)


def _describe(name: Any, series: Series, nominal: bool, bound: Bound, means_something: bool) -> tuple[Column, Field]:
    """Describe one column; without a meaning, only its type decides which values are valid."""
    family = "categorical" if nominal else series.family()
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
    if means_something and family != "datetime":
        domain = domain_of_values(present, domain)
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
    return Column(name, kind if len(levels) > 1 else "constant", dtype, n_missing, categories=levels, domain=domain)


def _column(name: Any, kind: str, dtype: str, n_missing: int, domain: Domain, field: Field) -> Column:
    """Return the description of a column of numbers or moments."""
    limits = field.domain
    ends = (
        field.shown(domain.low) if domain.low > limits.low else None,
        field.shown(domain.high) if domain.high < limits.high else None,
    )
    levels = None if domain.levels is None else tuple(field.shown(level) for level in domain.levels.tolist())
    return Column(name, kind, dtype, n_missing, ends, domain.decimals, levels, domain)


def described_again(column: Column, field: Field, n_missing: int, values: FloatArray) -> Column:
    """Return the description of a column that holds further values, those of another table."""
    return _column(column.name, column.kind, column.dtype, n_missing, column.domain.widened(values), field)


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
