r"""Optimal transport: what keeps new rows distributed like the real ones (on POT, Flamary et al. 2021).

Three tools. While the network trains, the *sliced Wasserstein distance* :math:`\int W_2(\theta^\top X, \theta^\top Y)\,d\theta` between
decoded expansions and real rows is a loss. After the law has spoken, the *Gaussian map* (Bures)

.. math:: T = A^{-1/2} (A^{1/2} B A^{1/2})^{1/2} A^{-1/2}

takes what the law makes, covariance A, to what it aims at, covariance B, with the least movement. And where asked, a monotone map
per column, optimal in one dimension, matches the marginals of each class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

FloatArray = NDArray[np.float64]

_JITTER = 1e-9  # of the mean variance: keeps the square roots of singular covariances real


def sliced_wasserstein(x: Tensor, y: Tensor, directions: Tensor) -> Tensor:
    """Return the squared sliced Wasserstein-2 distance along explicit unit ``directions`` (n_columns, n_projections)."""
    import ot  # imports torch, so only where torch is already in use

    distance = ot.sliced_wasserstein_distance(x, y, projections=directions, p=2)
    return distance**2


def gaussian_map(source: FloatArray, target: FloatArray) -> FloatArray:
    """Return the symmetric matrix T with ``T @ source @ T = target``, the optimal map between centred Gaussians.

    Directions in which ``source`` has no variance are left alone.
    """
    import ot

    scale = np.trace(source) / len(source)
    if scale <= 0:
        return np.eye(len(source))
    jitter = _JITTER * scale * np.eye(len(source))
    zero = np.zeros(len(source))
    mapping, _ = ot.gaussian.bures_wasserstein_mapping(zero, zero, source + jitter, target + jitter)
    return np.asarray((mapping + mapping.T) / 2)


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

    def __call__(self, rows: FloatArray) -> FloatArray:
        """Map rows; values outside the fitted range go to its ends."""
        columns = zip(rows.T, self.source.T, self.target.T, strict=True)
        return np.column_stack([np.interp(column, source, target) for column, source, target in columns])
