"""What else one can do with a few rows, in a few lines each: the plain samplers that others are compared with.

Called as those of ``samplers.py`` are; all make the same number of rows for every class (ADASYN: about the same).
Borderline-SMOTE, SVM-SMOTE and ADASYN make rows only near the border to another class; a class in which they find no
such row gets SMOTE's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from imblearn.over_sampling import ADASYN, SMOTE, SVMSMOTE, BorderlineSMOTE
from protocol import FloatArray, IntArray
from samplers import Sampler, balanced_counts, repeats, smote
from scipy.stats import norm, rankdata
from sklearn.covariance import ledoit_wolf

MIXUP = 0.4  # both parameters of the beta distribution


def near_the_border(method: Callable[..., Any], neighbors: str = "k_neighbors") -> Sampler:
    """Return a method of imbalanced-learn, class by class, with SMOTE for a class in which it makes nothing."""

    def either(sampling_strategy: dict[int, int], k_neighbors: int, random_state: int) -> Any:
        return _Either(
            method(sampling_strategy=sampling_strategy, random_state=random_state, **{neighbors: k_neighbors}),
            SMOTE(sampling_strategy=sampling_strategy, random_state=random_state, k_neighbors=k_neighbors),
        )

    return smote(balanced_counts, either)


class _Either:
    """The first sampler, or the second where the first fails or makes no row."""

    def __init__(self, first: Any, second: Any) -> None:
        self.first, self.second = first, second

    def fit_resample(self, X: FloatArray, y: IntArray) -> tuple[FloatArray, IntArray]:
        try:
            rows, labels = self.first.fit_resample(X, y)
        except (ValueError, RuntimeError):  # RuntimeError: ADASYN, of rows without a neighbour of another class
            return self.second.fit_resample(X, y)
        return (rows, labels) if len(labels) > len(y) else self.second.fit_resample(X, y)


def mixup(X: FloatArray, y: IntArray, total: int, seed: int) -> tuple[FloatArray, IntArray]:
    """Mix a row of the class with any row, and keep the class, which has the larger share (Zhang et al., 2018)."""
    rows, labels = repeats(X, y, total, seed)
    rng = np.random.default_rng(seed)
    share = rng.beta(MIXUP, MIXUP, size=(len(rows), 1))
    share = np.maximum(share, 1 - share)
    return share * rows + (1 - share) * X[rng.integers(len(X), size=len(rows))], labels


def shrunk_gaussian(X: FloatArray, y: IntArray, total: int, seed: int) -> tuple[FloatArray, IntArray]:
    """Draw each class from a Gaussian whose covariance is half its own, half the pooled one, both Ledoit-Wolf."""
    counts, rng = balanced_counts(y, total), np.random.default_rng(seed)
    means = np.stack([X[y == label].mean(axis=0) for label in range(len(counts))])
    pooled = ledoit_wolf(X - means[y], assume_centered=True)[0]
    parts = []
    for label, count in enumerate(counts):
        own = X[y == label]
        covariance = (ledoit_wolf(own)[0] + pooled) / 2 if len(own) > 1 else pooled
        parts.append(rng.multivariate_normal(means[label], covariance, size=count, method="eigh"))
    return np.concatenate(parts), np.repeat(np.arange(len(counts)), counts)


def gaussian_copula(X: FloatArray, y: IntArray, total: int, seed: int) -> tuple[FloatArray, IntArray]:
    """Draw each class with its own marginals (linear between its rows) and the correlation of normal scores.

    The correlation is that of all classes, scores taken within each, since a few rows of a class cannot tell it.
    """
    counts, rng = balanced_counts(y, total), np.random.default_rng(seed)
    scores = np.empty_like(X)
    for label in range(len(counts)):
        own = y == label
        scores[own] = norm.ppf(rankdata(X[own], axis=0) / (own.sum() + 1))
    correlation = ledoit_wolf(scores, assume_centered=True)[0]
    width = np.sqrt(np.diag(correlation))
    parts = []
    for label, count in enumerate(counts):
        drawn = rng.multivariate_normal(np.zeros(X.shape[1]), correlation, size=count, method="eigh") / width
        own = np.sort(X[y == label], axis=0)
        places = norm.cdf(drawn) * (len(own) - 1)
        below = np.minimum(places.astype(int), max(len(own) - 2, 0))
        above = np.minimum(below + 1, len(own) - 1)
        lower, upper = (np.take_along_axis(own, index, axis=0) for index in (below, above))
        parts.append(lower + (places - below) * (upper - lower))
    return np.concatenate(parts), np.repeat(np.arange(len(counts)), counts)


CONTROLS: dict[str, Sampler] = {
    "borderline": near_the_border(BorderlineSMOTE),
    "svm_smote": near_the_border(SVMSMOTE),
    "adasyn": near_the_border(ADASYN, "n_neighbors"),
    "mixup": mixup,
    "shrunk_gaussian": shrunk_gaussian,
    "gaussian_copula": gaussian_copula,
}
