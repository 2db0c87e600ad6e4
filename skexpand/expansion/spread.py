r"""How far flows and residuals may go (spread="auto", strength), by cross-validation inside the training images.

Digits bear more bending than clothes, and no figure of the images says so beforehand. So new images are made from three
quarters of the training images with each candidate, a quick learner is trained on them, and the images held out are
its test. The learner is kernel ridge regression on the class indicators T,

.. math:: P = k(X_\mathrm{out}, X)\,(k(X, X) + \lambda I)^{-1}\, T,

which a single solve trains, scored by the squared error of P, which tells more of a few dozen images than the share of
right answers. Networks bear more bending than this learner does, so 1 is left only for a spread that is better by three
standard errors. (What merely fits has lost its length already, see ``dynamics/registration.py``.)
All candidates are given the same anchors, edges and weights, so they differ by the spread alone. No flow
is sought anew: those of edges that a held-out image takes part in are left out.

The strength of what flows leave over (see ``appearance.py``) is found in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from sklearn.metrics.pairwise import rbf_kernel

from skexpand.dynamics.selection import stratified_folds

if TYPE_CHECKING:
    from skexpand.expansion.appearance import AppearanceExpansion
    from skexpand.expansion.images import ImageExpansion

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

Change = Callable[[Any], "ImageExpansion"]  # of an expansion, or of one with appearance

SMALLER = (0.5, 0.75)
DEFAULT = 1.0
STRENGTHS = (0.25, 0.5, 1.0)
CLEARLY = 3.0  # standard errors
_RIDGE = 0.1
_MAX_ROWS = 400  # that take part
_NEW_IMAGES = 600  # per fold, of all classes


def choose_spread(expansion: ImageExpansion, rng: np.random.Generator) -> float:
    """Return the spread with the least error on held-out images, if it is clearly less than that of 1."""
    errors = held_out_errors(expansion, [with_spread(spread) for spread in (*SMALLER, DEFAULT)], rng)
    best = clearly_best(errors)
    return DEFAULT if best is None else SMALLER[best]


def choose_strength(expansion: AppearanceExpansion, rng: np.random.Generator, may_be_zero: bool) -> float:
    """Return the strength with the least error on held-out images; 0, if it may be, unless that is clearly less."""
    errors = held_out_errors(expansion, [with_strength(strength) for strength in (*STRENGTHS, 0.0)], rng)
    if may_be_zero:
        best = clearly_best(errors)
        return 0.0 if best is None else STRENGTHS[best]
    return STRENGTHS[int(np.argmin(errors[:, :-1].sum(axis=0)))]


def clearly_best(errors: FloatArray) -> int | None:
    """Return the column with the least mean, or None unless it is clearly less than that of the last."""
    if len(errors) < 2:
        return None
    gains = errors[:, -1:] - errors[:, :-1]  # (n, n_candidates)
    best = int(np.argmax(gains.mean(axis=0)))
    standard_error = gains[:, best].std(ddof=1) / np.sqrt(len(gains))
    return best if gains[:, best].mean() > CLEARLY * standard_error else None


def with_spread(spread: float) -> Change:
    """Return what sets the spread of an expansion."""
    return lambda expansion: replace(expansion, spread=spread)


def with_strength(strength: float) -> Change:
    """Return what sets the strength of an expansion's residuals."""
    return lambda expansion: replace(expansion, strength=strength)


def held_out_errors(expansion: ImageExpansion, changes: Sequence[Change], rng: np.random.Generator) -> FloatArray:
    """Return the squared error of each held-out image (a line each) under each change of the expansion."""
    expansion = expansion.subset(np.sort(rng.permutation(len(expansion.labels))[:_MAX_ROWS]))
    labels, folds = expansion.labels, stratified_folds(expansion.labels, rng)
    errors = [np.empty((0, len(changes)))]
    for fold in range(int(folds.max()) + 1):
        seen = expansion.subset(np.flatnonzero(folds != fold))
        classes = np.unique(seen.labels)
        held_out = np.flatnonzero((folds == fold) & np.isin(labels, classes))
        if len(classes) < 2 or not len(held_out) or not len(seen.flows.edges):
            continue
        per_class = max(1, _NEW_IMAGES // len(classes))
        draws = [seen.draw_moves(label, per_class, rng) for label in classes.tolist()]
        anchors = np.concatenate([links.anchors for links, _ in draws])
        sums = np.concatenate([moves for _, moves in draws])
        made = [np.concatenate([flat(seen.images), change(seen).made(anchors, sums)]) for change in changes]
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
