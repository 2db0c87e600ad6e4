"""Splits, learners and scores: the protocol of TabEBM's replication, for any table.

Of each class with at least 10 rows, a stratified test set of ``min(half, 500)`` rows is set aside; of the rest, N
rows are drawn for training, stratified where that is possible. Nothing of the test rows is used in training: gaps are
filled with the median of the training rows, columns are scaled by their statistics, and classes that the training
rows lack leave the test set.
"""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

LEARNERS = ("lr", "knn", "mlp", "rf", "xgb")
MIN_CLASS_ROWS = 10
MAX_TEST_ROWS = 500
FIRST_SEED = 42


class Split(NamedTuple):
    """Scaled rows without gaps, and class codes 0, 1, … of which each occurs in training."""

    X_train: FloatArray
    y_train: IntArray
    X_test: FloatArray
    y_test: IntArray


def draw_split(X: FloatArray, y: IntArray, n_train: int, index: int) -> Split:
    """Draw the split number ``index`` with ``n_train`` training rows (all there are, if there are fewer)."""
    kept = np.isin(y, np.flatnonzero(np.bincount(y) >= MIN_CLASS_ROWS))
    X, y, seed = X[kept], y[kept], FIRST_SEED + index
    n_test = min(len(y) // 2, MAX_TEST_ROWS)
    X_rest, X_test, y_rest, y_test = train_test_split(X, y, test_size=n_test, stratify=y, random_state=seed)
    X_train, y_train = _draw_training_rows(X_rest, y_rest, n_train, seed)
    classes, codes = np.unique(y_train, return_inverse=True)
    known = np.isin(y_test, classes)
    scaler = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler()).fit(X_train)
    return Split(
        scaler.transform(X_train), codes, scaler.transform(X_test[known]), np.searchsorted(classes, y_test[known])
    )


def _draw_training_rows(X: FloatArray, y: IntArray, n_train: int, seed: int) -> tuple[FloatArray, IntArray]:
    if n_train >= len(y):
        return X, y
    stratify = y if n_train >= len(np.unique(y)) else None
    try:
        rows = train_test_split(X, y, train_size=n_train, stratify=stratify, random_state=seed)
    except ValueError:  # a class with a single row left, or too few rows left over for all classes
        rows = train_test_split(X, y, train_size=n_train, random_state=seed)
    return rows[0], rows[2]


def make_learner(name: str, seed: int) -> Any:
    """Return a learner with its library's defaults (and enough iterations to converge)."""
    if name == "xgb":
        from xgboost import XGBClassifier

        return XGBClassifier(n_jobs=1, random_state=seed)
    return {
        "lr": LogisticRegression(max_iter=1000),
        "knn": KNeighborsClassifier(),
        "mlp": MLPClassifier(max_iter=500, random_state=seed),
        "rf": RandomForestClassifier(random_state=seed),
    }[name]


def score_learners(X: FloatArray, y: IntArray, split: Split, seed: int) -> dict[str, tuple[float, str]]:
    """Train each learner; return its balanced accuracy on the test rows, in percent, and its error if it failed."""
    scores = {}
    for name in LEARNERS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # convergence: the same learner gets the same iterations with every sampler
            try:
                predicted = make_learner(name, seed).fit(X, y).predict(split.X_test)
                scores[name] = 100 * float(balanced_accuracy_score(split.y_test, predicted)), ""
            except Exception as error:  # recorded as a failure of this cell, and counted
                scores[name] = float("nan"), describe(error)
    return scores


def describe(error: BaseException) -> str:
    """Return an error in one short line, for the CSV file."""
    return f"{type(error).__name__}: {error}".replace("\n", " ")[:200]
