r"""Class shares: factors on the classes, so that the most likely labels of all rows have given shares.

With :math:`b_k = \log f_k`, the factors solve an optimal assignment of rows to classes whose sizes are given,

.. math:: \max_b \; \sum_k \pi_k b_k - \frac1n \sum_i \max_k (s_{ik} + b_k),

where :math:`s_{ik}` are scores (logarithms of probabilities) and :math:`\pi` the shares. It is concave; a soft maximum
of falling temperature leads to its top.

Known shares are imposed. Unknown shares are estimated by those of the labelled rows, and then imposed only half: with
the square roots of the factors. Imposing wrong shares would harm. Half of the correction repairs a class that wins
nearly everything because of the choice of labelled rows, and does little harm.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from skexpand.base.types import FloatArray, IntArray

_STEPS = 60  # at each temperature, at most
_COOLINGS = 10  # by one half each
_CLOSE = 0.002  # change of a factor, relative to it, at which the temperature falls
_LEAST = 1e-12  # probability


def log_of(distributions: FloatArray) -> FloatArray:
    """Return logarithms; a probability of 0 counts as a very small one."""
    return np.log(np.maximum(distributions, _LEAST))


def class_offsets(scores: FloatArray, shares: FloatArray) -> FloatArray:
    """Return b (n_classes,), of mean 0, such that arg-max of ``scores + b`` gives each class its share of the rows.

    At each temperature, rows and classes are scaled in turn (Sinkhorn), then the temperature is halved.
    """
    temperature = float(np.std(scores - scores.mean(axis=1, keepdims=True))) or 1.0
    offsets = np.zeros(scores.shape[1])
    for _ in range(_COOLINGS):
        soft = (scores + offsets) / temperature
        kernel = np.exp(soft - soft.max(axis=1, keepdims=True))
        factors = np.ones_like(offsets)
        for _ in range(_STEPS):
            given = (1 / (kernel @ factors)) @ kernel / len(scores)  # times factors: the classes' soft shares
            before, factors = factors, np.maximum(shares, _LEAST) / np.maximum(given, _LEAST)
            if np.abs(factors / before - 1).max() < _CLOSE:
                break
        offsets += temperature * np.log(factors)
        offsets -= offsets.mean()
        temperature /= 2
    return offsets


def shares_toward(scores: FloatArray, shares: FloatArray, strength: float) -> FloatArray:
    """Return ``strength`` times the offsets that impose the shares: 1 imposes them, 0.5 goes half of the way."""
    return strength * class_offsets(scores, shares)


def wanted_shares(
    class_shares: Literal["balanced"] | FloatArray | None, codes: IntArray, n_classes: int
) -> tuple[FloatArray, float]:
    """Return the shares (n_classes,) to move to, summing to 1, and how far.

    Parameters
    ----------
    class_shares : None, "balanced" or ndarray of shape (n_classes,)
        None: unknown, so half of the correction to the shares of the labelled rows. Otherwise they are imposed: the
        same for all classes ("balanced"), or as given; they are scaled to sum 1.
    codes : ndarray of shape (n,)
        Class codes, -1 where the label is unknown.
    n_classes : int
        Number of classes.
    """
    if class_shares is None:
        return shares_of(codes, n_classes), 0.5
    if isinstance(class_shares, str) and class_shares == "balanced":
        return np.full(n_classes, 1 / n_classes), 1.0
    given = None if isinstance(class_shares, str) else np.asarray(class_shares, dtype=np.float64)
    if given is None or given.shape != (n_classes,) or not (given >= 0).all() or not 0 < given.sum() < np.inf:
        raise ValueError(
            f"class_shares={class_shares!r} must be None, 'balanced', or {n_classes} shares, one for each class: "
            "numbers from 0 on, not all 0."
        )
    return given / given.sum(), 1.0


def shares_of(codes: IntArray, n_classes: int) -> FloatArray:
    """Return the share of each class among labelled rows (codes from 0 on; others are not counted)."""
    counts = np.bincount(codes[codes >= 0], minlength=n_classes)
    return counts / counts.sum()


def scaled(distributions: FloatArray, factors: FloatArray) -> FloatArray:
    """Return distributions (n, n_classes) whose classes are multiplied by factors, lines scaled to sum 1."""
    product = distributions * factors
    return product / product.sum(axis=1, keepdims=True)
