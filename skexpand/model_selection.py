"""Splits for tables in which only some rows have a label or number: the others are always in the training side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.model_selection import BaseCrossValidator, check_cv
from sklearn.utils.validation import check_consistent_length

from skexpand.base.sklearn_private import _safe_indexing
from skexpand.base.types import BoolArray, IntArray
from skexpand.target.unlabeled import unlabeled_mask

__all__ = ["LabeledFold"]


class LabeledFold(BaseCrossValidator):
    """Split the labelled rows; the others are in every training side.

    A row without a label cannot be used for testing. It is in every training side, so that a method that learns from
    such rows has as many of them as in use. Other splitters would treat the marker as a class of its own.

    .. versionadded:: 0.1

    Parameters
    ----------
    cv : int, cross-validation generator or iterable, default=5
        How the labelled rows are split. For an integer, folds are stratified by class without shuffling, as in
        scikit-learn, and not stratified for measurements. Whole numbers count as classes there, so give a splitter,
        such as ``KFold(5)``, if they are measurements. A splitter is given the labelled rows and their groups. An
        iterable of splits refers to positions among all rows.
    unlabeled : object, default=-1
        The label or number of rows that have none; "missing" stands for None, NaN, NaT and NA. A row of several
        numbers has the marker in all of them.

    See Also
    --------
    skexpand.ExpansiveSynthesizer : Expands tables, rows without labels included.

    Examples
    --------
    >>> import numpy as np
    >>> from skexpand.model_selection import LabeledFold
    >>> y = np.array([0, 1, 0, 1, -1, -1])
    >>> for train, test in LabeledFold(2).split(y[:, None], y):
    ...     print(train, test)
    [2 3 4 5] [0 1]
    [0 1 4 5] [2 3]
    """

    __metadata_request__split = {"groups": True}  # noqa: RUF012 - what scikit-learn's metadata routing reads

    def __init__(self, cv: Any = 5, unlabeled: Any = -1) -> None:
        self.cv = cv if isinstance(cv, Integral) or hasattr(cv, "split") else _stored(cv)
        self.unlabeled = unlabeled

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[tuple[IntArray, IntArray]]:
        """Generate the positions of training and test rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            All rows.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Their labels or numbers, with the marker where there is none.
        groups : array-like of shape (n_samples,), default=None
            Groups of rows, for splitters that keep these together.

        Yields
        ------
        train : ndarray
            Positions of the training rows: labelled ones, and all rows without a label.
        test : ndarray
            Positions of the test rows, which are all labelled.
        """
        mask = self._mask(y)
        check_consistent_length(X, mask)
        others = np.flatnonzero(mask)
        if isinstance(self.cv, list):
            for train, test in check_cv(self.cv).split():
                yield np.union1d(train, others), test[~mask[test]]
            return
        labeled, parts = np.flatnonzero(~mask), _labeled_parts(X, y, groups, ~mask)
        for train, test in check_cv(self.cv, parts[1], classifier=True).split(*parts):
            yield np.union1d(labeled[train], others), labeled[test]

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return the number of splits.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), default=None
            All rows; some splitters need them.
        y : array-like of shape (n_samples,) or (n_samples, n_targets), default=None
            Their labels or numbers, with the marker where there is none.
        groups : array-like of shape (n_samples,), default=None
            Groups of rows.

        Returns
        -------
        n_splits : int
            Number of splits.
        """
        if isinstance(self.cv, Integral):
            return int(self.cv)
        if isinstance(self.cv, list):
            return len(self.cv)
        parts = (X, y, groups) if y is None else _labeled_parts(X, y, groups, ~self._mask(y))
        return int(self.cv.get_n_splits(*parts))

    def _mask(self, y: Any) -> BoolArray:
        """Return which rows have no label; refuse a target in which no row has one."""
        if y is None:
            raise ValueError("LabeledFold needs y, which states the rows that have a label; pass it to split.")
        mask = unlabeled_mask(y, self.unlabeled)
        if mask.all():
            raise ValueError(
                f"All {len(mask)} rows have the label unlabeled={self.unlabeled!r}; none is left to split; label some."
            )
        return mask


def _labeled_parts(X: Any, y: Any, groups: Any, labeled: BoolArray) -> tuple[Any, Any, Any]:
    """Return rows, labels and groups of the labelled rows."""
    rows = np.flatnonzero(labeled)
    cells = np.asarray(y)
    cells = cells if cells.ndim == 2 and cells.shape[1] > 1 else cells.ravel()
    labels = np.array(cells[rows].tolist())  # integers, where the marker made them Python objects
    X, groups = (None if part is None else _safe_indexing(part, rows) for part in (X, groups))
    return X, labels, groups


def _stored(splits: Iterable[Any]) -> list[tuple[IntArray, IntArray]]:
    """Return the splits of an iterable, which may give them once only."""
    return [(np.asarray(train), np.asarray(test)) for train, test in splits]
