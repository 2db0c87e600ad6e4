"""The whole network; ``forward`` follows the path of a row."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from math import prod
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from skexpand.base.types import FloatArray
from skexpand.codec.image import ImageShape
from skexpand.network.autoencoder import GatedMap, MakeBranch, principal_axes, vector_branch
from skexpand.network.convolution import ConvolutionalDecoder, ConvolutionalEncoder


class Output(NamedTuple):
    """The result of one pass: latents, reconstruction and class logits."""

    latents: Tensor  # (batch, latent_dim)
    reconstruction: Tensor  # (batch, n_columns)
    logits: Tensor  # (batch, n_classes)


class ExpansionNetwork(nn.Module):
    """Autoencoder with attention and a classification head.

    Parameters
    ----------
    axes : ndarray of shape (latent_dim, n_columns)
        Orthonormal rows on which the linear path starts (see :func:`principal_axes`).
    n_classes : int
        Width of the classification head.
    n_heads : int
        Attention heads of each branch.
    shape : tuple or None, default=None
        Channels, height and width, if rows are flattened images; their branches are convolutional.
    """

    def __init__(
        self, axes: NDArray[np.float64], n_classes: int, n_heads: int, shape: ImageShape | None = None
    ) -> None:
        super().__init__()
        self.n_heads, self.shape = n_heads, shape
        weight = torch.as_tensor(np.ascontiguousarray(axes), dtype=torch.float32)
        encoder, decoder = make_branches(n_heads, shape)
        self.encoder = GatedMap(weight, encoder)
        self.decoder = GatedMap(weight.T, decoder)
        self.classifier = nn.Linear(len(axes), n_classes, dtype=torch.float32)

    @classmethod
    def of_weights(
        cls, weights: Mapping[str, NDArray[np.float32]], n_heads: int, shape: ImageShape | None = None
    ) -> ExpansionNetwork:
        """Build a network from the weights of another; torch's global generator stays untouched.

        Raises
        ------
        ValueError
            If the weights are not those of such a network.
        """
        try:
            axes, n_classes = weights["encoder.linear.weight"].astype(np.float64), len(weights["classifier.bias"])
            if shape is not None and prod(shape) != axes.shape[1]:
                raise RuntimeError(f"they take rows of {axes.shape[1]} columns")
            with torch.random.fork_rng(devices=[]):
                network = cls(axes, n_classes, n_heads, shape)
            network.load_state_dict({name: torch.tensor(weight) for name, weight in weights.items()})
        except (KeyError, RuntimeError) as error:
            raise ValueError(
                f"the weights are not those of a network with n_heads={n_heads}, shape={shape}: {error}"
            ) from error
        return network

    def with_classes(self, n_classes: int) -> ExpansionNetwork:
        """Return a copy with a new classification head."""
        network = copy.deepcopy(self)
        network.classifier = nn.Linear(self.classifier.in_features, n_classes, dtype=torch.float32)
        return network

    def forward(self, x: Tensor) -> Output:
        latents = self.encoder(x)
        return Output(latents, self.decoder(latents), self.classifier(latents))

    @property
    def is_linear(self) -> bool:
        """Whether the decoder is an affine map, its branch being closed."""
        return self.decoder.is_linear

    @torch.no_grad()
    def encode(self, X: NDArray[np.floating]) -> NDArray[np.float32]:
        """Map rows of shape (n, n_columns) to latents of shape (n, latent_dim)."""
        return self._map(self.encoder, X)

    @torch.no_grad()
    def decode(self, latents: NDArray[np.floating]) -> NDArray[np.float32]:
        """Map latents of shape (n, latent_dim) to rows of shape (n, n_columns)."""
        return self._map(self.decoder, latents)

    def _map(self, part: nn.Module, values: NDArray[np.floating]) -> NDArray[np.float32]:
        if self.training:  # to set the mode anew takes longer than the pass of a few rows
            self.eval()
        device = self.classifier.weight.device
        tensor = torch.as_tensor(np.ascontiguousarray(values, dtype=np.float32), device=device)
        return part(tensor).cpu().numpy()


Build = Callable[[FloatArray], ExpansionNetwork]  # from the rows that the network of epoch 0 may be made from


def make_branches(n_heads: int, shape: ImageShape | None) -> tuple[MakeBranch, MakeBranch]:
    """Return what makes the branches of encoder and decoder."""
    if shape is None:
        return vector_branch(n_heads), vector_branch(n_heads)
    return (
        lambda _, latent_dim: ConvolutionalEncoder(shape, latent_dim, n_heads),
        lambda latent_dim, _: ConvolutionalDecoder(latent_dim, shape, n_heads),
    )


__all__ = ["ExpansionNetwork", "Output", "principal_axes"]
