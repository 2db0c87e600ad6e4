r"""Encoder and decoder: a linear path that starts as PCA, plus a branch gated at zero.

.. math:: \mathrm{enc}(x) = W x + g\,\mathrm{attend}(x), \qquad \mathrm{dec}(y) = W' y + g'\,\mathrm{attend}'(y)

At epoch 0 both gates are 0, :math:`W` holds the principal axes and :math:`W' = W^\top`: the best linear
autoencoder, exact when ``latent_dim`` equals the number of columns. Training can only add to it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from skexpand.network.attention import TokenAttention, zero_gate

MakeBranch = Callable[[int, int], nn.Module]  # from the number of features that come in, and that go out


class GatedMap(nn.Module):
    """A linear map plus a nonlinear branch that starts switched off."""

    def __init__(self, weight: Tensor, make_branch: MakeBranch) -> None:
        super().__init__()
        out_features, in_features = weight.shape
        self.linear = nn.Linear(in_features, out_features, dtype=torch.float32)
        with torch.no_grad():
            self.linear.weight.copy_(weight)
            self.linear.bias.zero_()
        self.gate = zero_gate()
        self.branch = make_branch(in_features, out_features)

    def forward(self, x: Tensor) -> Tensor:
        if not self.training and self.is_linear:  # the branch would only be multiplied by zero
            return self.linear(x)
        return self.linear(x) + self.gate * self.branch(x)

    @property
    def is_linear(self) -> bool:
        """Whether the gate is closed."""
        return self.gate.item() == 0


def vector_branch(n_heads: int) -> MakeBranch:
    """Return what makes the branch for rows of a table."""
    return partial(TokenAttention, n_heads=n_heads)


def principal_axes(X: NDArray[np.float64], latent_dim: int) -> NDArray[np.float64]:
    """Return the leading principal axes of centred rows, shape (latent_dim, n_columns).

    Where there are fewer rows than dimensions, orthonormal directions without variance complete the basis.
    """
    _, _, vectors = np.linalg.svd(X, full_matrices=False)
    missing = latent_dim - len(vectors)
    if missing <= 0:
        return vectors[:latent_dim]
    others = np.random.default_rng(0).standard_normal((X.shape[1], missing))
    basis, _ = np.linalg.qr(np.concatenate([vectors.T, others], axis=1))
    return np.concatenate([vectors, basis[:, len(vectors) :].T])
