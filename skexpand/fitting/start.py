"""Where training starts: at PCA of the encoded rows, or at a pretrained core; for tables and for images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NamedTuple

import numpy as np

from skexpand.base.types import FloatArray, IntArray, RowArray
from skexpand.codec import TableCodec
from skexpand.codec.centred import CentredImages
from skexpand.codec.image import ImageCodec, ImageShape
from skexpand.dynamics.graph import Edges
from skexpand.expansion.appearance import ImageCore
from skexpand.expansion.core import C, Core
from skexpand.fitting.latent_dim import image_latent_dim, resolve_latent_dim
from skexpand.fitting.rows import Rows
from skexpand.network.autoencoder import principal_axes
from skexpand.network.model import Build, ExpansionNetwork
from skexpand.request.plan import Plan
from skexpand.training.loop import train

_EXACT = 1e-6  # share of the squared length of rows that may be lost
_LEAST_RANGE = 0.1  # of the range in pretrain; a shorter range was scaled differently, as [0, 1] and [0, 255]


class Start(NamedTuple, Generic[C]):
    """Where training starts: rows encoded, what builds the network, and the latents it would give."""

    codec: C
    encoded: FloatArray  # (n, width)
    latents: FloatArray  # (n, latent_dim)
    build: Build
    exact: bool = False  # whether the network of epoch 0 gives every row back


def table_start(rows: Rows, plan: Plan, core: Core[TableCodec] | None) -> Start[TableCodec]:
    """Start at PCA of rows, or at a pretrained core."""
    if core is not None:
        codec = core.codec_of(rows.X, rows.columns, plan)
        return start_at_core(core, codec, codec.encode(rows.X), rows.labels)
    codec = TableCodec.fit(rows.X, rows.columns, model_gaps=plan.missing == "model")
    encoded = codec.encode(rows.X)
    return start_at_pca(codec, encoded, rows.labels, resolve_latent_dim(encoded, plan.latent_dim), plan)


def image_start(
    pixels: ImageCodec, encoded: RowArray, labels: IntArray, plan: Plan, core: Core[CentredImages] | None
) -> Start[CentredImages]:
    """Start at PCA of encoded images of shape (n, n_columns) with class codes, or at a pretrained core."""
    if core is not None:
        return start_at_core(core, core.codec, core.codec.centred(encoded), labels)
    codec = CentredImages.fit(pixels, encoded)
    latent_dim = image_latent_dim(encoded.shape[1], plan.latent_dim)
    return start_at_pca(codec, codec.centred(encoded), labels, latent_dim, plan, pixels.layout.shape)


def start_at_pca(
    codec: C, encoded: FloatArray, labels: IntArray, latent_dim: int, plan: Plan, shape: ImageShape | None = None
) -> Start[C]:
    """Start at PCA of encoded rows; ``shape`` says that they are images."""
    axes = principal_axes(encoded, latent_dim)
    latents = encoded @ axes.T
    linear = linear_start(latent_dim, int(labels.max()) + 1, plan.n_heads, shape)

    def build(X: FloatArray) -> ExpansionNetwork:
        return linear(X, axes) if X is encoded else linear(X)

    lost = np.sum(encoded**2) - np.sum(latents**2)
    return Start(codec, encoded, latents, build, exact=bool(lost <= _EXACT * np.sum(encoded**2)))


def start_at_core(core: Core[C], codec: C, encoded: FloatArray, labels: IntArray) -> Start[C]:
    """Start at a pretrained core, with rows that its codec has encoded."""
    latents = core.network.encode(encoded).astype(np.float64)
    return Start(codec, encoded, latents, core.start(int(labels.max()) + 1))


def linear_start(
    latent_dim: int, n_classes: int, n_heads: int, shape: ImageShape | None = None
) -> Callable[..., ExpansionNetwork]:
    """Return what builds a network that is PCA of the rows it is given; ``shape`` says that they are images.

    Their principal axes can be given as well, where they are known.
    """

    def build(X: FloatArray, axes: FloatArray | None = None) -> ExpansionNetwork:
        axes = principal_axes(X, latent_dim) if axes is None else axes
        return ExpansionNetwork(axes, n_classes, n_heads, shape)

    return build


def pixel_codec(rows: Rows, plan: Plan, core: Core[CentredImages] | None) -> ImageCodec:
    """Return the codec of flattened images, or that of a pretrained core, which requires images of its range."""
    if core is None:
        return ImageCodec.fit(rows.X, rows.columns, plan.image_shape)
    pixels = core.codec.images
    low, high = float(rows.X.min()), float(rows.X.max())
    if low < pixels.low or high > pixels.high or high - low < _LEAST_RANGE * (pixels.high - pixels.low):
        raise ValueError(
            f"X has pixels from {low:g} to {high:g}, but those of pretrain went from {pixels.low:g} to "
            f"{pixels.high:g}; scale both alike, or pretrain a new synthesizer with images of the whole range."
        )
    return pixels


def train_core(
    start: Start[CentredImages], labels: IntArray, edges: Edges, plan: Plan, rng: np.random.Generator
) -> ImageCore:
    """Train the autoencoder of images from a start, with the edges between its rows."""
    return ImageCore(start.codec, *train(start.encoded, labels, edges, start.build, plan, rng))
