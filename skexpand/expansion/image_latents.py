"""The law of tables in the latent space of a convolutional autoencoder (transition="latent")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from skexpand.codec import Column
from skexpand.codec.image import ImageCodec
from skexpand.expansion.fitting import fit_latent_law
from skexpand.expansion.image_core import image_start, pixel_codec
from skexpand.expansion.latent import Expansion
from skexpand.request.plan import Plan

if TYPE_CHECKING:
    from skexpand.training.pretraining import Core

SampleArray = NDArray[np.float32]
IntArray = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class LatentImageExpansion(Expansion):
    """An expansion whose rows are images.

    Attributes
    ----------
    pixels
        Flattened images to encoded ones and back.
    images
        The encoded training images (n, c, h, w).
    """

    pixels: ImageCodec
    images: SampleArray

    def attributes(self) -> dict[str, Any]:
        """Return what the fit has to show: public attributes by name."""
        return super().attributes() | {"transition_": "latent", "image_shape_": self.pixels.layout.image_shape}


def fit_image_latents(
    X: NDArray[Any],
    labels: IntArray,
    columns: list[Column],
    plan: Plan,
    rng: np.random.Generator,
    apart: bool,
    core: Core | None = None,
) -> LatentImageExpansion:
    """Fit network and law to flattened images X of shape (n, n_columns), with class codes."""
    pixels = pixel_codec(X, columns, plan, core)
    encoded = pixels.encode(X)
    expansion = fit_latent_law(image_start(pixels, encoded, labels, plan, core), labels, plan, rng, apart)
    return LatentImageExpansion(**vars(expansion), pixels=pixels, images=encoded.reshape(-1, *pixels.layout.shape))
