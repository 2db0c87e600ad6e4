"""The target: class labels of any type, checked before anything is trained, with their container remembered."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from imblearn.utils import check_target_type
from numpy.typing import NDArray
from scipy import sparse
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import assert_all_finite, check_consistent_length

from skexpand.base.sklearn_private import _check_y
from skexpand.codec.frame import is_frame, taken
from skexpand.codec.series import is_gap


class Labels(NamedTuple):
    """The target: as it came, as an array of labels, and as codes: ``values == classes[codes]``."""

    original: Any
    values: NDArray[Any]  # (n,)
    classes: NDArray[Any]  # (n_classes,), ascending
    codes: NDArray[np.intp]  # (n,), the position of each label among the classes

    @classmethod
    def of(cls, y: Any) -> Labels:
        """Check a target: class labels of any type, or one column for each class."""
        refuse_no_target(y)
        if sparse.issparse(y):
            y = y.toarray()
        _refuse_no_labels(y)
        several = np.ndim(y) == 2 and np.shape(y)[1] > 1  # in a DataFrame, too
        values = _check_y(check_target_type(np.asarray(y) if several else y))
        is_column = np.shape(y) == (len(values), 1) and not is_frame(y)
        keeps = isinstance(y, list | tuple) or hasattr(y, "__array__")  # a range cannot hold what comes behind
        classes, codes = np.unique(values, return_inverse=True)
        return cls(y if keeps and not is_column else values, values, classes, codes)

    @property
    def counts(self) -> NDArray[np.intp]:
        """Number of rows of each class."""
        return np.bincount(self.codes, minlength=len(self.classes))

    def followed_by(self, codes: NDArray[np.intp]) -> Any:
        """Return the target as it came, and then new labels: copies of its own entries, so no type changes."""
        _, first = np.unique(self.codes, return_index=True)
        return taken(self.original, np.concatenate([np.arange(len(self.codes)), first[codes]]))


def labels_of_rows(X: Any, y: Any) -> NDArray[Any]:
    """Return the checked label of each row of a table."""
    labels = Labels.of(y).values
    check_consistent_length(X, labels)
    return labels


def refuse_no_target(y: Any) -> None:
    """Raise a ValueError if y is None, in words that scikit-learn's checks look for."""
    if y is None:
        raise ValueError("Training requires y to be passed, but the target y is None.")


def refuse_one_class(classes: NDArray[Any]) -> None:
    """Raise a ValueError if there is nothing to tell apart."""
    if len(classes) < 2:
        raise ValueError(
            f"The target y needs more than one class, got only {classes.tolist()[0]!r}. Expansion serves a classifier; "
            "check the split that produced this y."
        )


def has_gaps(values: NDArray[Any]) -> bool:
    """Tell whether an array of any type has missing entries."""
    if values.dtype.kind == "O":
        return any(map(is_gap, values.ravel()))
    return values.dtype.kind in "fmM" and bool((values != values).any())


def _refuse_no_labels(y: Any) -> None:
    """Raise a ValueError if y does not name a class for each row."""
    try:
        labels = np.asarray(y)
    except ValueError as error:
        raise ValueError("y must be one label for each row, got entries of different lengths.") from error
    if has_gaps(labels):
        raise ValueError("y has missing labels (None or NaN); leave their rows out.")
    if labels.dtype.kind == "f":
        assert_all_finite(labels, input_name="y")
    if labels.dtype.kind == "O":
        _refuse_mixed_labels(labels)
    kind = type_of_target(y, input_name="y")
    if kind == "multilabel-indicator":
        _refuse_several_classes(y)
    elif kind == "continuous":
        measured = next(label for label in labels.ravel().tolist() if label != int(label))
        raise ValueError(
            f"Unknown label type: continuous. y holds measurements, such as {measured}, and no classes: put them into "
            "classes first, or use ExpandedRegressor."
        )
    elif kind not in ("binary", "multiclass"):
        raise ValueError(f"Unknown label type: {kind}. {_what_is_wrong(labels)}")


def _refuse_mixed_labels(labels: NDArray[Any]) -> None:
    """Raise a ValueError if text and other things are labels at once, as these have no order."""
    texts = np.array([isinstance(label, str) for label in labels.ravel()], bool)
    if texts.any() and not texts.all():
        text, other = labels.flat[texts][0], labels.flat[~texts][0]
        raise ValueError(
            f"y mixes text, such as {text!r}, with other labels, such as {other!r}; make all of them text, or none."
        )


def _refuse_several_classes(y: Any) -> None:
    """Raise a ValueError if some row of an indicator matrix has no class, or several."""
    marks = np.sum(np.asarray(y), axis=1)
    if (marks != 1).any():
        raise ValueError(
            f"y has a column for each class, but marks {int(marks[marks != 1][0])} classes in row "
            f"{int(np.argmax(marks != 1))}. Multilabel and multioutput targets are not supported. Mark one in each row."
        )


def _what_is_wrong(labels: NDArray[Any]) -> str:
    """Say why an array holds no labels, and the way out."""
    if labels.ndim > 1:
        return f"y has the shape {labels.shape}; expand for one target at a time."
    names = sorted({type(label).__name__ for label in labels.ravel()})
    kind = np.asarray(labels.tolist()).dtype
    return (
        f"y is an array of Python objects ({', '.join(names)}), which no learner of scikit-learn takes; cast it, as in "
        f"y.astype({'str' if kind.kind == 'O' else kind.name!r})."
    )
