r"""The Koopman operator of the edges, by extended dynamic mode decomposition (EDMD).

An edge :math:`i \to j` is one step of a random walk on the rows of a class. With :math:`a_e, b_e` the deviations of its
two ends from the class mean, EDMD (Williams, Kevrekidis and Rowley 2015) fits one linear step for all classes,

.. math:: K = C\,\Sigma^{-1}, \qquad C = \tfrac{1}{2|E|}\sum_e (b_e a_e^\top + a_e b_e^\top),

where the Ledoit-Wolf covariance :math:`\Sigma` in place of the raw second moment is the ridge. Every edge may be
walked both ways, so the walk is reversible and :math:`K` is self-adjoint under :math:`\Sigma^{-1}`: its
eigenvalues are real, and its modes come from one symmetric generalized problem :math:`C u = \rho\,\Sigma u`. An
eigenvalue near 1 marks a direction that persists along edges (the manifold), one near 0 a direction that is
forgotten (noise).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh

from skexpand.base.types import FloatArray

MAX_EIGENVALUE = 0.98  # spectral radius below 1: the walk forgets, so its stationary spread is finite


@dataclass(frozen=True)
class Koopman:
    """A linear operator kept as ``modes @ diag(eigenvalues) @ readout``.

    ``modes`` and ``readout`` are inverse to each other and of shape (latent_dim, latent_dim); rows of data are
    multiplied from the right by the transposed operator.
    """

    modes: FloatArray
    readout: FloatArray
    eigenvalues: FloatArray

    @property
    def operator(self) -> FloatArray:
        """The matrix K."""
        return (self.modes * self.eigenvalues) @ self.readout

    def advance(self, deviations: FloatArray) -> FloatArray:
        """Move rows of deviations one step: each row x becomes K x."""
        if not self.eigenvalues.any():
            return np.zeros_like(deviations)
        if np.all(self.eigenvalues == 1):
            return deviations
        return ((deviations @ self.readout.T) * self.eigenvalues) @ self.modes.T


def edmd(before: FloatArray, after: FloatArray, covariance: FloatArray) -> Koopman:
    """Fit the operator to the two ends of all edges, with ``covariance`` (positive definite) as the stationary one."""
    cross = before.T @ after / max(len(before), 1)
    eigenvalues, vectors = eigh((cross + cross.T) / 2, covariance)
    # vectors.T @ covariance @ vectors = I, so the modes of K = C covariance^-1 are covariance @ vectors
    return Koopman(covariance @ vectors, vectors.T, np.clip(eigenvalues, 0.0, MAX_EIGENVALUE))


def constant_operator(value: float, dim: int) -> Koopman:
    """Return K = value * I: 1 keeps the anchor, 0 forgets it."""
    return Koopman(np.eye(dim), np.eye(dim), np.full(dim, value))
