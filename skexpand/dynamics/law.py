r"""The law of expansion: a new latent row from an anchor and a few recombined residuals.

.. math:: y' = m_c + K (y_a - m_c) + \sqrt{1-\delta} \sum_e w_e r_e + \sqrt{\delta}\,\sigma F \varepsilon,
   \qquad \lVert w \rVert_2 = 1, \quad F = (I - K^2)^{1/2}

:math:`r_e = (y_j - m) - K (y_i - m)` is what an edge :math:`i \to j` does beyond the Koopman step. The weights
have unit norm and free signs, so the residuals keep their variance, which a convex combination (SMOTE) would
shrink. Some of a class's edges come from the other classes (pooling): variation is transferred, only means are
class-bound.

**What covariance results.** Let :math:`\Sigma` be the stationary covariance and let the residuals fill up what the step
loses, :math:`\Sigma - K \Sigma K^\top`. Anchors are real rows, and not shrunk, so

.. math:: \operatorname{Cov}(y') = K \Sigma K^\top + (1-\delta)(\Sigma - K \Sigma K^\top) + \delta \sigma^2 F F^\top
   = T + \delta\, \bigl(K \Sigma K^\top - \sigma^2 (I - F F^\top)\bigr)

with the target :math:`T = (1-\delta) \Sigma + \delta \sigma^2 I`. It is T where :math:`\delta = 0`, where K = 0, and
where :math:`\Sigma = \sigma^2 I`. Otherwise, where K and :math:`\Sigma` commute, a mode of variance :math:`\lambda` and
eigenvalue :math:`\rho` has :math:`\delta \rho^2 (\lambda - \sigma^2)` too much: what persists along edges is not
shrunk. No noise could mend it in general, since :math:`\sigma^2 I - K \Sigma K^\top`, which would have to be its
covariance, may be indefinite. To shrink the anchors as well would, :math:`\sqrt{1-\delta}\, K (y_a - m_c)` with F = I.
Neither that nor the positive part of the noise gained anything where it was tried, so ``transport="gaussian"`` is what
brings the covariance to its target.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from skexpand.base.types import FloatArray, IntArray, SampleArray
from skexpand.dynamics.components import Component
from skexpand.dynamics.expander import EdgeArray, ExpanderMap, draw_expander_map
from skexpand.dynamics.latents import Latents
from skexpand.dynamics.transport import gaussian_map

_LARGE = 2**17  # numbers in residuals from which on those that are not used are left out


@dataclass(frozen=True)
class Moves:
    """Scaled residuals. Classes share the residuals and use some of them, so these alone are scaled and mapped.

    Attributes
    ----------
    residuals : ndarray of shape (n_edges, latent_dim)
        Those of the component.
    scale : float
        The factor on them.
    correction : ndarray of shape (latent_dim, latent_dim) or None
        The Gaussian map.
    affine : callable or None
        Maps latent rows to those that are made.
    offset : ndarray of shape (1, dim)
        What it makes of 0.
    """

    residuals: FloatArray
    scale: float
    correction: FloatArray | None = None
    affine: Callable[[SampleArray], SampleArray] | None = None
    offset: SampleArray | float = 0.0

    def __len__(self) -> int:
        return len(self.residuals)

    def of(self, residuals: FloatArray) -> SampleArray:
        """Return what becomes of residuals, shape (n, dim)."""
        moves = self.scale * residuals
        if self.correction is not None:
            moves = moves @ self.correction
        found = moves.astype(np.float32)
        return found if self.affine is None else self.affine(found) - self.offset

    @cached_property
    def all(self) -> SampleArray:
        """The moves of all edges."""
        return self.of(self.residuals)

    @property
    def none(self) -> Moves:
        """No moves."""
        return replace(self, residuals=self.residuals[:0])

    def recombined(self, links: ExpanderMap) -> SampleArray:
        """Return the weighted sum of each new node's moves."""
        if links.edges.size >= len(self) or self.residuals.size < _LARGE:
            return links.recombine(self.all)
        used, places = np.unique(links.edges, return_inverse=True)
        edges: EdgeArray = places.reshape(links.edges.shape).astype(np.int32)
        return links._replace(edges=edges).recombine(self.of(self.residuals[used]))


@dataclass(frozen=True)
class ClassLaw:
    r"""The formula with everything in place that one class and one component have in common.

    A new row is ``starts[a] + sum_e w_e moves[e] + epsilon @ noise``.

    Attributes
    ----------
    starts : ndarray of shape (n_anchors, dim)
        :math:`m_c + K (y_a - m_c)` for each row of the class.
    moves : Moves
        :math:`\sqrt{1-\delta}\, r_e` for each edge, times the spread, computed where it is used.
    noise : ndarray of shape (latent_dim, dim) or None
        :math:`\sqrt{\delta}\,\sigma` as a factor of the noise; None without shrinkage.
    anchors, own_edges : ndarray
        Which rows the anchors are, and which edges the class's own.
    own_share : float
        Share of edges taken from the class itself.
    """

    starts: SampleArray
    moves: Moves
    noise: SampleArray | None
    anchors: IntArray
    own_edges: IntArray
    own_share: float

    @classmethod
    def of(cls, component: Component, label: int, spread: float) -> ClassLaw:
        """Put the terms of a component together for one class, the Gaussian map included."""
        anchors, shrinkage = component.rows[label], component.shrinkage[label]
        correction = None if component.corrections is None else component.corrections[label]
        starts = component.anchors[anchors]
        noise = spread * np.sqrt(shrinkage) * component.noise.T if shrinkage > 0 else None
        if correction is not None:
            starts, noise = starts @ correction, None if noise is None else noise @ correction
        return cls(
            starts=(component.means[label] + starts).astype(np.float32),
            moves=Moves(component.residuals, float(spread * np.sqrt(1 - shrinkage)), correction),
            noise=None if noise is None else noise.astype(np.float32),
            anchors=anchors,
            own_edges=component.own_edges[label],
            own_share=float(component.own_share[label]),
        )

    def through(self, affine: Callable[[SampleArray], SampleArray]) -> ClassLaw:
        """Return the law seen through an affine map: mapping the few terms once equals mapping every new row."""
        offset = affine(np.zeros((1, self.starts.shape[1]), np.float32))
        return replace(
            self,
            starts=affine(self.starts),
            moves=replace(self.moves, affine=affine, offset=offset),
            noise=None if self.noise is None else affine(self.noise) - offset,
        )

    def sample(self, n_new: int, degree: int, rng: np.random.Generator) -> tuple[SampleArray, ExpanderMap]:
        """Make new rows; return them with their links (anchors and edges by their index in the table)."""
        links = draw_expander_map(
            n_new, len(self.anchors), self.own_edges, len(self.moves), self.own_share, degree, rng
        )
        rows = self.moves.recombined(links)
        rows += self.starts.take(links.anchors, axis=0)  # several times as fast as indexing
        if self.noise is not None:
            rows += rng.standard_normal((n_new, len(self.noise)), dtype=np.float32) @ self.noise
        return rows, links._replace(anchors=self.anchors[links.anchors])


def law_covariance(component: Component, label: int) -> FloatArray:
    r"""Return the covariance that the formula gives to new rows of a class (at spread 1, before any correction).

    Anchors and edges are drawn independently, and :math:`E[w w^\top] = I/d` on the unit sphere, so it is the
    covariance of the anchors plus :math:`1 - \delta` times the second moment of the residuals, plus :math:`\delta
    F F^\top`.
    """
    anchors = component.anchors[component.labels == label]
    own = component.residuals[component.own_edges[label]]
    share, shrinkage = component.own_share[label], component.shrinkage[label]
    moved = share * _second_moment(own) + (1 - share) * _second_moment(component.residuals)
    noise = component.noise @ component.noise.T
    return _second_moment(anchors) + (1 - shrinkage) * moved + shrinkage * noise


def target_covariance(component: Component, latents: Latents, label: int) -> FloatArray:
    r"""Return the covariance that new rows of a class should have.

    A component that keeps its anchors aims at the anchors' own spread plus the steps it adds, so its target is
    what it makes. The others aim at the shrunk mixture :math:`(1-\delta)(s S_c + (1-s) S) + \delta \sigma^2 I` of
    the class's and the pooled covariance.
    """
    if component.keeps_anchor:
        return law_covariance(component, label)
    share, shrinkage = component.own_share[label], component.shrinkage[label]
    own = _second_moment(latents.deviations[latents.labels == label])
    pooled = _second_moment(latents.known_deviations)
    variance = np.trace(pooled) / len(pooled)
    mixed = share * own + (1 - share) * pooled
    return (1 - shrinkage) * mixed + shrinkage * variance * np.eye(len(pooled))


def with_gaussian_map(component: Component, latents: Latents) -> Component:
    """Return the component with the map from the law's covariance to its target, per class."""
    if component.keeps_anchor:
        return component
    maps = [
        gaussian_map(law_covariance(component, c), target_covariance(component, latents, c))
        for c in range(len(latents.means))
    ]
    return replace(component, corrections=np.array(maps))


def _second_moment(rows: FloatArray) -> FloatArray:
    return rows.T @ rows / max(len(rows), 1)
