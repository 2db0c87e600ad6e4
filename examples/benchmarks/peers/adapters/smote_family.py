"""Methods of the package ``smote-variants``, which know two classes: each class in turn against all others.

They balance two classes. Here they are told which class is the smaller one, and the difference of the sizes; the rest
is left as it is. A class of one row is repeated, as it is for SMOTE in this bench. Some make a few rows more or less
than asked for; more are thinned out at random. SMOTE-IPF filters real rows, too; only its new rows are taken.
"""

from unittest import mock

import numpy as np
from smote_variants.base._base import StatisticsMixin


def maker(method):
    """Return an adapter of one method."""

    def make(X, y, counts, seed, budget):
        parts = [of_class(method, X, y == label, int(count), seed) for label, count in enumerate(counts) if count]
        return np.concatenate(parts), np.repeat(np.flatnonzero(counts), [len(part) for part in parts])

    return make


def of_class(method, X, inside, count, seed):
    """Return new rows of the class of the rows ``inside``."""
    if inside.sum() == 1:
        return np.repeat(X[inside], count, axis=0)

    def state_classes(self, y):
        self.min_label, self.maj_label = 1, 0
        self.class_stats = {1: np.sum(y == 1), 0: np.sum(y == 1) + count}

    with mock.patch.object(StatisticsMixin, "class_label_statistics", state_classes):
        rows, labels = method(random_state=seed).sample(X, inside.astype(int))
    seen = {row.tobytes() for row in X}
    new = np.array([row for row in rows[labels == 1] if row.tobytes() not in seen]).reshape(-1, X.shape[1])
    return new[np.sort(np.random.default_rng(seed).permutation(len(new))[:count])]
