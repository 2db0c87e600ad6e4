"""Latent rows with what every component of the law needs of them: class means, deviations, pooled covariance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array
from sklearn.covariance import ledoit_wolf, ledoit_wolf_shrinkage

from skexpand.base.types import FloatArray, IntArray

_FLOOR = 100 * np.finfo(float).eps  # least variance of any direction, of all variance: keeps covariances definite


@dataclass(frozen=True)
class Latents:
    """Latent rows, and their deviations from the class means."""

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

    @cached_property
    def pooled(self) -> PooledCovariance:
        """The covariance within classes, of all of them together."""
        return pooled_covariance(self.known_deviations)

    @property
    def known_deviations(self) -> FloatArray:
        """The deviations that carry information: those of classes with at least two rows."""
        return self.deviations[self.counts[self.labels] > 1]

    @property
    def even_deviations(self) -> FloatArray:
        """The known deviations, scaled so that all classes weigh the same in a covariance."""
        labels = self.labels[self.counts[self.labels] > 1]
        n_classes = np.count_nonzero(self.counts > 1)
        return self.known_deviations * np.sqrt(len(labels) / (n_classes * self.counts[labels]))[:, None]


class PooledCovariance(NamedTuple):
    """Ledoit-Wolf covariance of all classes together."""

    covariance: FloatArray  # (latent_dim, latent_dim)
    shrinkage: float  # delta, in [0, 1]
    variance: float  # sigma squared, the mean variance


def pooled_covariance(deviations: FloatArray) -> PooledCovariance:
    """Return the Ledoit-Wolf covariance of deviations from class means, positive definite in any case."""
    dim, variance = deviations.shape[1], _variance(deviations)
    if variance == 0:
        return PooledCovariance(np.eye(dim) * np.finfo(float).eps, 1.0, 0.0)
    covariance, shrinkage = ledoit_wolf(deviations, assume_centered=True)
    floor = _FLOOR * np.trace(covariance)  # where columns repeat each other
    return PooledCovariance(covariance + floor * np.eye(dim), float(shrinkage), variance)


def pooled_shrinkage(deviations: FloatArray) -> float:
    """Return the shrinkage of the pooled covariance alone, without the covariance."""
    return float(ledoit_wolf_shrinkage(deviations, assume_centered=True)) if _variance(deviations) else 1.0


def _variance(deviations: FloatArray) -> float:
    return float(np.mean(deviations**2)) if deviations.size else 0.0
