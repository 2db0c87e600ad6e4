r"""law="auto": the weight of each component for a table.

**A prior from one figure.** The Ledoit-Wolf shrinkage intensity of the pooled within-class covariance, in which all
classes weigh the same (otherwise it would measure how well the largest class is known, not those that need new rows),

.. math:: \delta = \frac{\mathbb{E}\,\lVert S - \Sigma \rVert^2}{\mathbb{E}\,\lVert S - \sigma^2 I \rVert^2},

is the share of the structure in the sample covariance S that is sampling noise. Near 0, the rows show directions that
are truly thin, and blurring them loses what tells classes apart: keep the anchor ("local"). Near 1, the covariance is
close to spherical, and the anchor is mostly noise: forget it and shrink ("shrunk"). In between the directions are worth
keeping but the anchors are not: forget without shrinking ("global"). Neighbouring components overlap, since no table is
exactly on a border.

**Validation inside the training rows.** A covariance cannot detect that a class is curved: a ring looks like a ball.
Therefore new rows are made from three quarters of the rows, by the prior and by "local" alone, and the score of a
held-out row is the share of its nearest new rows that have its class. If "local" does better by more than one standard
error of the mean over classes, it makes all rows. (Letting validation choose freely among the components did worse than
the prior: a few dozen rows are too few to decide between laws that differ by a few points.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from sklearn.neighbors import NearestNeighbors

from skexpand.base.types import FloatArray, IntArray
from skexpand.dynamics.components import COMPONENTS, fit_component, stated_mixture
from skexpand.dynamics.graph import Edges, expander_edges, local_edges, rows_by_class
from skexpand.dynamics.latents import Latents, pooled_shrinkage
from skexpand.dynamics.law import ClassLaw

Mixture = dict[str, float]
Chooser = Callable[[Latents], Mixture]

LOCAL_UNTIL, LOCAL_NO_MORE = 0.1, 0.4  # shrinkage up to which all rows, and from which on none, are local
SHRUNK_FROM, ALL_SHRUNK = 0.3, 0.8  # shrinkage up to which no row, and from which on all, are shrunk
LOCAL: Mixture = stated_mixture("local")

_FOLDS = 4
_MAX_ROWS = 1_000  # rows used by validation
_NEW_ROWS, _NEW_ROWS_PER_CLASS = 600, 100  # per fold: so many in all, and at least so many of each class
_NEAREST = 15  # new rows that a held-out row is compared with


def choose_mixture(latents: Latents, n_neighbors: int, degree: int, rng: np.random.Generator) -> Mixture:
    """Return the weight of each component: the prior's, or "local" alone if held-out rows support it."""
    (own_rng,) = rng.spawn(1)  # what follows does not depend on how many random numbers validation used
    prior = prior_mixture(latents)
    if prior == LOCAL:
        return prior
    scores, labels = held_out_scores(latents, (keep_anchors, prior_mixture), n_neighbors, degree, own_rng)
    advantage, standard_error = mean_over_classes(scores[:, 0] - scores[:, 1], labels)
    return LOCAL if advantage > standard_error else prior


def keep_anchors(latents: Latents) -> Mixture:
    """Return "local" alone, whatever the rows."""
    return LOCAL


def prior_mixture(latents: Latents) -> Mixture:
    """Return the weights that the shrinkage of the pooled covariance suggests."""
    shrinkage = pooled_shrinkage(latents.even_deviations)
    local = 1 - _ramp(shrinkage, LOCAL_UNTIL, LOCAL_NO_MORE)
    shrunk = _ramp(shrinkage, SHRUNK_FROM, ALL_SHRUNK)
    return {"local": local, "global": 1 - local - shrunk, "shrunk": shrunk}


def _ramp(value: float, start: float, end: float) -> float:
    """Rise from 0 at ``start`` to 1 at ``end``."""
    return float(np.clip((value - start) / (end - start), 0, 1))


def mean_over_classes(values: FloatArray, labels: IntArray) -> tuple[float, float]:
    """Return the mean of the classes' means, and its standard error; infinite where fewer than two values are."""
    if len(values) < 2:
        return 0.0, np.inf
    counts = np.bincount(labels)
    weights = 1 / (np.count_nonzero(counts) * counts[labels])
    mean = float(weights @ values)
    return mean, float(np.sqrt(weights**2 @ (values - mean) ** 2))


def held_out_scores(
    latents: Latents, choosers: Sequence[Chooser], n_neighbors: int, degree: int, rng: np.random.Generator
) -> tuple[FloatArray, IntArray]:
    """Return how well the mixture of each chooser predicts the classes of held-out rows, and these classes.

    Each held-out row gets a line of log probabilities, one for every chooser. Rows whose class has no other row, and
    rows beyond the first thousand of a random order, are never held out.
    """
    kept = np.sort(rng.permutation(len(latents.rows))[:_MAX_ROWS])
    rows, labels = latents.rows[kept], latents.labels[kept]
    folds = stratified_folds(labels, rng)
    scores, classes_seen = [np.empty((0, len(choosers)))], [np.empty(0, np.intp)]
    for fold in range(_FOLDS):
        classes, codes = np.unique(labels[folds != fold], return_inverse=True)
        held_out = (folds == fold) & np.isin(labels, classes)
        if len(classes) < 2 or not held_out.any():
            continue
        seen, truth = Latents.of(rows[folds != fold], codes), np.searchsorted(classes, labels[held_out])
        local = local_edges(seen.rows, seen.labels, n_neighbors)
        made = [_new_rows(seen, choose(seen), local, degree, rng) for choose in choosers]
        scores.append(np.column_stack([_log_probability(rows[held_out], truth, *new) for new in made]))
        classes_seen.append(labels[held_out])
    return np.concatenate(scores), np.concatenate(classes_seen)


def stratified_folds(labels: IntArray, rng: np.random.Generator) -> IntArray:
    """Assign the rows of each class to the folds in turn."""
    folds = np.empty(len(labels), np.intp)
    for rows in rows_by_class(labels):
        folds[rng.permutation(rows)] = (np.arange(len(rows)) + rng.integers(_FOLDS)) % _FOLDS
    return folds


def _new_rows(
    latents: Latents, mixture: Mixture, local: Edges, degree: int, rng: np.random.Generator
) -> tuple[FloatArray, IntArray]:
    """Make the same number of new rows of every class by a mixture; return them with their class codes."""
    expander, _ = expander_edges(latents.labels, degree, rng)
    n_classes = len(latents.means)
    per_class = max(_NEW_ROWS_PER_CLASS, _NEW_ROWS // n_classes)
    rows, labels = [], []
    for name, weight in mixture.items():
        if count := round(weight * per_class):
            component = fit_component(latents, local, expander, COMPONENTS[name], rng)
            rows += [ClassLaw.of(component, c, spread=1.0).sample(count, degree, rng)[0] for c in range(n_classes)]
            labels += [np.full(count, c) for c in range(n_classes)]
    return np.concatenate(rows), np.concatenate(labels)


def _log_probability(rows: FloatArray, truth: IntArray, new: FloatArray, new_labels: IntArray) -> FloatArray:
    """Return the log probability that the nearest new rows give to the true class of each row."""
    # in one type with the rows: between two, scikit-learn would sort all distances
    index = NearestNeighbors(n_neighbors=_NEAREST).fit(new.astype(rows.dtype))
    nearest = index.kneighbors(rows, return_distance=False)
    agreeing = np.sum(new_labels[nearest] == truth[:, None], axis=1)
    n_classes = int(new_labels.max()) + 1
    return np.log((agreeing + 2 / n_classes) / (_NEAREST + 2))  # two rows spread over all classes: never log 0
