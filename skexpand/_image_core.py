"""The autoencoder of images: the same network and training as for tables, with convolutional branches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from skexpand._plan import Plan
from skexpand.codec.centred import CentredImages
from skexpand.dynamics.graph import Edges

if TYPE_CHECKING:
    from skexpand._training import History
    from skexpand.network.model import ExpansionNetwork

FloatArray = NDArray[np.float64]
SampleArray = NDArray[np.float32]
IntArray = NDArray[np.intp]

LATENT_DIMS = (16, 64)  # least and most that None takes: an eighth of the pixels in between


@dataclass(frozen=True)
class ImageCore:
    """A trained autoencoder between encoded images and latents.

    Attributes
    ----------
    codec
        Centred images, which the network takes.
    network, history
        The autoencoder, and the record of its training.
    """

    codec: CentredImages
    network: ExpansionNetwork
    history: History

    @property
    def latent_dim(self) -> int:
        """Size of the latent space."""
        return self.network.classifier.in_features

    def encode(self, encoded: NDArray[np.floating]) -> SampleArray:
        """Map encoded images (n, n_columns) to latents (n, latent_dim)."""
        return self.network.encode(self.codec.centred(encoded))

    def decode(self, latents: NDArray[np.floating]) -> SampleArray:
        """Map latents to encoded images."""
        return self.codec.encoded(self.network.decode(latents))

    def changed(self, encoded: SampleArray, steps: SampleArray) -> SampleArray:
        """Return encoded images, each changed by what a step of its latents changes in its reconstruction.

        What the autoencoder does not see, an image keeps: decode(encode(x) + step) - decode(encode(x)) + x.
        """
        latents = self.encode(encoded)
        return encoded + self.decode(latents + steps) - self.decode(latents)


def train_core(
    codec: CentredImages, centred: FloatArray, labels: IntArray, edges: Edges, plan: Plan, rng: np.random.Generator
) -> ImageCore:
    """Train on centred images of shape (n, n_columns) with class codes, and the edges between them."""
    from skexpand._training import linear_start, train  # imports torch

    latent_dim = image_latent_dim(centred.shape[1], plan.latent_dim)
    start = linear_start(latent_dim, int(labels.max()) + 1, plan.n_heads, codec.images.layout.shape)
    return ImageCore(codec, *train(centred, labels, edges, start, plan, rng))


def image_latent_dim(n_columns: int, latent_dim: int | None) -> int:
    """Return the size of the latent space; None takes an eighth of the pixels, but 16 to 64."""
    if latent_dim is None:
        return min(n_columns, int(np.clip(n_columns // 8, *LATENT_DIMS)))
    if latent_dim > n_columns:
        raise ValueError(
            f"latent_dim={latent_dim} exceeds the number of pixels (channels counted), {n_columns}; use at most that, "
            "or None for an eighth of it, but 16 to 64."
        )
    return latent_dim
