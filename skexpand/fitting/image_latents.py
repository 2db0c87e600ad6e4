"""Fit the law of tables in the latent space of a convolutional autoencoder (transition="latent")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import IntArray
from skexpand.codec import Column
from skexpand.expansion.latent import LatentImageExpansion
from skexpand.fitting.start import image_start, pixel_codec
from skexpand.fitting.tables import fit_latent_law
from skexpand.request.plan import Plan

if TYPE_CHECKING:
    from skexpand.expansion.core import Core


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
