r"""A numeric target as one more column of the table, so that each new row has its own target.

The sampler requires classes. For regression these are bins of the target's ranks,

.. math:: c_i = \lfloor b\, r_i / n \rfloor,

all of the same size, with ties split arbitrarily: classes only determine which rows are neighbours near a level of the
target, and nothing is predicted from them.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from skexpand.base.sklearn_private import _check_y
from skexpand.base.types import FloatArray
from skexpand.codec.frame import is_frame, names_of
from skexpand.codec.schema import dense
from skexpand.target.classes import refuse_no_target

NAME = "target"  # of the column, where columns have names; with underscores if it is taken
_LEAST = 5  # rows in a bin, if there are enough for two bins


def checked_target(y: Any) -> FloatArray:
    """Return a target as finite numbers; raise an error for anything else."""
    refuse_no_target(y)
    try:
        return _check_y(y, y_numeric=True).astype(np.float64)
    except ValueError as error:
        if "could not convert" not in str(error):
            raise
        raise ValueError(f"y must hold numbers ({error}); for classes, use ExpandedClassifier.") from error


def rank_bins(y: FloatArray, n_bins: int) -> NDArray[np.intp]:
    """Return the bin of each target: at most ``n_bins``, each of five rows or more, and two in any case."""
    ranks = np.argsort(np.argsort(y, kind="stable"), kind="stable")
    return ranks * max(2, min(n_bins, len(y) // _LEAST)) // len(y)


def with_target(X: Any, y: FloatArray) -> Any:
    """Return a DataFrame, sparse matrix or array with the target as its last column.

    Whole numbers and truth values become an array of Python objects, in which each column keeps its type.
    """
    if not is_frame(X) and X.dtype.kind in "biu":
        X = dense(X).astype(object)
    if sparse.issparse(X):
        return type(X)(sparse.hstack([X, y[:, None]], format=X.format))  # SciPy 1.11 makes matrices of arrays
    if not is_frame(X):
        return np.column_stack([X, y])
    name = _free_name(names_of(X))
    if hasattr(X, "iloc"):
        joined = X.reset_index(drop=True)
        joined.insert(X.shape[1], name, y)
        return joined
    frame = nw.from_native(X, eager_only=True)
    return frame.with_columns(nw.new_series(name, y, backend=frame.implementation)).to_native()


def without_target(joined: Any, like: Any) -> tuple[Any, FloatArray]:
    """Return the columns and the target of rows made from a table with a target, in the type of the table alone."""
    if hasattr(joined, "iloc"):
        return joined.iloc[:, :-1], joined.iloc[:, -1].to_numpy(np.float64)
    if is_frame(joined):
        return joined[:, :-1], joined[:, -1].to_numpy().astype(np.float64)
    cells, table = dense(joined), dense(like)
    rows, y = cells[:, :-1], cells[:, -1].astype(np.float64)
    if rows.dtype.kind == "f":  # as some samplers make of objects, too
        rows = _in_range(rows, table)
    elif table.dtype.kind in "iu":
        rows = rows.clip(table.min(axis=0).astype(object), table.max(axis=0).astype(object))
    rows = rows.astype(table.dtype, copy=False)
    return (type(like)(rows) if sparse.issparse(like) else rows), y


def _in_range(rows: FloatArray, table: NDArray[Any]) -> NDArray[Any]:
    """Return floats that the type of a table can hold; the table's own rows, if they come first, as they are."""
    if table.dtype.kind == "b":
        return rows >= 0.5
    if table.dtype.kind == "f":
        largest = np.finfo(table.dtype).max
        return rows.clip(-largest, largest)
    if table.dtype.kind not in "iu":
        return rows
    low, high = table.min(axis=0), table.max(axis=0)
    whole = np.rint(rows)
    below, above = whole <= low.astype(float), whole >= high.astype(float)  # as integers they might overflow
    inside = np.where(below | above, 0, whole).astype(table.dtype)
    found = np.where(below, low, np.where(above, high, inside))
    if np.array_equal(rows[: len(table)], table.astype(float)):  # which merges whole numbers beyond 2^53
        found[: len(table)] = table
    return found


def _free_name(names: list[Any]) -> Any:
    """Return a name that no column has, and of the kind that the columns' names are."""
    if names and all(isinstance(name, tuple) for name in names):  # columns of several levels
        return (_free_name([name[0] for name in names]), *[""] * (len(names[0]) - 1))
    if not all(isinstance(name, str) for name in names):
        return 1 + max((name for name in names if isinstance(name, int)), default=0)
    name = NAME
    while name in names:
        name += "_"
    return name
