r"""The law of expansion: a new latent row from an anchor and a few recombined residuals.

.. math:: y' = m_c + K (y_a - m_c) + \sqrt{1-\delta} \sum_e w_e r_e + \sqrt{\delta}\,\sigma\,\varepsilon,
   \qquad \lVert w \rVert_2 = 1

:math:`r_e = (y_j - m) - K (y_i - m)` is what an edge :math:`i \to j` does beyond the Koopman step. The weights have unit norm and
free signs, so the residuals keep their variance, which a convex combination (SMOTE) would shrink. Some of a class's edges come from the
other classes (pooling): variation is transferred, only means are class-bound.

A *component* fixes the free choices (see :class:`Setting`); a law is a mixture of components.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.covariance import ledoit_wolf

from skexpand._random import spread_evenly
from skexpand.dynamics.expander import ExpanderMap, draw_expander_map
from skexpand.dynamics.graph import Edges, rows_by_class
from skexpand.dynamics.koopman import Koopman, constant_operator, edmd
from skexpand.transport import gaussian_map

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

KAPPA = 5.0  # rows at which a class trusts its own edges as much as everybody's
_MAX_GAIN = 3.0  # residuals are never stretched by more than this to reach the stationary variance
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


@dataclass(frozen=True)
class Component:
    """One setting of the law, fitted and ready to sample.

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
    covariance, pooled_shrinkage, noise_variance = _shrunk_covariance(latents.spread)
    koopman = _operator(latents, edges, covariance, setting.operator)
    n_classes = len(latents.means)
    own_share = _own_share(latents.counts, setting.own_share)
    shrinkage, noise = np.zeros(n_classes), np.zeros_like(covariance)
    if setting.shrink:
        class_shrinkage = _class_shrinkage(latents, pooled_shrinkage)
        shrinkage = own_share * class_shrinkage + (1 - own_share) * pooled_shrinkage
        noise = np.sqrt(noise_variance) * innovation_factor(koopman)
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
    return kept + expander.subset(spread_evenly(n_expander, len(expander), rng))


def _shrunk_covariance(deviations: FloatArray) -> tuple[FloatArray, float, float]:
    r"""Return the pooled Ledoit-Wolf covariance, its shrinkage :math:`\delta` and the mean variance :math:`\sigma^2`."""
    dim = deviations.shape[1]
    variance = float(np.mean(deviations**2)) if deviations.size else 0.0
    if variance == 0:
        return np.eye(dim) * np.finfo(float).eps, 1.0, 0.0
    covariance, shrinkage = ledoit_wolf(deviations, assume_centered=True)
    floor = np.finfo(float).eps * variance  # keeps it positive definite where columns repeat each other
    return covariance + floor * np.eye(dim), float(shrinkage), variance


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


@dataclass(frozen=True)
class Sample:
    """New latent rows of one class and where they come from."""

    latents: FloatArray  # (n_new, latent_dim)
    links: ExpanderMap


def sample_component(
    component: Component, label: int, n_new: int, degree: int, spread: float, rng: np.random.Generator
) -> Sample:
    """Make new latent rows of one class by the law's formula."""
    links = draw_expander_map(
        n_new,
        rows=np.flatnonzero(component.labels == label),
        own_edges=np.flatnonzero(component.edge_labels == label),
        n_edges=len(component.edges),
        own_share=component.own_share[label],
        degree=degree,
        rng=rng,
        convex=component.setting.convex,
    )
    shrinkage = component.shrinkage[label]
    moved = np.sqrt(1 - shrinkage) * links.recombine(component.residuals)
    if shrinkage > 0:
        epsilon = rng.standard_normal((n_new, component.noise.shape[0]))
        moved += np.sqrt(shrinkage) * (epsilon @ component.noise.T)
    deviations = component.anchors[links.anchors] + spread * moved
    if component.corrections is not None:
        deviations = deviations @ component.corrections[label]
    return Sample(component.means[label] + deviations, links)


def law_covariance(component: Component, label: int) -> FloatArray:
    r"""Return the covariance that the formula gives to new rows of a class (at spread 1, before any correction).

    Anchors and edges are drawn independently, and :math:`E[w w^\top] = I/d` on the unit sphere, so it is the covariance of the
    anchors plus :math:`1 - \delta` times the second moment of the residuals, plus :math:`\delta F F^\top`.
    """
    anchors = component.anchors[component.labels == label]
    own = component.residuals[component.edge_labels == label]
    share, shrinkage = component.own_share[label], component.shrinkage[label]
    moved = share * _second_moment(own) + (1 - share) * _second_moment(component.residuals)
    noise = component.noise @ component.noise.T
    return _second_moment(anchors) + (1 - shrinkage) * moved + shrinkage * noise


def target_covariance(component: Component, latents: Latents, label: int) -> FloatArray:
    r"""Return the covariance that new rows of a class should have.

    A component that keeps its anchors aims at the anchors' own spread plus the steps it adds, so its target is what it makes. The others
    aim at the shrunk mixture :math:`(1-\delta)(s S_c + (1-s) S) + \delta \sigma^2 I` of the class's and the pooled covariance.
    """
    if component.setting.operator == "identity":
        return law_covariance(component, label)
    share, shrinkage = component.own_share[label], component.shrinkage[label]
    own = _second_moment(latents.deviations[latents.labels == label])
    pooled = _second_moment(latents.spread)
    variance = np.trace(pooled) / len(pooled)
    mixed = share * own + (1 - share) * pooled
    return (1 - shrinkage) * mixed + shrinkage * variance * np.eye(len(pooled))


def with_gaussian_map(component: Component, latents: Latents) -> Component:
    """Return the component with the map from the law's covariance to its target, per class."""
    if component.setting.operator == "identity":
        return component
    maps = [
        gaussian_map(law_covariance(component, c), target_covariance(component, latents, c))
        for c in range(len(latents.means))
    ]
    return replace(component, corrections=np.array(maps))


def _second_moment(rows: FloatArray) -> FloatArray:
    return rows.T @ rows / max(len(rows), 1)
