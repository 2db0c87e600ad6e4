"""Paired folds: every method is trained on the same rows and tested on the same others.

New rows are made inside the training rows of each fold, so none of them has seen a test row.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.model_selection import RepeatedStratifiedKFold, StratifiedGroupKFold, check_cv

from skexpand.base.random import draw_seed
from skexpand.base.sklearn_private import _safe_indexing
from skexpand.base.types import IntArray
from skexpand.base.warnings import ExpansionWarning
from skexpand.codec.frame import is_frame, n_rows_of

N_REPEATS = 2  # times that the rows are cut into folds, where ``cv`` is a number
SCORING = "balanced_accuracy"  # new rows balance the classes, so this score can improve


class Fold(NamedTuple):
    """Training and test rows."""

    train: IntArray
    test: IntArray

    def parts(self, X: Any, y: Any) -> list[tuple[Any, Any]]:
        """Return the training and the test rows, each with their labels."""
        return [(_safe_indexing(X, rows), _safe_indexing(y, rows)) for rows in self]

    def train_groups(self, groups: NDArray[Any] | None) -> NDArray[Any] | None:
        """Return the groups of the training rows, if there are groups."""
        return None if groups is None else groups[self.train]


def paired_folds(
    X: Any,
    labels: NDArray[Any],
    cv: Any,
    rng: np.random.Generator,
    groups: NDArray[Any] | None = None,
    n_repeats: int = N_REPEATS,
) -> list[Fold]:
    """Return the folds: for a number, repeated stratified shuffled folds; for a splitter or an iterable, its own.

    Rows of a group stay together. A class with a single row, or in a single group, is always in the training rows. If
    all classes are such, there are no folds.
    """
    if not isinstance(cv, int | np.integer):
        splits = check_cv(cv, labels, classifier=True).split(X, labels, groups)
        return [Fold(np.asarray(train), np.asarray(test)) for train, test in splits]
    codes = np.unique(labels, return_inverse=True)[1]
    units = np.arange(len(labels)) if groups is None else np.unique(groups, return_inverse=True)[1]
    alone = _indispensable(codes, units)
    several = np.flatnonzero(~alone)
    most = min(len(np.unique(units[several])), int(np.bincount(codes[several], minlength=1).max()))
    if most < 2:
        return []
    named = None if groups is None else units[several]
    splits = _splits(codes[several], named, min(int(cv), most), n_repeats, rng)
    return [Fold(np.concatenate([several[train], np.flatnonzero(alone)]), several[test]) for train, test in splits]


def n_folds_stated(cv: Any, n_folds: int, n_repeats: int = N_REPEATS) -> int:
    """Return how many folds ``cv`` states; small classes and groups may allow fewer."""
    return int(cv) * n_repeats if isinstance(cv, int | np.integer) else n_folds


def _indispensable(codes: IntArray, units: IntArray) -> NDArray[np.bool_]:
    """Return which rows are the only row, or in the only group, of some class."""
    pairs = np.unique(np.column_stack([codes, units]), axis=0)
    units_of_class = np.bincount(pairs[:, 0])
    return np.isin(units, pairs[units_of_class[pairs[:, 0]] == 1, 1])


def _splits(
    codes: IntArray, units: IntArray | None, n_folds: int, n_repeats: int, rng: np.random.Generator
) -> list[Any]:
    """Cut rows into stratified folds several times."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The least populated class")  # is then missing in some test folds
        if units is None:
            splitter = RepeatedStratifiedKFold(n_splits=n_folds, n_repeats=n_repeats, random_state=draw_seed(rng))
            return list(splitter.split(codes, codes))
        cuts = [StratifiedGroupKFold(n_folds, shuffle=True, random_state=draw_seed(rng)) for _ in range(n_repeats)]
        splits = [split for cut in cuts for split in cut.split(codes, codes, units)]
        n_classes = len(np.unique(codes))  # groups may leave a class untrained, or a fold without rows
        return [(a, b) for a, b in splits if len(np.unique(codes[a])) == n_classes and len(b)]


def held_out_ratio(folds: Sequence[Fold]) -> float:
    """Return the ratio of test rows to training rows, which the interval needs."""
    return float(np.mean([len(fold.test) / len(fold.train) for fold in folds])) if folds else np.nan


class Expanded(NamedTuple):
    """The rows that a sampler returned, how many of them are originals, the seconds it took, and itself."""

    X: Any
    y: Any
    n_originals: int
    seconds: float
    sampler: Any

    @property
    def new_rows(self) -> IntArray:
        """Positions of the new rows."""
        return np.arange(self.n_originals, n_rows_of(self.y))

    def taken(self, rows: IntArray) -> tuple[Any, Any]:
        """Return some of the rows with their labels."""
        return _safe_indexing(self.X, rows), _safe_indexing(self.y, rows)


def expanded(sampler: Any, X: Any, y: Any, groups: NDArray[Any] | None = None) -> Expanded:
    """Expand rows with a fresh copy of a sampler that appends new rows to the originals."""
    started = perf_counter()
    fitted = clone(sampler)
    X_all, y_all = fitted.fit_resample(X, y, **({} if groups is None else {"groups": groups}))
    seconds = perf_counter() - started
    n_originals, n_rows = n_rows_of(y), n_rows_of(y_all)
    if n_rows < n_originals:
        raise ValueError(
            f"{type(sampler).__name__} returned {n_rows} rows of {n_originals}; give a sampler that adds rows "
            "behind the originals."
        )
    return Expanded(X_all, y_all, n_originals, seconds, fitted)


def for_learners(X: Any, y: Any) -> tuple[Any, Any]:
    """Return rows as learners are given them: the target as an array, which samplers may know by its names."""
    target = np.asarray(y)
    return X, target[:, 0] if is_frame(y) and target.shape[1] == 1 else target


def score_of(scorer: Any, estimator: Any, rows: tuple[Any, Any], test: tuple[Any, Any]) -> float:
    """Fit a fresh copy of an estimator on rows, and score it."""
    fitted = clone(estimator).fit(*for_learners(*rows))
    with warnings.catch_warnings():
        ignore_rare_classes()
        return float(scorer(fitted, *for_learners(*test)))


def ignore_rare_classes() -> None:
    """Suppress warnings about folds without test rows of some class."""
    warnings.filterwarnings("ignore", "y_pred contains classes not in y_true")
    warnings.filterwarnings("ignore", "A single label was found in")
    warnings.filterwarnings("ignore", "Only one class is present in y_true")


class Rivals(NamedTuple):
    """Scores without and with new rows on each fold."""

    X: Any
    y: Any
    groups: NDArray[Any] | None
    sampler: Any
    estimator: Any
    scorer: Any

    def scores(self, fold: Fold) -> list[float]:
        """Return the scores on one fold, without new rows and with them."""
        train, test = fold.parts(self.X, self.y)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExpansionWarning)  # signs of failure are measured on all rows
            larger = expanded(self.sampler, *train, groups=fold.train_groups(self.groups))
        return [score_of(self.scorer, self.estimator, rows, test) for rows in (train, (larger.X, larger.y))]
