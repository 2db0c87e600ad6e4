"""What could be done on top of the law: make many new rows and choose among them.

Neither is in the library; the ablation says what they would be worth. Both cost more than making the rows, and both
move the moments of the classes away from those that the law aims at.
"""

from __future__ import annotations

import numpy as np
from samplers import FloatArray, IntArray, Sampler, balanced_counts
from scipy.spatial.distance import cdist
from sklearn.ensemble import ExtraTreesClassifier

LESSONS = 3_000  # new rows that the voters learn from
CANDIDATES = 6  # times as many rows as are wanted


def relabelled(sampler: Sampler) -> Sampler:
    """Give new rows the class that extra trees, trained on the real and on other new rows, see in them."""

    def sample(X: FloatArray, y: IntArray, total: int, seed: int) -> tuple[FloatArray, IntArray]:
        lessons, classes = sampler(X, y, LESSONS, seed + 1)
        voters = ExtraTreesClassifier(random_state=seed).fit(np.concatenate([X, lessons]), np.concatenate([y, classes]))
        rows, made_for = sampler(X, y, CANDIDATES * total, seed)
        seen = voters.predict(rows)
        counts, order = balanced_counts(y, total), np.random.default_rng(seed).permutation(len(rows))
        # where too few rows are seen as a class, those made for it stand in
        kept = [_first(count, order[seen[order] == c], order[made_for[order] == c]) for c, count in enumerate(counts)]
        return rows[np.concatenate(kept)], np.repeat(np.arange(len(counts)), counts)

    return sample


def _first(count: int, rows: IntArray, substitutes: IntArray) -> IntArray:
    return np.concatenate([rows, np.setdiff1d(substitutes, rows, assume_unique=True)])[:count]


def representative(sampler: Sampler) -> Sampler:
    """Keep the new rows of each class that stand together for many more of them: support points, found greedily.

    They minimize the energy distance to all candidates of the class (Mak and Joseph 2018; greedy: kernel herding, Chen,
    Welling and Smola 2010).
    """

    def sample(X: FloatArray, y: IntArray, total: int, seed: int) -> tuple[FloatArray, IntArray]:
        rows, labels = sampler(X, y, CANDIDATES * total, seed)
        counts = balanced_counts(y, total)
        parts = [_herded(rows[labels == c], count) for c, count in enumerate(counts)]
        return np.concatenate(parts), np.repeat(np.arange(len(counts)), counts)

    return sample


def _herded(rows: FloatArray, count: int) -> FloatArray:
    """Pick rows one by one, each close to all and far from those that were picked."""
    distances = cdist(rows, rows)
    to_all, to_picked = distances.mean(axis=1), np.zeros(len(rows))
    picked: list[int] = []
    for n in range(1, count + 1):
        gain = to_picked / n - to_all
        gain[picked] = -np.inf
        picked.append(int(gain.argmax()))
        to_picked += distances[picked[-1]]
    return rows[picked]
