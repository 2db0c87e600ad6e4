"""What comes in: the table and its labels, checked, with their containers remembered."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from imblearn.utils._validation import check_target_type
from numpy.typing import NDArray
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_y, check_consistent_length, validate_data

from skexpand.codec.frame import followed_by, is_frame, names_of, taken
from skexpand.codec.series import is_gap


class Labels(NamedTuple):
    """The target: as it came, and as an array of labels."""

    original: Any
    values: NDArray[Any]  # (n,)

    @classmethod
    def of(cls, y: Any) -> Labels:
        """Check a target: class labels of any type, or one column for each class."""
        if y is None:
            raise ValueError("ExpansiveSynthesizer requires y to be passed, but the target y is None.")
        refuse_missing_labels(y)
        check_classification_targets(y)
        values = _check_y(check_target_type(y))
        return cls(values if np.shape(y) == (len(values), 1) and not is_frame(y) else y, values)

    def followed_by(self, new: NDArray[Any]) -> Any:
        """Return the target as it came, and then new labels: copies of its own entries, so no type changes."""
        labels, first = np.unique(self.values, return_index=True)
        rows = first[np.searchsorted(labels, new)]
        return taken(self.original, np.concatenate([np.arange(len(self.values)), rows]))


class Table(NamedTuple):
    """The rows: as they came, and checked."""

    original: Any
    checked: Any  # a DataFrame, a sparse matrix, or an array of numbers or objects

    def followed_by(self, new: Any) -> Any:
        """Return the rows as they came, and then new ones."""
        return followed_by(self.original if isinstance(self.original, list) else self.checked, new)


def read_input(estimator: Any, X: Any, y: Any) -> tuple[Table, Labels]:
    """Check a table and its labels for training, and set what scikit-learn keeps of them."""
    labels = Labels.of(y)
    checked = check_table(estimator, X, reset=True)
    check_consistent_length(checked, labels.values)
    return Table(X, checked), labels


def check_table(estimator: Any, X: Any, *, reset: bool, numbers: bool = False) -> Any:
    """Return a table as a DataFrame, a sparse matrix or an array; with ``numbers``, never as anything but numbers."""
    if not numbers:
        X = X if is_frame(X) else with_objects(X)
        if is_frame(X) or (isinstance(X, np.ndarray) and X.dtype.kind == "O"):
            _refuse_empty(X, 2 if reset else 1)
            validate_data(estimator, _without_repeated_names(X), reset=reset, skip_check_array=True)
            return X
    return validate_data(
        estimator,
        X,
        reset=reset,
        accept_sparse=["csr", "csc"],
        dtype="numeric",
        ensure_all_finite="allow-nan",
        ensure_min_samples=2 if reset else 1,
    )


def with_objects(X: Any) -> Any:
    """Return what holds text or other things than numbers as an array of objects, and anything else as it is."""
    if not isinstance(X, list | tuple | np.ndarray):
        return X
    try:
        found = np.asarray(X)
    except ValueError:  # rows of different lengths: for scikit-learn to refuse
        return X
    if found.ndim != 2 or found.dtype.kind not in "OU":
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
            f"Found array with {n_rows} sample(s) (shape={X.shape}) while a minimum of {least} is required."
        )
    if n_columns < 1:
        raise ValueError(f"Found array with 0 feature(s) (shape={X.shape}) while a minimum of 1 is required.")


def refuse_missing_labels(y: Any) -> None:
    """Raise a ValueError if an array of labels has gaps."""
    labels = np.asarray(y)
    if labels.dtype == object and any(is_gap(label) for label in labels.ravel()):
        raise ValueError("y has missing labels (None or NaN); leave their rows out.")
