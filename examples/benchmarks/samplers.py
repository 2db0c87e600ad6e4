"""Samplers by name: each turns training rows into new rows.

A sampler is called with scaled rows, class codes, the number of new rows and a seed, and returns the new rows and
their class codes. All make the same number of rows for every class, except ``smote_stratified``, which keeps the
proportions of the classes.

SMOTE interpolates between a row and one of its nearest neighbours of the same class: 5 of them, or all there are in a
smaller class. A class of one row has none, and its row is repeated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from imblearn.over_sampling import SMOTE, RandomOverSampler
from protocol import FloatArray, IntArray, Rows, stack

from skexpand import ExpansiveSynthesizer
from skexpand.dynamics.components import COMPONENTS

Sampler = Callable[[Rows, IntArray, int, int], tuple[Rows, IntArray]]

NOISE = 0.5  # standard deviations


def balanced_counts(y: IntArray, total: int) -> IntArray:
    """Split the number of new rows evenly over the classes."""
    n_classes = int(y.max()) + 1
    return np.full(n_classes, total // n_classes) + (np.arange(n_classes) < total % n_classes)


def stratified_counts(y: IntArray, total: int) -> IntArray:
    """Split the number of new rows in proportion to the classes (the largest remainders round up)."""
    exact = np.bincount(y) * total / len(y)
    counts = exact.astype(int)
    counts[np.argsort(counts - exact, kind="stable")[: total - counts.sum()]] += 1
    return counts


def totals(y: IntArray, counts: IntArray) -> dict[int, int]:
    """Return imbalanced-learn's ``sampling_strategy``: the rows of each class, the present ones included."""
    return dict(enumerate((np.bincount(y) + counts).tolist()))


def no_rows(X: Rows, y: IntArray, total: int, seed: int) -> tuple[Rows, IntArray]:
    """Make nothing: the real rows alone."""
    return X[:0], y[:0]


def repeats(X: Rows, y: IntArray, total: int, seed: int) -> tuple[Rows, IntArray]:
    """Repeat rows of each class at random."""
    sampler = RandomOverSampler(sampling_strategy=totals(y, balanced_counts(y, total)), random_state=seed)
    return _new_rows(sampler, X, y)


def noise(X: FloatArray, y: IntArray, total: int, seed: int) -> tuple[FloatArray, IntArray]:
    """Repeat rows and add Gaussian noise."""
    rows, labels = repeats(X, y, total, seed)
    return rows + NOISE * np.random.default_rng(seed).standard_normal(rows.shape), labels


def smote(counts_of: Callable[[IntArray, int], IntArray], method: Callable[..., Any] = SMOTE) -> Sampler:
    """Return imbalanced-learn's SMOTE, class by class, since each class has its own number of neighbours."""

    def sample(X: Rows, y: IntArray, total: int, seed: int) -> tuple[Rows, IntArray]:
        present, wanted = np.bincount(y), totals(y, counts_of(y, total))
        parts = []
        for label, n_rows in wanted.items():
            if present[label] > 1:
                neighbors = min(5, int(present[label]) - 1)
                sampler = method(sampling_strategy={label: n_rows}, k_neighbors=neighbors, random_state=seed)
            else:
                sampler = RandomOverSampler(sampling_strategy={label: n_rows}, random_state=seed)
            parts.append(_new_rows(sampler, X, y))
        return stack(*(rows for rows, _ in parts)), np.concatenate([labels for _, labels in parts])

    return sample


def expansive(**parameters: Any) -> Sampler:
    """Return an :class:`skexpand.ExpansiveSynthesizer` with these parameters."""

    def sample(X: Rows, y: IntArray, total: int, seed: int) -> tuple[Rows, IntArray]:
        strategy = totals(y, balanced_counts(y, total))
        return _new_rows(ExpansiveSynthesizer(sampling_strategy=strategy, random_state=seed, **parameters), X, y)

    return sample


def _new_rows(sampler: Any, X: Rows, y: IntArray) -> tuple[Rows, IntArray]:
    """Return what a sampler of imbalanced-learn's kind appends to the rows."""
    rows, labels = sampler.fit_resample(X, y)
    return rows[len(X) :], labels[len(X) :]


SAMPLERS: dict[str, Sampler] = {
    "real": no_rows,
    "repeats": repeats,
    "noise": noise,
    "smote_stratified": smote(stratified_counts),
    "smote_balanced": smote(balanced_counts),
    "skexpand": expansive(),
    **{f"skexpand_{law}": expansive(law=law) for law in COMPONENTS},
}
