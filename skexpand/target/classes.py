"""The target: class labels of any type, checked before anything is trained, with their container remembered."""

from __future__ import annotations

from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
from imblearn.utils import check_target_type
from numpy.typing import NDArray
from scipy import sparse
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import assert_all_finite

from skexpand.base.sklearn_private import _check_y
from skexpand.base.types import UNLABELED, IntArray
from skexpand.codec.frame import columns_of, is_frame, taken
from skexpand.codec.series import is_gap
from skexpand.target.target import Target
from skexpand.target.unlabeled import unlabeled_mask


class Labels(NamedTuple):
    """A target of labels (see ``target.py``): as it came, and as codes of its classes, or of its label sets."""

    original: Any
    classes: NDArray[Any]  # (n_classes,), ascending; (n_classes, n_labels) if these are label sets
    codes: IntArray  # (n,), the position of each label among the classes; -1 for rows without a label

    @classmethod
    def of(cls, y: Any, unlabeled: Any = None) -> Labels:
        """Check a target: class labels of any type, or one column for each class; ``unlabeled`` marks rows without."""
        refuse_no_target(y)
        if unlabeled is not None and (mask := unlabeled_mask(y, unlabeled)).any():
            return cls._partly(y, np.flatnonzero(~mask), unlabeled)
        if sparse.issparse(y):
            y = y.toarray()
        try:
            found = label_array(y)
        except ValueError as error:
            raise ValueError("y must be one label for each row, got entries of different lengths.") from error
        _refuse_no_labels(found)
        values = _check_y(check_target_type(found))
        is_column = found.shape == (len(values), 1) and not is_frame(y)
        keeps = isinstance(y, list | tuple) or hasattr(y, "__array__")  # a range cannot hold what comes behind
        classes, codes = np.unique(values, return_inverse=True)
        return cls(y if keeps and not is_column else values, classes, codes)

    @classmethod
    def _partly(cls, y: Any, known: IntArray, unlabeled: Any) -> Labels:
        """Check a target of which only the rows ``known`` have a label."""
        if not len(known):
            raise ValueError(
                f"No row has a label: all of y is {unlabeled!r}, the marker of unlabeled={unlabeled!r}; label at least "
                "one row of each of two classes."
            )
        y = y if hasattr(y, "__array__") else list(y)
        labeled = cls.of(taken(y, known))
        codes = np.full(len(y), UNLABELED)
        codes[known] = labeled.codes
        return cls(y, labeled.classes, codes)

    @property
    def columns(self) -> None:
        """Nothing joins the columns."""

    @property
    def names(self) -> list[Any]:
        """The classes as keys of a dict: labels, or label sets as tuples."""
        found = self.classes.tolist()
        return list(map(tuple, found)) if self.classes.ndim == 2 else found

    @property
    def values(self) -> NDArray[Any]:
        """The labels of the rows that have one."""
        return self.classes[self.codes[self.codes != UNLABELED]]

    @property
    def counts(self) -> IntArray:
        """Number of labelled rows of each class."""
        return np.bincount(self.codes[self.codes != UNLABELED], minlength=len(self.classes))

    def labeled(self) -> Any:
        """Return the target in its container, without the rows that have no label."""
        return taken(self.original, np.flatnonzero(self.codes != UNLABELED))

    def followed_by(self, new: IntArray, codes: IntArray, made: Any = None) -> Any:
        """Return the target in its container, those without a label having that of ``codes``, and then new labels.

        New entries are copies of its own, so no type changes; a row that has a label keeps its own entry.
        """
        labeled = np.flatnonzero(self.codes != UNLABELED)
        first = labeled[np.unique(self.codes[labeled], return_index=True)[1]]
        rows = np.where(self.codes == UNLABELED, first[codes], np.arange(len(codes)))
        return taken(self.original, np.concatenate([rows, first[new]]))


def refuse_no_target(y: Any) -> None:
    """Raise a ValueError if y is None, with the words that scikit-learn's checks expect."""
    if y is None:
        raise ValueError("Training requires y to be passed, but the target y is None. Give one label per row.")


def refuse_one_class(y: Target) -> None:
    """Raise a ValueError if there is only one class."""
    if len(y.classes) > 1:
        return
    only = f"The target y needs more than one class, got only {y.classes.tolist()[0]!r}"
    unlabeled = int((y.codes == UNLABELED).sum())
    if unlabeled:
        raise ValueError(f"{only}, and {unlabeled} row(s) have no label; label a row of another class.")
    raise ValueError(f"{only}. Expansion serves a classifier; check the split that produced this y.")


def has_gaps(values: NDArray[Any]) -> bool:
    """Return whether an array of any type has missing entries."""
    if values.dtype.kind == "O":
        return any(map(is_gap, values.ravel()))
    return values.dtype.kind in "fmM" and bool((values != values).any())


def label_array(y: Any) -> NDArray[Any]:
    """Return labels of any container as an array in which each keeps its value and, where NumPy has it, its type.

    scikit-learn makes floats of the integers and booleans of pandas' nullable types, and NumPy of integers that no type
    of its own holds; these become Python's integers here.
    """
    if is_frame(y):
        return np.column_stack([label_array(column.native) for column in columns_of(y)])
    wide = str(getattr(y, "dtype", "")) in ("Int128", "UInt128")  # of polars, which NumPy lacks
    found = np.array(y.to_list(), object) if wide else np.asarray(y)
    if isinstance(getattr(y, "dtype", None), np.dtype):
        return found.astype(object) if found.dtype.kind == "T" else found  # no learner takes StringDType
    if found.dtype.kind == "f" and isinstance(y, list | tuple):
        cells = np.array(y, object)
        return cells if all(isinstance(cell, Integral) for cell in cells.ravel()) else found
    return _typed(found) if found.dtype.kind == "O" else found


def _typed(cells: NDArray[Any]) -> NDArray[Any]:
    """Return Python objects as an array of booleans, floats or integers if all are such and fit, else as they are."""
    if all(isinstance(cell, bool | np.bool_) for cell in cells.ravel()):
        return cells.astype(np.bool_)
    if all(isinstance(cell, float) for cell in cells.ravel()):  # what older pandas makes of Float64
        return cells.astype(np.float64)
    if all(map(_is_integer, cells.ravel())):
        return cells if _beyond_64_bits(cells) else np.array(cells.tolist())
    return cells


def _is_integer(label: Any) -> bool:
    return isinstance(label, Integral) and not isinstance(label, bool | np.bool_)


def _beyond_64_bits(integers: NDArray[Any]) -> bool:
    """Return whether NumPy has no type that holds all of these integers."""
    low, high = min(integers.flat), max(integers.flat)
    return not (low >= -(2**63) and high < 2**63) and not (low >= 0 and high < 2**64)


def _refuse_no_labels(labels: NDArray[Any]) -> None:
    """Raise a ValueError if an array does not give a class for each row."""
    if has_gaps(labels):
        raise ValueError(
            "y has missing labels (None or NaN); leave their rows out, or set unlabeled='missing' to infer them."
        )
    if labels.dtype.kind == "f":
        assert_all_finite(labels, input_name="y")
    if labels.dtype.kind == "O":
        _refuse_mixed_labels(labels)
        if labels.ndim == 1 and labels.size and all(map(_is_integer, labels)) and _beyond_64_bits(labels):
            return  # scikit-learn knows no such labels, but they are whole numbers
    with np.errstate(invalid="ignore"):  # scikit-learn casts all floats to integers
        kind = type_of_target(labels, input_name="y")
    if kind == "multilabel-indicator":
        _refuse_several_classes(labels)
    elif kind == "continuous":
        flat = labels.ravel().tolist()
        measured = next((label for label in flat if label != int(label)), max(flat, key=abs))
        raise ValueError(
            f"Unknown label type: continuous. y holds measurements, such as {measured}, not classes: set "
            "target='numbers', use ExpandedRegressor, or bin them into classes first."
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


def _refuse_several_classes(y: NDArray[Any]) -> None:
    """Raise a ValueError if some row of an indicator matrix has no class, or several."""
    marks = np.sum(y, axis=1)
    if (marks != 1).any():
        raise ValueError(
            f"y has a column for each class, but marks {int(marks[marks != 1][0])} classes in row "
            f"{int(np.argmax(marks != 1))}. Multilabel and multioutput targets are not supported as classes: set "
            "target='label_sets', or mark one in each row."
        )


def _what_is_wrong(labels: NDArray[Any]) -> str:
    """Explain why an array does not hold labels, and what to do."""
    if labels.ndim > 1:
        return f"y has the shape {labels.shape}; set target='numbers' for measurements, else expand for one at a time."
    names = sorted({type(label).__name__ for label in labels.ravel()})
    kind = np.asarray(labels.tolist()).dtype
    return (
        f"y is an array of Python objects ({', '.join(names)}), which no learner of scikit-learn takes; cast it, as in "
        f"y.astype({'str' if kind.kind == 'O' else kind.name!r})."
    )
