"""The autoencoder of images: the same network and training as for tables, with convolutional branches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from skexpand.codec import Column
from skexpand.codec.centred import CentredImages
from skexpand.codec.image import ImageCodec
from skexpand.dynamics.graph import Edges
from skexpand.expansion.fitting import Start, start_at_core, start_at_pca
from skexpand.expansion.latent_dim import image_latent_dim
from skexpand.request.plan import Plan

if TYPE_CHECKING:
    from skexpand.network.model import ExpansionNetwork
    from skexpand.training.loop import History
    from skexpand.training.pretraining import Core

SampleArray = NDArray[np.float32]
IntArray = NDArray[np.intp]

_LEAST_RANGE = 0.1  # of that in pretrain; what is shorter was scaled otherwise, as [0, 1] is to [0, 255]


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


def pixel_codec(X: NDArray[Any], columns: list[Column], plan: Plan, core: Core | None) -> ImageCodec:
    """Return the codec of flattened images: that of a pretrained core, if there is one, for images of its range."""
    if core is None:
        return ImageCodec.fit(X, columns, plan.image_shape)
    assert isinstance(core.codec, CentredImages)
    pixels = core.codec.images
    low, high = float(X.min()), float(X.max())
    if low < pixels.low or high > pixels.high or high - low < _LEAST_RANGE * (pixels.high - pixels.low):
        raise ValueError(
            f"X has pixels from {low:g} to {high:g}, but those of pretrain went from {pixels.low:g} to "
            f"{pixels.high:g}; scale both alike, or pretrain a new synthesizer with images of the whole range."
        )
    return pixels


def image_start(pixels: ImageCodec, encoded: SampleArray, labels: IntArray, plan: Plan, core: Core | None) -> Start:
    """Start at PCA of encoded images of shape (n, n_columns) with class codes, or at a pretrained core."""
    if core is not None:
        assert isinstance(core.codec, CentredImages)
        return start_at_core(core, core.codec, core.codec.centred(encoded), labels)
    codec = CentredImages.fit(pixels, encoded)
    latent_dim = image_latent_dim(encoded.shape[1], plan.latent_dim)
    return start_at_pca(codec, codec.centred(encoded), labels, latent_dim, plan, pixels.layout.shape)


def train_core(start: Start, labels: IntArray, edges: Edges, plan: Plan, rng: np.random.Generator) -> ImageCore:
    """Train from a start, with the edges between its rows."""
    from skexpand.training.loop import train  # imports torch

    assert isinstance(start.codec, CentredImages)
    return ImageCore(start.codec, *train(start.encoded, labels, edges, start.build, plan, rng))
