"""Splits, learners and scores: the protocol of TabEBM's replication, for any table.

Of each class with at least 10 rows, a stratified test set of ``min(half, 500)`` rows is set aside; of the rest, N
rows are drawn for training, stratified where that is possible. Nothing of the test rows is used in training, and
classes that the training rows lack leave the test set.

Of an array, gaps are filled with the median of the training rows, and columns are scaled by their statistics, before
samplers and learners see it. A DataFrame stays as it is until a learner gets it, behind an encoder that is fitted on
what that learner is trained on: the real rows and the new ones.
"""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.compose import make_column_selector as selector
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
Rows = FloatArray | pd.DataFrame

LEARNERS = ("lr", "knn", "mlp", "rf", "xgb")
MIN_CLASS_ROWS = 10
MAX_TEST_ROWS = 500
FIRST_SEED = 42


class Split(NamedTuple):
    """Rows, and class codes 0, 1, … of which each occurs in training."""

    X_train: Rows
    y_train: IntArray
    X_test: Rows
    y_test: IntArray


def draw_split(X: Rows, y: IntArray, n_train: int, index: int) -> Split:
    """Draw the split number ``index`` with ``n_train`` training rows (all there are, if there are fewer)."""
    kept, seed = np.flatnonzero(np.isin(y, np.flatnonzero(np.bincount(y) >= MIN_CLASS_ROWS))), FIRST_SEED + index
    n_test = min(len(kept) // 2, MAX_TEST_ROWS)
    rest, test = train_test_split(kept, test_size=n_test, stratify=y[kept], random_state=seed)
    train = _draw_training_rows(rest, y[rest], n_train, seed)
    classes, codes = np.unique(y[train], return_inverse=True)
    test = test[np.isin(y[test], classes)]
    return Split(take(X, train), codes, take(X, test), np.searchsorted(classes, y[test]))


def _draw_training_rows(rows: IntArray, y: IntArray, n_train: int, seed: int) -> IntArray:
    if n_train >= len(y):
        return rows
    stratify = y if n_train >= len(np.unique(y)) else None
    try:
        return train_test_split(rows, train_size=n_train, stratify=stratify, random_state=seed)[0]
    except ValueError:  # a class with a single row left, or too few rows left over for all classes
        return train_test_split(rows, train_size=n_train, random_state=seed)[0]


def take(X: Rows, rows: IntArray) -> Rows:
    """Return rows of an array or of a DataFrame, numbered anew."""
    return X.iloc[rows].reset_index(drop=True) if isinstance(X, pd.DataFrame) else X[rows]


def stack(*parts: Rows) -> Rows:
    """Put arrays, or DataFrames, one below the other."""
    return pd.concat(parts, ignore_index=True) if isinstance(parts[0], pd.DataFrame) else np.concatenate(parts)


def scaled(split: Split) -> Split:
    """Fill the gaps of an array and scale its columns."""
    scaler = numbers_scaler().fit(split.X_train)
    return split._replace(X_train=scaler.transform(split.X_train), X_test=scaler.transform(split.X_test))


def numbers_scaler() -> Any:
    """Return a transformer that fills gaps with medians, and scales."""
    return make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler())


def table_encoder() -> Any:
    """Return an ordinary encoder of mixed tables: numbers scaled, a column for each category, a gap being one."""
    categories = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="missing"),
        OneHotEncoder(handle_unknown="ignore", sparse_output=False),
    )
    return ColumnTransformer([("numbers", numbers_scaler(), selector(dtype_include="number"))], remainder=categories)


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


def score_learners(X: Rows, y: IntArray, split: Split, seed: int) -> dict[str, tuple[float, str]]:
    """Train each learner; return its balanced accuracy on the test rows, in percent, and its error if it failed."""
    X_test, scores = split.X_test, {}
    if isinstance(X, pd.DataFrame):
        encoder = table_encoder().fit(X)
        X, X_test = encoder.transform(X), encoder.transform(X_test)
    for name in LEARNERS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # convergence: the same learner gets the same iterations with every sampler
            try:
                predicted = make_learner(name, seed).fit(X, y).predict(X_test)
                scores[name] = 100 * float(balanced_accuracy_score(split.y_test, predicted)), ""
            except Exception as error:  # recorded as a failure of this cell, and counted
                scores[name] = float("nan"), describe(error)
    return scores


def describe(error: BaseException) -> str:
    """Return an error in one short line, for the CSV file."""
    return f"{type(error).__name__}: {error}".replace("\n", " ")[:200]
