r"""The law for rows that are kept apart: groups share statistics, but never a row or a label.

A residual carries information about the two rows of its edge. Added to an anchor of another group, it leaks that
information across a split by groups. With groups, therefore, residuals are not recombined: a normal variable with the
pooled covariance of all residuals replaces them,

.. math:: \sum_e w_e r_e \;\to\; \mathcal N(0, R), \qquad R = \tfrac{1}{n_e} \textstyle\sum_e r_e r_e^\top.

Even R can reveal labels: steps within classes point from a row to others of its class, and noise along them reaches
these rather than others. Therefore the steps of the law "local" lead to the nearest rows of any class; only their mean
length is that of steps within classes. A class mean reveals labels too, which is why "auto" then means "local", the law
without means.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import SampleArray
from skexpand.dynamics.components import Component
from skexpand.dynamics.graph import local_edges
from skexpand.dynamics.latents import Latents
from skexpand.dynamics.law import ClassLaw


def without_labels(component: Component, latents: Latents, n_neighbors: int) -> Component:
    """Return a component that keeps its anchors with steps to the nearest rows of any class, and others as they are."""
    if not component.keeps_anchor:
        return component
    edges = local_edges(latents.rows, np.zeros_like(latents.labels), n_neighbors)
    steps = latents.rows[edges.targets] - latents.rows[edges.sources]
    length = _root_mean_square(component.residuals) / max(_root_mean_square(steps), np.finfo(float).eps)
    return replace(component, residuals=length * steps, edges=edges, edge_labels=latents.labels[edges.sources])


def without_residuals(law: ClassLaw) -> ClassLaw:
    """Return the law with normal noise of the same covariance in place of recombined residuals."""
    if not len(law.moves):
        return law
    noise = noise_factor(law.moves.all, law.noise)
    return replace(law, moves=law.moves.none, own_edges=law.own_edges[:0], noise=noise)


def noise_factor(moves: SampleArray, noise: SampleArray | None = None) -> SampleArray:
    """Return the factor of normal noise with the second moment of moves, and that of further noise, if there is any."""
    factors = [moves / np.sqrt(max(len(moves), 1))]
    if noise is not None:
        factors.append(noise)
    # R'R = F'F: the same covariance from at most dim rows
    return np.asarray(np.linalg.qr(np.concatenate(factors), mode="r"), np.float32)


def _root_mean_square(rows: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(rows**2))) if rows.size else 0.0
