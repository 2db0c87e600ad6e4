r"""Optimal transport: what keeps new rows distributed like the real ones (on POT, Flamary et al. 2021).

It is used in three places. While the network is trained, the *sliced Wasserstein distance* :math:`\int W_2(\theta^\top
X, \theta^\top Y)\,d\theta` between decoded expansions and real rows is a loss. After the law, the *Gaussian map*
(Bures)

.. math:: T = A^{-1/2} (A^{1/2} B A^{1/2})^{1/2} A^{-1/2}

maps the law's rows, with covariance A, to its target covariance B with the least movement. Optionally, a monotone map
per column, optimal in one dimension, matches the marginals of each class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import FloatArray

if TYPE_CHECKING:
    from torch import Tensor


_NO_VARIANCE = 1e-9  # of the largest variance: what counts as none


def sliced_wasserstein(x: Tensor, y: Tensor, directions: Tensor) -> Tensor:
    """Return the squared sliced Wasserstein-2 distance along unit ``directions`` (n_columns, n_projections)."""
    import ot  # imports torch, so only where torch is already in use

    # one squared distance per direction: the root that ot.sliced_wasserstein_distance takes has no gradient at zero
    return ot.wasserstein_1d(x @ directions, y @ directions, p=2).mean()


def random_directions(dim: int, n_directions: int, rng: np.random.Generator) -> FloatArray:
    """Draw unit directions, uniform on the sphere, of shape (dim, n_directions)."""
    directions = rng.standard_normal((dim, n_directions))
    return directions / np.linalg.norm(directions, axis=0)


def gaussian_map(source: FloatArray, target: FloatArray) -> FloatArray:
    """Return the symmetric matrix T with ``T @ source @ T = target``, the optimal map between centred Gaussians.

    POT's :func:`ot.gaussian.bures_wasserstein_mapping` for covariances that may be singular: directions in which
    ``source`` has no variance are left alone, and with them what ``target`` has there.
    """
    values, axes = np.linalg.eigh(source)
    kept = values > _NO_VARIANCE * max(values[-1], np.finfo(float).tiny)
    axes, roots = axes[:, kept], np.sqrt(values[kept])
    middle = roots[:, None] * (axes.T @ target @ axes) * roots
    inner_values, inner_axes = np.linalg.eigh((middle + middle.T) / 2)
    inner = (inner_axes * np.sqrt(np.maximum(inner_values, 0))) @ inner_axes.T
    mapping = axes @ (inner / roots[:, None] / roots) @ axes.T
    return mapping + np.eye(len(source)) - axes @ axes.T


@dataclass(frozen=True)
class MarginalMap:
    """A monotone map per column: quantiles of ``source`` go to quantiles of ``target`` (both (n_levels, n_columns))."""

    source: FloatArray
    target: FloatArray

    @classmethod
    def fit(cls, source: FloatArray, target: FloatArray, n_levels: int = 101) -> MarginalMap:
        """Fit the map that gives rows like ``source`` the column marginals of ``target``."""
        levels = np.linspace(0, 1, min(n_levels, max(len(target), 2)))
        return cls(np.quantile(source, levels, axis=0), np.quantile(target, levels, axis=0))

    def __call__(self, rows: NDArray[np.floating]) -> FloatArray:
        """Map rows; values outside the fitted range go to its ends."""
        columns = zip(rows.T, self.source.T, self.target.T, strict=True)
        return np.column_stack([np.interp(column, source, target) for column, source, target in columns])
