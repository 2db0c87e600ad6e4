r"""A numeric target as one more column of the table, so that each new row brings a target of its own.

The sampler knows classes. For regression these are bins of the target's ranks,

.. math:: c_i = \lfloor b\, r_i / n \rfloor,

all of the same size, with ties parted in any way: classes serve to tell how rows differ near a level of the target,
and nothing is predicted from them.
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
from skexpand.target.classes import refuse_no_target

NAME = "target"  # of the column, where columns have names; with underscores if it is taken
_LEAST = 5  # rows in a bin, if there are enough for two bins


def checked_target(y: Any) -> FloatArray:
    """Return a target as finite numbers; refuse what is none."""
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
    """Return a DataFrame, sparse matrix or array with the target as its last column."""
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
    rows, y = joined[:, :-1], joined[:, [-1]]
    y = np.asarray(y.todense() if sparse.issparse(y) else y, np.float64).ravel()
    if like.dtype.kind in "iub" and not sparse.issparse(rows):
        rows = np.rint(rows).clip(like.min(), like.max())
    return rows.astype(like.dtype), y


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
