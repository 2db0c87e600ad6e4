"""Which rows have no label: those whose label is a marker, as -1 in scikit-learn's ``semi_supervised``, or missing."""

from __future__ import annotations

from typing import Any

import numpy as np

from skexpand.base.types import BoolArray
from skexpand.codec.series import is_gap

MISSING = "missing"  # the marker that stands for None, NaN, NaT and NA


def unlabeled_mask(y: Any, marker: Any) -> BoolArray:
    """Return which rows of a target have no label.

    Parameters
    ----------
    y : array-like of shape (n,)
        Labels of any type, in any container.
    marker : object
        The label of rows that have none. None: every row has a label. "missing", or a missing value itself: rows whose
        label is None, NaN, NaT or NA. As text and numbers in one array all become text, a text that reads like the
        marker is one, too.

    Returns
    -------
    mask : ndarray of shape (n,)
        True for rows without a label.
    """
    labels = np.asarray(y).ravel()
    if marker is None:
        return np.zeros(len(labels), bool)
    if is_gap(marker) or (isinstance(marker, str) and marker == MISSING):
        return np.fromiter(map(is_gap, labels.tolist()), bool, len(labels))
    return np.fromiter((_is_marker(label, marker) for label in labels.tolist()), bool, len(labels))


def _is_marker(label: Any, marker: Any) -> bool:
    """Return whether a label is the marker, or the text of it."""
    return not is_gap(label) and bool(label == marker or (isinstance(label, str) and label == str(marker)))
