r"""The components of the law, fitted: anchors moved by the operator, and residuals to recombine.

A *component* fixes the free choices of the law (see :class:`Setting`): which edges, which operator K, whose
residuals, shrunk or not. Fitting one gives what the formula in ``law.py`` needs: :math:`K (y_a - m_c)` for
every row,
:math:`r_e` for every edge, and :math:`\delta`, :math:`\sigma` for every class.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array
from sklearn.covariance import ledoit_wolf

from skexpand.base.random import draw_evenly
from skexpand.base.types import FloatArray, IntArray
from skexpand.dynamics.graph import Edges, rows_by_class
from skexpand.dynamics.koopman import Koopman, constant_operator, edmd

KAPPA = 5.0  # rows at which a class trusts its own edges as much as everybody's
_MAX_GAIN = 3.0  # residuals are never stretched by more than this to reach the stationary variance
_FLOOR = 100 * np.finfo(float).eps  # least variance of any direction, of all variance: keeps covariances definite
_LOCAL_STEP = np.sqrt(0.5)  # a difference of two rows has twice the variance of one


@dataclass(frozen=True)
class Setting:
    """The free choices of one component.

    Attributes
    ----------
    operator : {"identity", "koopman", "zero"}
        K: keep the anchor, move it by the learned operator, or forget it.
    local_share : float
        Share of local edges; the rest are expander edges.
    own_share : float or None
        Share of edges from the class itself; None for n_c / (n_c + 5), which grows with the class.
    shrink : bool
        Whether Ledoit-Wolf shrinkage replaces part of the residuals by isotropic noise.
    convex : bool
        Convex instead of unit-norm weights (for the ablation only).
    """

    operator: str
    local_share: float
    own_share: float | None
    shrink: bool
    convex: bool = False


COMPONENTS = {
    "local": Setting("identity", local_share=1.0, own_share=0.5, shrink=False),
    "global": Setting("zero", local_share=0.0, own_share=0.5, shrink=False),
    "shrunk": Setting("koopman", local_share=0.5, own_share=None, shrink=True),
}


def stated_mixture(law: str | Mapping[str, float]) -> dict[str, float]:
    """Return the weight of each component for a named law or a dict of weights."""
    weights = {law: 1.0} if isinstance(law, str) else law
    return {name: float(weights.get(name, 0.0)) for name in COMPONENTS}


@dataclass(frozen=True)
class Latents:
    """Latent rows with what every component needs of them."""

    rows: FloatArray  # (n, latent_dim)
    labels: IntArray  # (n,) class codes
    means: FloatArray  # (n_classes, latent_dim)
    deviations: FloatArray  # (n, latent_dim), times sqrt(n_c / (n_c - 1))

    @classmethod
    def of(cls, rows: FloatArray, labels: IntArray) -> Latents:
        """Compute class means and unbiased deviations."""
        counts = np.bincount(labels)
        sums = csr_array((np.ones(len(rows)), (labels, np.arange(len(rows))))) @ rows
        means = sums / counts[:, None]
        unbias = np.sqrt(counts / np.maximum(counts - 1, 1))
        return cls(rows, labels, means, (rows - means[labels]) * unbias[labels, None])

    @property
    def counts(self) -> IntArray:
        """Rows per class."""
        return np.bincount(self.labels)

    @property
    def spread(self) -> FloatArray:
        """The deviations that carry information: those of classes with at least two rows."""
        return self.deviations[self.counts[self.labels] > 1]

    @property
    def even_spread(self) -> FloatArray:
        """These deviations, scaled so that all classes weigh the same in a covariance."""
        labels = self.labels[self.counts[self.labels] > 1]
        n_classes = np.count_nonzero(self.counts > 1)
        return self.spread * np.sqrt(len(labels) / (n_classes * self.counts[labels]))[:, None]


class PooledCovariance(NamedTuple):
    """Ledoit-Wolf covariance of all classes together."""

    covariance: FloatArray  # (latent_dim, latent_dim)
    shrinkage: float  # delta, in [0, 1]
    variance: float  # sigma squared, the mean variance


@dataclass(frozen=True)
class Component:
    r"""One setting of the law, fitted and ready to sample.

    Attributes
    ----------
    means : ndarray of shape (n_classes, latent_dim)
        Class means :math:`m_c`.
    anchors : ndarray of shape (n_rows, latent_dim)
        :math:`K (y_a - m_c)` for each row.
    residuals : ndarray of shape (n_edges, latent_dim)
        :math:`r_e` for each edge.
    edges, edge_labels
        The edges and the class of each.
    own_share, shrinkage : ndarray of shape (n_classes,)
        Share of edges from the class itself; :math:`\delta`.
    noise : ndarray of shape (latent_dim, latent_dim)
        Factor F of the noise, which is ``F @ epsilon``.
    corrections : ndarray of shape (n_classes, latent_dim, latent_dim) or None
        The Gaussian map of each class, applied to the deviation from its mean.
    """

    setting: Setting
    koopman: Koopman
    means: FloatArray
    labels: IntArray
    anchors: FloatArray
    residuals: FloatArray
    edges: Edges
    edge_labels: IntArray
    own_share: FloatArray
    shrinkage: FloatArray
    noise: FloatArray
    corrections: FloatArray | None = None


def fit_component(
    latents: Latents, local: Edges, expander: Edges, setting: Setting, rng: np.random.Generator
) -> Component:
    """Fit one component of the law to latent rows and their edges."""
    edges = _mixed_edges(local, expander, setting.local_share, rng)
    pooled = pooled_covariance(latents.spread)
    koopman = _operator(latents, edges, pooled.covariance, setting.operator)
    n_classes = len(latents.means)
    own_share = _own_share(latents.counts, setting.own_share)
    shrinkage, noise = np.zeros(n_classes), np.zeros_like(pooled.covariance)
    if setting.shrink:
        class_shrinkage = _class_shrinkage(latents, pooled.shrinkage)
        shrinkage = own_share * class_shrinkage + (1 - own_share) * pooled.shrinkage
        noise = np.sqrt(pooled.variance) * innovation_factor(koopman)
    return Component(
        setting=setting,
        koopman=koopman,
        means=latents.means,
        labels=latents.labels,
        anchors=koopman.advance(latents.rows - latents.means[latents.labels]),
        residuals=_residuals(latents, edges, koopman, setting.operator),
        edges=edges,
        edge_labels=latents.labels[edges.sources],
        own_share=own_share,
        shrinkage=shrinkage,
        noise=noise,
    )


def _mixed_edges(local: Edges, expander: Edges, local_share: float, rng: np.random.Generator) -> Edges:
    """Take ``local_share`` of as many edges as there are local ones from these, the rest from the expander."""
    if local_share == 1 or not len(expander):
        return local
    n_local = round(local_share * len(local))
    n_expander = len(local) - n_local
    kept = local.subset(np.sort(rng.permutation(len(local))[:n_local]))
    return kept + expander.subset(draw_evenly(n_expander, len(expander), rng))


def pooled_covariance(deviations: FloatArray) -> PooledCovariance:
    """Return the Ledoit-Wolf covariance of deviations from class means, positive definite in any case."""
    dim = deviations.shape[1]
    variance = float(np.mean(deviations**2)) if deviations.size else 0.0
    if variance == 0:
        return PooledCovariance(np.eye(dim) * np.finfo(float).eps, 1.0, 0.0)
    covariance, shrinkage = ledoit_wolf(deviations, assume_centered=True)
    floor = _FLOOR * np.trace(covariance)  # where columns repeat each other
    return PooledCovariance(covariance + floor * np.eye(dim), float(shrinkage), variance)


def _class_shrinkage(latents: Latents, pooled: float) -> FloatArray:
    """Return each class's own Ledoit-Wolf shrinkage; a class of one row takes the pooled one."""
    return np.array(
        [
            ledoit_wolf(latents.deviations[rows], assume_centered=True)[1] if len(rows) > 1 else pooled
            for rows in rows_by_class(latents.labels)
        ]
    )


def _own_share(counts: IntArray, own_share: float | None) -> FloatArray:
    share = counts / (counts + KAPPA) if own_share is None else np.full(len(counts), own_share)
    return np.where(counts > 1, share, 0.0)  # a class of one row has no edge of its own


def _operator(latents: Latents, edges: Edges, covariance: FloatArray, name: str) -> Koopman:
    if name == "koopman":
        return edmd(latents.deviations[edges.sources], latents.deviations[edges.targets], covariance)
    return constant_operator({"identity": 1.0, "zero": 0.0}[name], covariance.shape[0])


def _residuals(latents: Latents, edges: Edges, koopman: Koopman, name: str) -> FloatArray:
    """Return :math:`r_e` per edge, scaled per mode to the variance that the step loses."""
    if name == "identity":
        return (latents.rows[edges.targets] - latents.rows[edges.sources]) * _LOCAL_STEP
    before, after = latents.deviations[edges.sources], latents.deviations[edges.targets]
    residuals = after - koopman.advance(before)
    if name == "zero" or not len(edges):
        return residuals
    coordinates = residuals @ koopman.readout.T  # along each mode the stationary variance is 1
    present = np.mean(coordinates**2, axis=0)
    gain = np.sqrt((1 - koopman.eigenvalues**2) / np.maximum(present, np.finfo(float).eps))
    return (coordinates * np.minimum(gain, _MAX_GAIN)) @ koopman.modes.T


def innovation_factor(koopman: Koopman) -> FloatArray:
    r"""Return F with :math:`F F^\top = I - K K^\top` along the modes: isotropic noise, less what the step keeps."""
    keep = np.sqrt(1 - koopman.eigenvalues**2)
    return (koopman.modes * keep) @ koopman.readout
