"""The fitted table: what its columns are, and how its container is converted to floats and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from skexpand.base.types import FloatArray
from skexpand.codec.bounds import OPEN, Bounds
from skexpand.codec.columns import (
    CategoricalFeatures,
    Column,
    columns_of_array,
    described,
    is_plain,
    refuse_infinity,
)
from skexpand.codec.fields import Blank, Field, NumberField
from skexpand.codec.frame import assembled, columns_of, is_frame
from skexpand.codec.series import ArraySeries, Series


@dataclass(frozen=True)
class Schema:
    """Columns, and how each is read and written.

    Attributes
    ----------
    columns : list of Column
        How each column is interpreted.
    fields : list of Field or None
        What reads and writes each; None for an array of numbers, which are read as they are.
    like
        The table without rows: container, names and types.
    """

    columns: list[Column]
    fields: list[Field] | None
    like: Any

    @classmethod
    def of(
        cls,
        X: Any,
        categorical_features: CategoricalFeatures = "auto",
        bounds: Bounds = None,
        means_something: bool | None = None,
    ) -> Schema:
        """Describe a DataFrame, an array or a sparse matrix.

        ``means_something`` says whether the values of columns show what is legal there, and gives each a field of its
        own; None leaves both to the container.
        """
        like, is_sparse = X[:0], sparse.issparse(X)
        if is_sparse:
            X = dense(X)
        if means_something is None and is_plain(X, categorical_features, bounds):
            return cls(columns_of_array(X, is_sparse, is_open=bounds == OPEN), None, like)
        pairs = described(X, categorical_features, bounds, is_sparse, means_something)
        return cls([column for column, _ in pairs], [field for _, field in pairs], like)

    @property
    def n_features(self) -> int:
        """Number of columns of the table, without those of a target."""
        return len(self.columns)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the floats that stand for the table."""
        return np.dtype(np.float64) if self.fields is not None else self.like.dtype

    def field(self, place: int) -> Field:
        """Return what reads and writes a column."""
        if self.fields is not None:
            return self.fields[place]
        return NumberField(Blank.of(ArraySeries(dense(self.like)[:, place])), self.dtype, 0)

    def room(self, n_new: int, n_before: int = 0) -> NDArray[Any]:
        """Return an array for new rows, as floats; raise a MemoryError before any row is made."""
        try:
            return np.empty((n_before + n_new, len(self.columns)), self.dtype)
        except (MemoryError, OverflowError, ValueError) as error:  # the latter two are sizes beyond NumPy's
            raise MemoryError(
                f"{n_new:.3g} new rows of {len(self.columns)} columns do not fit into memory; make fewer, or make "
                "and use them part by part: fit, then sample."
            ) from error

    def read(self, X: Any) -> NDArray[Any]:
        """Return a table as floats: categories as codes, missing cells as NaN."""
        X = X if is_frame(X) else dense(X)
        if self.fields is None:
            return X
        columns = zip(self.columns, self.fields, columns_of(X), strict=True)
        return np.column_stack([_read(*column) for column in columns])

    def write(self, rows: NDArray[Any]) -> Any:
        """Return floats as a table in the container of the fitted one."""
        if self.fields is not None:
            columns = [field.write(column) for field, column in zip(self.fields, rows.T, strict=True)]
            rows = assembled(columns, self.like)
        return type(self.like)(rows) if sparse.issparse(self.like) else rows

    def shown(self, rows: NDArray[Any]) -> Any:
        """Return floats as the table that rules are given."""
        return self.write(rows)


def _read(column: Column, field: Field, series: Series) -> FloatArray:
    """Read the cells of a column; errors name the column."""
    if not field.is_bounded:  # errors about categories name it already
        return field.read(series)
    try:
        numbers = field.read(series)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"Column {column.name!r} was {column.kind} in fit but is not now: {error}; cast it."
        ) from error
    refuse_infinity(numbers, column.name)
    return numbers


def dense(X: Any) -> NDArray[Any]:
    """Return an array or sparse matrix as an array."""
    # one layout in memory, since it decides on the order of sums and so on their last bit
    return np.ascontiguousarray(X.toarray() if sparse.issparse(X) else X)
