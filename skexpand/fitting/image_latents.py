"""Fit the law of tables in the latent space of a convolutional autoencoder (transition="latent")."""

from __future__ import annotations

import numpy as np

from skexpand.codec.centred import CentredImages
from skexpand.expansion.core import Core
from skexpand.expansion.latent import LatentImageExpansion
from skexpand.fitting.rows import Fitted, Rows
from skexpand.fitting.start import image_start, pixel_codec
from skexpand.fitting.tables import fit_latent_law
from skexpand.request.plan import Plan


def fit_image_latents(
    rows: Rows, plan: Plan, rng: np.random.Generator, core: Core[CentredImages] | None = None
) -> Fitted:
    """Fit network and law to flattened images."""
    pixels = pixel_codec(rows, plan, core)
    encoded = pixels.encode(rows.X)
    start = image_start(pixels, encoded, rows.labels, plan, core)
    images = encoded.reshape(-1, *pixels.layout.shape)
    law = fit_latent_law(start, rows.labels, plan, rng)
    return Fitted(LatentImageExpansion(**vars(law), pixels=pixels, images=images), start.encoded)
