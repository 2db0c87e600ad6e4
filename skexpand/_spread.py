r"""spread="auto" for images: how far the flows may go, by cross-validation inside the training rows.

Digits bear more bending than clothes, and no figure of the images says so beforehand. So new images are made from three
quarters of the training images with each candidate, a quick learner is trained on them, and the images held out are
its test. The learner is kernel ridge regression on the class indicators T,

.. math:: P = k(X_\mathrm{out}, X)\,(k(X, X) + \lambda I)^{-1}\, T,

which a single solve trains, scored by the squared error of P, which tells more of a few dozen images than the share of
right answers. Networks bear more bending than this learner does, so 1 is left only for a spread that is clearly better:
by two standard errors where flows are movements, by less the less the flows of reversed edges undo each other
(see ``dynamics/registration.py``), for what merely fits has no claim to its length.
All candidates are given the same anchors, edges and weights, so they differ by the spread alone. No flow
is sought anew: those of edges that a held-out image takes part in are left out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from sklearn.metrics.pairwise import rbf_kernel

from skexpand.dynamics.selection import stratified_folds

if TYPE_CHECKING:
    from skexpand._image_expansion import ImageExpansion

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

SMALLER = (0.5, 0.75)
DEFAULT = 1.0
CLEARLY = 2.0  # standard errors, where flows are wholly consistent
_RIDGE = 0.1
_MAX_ROWS = 400  # that take part
_NEW_IMAGES = 600  # per fold, of all classes


def choose_spread(expansion: ImageExpansion, rng: np.random.Generator) -> float:
    """Return the candidate with the least error on held-out images, if it is clearly less than that of 1."""
    errors = held_out_errors(expansion, (*SMALLER, DEFAULT), rng)
    if len(errors) < 2:
        return DEFAULT
    gains = errors[:, -1:] - errors[:, :-1]  # (n, n_smaller)
    best = int(np.argmax(gains.mean(axis=0)))
    margin = CLEARLY * expansion.flows.consistency * gains[:, best].std(ddof=1) / np.sqrt(len(gains))
    return SMALLER[best] if gains[:, best].mean() > margin else DEFAULT


def held_out_errors(expansion: ImageExpansion, spreads: tuple[float, ...], rng: np.random.Generator) -> FloatArray:
    """Return the squared error of each held-out image (a line each) under each spread."""
    expansion = expansion.subset(np.sort(rng.permutation(len(expansion.labels))[:_MAX_ROWS]))
    labels, folds = expansion.labels, stratified_folds(expansion.labels, rng)
    errors = [np.empty((0, len(spreads)))]
    for fold in range(int(folds.max()) + 1):
        seen = expansion.subset(np.flatnonzero(folds != fold))
        classes = np.unique(seen.labels)
        held_out = np.flatnonzero((folds == fold) & np.isin(labels, classes))
        if len(classes) < 2 or not len(held_out) or not len(seen.flows.edges):
            continue
        per_class = max(1, _NEW_IMAGES // len(classes))
        draws = [seen.draw_flows(label, per_class, rng) for label in classes.tolist()]
        anchors = np.concatenate([links.anchors for links, _ in draws])
        generators = np.concatenate([sums for _, sums in draws])
        made = [
            np.concatenate([flat(seen.images), replace(seen, spread=spread).made(anchors, generators)])
            for spread in spreads
        ]
        known = np.concatenate([seen.labels, seen.labels[anchors]])
        truth = flat(expansion.images)[held_out], labels[held_out]
        errors.append(np.column_stack([_squared_errors(rows, known, *truth) for rows in made]))
    return np.concatenate(errors)


def flat(images: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return images as rows."""
    return images.reshape(len(images), -1)


def _squared_errors(
    rows: NDArray[np.float32], labels: IntArray, others: NDArray[np.float32], truth: IntArray
) -> FloatArray:
    """Return the squared error of kernel ridge regression, trained on rows, for each of the other rows."""
    scale = 1 / max(rows.shape[1] * float(rows.var()), np.finfo(float).tiny)
    indicators = np.eye(int(labels.max()) + 1)
    centre = indicators[labels].mean(axis=0)
    kernel = rbf_kernel(rows, gamma=scale).astype(np.float64)
    kernel[np.diag_indices_from(kernel)] += _RIDGE
    weights = cho_solve(cho_factor(kernel, lower=True, overwrite_a=True), indicators[labels] - centre)
    predicted = rbf_kernel(others, rows, gamma=scale) @ weights + centre
    return np.sum((predicted - indicators[truth]) ** 2, axis=1)
