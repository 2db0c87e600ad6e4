"""Where training starts: at PCA of the encoded rows, or at a pretrained core; for tables and for images."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skexpand.codec import Column, TableCodec
from skexpand.codec.centred import CentredImages
from skexpand.codec.image import ImageShape
from skexpand.expansion.appearance import ImageCore
from skexpand.fitting.latent_dim import resolve_latent_dim
from skexpand.request.plan import Plan

if TYPE_CHECKING:
    from skexpand.expansion.core import Core
    from skexpand.network.model import Build
from typing import TYPE_CHECKING

from skexpand.base.types import FloatArray, IntArray, SampleArray
from skexpand.codec.image import ImageCodec
from skexpand.dynamics.graph import Edges
from skexpand.fitting.latent_dim import image_latent_dim
from skexpand.network.model import ExpansionNetwork, principal_axes

if TYPE_CHECKING:
    from skexpand.expansion.core import Core
    from skexpand.network.model import ExpansionNetwork
_EXACT = 1e-6  # share of the squared length of rows that may be lost
_LEAST_RANGE = 0.1  # of that in pretrain; what is shorter was scaled otherwise, as [0, 1] is to [0, 255]


class Start(NamedTuple):
    """Where training starts: rows encoded, what builds the network, and the latents it would give."""

    codec: TableCodec | CentredImages
    encoded: FloatArray  # (n, width)
    latents: FloatArray  # (n, latent_dim)
    build: Build
    exact: bool = False  # whether the network of epoch 0 gives every row back


def table_start(X: NDArray[Any], labels: IntArray, columns: list[Column], plan: Plan, core: Core | None) -> Start:
    """Start at PCA of rows, or at a pretrained core."""
    if core is not None:
        codec = core.codec_of(X, columns, plan)
        return start_at_core(core, codec, codec.encode(X), labels)
    codec = TableCodec.fit(X, columns, model_gaps=plan.missing == "model")
    encoded = codec.encode(X)
    return start_at_pca(codec, encoded, labels, resolve_latent_dim(encoded, plan.latent_dim), plan)


def start_at_pca(
    codec: TableCodec | CentredImages,
    encoded: FloatArray,
    labels: IntArray,
    latent_dim: int,
    plan: Plan,
    shape: ImageShape | None = None,
) -> Start:
    """Start at PCA of encoded rows; ``shape`` says that they are images."""
    axes = principal_axes(encoded, latent_dim)
    latents = encoded @ axes.T
    linear = linear_start(latent_dim, int(labels.max()) + 1, plan.n_heads, shape)

    def build(X: FloatArray) -> ExpansionNetwork:
        return linear(X, axes) if X is encoded else linear(X)

    lost = np.sum(encoded**2) - np.sum(latents**2)
    return Start(codec, encoded, latents, build, exact=bool(lost <= _EXACT * np.sum(encoded**2)))


def start_at_core(core: Core, codec: TableCodec | CentredImages, encoded: FloatArray, labels: IntArray) -> Start:
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
