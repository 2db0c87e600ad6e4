r"""Labels that spread from a few rows to many, along the edges of a graph.

Let W be the weights of the edges between rows (see ``neighbors.py``), D their row sums, and Y the one-hot labels of the
labelled rows j. An edge is a step of a random walk with transition matrix :math:`P = D^{-1} W`, and labels spread by
its diffusion:

- **Poisson learning**, :math:`(D - W)\, u = \sum_j (y_j - \bar y)\, \delta_j`: each label is a source, and the total
  of all sources drains evenly. With few labels it keeps its shape, while the harmonic function (Laplace learning)
  becomes flat with a spike at each label [1]_. Walks last until they are mixed, as in the published method: without
  an end, a region that hardly touches the others outweighs all of them.
- **Threshold dynamics** (Merriman, Bence and Osher): diffuse one-hot labels, hold the known ones, and
  assign each row to a class again such that the classes have given shares [1]_. It shortens the borders between
  classes.
- **Label spreading**, :math:`F = (1 - \alpha)(I - \alpha S)^{-1} Y` with :math:`S = D^{-1/2} W D^{-1/2}` [2]_.

Nothing here is random. All costs are linear in the number of edges.

.. [1] Calder, Cook, Thorpe and Slepčev, "Poisson Learning: Graph Based Semi-Supervised Learning At Very Low Label
   Rates", ICML 2020.
.. [2] Zhou, Bousquet, Lal, Weston and Schölkopf, "Learning with Local and Global Consistency", NeurIPS 2003.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array

from skexpand.base.types import UNLABELED, BoolArray, FloatArray, IntArray
from skexpand.dynamics.shares import class_offsets, log_of, scaled, shares_toward

_TOLERANCE = 1e-9  # of the residual, relative to the sources
_MAX_STEPS = 2_000
_DIFFUSION, _DIFFUSION_STEPS, _ROUNDS = 0.9, 40, 20  # of threshold dynamics
_LEAST_LIFETIME, _MOST_LIFETIME = 50, 1_000  # steps of Poisson learning's walks, as published
_ALPHA = 0.8  # of label spreading: scikit-learn's default is 1 - 0.2


def spread_labels(weights: csr_array, codes: IntArray, shares: FloatArray, strength: float = 1.0) -> FloatArray:
    """Return a distribution over classes for each row, (n, n_classes): Poisson learning, then threshold dynamics.

    Poisson learning with the classes' factors gives each row a class; threshold dynamics keeps the shares that the
    classes then have, and makes their borders short. Forty steps leave probabilities too flat: on images of digits and
    clothes, their squares have the least logarithmic loss.

    Parameters
    ----------
    weights : csr_array of shape (n, n)
        Symmetric weights of a connected graph.
    codes : ndarray of shape (n,)
        Class codes, -1 where the label is unknown.
    shares : ndarray of shape (n_classes,)
        The share of each class among all rows; they sum to 1.
    strength : float
        How far to move to these shares: 1 imposes them, 0.5 goes half of the way (the square root of the factors).
    """
    n_classes = len(shares)
    scores = poisson_scores(weights, codes, n_classes)
    chosen = (scores + shares_toward(scores, shares, strength)).argmax(axis=1)
    known = codes != UNLABELED
    chosen[known] = codes[known]
    reached = shares if strength == 1 else np.bincount(chosen, minlength=n_classes) / len(chosen)
    found = threshold_dynamics(weights, codes, chosen, reached)
    return scaled(found, found)


def one_hot(codes: IntArray, n_classes: int) -> FloatArray:
    """Return indicators (n, n_classes) of class codes; the line of a row without a label is 0."""
    indicators = np.zeros((len(codes), n_classes))
    known = np.flatnonzero(codes != UNLABELED)
    indicators[known, codes[known]] = 1
    return indicators


def poisson_scores(weights: csr_array, codes: IntArray, n_classes: int, lifetime: float | None = None) -> FloatArray:
    r"""Return u (n, n_classes) of :math:`((1 + 1/\ell) D - W)\, u = \sum_j (y_j - \bar y)\, \delta_j`.

    It sums the random walks from all sources, each of which ends with probability :math:`1 / (1 + \ell)` at every step.
    :math:`\sum_i D_i u_i = 0`.

    Sources are weighted so that each class gives as much as any other: with more labels in one class than in others,
    what it gives would else flood regions that are joined to it alone. With as many labels in each, this is the
    method as published.

    Parameters
    ----------
    weights : csr_array of shape (n, n)
        Symmetric weights of a connected graph.
    codes : ndarray of shape (n,)
        Class codes, -1 where the label is unknown.
    n_classes : int
        Number of classes.
    lifetime : float, optional
        :math:`\ell`, the mean number of steps of a walk; infinite: Poisson's equation itself. Default: until the walks
        are mixed, see :func:`mixing_time`.
    """
    known = codes != UNLABELED
    lifetime = mixing_time(weights, known) if lifetime is None else lifetime
    counts = np.bincount(codes[known], minlength=n_classes)
    sources = one_hot(codes, n_classes)
    sources[known] -= (counts > 0) / np.count_nonzero(counts)
    sources[known] *= counts[counts > 0].mean() / counts[codes[known], None]
    scale = _inverse_root(weights)[:, None]  # the normalized Laplacian has the better condition
    normalized = _normalized(weights)
    return scale * conjugate_gradients(lambda u: (1 + 1 / lifetime) * u - normalized @ u, scale * sources)


def mixing_time(weights: csr_array, known: BoolArray) -> int:
    """Return after how many steps, from 50 to 1,000, walks from the labelled rows have forgotten where they started.

    Then they are at each of the n rows as often as walks that have gone on forever, to within 1 / n.
    """
    degrees = np.asarray(weights.sum(axis=1), dtype=np.float64)
    step = csr_array(weights * np.divide(1, degrees, out=np.zeros_like(degrees), where=degrees > 0))
    visited, forever = known / known.sum(), degrees / degrees.sum()
    for n_steps in range(_MOST_LIFETIME):
        if n_steps >= _LEAST_LIFETIME and np.abs(visited - forever).max() <= 1 / len(known):
            return n_steps
        visited = step @ visited
    return _MOST_LIFETIME


def conjugate_gradients(apply: Callable[[FloatArray], FloatArray], targets: FloatArray) -> FloatArray:
    """Solve ``apply(u) = targets`` for each column by conjugate gradients; ``apply`` is symmetric, not negative.

    A singular system is solved if the target has no part in its null space, by the solution that has none either.
    """
    solution, residual = np.zeros_like(targets), targets.copy()
    direction = residual.copy()
    size = np.square(residual).sum(axis=0)
    limit = _TOLERANCE**2 * size
    for _ in range(_MAX_STEPS):
        moving = size > limit  # a column that is solved stands still
        if not moving.any():
            break
        advanced = apply(direction)
        curvature = np.einsum("nk,nk->k", direction, advanced)
        step = np.divide(size, curvature, out=np.zeros_like(size), where=moving & (curvature > 0))
        solution += step * direction
        residual -= step * advanced
        before, size = size, np.square(residual).sum(axis=0)
        direction = residual + np.divide(size, before, out=np.zeros_like(size), where=before > 0) * direction
    return solution


def diffused(weights: csr_array, codes: IntArray, distributions: FloatArray) -> FloatArray:
    r"""Return distributions (n, n_classes) after 40 steps :math:`p \gets 0.1\, p + 0.9\, D^{-1} W p`, labels held."""
    known = np.flatnonzero(codes != UNLABELED)
    held = one_hot(codes, distributions.shape[1])[known]
    step = csr_array(weights * (_DIFFUSION / weights.sum(axis=1))[:, None])
    for _ in range(_DIFFUSION_STEPS):
        distributions = (1 - _DIFFUSION) * distributions + step @ distributions
        distributions[known] = held
    return distributions


def threshold_dynamics(weights: csr_array, codes: IntArray, start: IntArray, shares: FloatArray) -> FloatArray:
    """Return distributions (n, n_classes) whose likeliest classes have given shares, after 20 rounds of diffusion.

    Parameters
    ----------
    weights : csr_array of shape (n, n)
        Symmetric weights of a connected graph.
    codes : ndarray of shape (n,)
        Class codes, -1 where the label is unknown.
    start : ndarray of shape (n,)
        A class for each row, from which the dynamics starts.
    shares : ndarray of shape (n_classes,)
        The share of each class among all rows; they sum to 1.
    """
    chosen, n_classes, known = start, len(shares), codes != UNLABELED
    for _ in range(_ROUNDS):
        distributions = diffused(weights, codes, one_hot(chosen, n_classes))
        distributions = scaled(distributions, np.exp(class_offsets(log_of(distributions), shares)))
        distributions[known] = one_hot(codes[known], n_classes)
        before, chosen = chosen, distributions.argmax(axis=1)
        if np.array_equal(before, chosen):
            break
    return distributions


def label_spreading(weights: csr_array, codes: IntArray, n_classes: int, alpha: float = _ALPHA) -> FloatArray:
    r"""Return distributions from :math:`(I - \alpha S)\, F = (1 - \alpha)\, Y`, lines scaled to sum 1.

    A row that no label reaches has the same probability for every class.
    """
    normalized = _normalized(weights)
    labels = (1 - alpha) * one_hot(codes, n_classes)
    found = conjugate_gradients(lambda u: u - alpha * (normalized @ u), labels).clip(0)
    totals = found.sum(axis=1, keepdims=True)
    return np.divide(found, totals, out=np.full_like(found, 1 / n_classes), where=totals > 0)


def _inverse_root(weights: csr_array) -> FloatArray:
    """Return the inverse square roots of the row sums; 0 for a row without edges."""
    sums = np.asarray(weights.sum(axis=1), dtype=np.float64)
    return np.divide(1, np.sqrt(sums), out=np.zeros_like(sums), where=sums > 0)


def _normalized(weights: csr_array) -> csr_array:
    """Return S, the weights divided by the square roots of both row sums."""
    scale = _inverse_root(weights)
    return csr_array(weights * scale[:, None] * scale)
