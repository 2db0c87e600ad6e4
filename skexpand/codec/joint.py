"""The schema of a table and a target of numbers that joins its columns: read side by side, written apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from skexpand.base.types import BoolArray, FloatArray
from skexpand.codec.bounds import Bounds
from skexpand.codec.columns import CategoricalFeatures
from skexpand.codec.frame import columns_of, is_frame, names_of
from skexpand.codec.schema import Schema

NAME = "target"  # of the column, where columns have names; with underscores if it is taken


@dataclass(frozen=True)
class JointSchema(Schema):
    """Columns of a table, and behind them those of its target.

    Attributes
    ----------
    columns, fields, like
        As in `Schema`: of both, and the table without rows.
    target
        The target without rows: a DataFrame or an array.
    """

    target: Any

    @classmethod
    def joined(cls, X: Any, y: Any, categorical_features: CategoricalFeatures, bounds: Bounds) -> JointSchema:
        """Describe a table and its target; bounds of both are stated by name."""
        names = target_names(names_of(X), y)
        own, others = _divided(bounds, names, names_of(y))
        table = Schema.of(X, categorical_features, others, means_something=is_frame(X) or X.dtype.kind not in "biuf")
        target = Schema.of(y, "auto", own, means_something=True)
        named = [replace(column, name=name) for column, name in zip(target.columns, names, strict=True)]
        assert table.fields is not None
        assert target.fields is not None
        return cls([*table.columns, *named], [*table.fields, *target.fields], table.like, target.like)

    @property
    def n_targets(self) -> int:
        """Number of columns of the target."""
        return self.target.shape[1]

    @property
    def n_features(self) -> int:
        """Number of columns of the table."""
        return len(self.columns) - self.n_targets

    @property
    def table(self) -> Schema:
        """The columns of the table alone."""
        assert self.fields is not None
        return Schema(self.columns[: -self.n_targets], self.fields[: -self.n_targets], self.like)

    @property
    def of_target(self) -> Schema:
        """The columns of the target alone."""
        assert self.fields is not None
        return Schema(self.columns[-self.n_targets :], self.fields[-self.n_targets :], self.target)

    def read_both(self, X: Any, y: Any, known: BoolArray) -> FloatArray:
        """Return table and target as floats, side by side; ``y`` is that of the rows ``known``, the others have NaN."""
        numbers = np.full((len(known), self.n_targets), np.nan)
        numbers[known] = self.of_target.read(y)
        return np.column_stack([self.table.read(X), numbers])

    def write(self, rows: NDArray[Any]) -> Any:
        """Return the table's part of rows."""
        return self.table.write(rows[:, : -self.n_targets])

    def write_target(self, rows: NDArray[Any]) -> Any:
        """Return the target's part of rows."""
        return self.of_target.write(rows[:, -self.n_targets :])

    def shown(self, rows: NDArray[Any]) -> Any:
        """Return rows as rules are given them: the table with the target's columns behind."""
        return with_target(self.write(rows), self.write_target(rows))


def with_target(X: Any, y: Any) -> Any:
    """Return a DataFrame, sparse matrix or array with the columns of a target (n, n_targets) behind its own."""
    values = np.column_stack([column.to_list() for column in columns_of(y)]) if is_frame(y) else y
    if sparse.issparse(X):
        return type(X)(sparse.hstack([X, values], format=X.format))  # SciPy 1.11 makes matrices of arrays
    if not is_frame(X):
        whole = X.dtype.kind in "biu" and X.dtype != values.dtype  # in which floats would lose digits
        return np.column_stack([X.astype(object) if whole else X, values])
    named = list(zip(target_names(names_of(X), y), values.T, strict=True))
    if hasattr(X, "iloc"):
        joined = X.reset_index(drop=True)
        for name, column in named:
            joined.insert(joined.shape[1], name, column)
        return joined
    frame = nw.from_native(X, eager_only=True)
    added = [nw.new_series(name, column, backend=frame.implementation) for name, column in named]
    return frame.with_columns(*added).to_native()


def target_names(names: Sequence[Any], y: Any) -> list[Any]:
    """Return names of the columns of a target that no column has, and of the kind that the columns' names are."""
    n_targets = y.shape[1]
    own = [str(name) for name in y.columns] if is_frame(y) else [f"{NAME}_{j}" for j in range(n_targets)]
    taken = list(names)
    for name in own if is_frame(y) or n_targets > 1 else [NAME]:
        taken.append(_free_name(taken, name))
    return taken[-n_targets:]


def _free_name(names: list[Any], name: str) -> Any:
    """Return a name that is not taken."""
    if names and all(isinstance(name, tuple) for name in names):  # columns of several levels
        return (_free_name([name[0] for name in names], name), *[""] * (len(names[0]) - 1))
    if not all(isinstance(other, str) for other in names):
        return 1 + max((other for other in names if isinstance(other, int)), default=0)
    while name in names:
        name += "_"
    return name


def _divided(bounds: Bounds, names: Sequence[Any], own_names: Sequence[Any]) -> tuple[Bounds, Bounds]:
    """Return the bounds of the target, under its own names, and those of the table."""
    if not isinstance(bounds, Mapping):
        return bounds, bounds
    own = {own_name: bounds[name] for own_name, name in zip(own_names, names, strict=True) if name in bounds}
    return own, {name: bound for name, bound in bounds.items() if name not in names} or None
