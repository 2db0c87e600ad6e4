"""Samplers of tables as they are: DataFrames with categories and gaps.

They are called as those of ``samplers.py`` are, with a DataFrame for rows. SMOTENC and CTGAN refuse gaps, so theirs
are filled within the training rows before they start.

- ``smotenc`` is what its users do: gaps filled with medians and with the most frequent category.
- ``smotenc_helped`` is the best we could make of it: numbers scaled, so that no column rules the distances; and a gap
  among categories is one of them, since learners can use it. Numbers are scaled back.
- ``ctgan`` is the ``ctgan`` package with its defaults, asked for each class in turn, gaps as in ``smotenc_helped``. Its
  condition on the class is soft, so rows that it made for another class are dropped as long as that leaves enough.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTENC
from pandas.api.types import is_numeric_dtype
from protocol import IntArray, stack
from samplers import Sampler, balanced_counts, expansive, no_rows, repeats, smote

GAP = "missing"  # a gap among categories, where it is made one of them
LABEL = "the class"
CTGAN_ROUNDS = 5


def numbers(X: pd.DataFrame) -> list[str]:
    """Return the names of the numeric columns."""
    return [column for column in X if is_numeric_dtype(X[column])]


def filled(X: pd.DataFrame, category_gap: str | None = None) -> pd.DataFrame:
    """Fill gaps with medians, and with ``category_gap`` or the most frequent category; 0 in columns of gaps alone."""
    numeric = numbers(X)
    usual = {column: X[column].median() if column in numeric else most_frequent(X[column]) for column in X}
    if category_gap is not None:
        usual |= dict.fromkeys(X.columns.difference(numeric), category_gap)
    return X.fillna({column: 0 if pd.isna(value) else value for column, value in usual.items()})


def most_frequent(column: pd.Series) -> Any:
    """Return the most frequent value that is no gap; the gap mark if there is none."""
    found = column.value_counts()
    return found.index[0] if len(found) else GAP


def smotenc(X: pd.DataFrame, y: IntArray, total: int, seed: int) -> tuple[pd.DataFrame, IntArray]:
    """Make rows by imbalanced-learn's SMOTENC, as its documentation has it."""
    return _smotenc(filled(X), y, total, seed)


def smotenc_helped(X: pd.DataFrame, y: IntArray, total: int, seed: int) -> tuple[pd.DataFrame, IntArray]:
    """Make rows by SMOTENC on scaled numbers, with gaps among categories kept as a category."""
    whole, numeric = filled(X, GAP), numbers(X)
    middle, spread = whole[numeric].mean(), whole[numeric].std(ddof=0).replace(0, 1)
    rows, labels = _smotenc(whole.assign(**(whole[numeric] - middle) / spread), y, total, seed)
    return rows.assign(**rows[numeric] * spread + middle).replace(GAP, np.nan), labels


def _smotenc(X: pd.DataFrame, y: IntArray, total: int, seed: int) -> tuple[pd.DataFrame, IntArray]:
    numeric = numbers(X)
    method = partial(SMOTENC, categorical_features=[column not in numeric for column in X])
    return smote(balanced_counts, method)(X, y, total, seed)


def frequencies(X: pd.DataFrame, y: IntArray, total: int, seed: int) -> tuple[pd.DataFrame, IntArray]:
    """Draw each cell on its own from its column within the class, gaps included."""
    rng, counts = np.random.default_rng(seed), balanced_counts(y, total)
    parts = [_independent_cells(X[y == label], count, rng) for label, count in enumerate(counts)]
    return stack(*parts), np.repeat(np.arange(len(counts)), counts)


def _independent_cells(X: pd.DataFrame, count: int, rng: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame({column: rng.choice(X[column], count) for column in X}).astype(X.dtypes)


def ctgan(X: pd.DataFrame, y: IntArray, total: int, seed: int) -> tuple[pd.DataFrame, IntArray]:
    """Train CTGAN on all classes, and ask it for each in turn."""
    from ctgan import CTGAN

    table = filled(X, GAP).assign(**{LABEL: [f"class {label}" for label in y]})
    model = CTGAN(enable_gpu=False)
    model.set_random_state(seed)
    model.fit(table, discrete_columns=[column for column in table if column not in numbers(X)])
    counts = balanced_counts(y, total)
    parts = [_of_class(model, label, count) for label, count in enumerate(counts)]
    return stack(*parts)[list(X)].astype(X.dtypes).replace(GAP, np.nan), np.repeat(np.arange(len(counts)), counts)


def _of_class(model: Any, label: int, count: int) -> pd.DataFrame:
    """Draw rows asked for a class, those first that came out as it."""
    asked = stack(*(model.sample(count, LABEL, f"class {label}") for _ in range(CTGAN_ROUNDS)))
    return asked.sort_values(LABEL, key=lambda made: made != f"class {label}", kind="stable").head(count)


MIXED_SAMPLERS: dict[str, Sampler] = {
    "real": no_rows,
    "repeats": repeats,
    "frequencies": frequencies,
    "smotenc": smotenc,
    "smotenc_helped": smotenc_helped,
    "skexpand": expansive(),
}
# Those that no run makes unless it is asked to: CTGAN takes a minute for each cell, and is not installed by default.
ON_REQUEST: dict[str, Sampler] = {"ctgan": ctgan}
