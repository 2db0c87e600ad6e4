"""Numeric columns: standardized on the way in, rounded and clipped to their type on the way out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_CONSTANT = 10 * np.finfo(float).eps  # relative spread up to which a column counts as constant


def column_kinds(X: Any, n_columns: int) -> list[np.dtype[Any]]:
    """Return the NumPy type of each column of an array, sparse matrix or DataFrame (float64 where it has none)."""
    dtypes = list(X.dtypes) if hasattr(X, "dtypes") else [getattr(X, "dtype", np.float64)] * n_columns
    return [_numpy_dtype(dtype) for dtype in dtypes]


def _numpy_dtype(dtype: Any) -> np.dtype[Any]:
    dtype = getattr(dtype, "subtype", dtype)  # pandas' sparse columns
    dtype = getattr(dtype, "numpy_dtype", dtype)  # pandas' nullable columns
    try:
        kind = np.dtype(dtype)
    except TypeError:
        return np.dtype(np.float64)
    return kind if kind.kind in "biuf" else np.dtype(np.float64)


@dataclass(frozen=True)
class NumericCodec:
    """Standardize columns; leave constant ones out and put them back.

    Attributes
    ----------
    kinds : list of dtype
        Type of each column.
    varying : ndarray of shape (n_varying,)
        Columns that are not constant (the first one if all are).
    mean, scale : ndarray of shape (n_columns,)
        Mean and standard deviation of each column; a constant column has scale 0.
    first : ndarray of shape (n_columns,)
        The first row, whose values constant columns repeat.
    """

    kinds: list[np.dtype[Any]]
    varying: NDArray[np.intp]
    mean: FloatArray
    scale: FloatArray
    first: NDArray[Any]

    @classmethod
    def fit(cls, X: NDArray[Any], kinds: list[np.dtype[Any]]) -> NumericCodec:
        """Learn mean and scale of rows X of shape (n, n_columns)."""
        values = X.astype(np.float64)
        magnitude = np.maximum(np.abs(values).max(axis=0), np.finfo(float).tiny)
        relative = values / magnitude  # squares of very large or very small numbers leave the range of a float
        spread = relative.std(axis=0)
        constant = spread <= _CONSTANT
        mean = np.where(constant, values[0], relative.mean(axis=0) * magnitude)
        scale = np.where(constant, 0.0, spread * magnitude)
        varying = np.flatnonzero(~constant)
        return cls(kinds, varying if len(varying) else np.array([0]), mean, scale, X[0].copy())

    def encode(self, X: NDArray[Any]) -> FloatArray:
        """Map rows (n, n_columns) to standardized varying columns (n, n_varying)."""
        scale = self.scale[self.varying]
        centred = X[:, self.varying].astype(np.float64) - self.mean[self.varying]
        return centred / np.where(scale == 0, 1.0, scale)

    def decode(
        self, encoded: NDArray[np.floating], dtype: np.dtype[Any], out: NDArray[Any] | None = None
    ) -> NDArray[Any]:
        """Map standardized rows back to all columns, legal for each column's type, as one array of ``dtype``.

        ``out`` takes the rows, if it is given.
        """
        rows = np.empty((len(encoded), len(self.mean)), dtype=dtype) if out is None else out
        if self._plain and dtype == np.float64:  # straight into the result, as most of a large sample goes
            np.multiply(encoded, self.scale, out=rows)
            rows += self.mean
            return rows
        values = encoded * self.scale[self.varying]
        values += self.mean[self.varying]
        for position, column in enumerate(self.varying):
            if self.kinds[column].kind != "f":
                values[:, position] = _legal(values[:, position], self.kinds[column])
        rows[:, self.varying] = values
        constant = self.scale == 0
        rows[:, constant] = self.first[constant]
        return rows

    @property
    def _plain(self) -> bool:
        """Whether all columns vary and are floats."""
        return bool(self.scale.all()) and all(kind.kind == "f" for kind in self.kinds)


def _legal(values: FloatArray, kind: np.dtype[Any]) -> FloatArray:
    """Round to whole numbers inside the range of an integer type; a boolean is true from one half on."""
    values = np.rint(values)
    if kind.kind == "b":
        return values.clip(0, 1)
    limits = np.iinfo(kind)
    highest = float(limits.max)
    if int(highest) > limits.max:  # the largest 64-bit integers have no float of their own: stay one below
        highest = np.nextafter(highest, 0)
    return values.clip(float(limits.min), highest)
