"""The input: the table, checked, and its container; for the target see ``target.py``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_consistent_length, validate_data

from skexpand.codec import Schema
from skexpand.codec.frame import followed_by, is_frame, names_of
from skexpand.request.target import read_target
from skexpand.target.target import Target


class Table(NamedTuple):
    """The rows, as given and as checked."""

    original: Any
    checked: Any  # a DataFrame, a sparse matrix, or an array of numbers or objects

    def room(self, schema: Schema, n_new: int) -> tuple[NDArray[Any], Callable[[], Any]]:
        """Return an array for new rows, as floats, and what then returns the rows as they came with these behind.

        Of an array, old and new rows share one allocation; other containers are made of the new rows.
        """
        if schema.fields is None and isinstance(self.checked, np.ndarray) and not isinstance(self.original, list):
            n_rows = len(self.checked)
            together = schema.room(n_new, n_rows)
            together[:n_rows] = self.checked
            return together[n_rows:], lambda: together
        new = schema.room(n_new)
        before = self.original if isinstance(self.original, list) else self.checked
        return new, lambda: followed_by(before, schema.write(new))


def read_input(estimator: Any, X: Any, y: Any, sampler: Any = None) -> tuple[Table, Target]:
    """Check a table and its target for training, and set what scikit-learn keeps of them.

    The sampler, if it is not the estimator itself, says what y is.
    """
    target = read_target(estimator if sampler is None else sampler, y)
    checked = check_table(estimator, X, reset=True)
    check_consistent_length(checked, target.codes)
    return Table(X, checked), target


def check_table(estimator: Any, X: Any, *, reset: bool, numbers: bool = False) -> Any:
    """Return a table as a DataFrame, a sparse matrix or an array; with ``numbers``, never as anything but numbers."""
    _refuse_containers(X)
    refuse_unflattened(X)
    if not numbers:
        X = X if is_frame(X) else with_objects(X)
        if is_frame(X) or (isinstance(X, np.ndarray) and X.dtype.kind == "O"):
            _refuse_empty(X, 2 if reset else 1)
            validate_data(estimator, _without_repeated_names(X), reset=reset, skip_check_array=True)
            return X
    with np.errstate(invalid="ignore"):  # scikit-learn adds up all numbers to see whether they are finite
        return validate_data(
            estimator,
            X,
            reset=reset,
            accept_sparse=["csr", "csc"],
            dtype="numeric",
            ensure_all_finite="allow-nan",
            ensure_min_samples=2 if reset else 1,
        )


def _refuse_containers(X: Any) -> None:
    """Raise a TypeError for tables that would be misinterpreted."""
    if nw.dependencies.is_polars_lazyframe(X):
        raise TypeError("X is a polars LazyFrame, which has no rows yet; give X.collect().")
    if nw.dependencies.is_pyarrow_table(X):
        raise TypeError("X is a pyarrow Table; give X.to_pandas() or polars.from_arrow(X).")
    if isinstance(X, np.ndarray) and X.dtype.kind in "mM":
        raise TypeError(f"X is an array of dates or times ({X.dtype}); give a DataFrame, as in pandas.DataFrame(X).")


def refuse_unflattened(X: Any) -> None:
    """Raise a ValueError for an array of images, which are rows only once they are flattened."""
    if getattr(X, "ndim", 2) > 2:
        raise ValueError(
            f"X has shape {tuple(X.shape)}, but rows have two dimensions; make rows of images by "
            "`X, image_shape = skexpand.images.to_rows(X)`."
        )


def with_objects(X: Any) -> Any:
    """Return what holds text or other things than numbers as an array of objects, and anything else as it is."""
    if not isinstance(X, list | tuple | np.ndarray):
        return X
    try:
        found = np.asarray(X)
    except ValueError:  # rows of different lengths: for scikit-learn to refuse
        return X
    if found.ndim != 2 or found.dtype.kind not in "OUT":
        return X
    found = np.array(X, dtype=object)  # numbers beside text became text
    return X if _are_numbers(found) else found


def _are_numbers(X: NDArray[Any]) -> bool:
    if any(isinstance(cell, str) for cell in X.ravel()):
        return False
    try:
        X.astype(float)
    except (TypeError, ValueError):
        return False
    return True


def _without_repeated_names(X: Any) -> Any:
    """Return something of X's shape without names if these repeat, which scikit-learn refuses; else X."""
    names = names_of(X)
    return X if len(set(names)) == len(names) else np.broadcast_to(0, X.shape)


def _refuse_empty(X: Any, least: int) -> None:
    n_rows, n_columns = X.shape
    if n_rows < least:
        raise ValueError(
            f"Found array with {n_rows} sample(s) (shape={X.shape}) while a minimum of {least} is required. Add rows."
        )
    if n_columns < 1:
        raise ValueError(
            f"Found array with 0 feature(s) (shape={X.shape}) while a minimum of 1 is required. Add columns."
        )
