r"""The components of the law, fitted: anchors moved by the operator, and residuals to recombine.

A *component* fixes the free choices of the law (see :class:`Setting`): which edges, which operator K, whose
residuals, shrunk or not. Fitting one gives what the formula in ``law.py`` needs: :math:`K (y_a - m_c)` for
every row,
:math:`r_e` for every edge, and :math:`\delta`, :math:`\sigma` for every class.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sklearn.covariance import ledoit_wolf_shrinkage

from skexpand.base.random import draw_evenly
from skexpand.base.types import FloatArray, IntArray
from skexpand.dynamics.graph import Edges, rows_by_class
from skexpand.dynamics.koopman import Koopman
from skexpand.dynamics.latents import Latents
from skexpand.dynamics.operators import OPERATORS

Kin = list[IntArray] | None  # per class: itself and others whose edges it counts as its own; None: itself alone

KAPPA = 5.0  # rows at which a class draws half of its edges from its own


@dataclass(frozen=True)
class Setting:
    """The free choices of one component.

    Attributes
    ----------
    operator : str
        A name in ``OPERATORS``: "identity" keeps the anchor, "koopman" moves it by the learned operator, "zero" forgets
        it.
    local_share : float
        Share of local edges; the rest are expander edges.
    own_share : float or None
        Share of edges from the class itself; None for n_c / (n_c + 5), which grows with the class.
    shrink : bool
        Whether Ledoit-Wolf shrinkage replaces part of the residuals by isotropic noise.
    """

    operator: str
    local_share: float
    own_share: float | None
    shrink: bool


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
    kin : list of ndarray or None
        Per class, the classes whose edges count as its own.
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
    kin: Kin = None

    @cached_property
    def rows(self) -> list[IntArray]:
        """The rows of each class."""
        return rows_by_class(self.labels)

    @cached_property
    def own_edges(self) -> list[IntArray]:
        """The edges of each class, by their index, and those of its kin."""
        edges = rows_by_class(self.edge_labels, len(self.means))
        return edges if self.kin is None else [np.concatenate([edges[one] for one in kin.tolist()]) for kin in self.kin]

    @property
    def keeps_anchor(self) -> bool:
        """Whether K = I: new rows are the anchors plus steps."""
        return OPERATORS[self.setting.operator].keeps_anchor


def fit_component(
    latents: Latents, local: Edges, expander: Edges, setting: Setting, rng: np.random.Generator, kin: Kin = None
) -> Component:
    """Fit one component of the law to latent rows and their edges."""
    edges = _mixed_edges(local, expander, setting.local_share, rng)
    operator = OPERATORS[setting.operator]
    koopman = operator.fit(latents, edges)
    n_classes, dim = latents.means.shape
    own_share = _own_share(latents.counts, setting.own_share, kin)
    shrinkage, noise = np.zeros(n_classes), np.zeros((dim, dim))
    if setting.shrink:
        pooled = latents.pooled
        class_shrinkage = _class_shrinkage(latents, pooled.shrinkage)
        shrinkage = own_share * class_shrinkage + (1 - own_share) * pooled.shrinkage
        noise = np.sqrt(pooled.variance) * innovation_factor(koopman)
    return Component(
        setting=setting,
        koopman=koopman,
        means=latents.means,
        labels=latents.labels,
        anchors=koopman.advance(latents.rows - latents.means[latents.labels]),
        residuals=operator.residuals(latents, edges, koopman),
        edges=edges,
        edge_labels=latents.labels[edges.sources],
        own_share=own_share,
        shrinkage=shrinkage,
        noise=noise,
        kin=kin,
    )


def _mixed_edges(local: Edges, expander: Edges, local_share: float, rng: np.random.Generator) -> Edges:
    """Take ``local_share`` of as many edges as there are local ones from these, the rest from the expander."""
    if local_share == 1 or not len(expander):
        return local
    n_local = round(local_share * len(local))
    n_expander = len(local) - n_local
    kept = local.subset(np.sort(rng.permutation(len(local))[:n_local]))
    return kept + expander.subset(draw_evenly(n_expander, len(expander), rng))


def _class_shrinkage(latents: Latents, pooled: float) -> FloatArray:
    """Return each class's own Ledoit-Wolf shrinkage; a class with one row takes the pooled one."""
    return np.array(
        [
            ledoit_wolf_shrinkage(latents.deviations[rows], assume_centered=True) if len(rows) > 1 else pooled
            for rows in rows_by_class(latents.labels)
        ]
    )


def _own_share(counts: IntArray, own_share: float | None, kin: Kin = None) -> FloatArray:
    has_edges = counts > 1
    if kin is not None:
        has_edges = np.array([has_edges[one].any() for one in kin])
        counts = np.array([counts[one].sum() for one in kin])
    share = counts / (counts + KAPPA) if own_share is None else np.full(len(counts), own_share)
    return np.where(has_edges, share, 0.0)  # a class with one row has no edge of its own


def innovation_factor(koopman: Koopman) -> FloatArray:
    r"""Return :math:`F = (I - K^2)^{1/2}`: along each mode, what the step loses of noise of variance 1.

    With modes M and eigenvalues :math:`\rho`, it is :math:`M\, (I - \rho^2)^{1/2} M^{-1}`. If the covariance that K is
    self-adjoint under is white, modes are orthogonal and :math:`F F^\top = I - K K^\top`; else they are not the same,
    and the right side may be indefinite.
    """
    keep = np.sqrt(1 - koopman.eigenvalues**2)
    return (koopman.modes * keep) @ koopman.readout
