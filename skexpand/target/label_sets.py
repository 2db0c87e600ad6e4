r"""Label sets: rows that have several labels at once, as an indicator matrix with a column for each label.

Every distinct set is a class of its own. So new rows have sets that exist, and labels that depend on each other stay
together. Most sets are rare, and a class of one row has no variation of its own: it borrows that of the most similar
sets, by the Jaccard index

.. math:: J(A, B) = \frac{|A \cap B|}{|A \cup B|},

which is 1 for two empty sets.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from skexpand.base.types import FloatArray, IntArray
from skexpand.target.classes import Labels, has_gaps, label_array, refuse_no_target
from skexpand.target.target import Target

_KIN_ROWS = 15  # that a set and the most similar ones have together


def label_sets(y: Any) -> Labels:
    """Check a target of label sets; its classes are the distinct sets, (n_sets, n_labels), in ascending order."""
    refuse_no_target(y)
    marks = y.toarray() if sparse.issparse(y) else _marks_of(y)
    if marks.ndim != 2:
        raise ValueError(
            f"y has the shape {marks.shape}, but target='label_sets' needs a column of zeros and ones for each label; "
            "make them of lists of labels by sklearn.preprocessing.MultiLabelBinarizer."
        )
    if has_gaps(marks):
        raise ValueError("y has missing labels (None or NaN); leave their rows out.")
    unknown = [mark for mark in np.unique(marks).tolist() if mark not in (0, 1)]
    if unknown:
        raise ValueError(
            f"y holds {unknown[0]!r}, but target='label_sets' takes zeros and ones, a column for each label; for "
            "several measurements, set target='numbers'."
        )
    sets, codes = np.unique(marks, axis=0, return_inverse=True)
    return Labels(y, sets, codes.reshape(-1))


def holds_label_sets(y: Any) -> bool:
    """Return whether a target has several columns, as an indicator matrix has."""
    shape = np.shape(y if hasattr(y, "shape") else np.asarray(y, object))
    return len(shape) == 2 and shape[1] > 1


def _marks_of(y: Any) -> NDArray[Any]:
    """Return a list, array or DataFrame as an array of numbers or truth values."""
    try:
        found = label_array(y)
    except ValueError as error:
        raise ValueError(
            "y has rows of different lengths, but target='label_sets' needs a column of zeros and ones for each label; "
            "make them of lists of labels by sklearn.preprocessing.MultiLabelBinarizer."
        ) from error
    if found.dtype.kind in "biuf" or has_gaps(found):
        return found
    try:
        return found.astype(np.float64) if found.ndim == 2 else found
    except (TypeError, ValueError) as error:
        raise ValueError(f"y must hold zeros and ones for target='label_sets' ({error}).") from error


def similarity(sets: NDArray[Any]) -> FloatArray:
    """Return the Jaccard index of each pair of sets, (n_sets, n_sets)."""
    marks = sets.astype(np.float64)
    shared, sizes = marks @ marks.T, marks.sum(axis=1)
    union = sizes[:, None] + sizes - shared
    return np.divide(shared, union, out=np.ones_like(shared), where=union > 0)


def kin_of(y: Target) -> list[IntArray] | None:
    """Return for each label set itself and the most similar ones, until they have 15 rows; None for other targets."""
    if y.classes.ndim == 1:
        return None
    counts, alike = y.counts, similarity(y.classes)
    np.fill_diagonal(alike, 2.0)  # itself first
    kin = []
    for line in alike:
        order = np.lexsort((-counts, -line))
        n_kin = int(np.searchsorted(np.cumsum(counts[order]), _KIN_ROWS)) + 1
        kin.append(np.sort(order[:n_kin]))
    return kin
