"""Rows without a label or number: which they are, and the shares of their classes if known.

They are marked, as by -1 in scikit-learn's ``semi_supervised``, or their label is missing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import BoolArray, FloatArray, IntArray
from skexpand.codec.series import is_gap

MISSING = "missing"  # the marker that stands for None, NaN, NaT and NA


def unlabeled_mask(y: Any, marker: Any) -> BoolArray:
    """Return which rows of a target have no label.

    Parameters
    ----------
    y : array-like of shape (n,) or (n, n_targets)
        Labels of any type, in any container, or several numbers in each row.
    marker : object
        The label of rows that have none. None: every row has a label. "missing", or a missing value itself: rows whose
        label is None, NaN, NaT or NA. Text that reads like the marker counts as the marker, since NumPy converts
        mixed arrays to text.

    Returns
    -------
    mask : ndarray of shape (n,)
        True for rows without a label.

    Raises
    ------
    ValueError
        If only some of the entries of a row are the marker, or rows have different lengths; if no row has the marker,
        but one has a value of another type that reads like it, as the number -1 does like "-1".
    TypeError
        If the marker is a list.
    """
    if np.ndim(marker):
        raise TypeError(f"unlabeled={marker!r} is no single label; give one, as in unlabeled=-1.")
    cells = _cells_of(y)
    flat = cells.ravel()
    if marker is None:
        return np.zeros(len(cells), bool)
    marks = map(is_gap, flat.tolist()) if stands_for_missing(marker) else (_is_marker(x, marker) for x in flat.tolist())
    found = np.fromiter(marks, bool, len(flat)).reshape(len(cells), math.prod(cells.shape[1:]))
    if not found.any():
        _refuse_namesake(flat.tolist(), marker)
    every = np.asarray(found.all(axis=1))
    some = found.any(axis=1) & ~every
    if some.any():
        raise ValueError(
            f"Row {int(some.argmax())} of y has the marker of unlabeled={marker!r} in some of its {found.shape[1]} "
            "columns only; mark all of them, or fill in what is missing."
        )
    return every


def _cells_of(y: Any) -> NDArray[Any]:
    """Return a target as an array of one or two dimensions."""
    try:
        return np.atleast_1d(np.asarray(y))
    except ValueError as error:
        raise ValueError(
            "y has rows of different lengths; give one label or as many numbers in each, and mark a row without "
            "numbers by as many markers."
        ) from error


def stands_for_missing(marker: Any) -> bool:
    """Return whether a marker means rows whose label is missing."""
    return is_gap(marker) or (isinstance(marker, str) and marker == MISSING)


def _is_marker(label: Any, marker: Any) -> bool:
    """Return whether a label is the marker, or the text of it."""
    return not is_gap(label) and bool(label == marker or (isinstance(label, str) and label == str(marker)))


def _refuse_namesake(labels: list[Any], marker: Any) -> None:
    """Raise a ValueError if a label is not the marker, but of another type and reads like it."""
    same = [
        label for label in labels if isinstance(label, str) != isinstance(marker, str) and _reads_like(label, marker)
    ]
    if same:
        raise ValueError(
            f"unlabeled={marker!r} marks no row of y, but {len(same)} row(s) have {same[0]!r}, which is of the type "
            f"{type(same[0]).__name__}; set unlabeled={same[0]!r}."
        )
    if isinstance(marker, str) and marker == MISSING and MISSING in labels:
        raise ValueError(
            f"unlabeled={marker!r} stands for None, NaN, NaT and NA, which no row of y has, but "
            f"{labels.count(MISSING)} row(s) have the text {MISSING!r}; replace it by None."
        )


def _reads_like(label: Any, marker: Any) -> bool:
    """Return whether a text and another value read the same, as "-1" and -1.0 do."""
    if str(label) == str(marker):
        return not is_gap(label)
    try:
        return not isinstance(label, bool | np.bool_) and bool(float(label) == float(marker))
    except (TypeError, ValueError, OverflowError):
        return False


def stated_shares(
    class_shares: Any, classes: NDArray[Any], counts: IntArray, said: str | None = None
) -> FloatArray | None:
    """Return the share of each class among all rows, which sum to 1, or None if they are not known.

    Parameters
    ----------
    class_shares : None, "balanced" or dict
        A dict states the share of classes by their label. Classes that it leaves out share the rest in the proportions
        of the labelled rows.
    classes : ndarray of shape (n_classes,)
        The labels.
    counts : ndarray of shape (n_classes,)
        Labelled rows of each.
    said : str, default=None
        What errors quote: ``class_shares`` unless stated.

    Raises
    ------
    ValueError
        If a label is unknown, a share is not a number from 0 to 1, or the shares do not sum to 1.
    """
    if class_shares is None:
        return None
    if not isinstance(class_shares, Mapping):
        return np.full(len(classes), 1 / len(classes))
    said = said or f"class_shares={dict(class_shares)!r}"
    names = classes.tolist()
    unknown = [label for label in class_shares if label not in names]
    if unknown:
        raise ValueError(f"{said} names the class(es) {unknown}, which no row has; choose from {names}.")
    for label, share in class_shares.items():
        if isinstance(share, str) or not 0 <= share <= 1:
            raise ValueError(f"{said}: the share of class {label!r} must be a number from 0 to 1, got {share!r}.")
    shares = np.array([class_shares.get(label, np.nan) for label in names], np.float64)
    open_ones = np.isnan(shares)
    rest = 1 - shares[~open_ones].sum()
    if rest < -1e-6 or (not open_ones.any() and rest > 1e-6):
        raise ValueError(f"{said} must sum to 1, got {shares[~open_ones].sum():.6g}.")
    shares[open_ones] = max(rest, 0.0) * counts[open_ones] / max(counts[open_ones].sum(), 1)
    return shares
