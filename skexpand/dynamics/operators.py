r"""The operators K of the law: how each is fitted, and how its residuals are scaled.

.. math:: r_e = (y_j - m) - K (y_i - m)

=========== ============================ ==============================================================
Name        Operator                     Residuals
=========== ============================ ==============================================================
"identity"  K = I keeps the anchor       neighbour differences over :math:`\sqrt 2`
"koopman"   K by EDMD (``koopman.py``)   scaled per mode to the variance :math:`1 - \rho^2` that K loses
"zero"      K = 0 forgets the anchor     deviations from the class mean
=========== ============================ ==============================================================
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from skexpand.base.types import FloatArray
from skexpand.dynamics.graph import Edges
from skexpand.dynamics.koopman import Koopman, constant_operator, edmd
from skexpand.dynamics.latents import Latents

_MAX_GAIN = 3.0  # residuals are never stretched by more than this to reach the stationary variance
_LOCAL_STEP = np.sqrt(0.5)  # a difference of two rows has twice the variance of one


class Operator(NamedTuple):
    """One kind of operator."""

    fit: Callable[[Latents, Edges], Koopman]
    residuals: Callable[[Latents, Edges, Koopman], FloatArray]  # (n_edges, latent_dim)
    keeps_anchor: bool  # K = I: new rows are the anchors plus steps


def identity(latents: Latents, edges: Edges) -> Koopman:
    """Return K = I."""
    return constant_operator(1.0, latents.rows.shape[1])


def zero(latents: Latents, edges: Edges) -> Koopman:
    """Return K = 0."""
    return constant_operator(0.0, latents.rows.shape[1])


def learned(latents: Latents, edges: Edges) -> Koopman:
    """Return the operator of the edges, with the pooled covariance as the stationary one."""
    before, after = latents.deviations[edges.sources], latents.deviations[edges.targets]
    return edmd(before, after, latents.pooled.covariance)


def neighbour_differences(latents: Latents, edges: Edges, koopman: Koopman) -> FloatArray:
    r"""Return :math:`(y_j - y_i) / \sqrt 2` per edge."""
    return np.asarray((latents.rows[edges.targets] - latents.rows[edges.sources]) * _LOCAL_STEP)


def target_deviations(latents: Latents, edges: Edges, koopman: Koopman) -> FloatArray:
    r"""Return :math:`y_j - m` per edge."""
    return latents.deviations[edges.targets]


def stationary_residuals(latents: Latents, edges: Edges, koopman: Koopman) -> FloatArray:
    r"""Return :math:`r_e` per edge, scaled along each mode to the variance :math:`1 - \rho^2` that the step loses.

    Along a mode the stationary variance is 1, so :math:`K \Sigma K^\top + Q = \Sigma`. No residual is stretched by
    more than 3.
    """
    residuals = latents.deviations[edges.targets] - koopman.advance(latents.deviations[edges.sources])
    if not len(edges):
        return residuals
    coordinates = residuals @ koopman.readout.T
    present = np.mean(coordinates**2, axis=0)
    gain = np.sqrt((1 - koopman.eigenvalues**2) / np.maximum(present, np.finfo(float).eps))
    return (coordinates * np.minimum(gain, _MAX_GAIN)) @ koopman.modes.T


OPERATORS = {
    "identity": Operator(identity, neighbour_differences, keeps_anchor=True),
    "koopman": Operator(learned, stationary_residuals, keeps_anchor=False),
    "zero": Operator(zero, target_deviations, keeps_anchor=False),
}
