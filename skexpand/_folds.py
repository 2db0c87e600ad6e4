"""Paired folds: every contender is trained on the same rows and judged on the same others.

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
from sklearn.model_selection import RepeatedStratifiedKFold, check_cv
from sklearn.utils import _safe_indexing

from skexpand._random import draw_seed

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

N_REPEATS = 2  # times that the rows are cut into folds, where ``cv`` is a number
SCORING = "balanced_accuracy"  # new rows balance the classes, so this is what they can improve


class Fold(NamedTuple):
    """Training and test rows."""

    train: IntArray
    test: IntArray

    def parts(self, X: Any, y: Any) -> list[tuple[Any, Any]]:
        """Return the training and the test rows, each with their labels."""
        return [(_safe_indexing(X, rows), y[rows]) for rows in self]


def paired_folds(X: Any, labels: NDArray[Any], cv: Any, rng: np.random.Generator) -> list[Fold]:
    """Return the folds: of a number, stratified, shuffled and drawn twice; of a splitter or an iterable, its own.

    A class of one row is always trained on. Where no class has two rows, there are no folds.
    """
    if not isinstance(cv, int | np.integer):
        return [Fold(np.asarray(a), np.asarray(b)) for a, b in check_cv(cv, labels, classifier=True).split(X, labels)]
    _, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    several, alone = np.flatnonzero(counts[codes] > 1), np.flatnonzero(counts[codes] == 1)
    if not len(several):
        return []
    splitter = RepeatedStratifiedKFold(
        n_splits=min(int(cv), int(counts.max())), n_repeats=N_REPEATS, random_state=draw_seed(rng)
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The least populated class")  # is then missing in some test folds
        splits = list(splitter.split(several, codes[several]))
    return [Fold(np.concatenate([several[train], alone]), several[test]) for train, test in splits]


def held_out_ratio(folds: Sequence[Fold]) -> float:
    """Return the size of test folds over that of training rows, as the interval asks for it."""
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
        return np.arange(self.n_originals, len(self.y))

    def taken(self, rows: IntArray) -> tuple[Any, Any]:
        """Return some of the rows with their labels."""
        return _safe_indexing(self.X, rows), _safe_indexing(self.y, rows)


def expanded(sampler: Any, X: Any, y: Any) -> Expanded:
    """Expand rows with a fresh copy of a sampler that puts new rows behind the originals."""
    started = perf_counter()
    fitted = clone(sampler)
    X_all, y_all = fitted.fit_resample(X, y)
    seconds = perf_counter() - started
    n_originals = len(np.asarray(y))
    if len(y_all) < n_originals:
        raise ValueError(
            f"{type(sampler).__name__} returned {len(y_all)} rows of {n_originals}; give a sampler that adds rows "
            "behind the originals."
        )
    return Expanded(X_all, y_all, n_originals, seconds, fitted)


def score_of(scorer: Any, estimator: Any, rows: tuple[Any, Any], test: tuple[Any, Any]) -> float:
    """Fit a fresh copy of an estimator on rows, and score it."""
    fitted = clone(estimator).fit(*rows)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "y_pred contains classes not in y_true")  # a rare class (see above)
        return float(scorer(fitted, *test))
