"""The cores that the ablation compares: of images, by name, each with one choice changed; and cores of tables.

A core returns latents of rows, of length 1. Those of images are trained on some images and encode all; those of tables
are trained as images' are, a positive pair being a row and a near row to which a step of the local law is added.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from images.samplers import SHEAR, SHIFT, STRETCH, TURN
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F
from variants import replaced

from skexpand import ExpansiveSynthesizer
from skexpand.base.adamw import AdamW, one_cycle
from skexpand.dynamics.deformation import N_AFFINE, FlowSpace
from skexpand.dynamics.neighbors import nearest_rows
from skexpand.fitting import contrast, pretraining
from skexpand.fitting.contrast import Contrast, latents_of, near_images, train_encoder
from skexpand.network.attention import TokenAttention
from skexpand.network.contrastive import infonce
from skexpand.request.plan import Plan

Rows = NDArray[Any]
DEFAULT = Contrast(n_epochs=12)
N_MOVES = 800  # hand-made
TABLE_EPOCHS, TABLE_WIDTH, TABLE_LATENTS, DEGREE = 60, 128, 32, 3


@dataclass(frozen=True)
class Variant:
    """A core of images: what is changed, in words; how it is trained, and on how many images."""

    change: str
    contrast: Contrast | None = DEFAULT  # None: no core
    train: Callable[[Rows, Contrast, int], Rows] | None = None  # default: as the library does
    n_images: int = 2_000


def contrastive(images: Rows, setting: Contrast, seed: int, n_images: int) -> Rows:
    """Train the library's core on the first images; return the latents of all."""
    some = images[:n_images]
    encoder = train_encoder(some, near_images(some), "zeros", setting, np.random.default_rng(seed))
    return latents_of(encoder, images)


def by_hand(images: Rows, setting: Contrast, seed: int) -> Rows:
    """Train it with affine maps drawn by what is usual in place of the flows found between images."""
    with replaced(contrast.neighbor_moves, _affine_moves):
        return contrastive(images, setting, seed, len(images))


def _affine_moves(images: Rows, near: Rows, space: FlowSpace, rng: np.random.Generator) -> Tensor:
    """Return generators that turn, stretch, shear and shift; an image reaches from -1 to 1."""
    turn, shear = rng.uniform(-TURN, TURN, N_MOVES), rng.uniform(-SHEAR, SHEAR, N_MOVES)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]).transpose(2, 0, 1)
    sheared = np.tile(np.eye(2), (N_MOVES, 1, 1))
    sheared[:, 0, 1] = shear
    stretched = (1 + rng.uniform(-STRETCH, STRETCH, (N_MOVES, 2)))[:, None]
    matrix = (rotation @ sheared) * stretched - np.eye(2)
    moves = np.zeros((N_MOVES, space.dim), np.float32)
    shift = rng.uniform(-2 * SHIFT, 2 * SHIFT, (N_MOVES, 2, 1))
    moves[:, :N_AFFINE] = np.concatenate([matrix, shift], axis=2).reshape(N_MOVES, N_AFFINE)
    return torch.as_tensor(moves)


def reconstruction(images: Rows, setting: Contrast, seed: int) -> Rows:
    """Train the convolutional autoencoder of ``pretrain`` on images, as many epochs; return its latents."""
    rows = images.reshape(len(images), -1)
    sampler = ExpansiveSynthesizer(
        image_shape=images.shape[1:], max_epochs=setting.n_epochs, early_stopping=False, transition="latent"
    )
    core, _ = pretraining.pretrain(rows, Plan.of(sampler, pretrained=True), np.random.default_rng(seed), None)
    latents = core.network.encode(core.codec.centred(core.codec.images.encode(rows))).astype(np.float64)
    return latents / np.linalg.norm(latents, axis=1, keepdims=True)


VARIANTS = {
    "core": Variant("the core, 12 epochs"),
    "gradients": Variant("no core: gradients", None),
    "pixels": Variant("no core: pixels", None),
    "unmoved": Variant("positives: a neighbour, not moved", DEFAULT._replace(positives="neighbor")),
    "own_child": Variant("positives: an image and its own child", DEFAULT._replace(positives="moved")),
    "hand_made": Variant("hand-made affine maps for flows", train=by_hand),
    "spectral": Variant("spectral loss for InfoNCE", DEFAULT._replace(loss="spectral")),
    "reconstruction": Variant("reconstruction alone (autoencoder)", train=reconstruction),
    **{
        f"heads_{k}": Variant(f"two blocks of attention, heads: {k}", DEFAULT._replace(n_heads=k)) for k in (1, 2, 4, 8)
    },
    **{f"epochs_{k}": Variant(f"epochs: {k} for 12", Contrast(n_epochs=k)) for k in (4, 24, 30)},
    **{f"images_{k}": Variant(f"trained on {k:,} images for 2,000", n_images=k) for k in (500, 1_000, 4_000)},
    "images_1000_epochs_60": Variant(
        "trained on 1,000 images for 2,000, 60 epochs for 12", Contrast(60), n_images=1_000
    ),
}


def image_core(name: str, images: Rows, seed: int, n_scored: int) -> Rows | None:
    """Return the latents of the images that are scored, the first ones; None for a variant without a core."""
    variant = VARIANTS[name]
    if variant.contrast is None:
        return None
    if variant.train is not None:
        return variant.train(images[:n_scored], variant.contrast, seed)
    return contrastive(images, variant.contrast, seed, variant.n_images)[:n_scored]


def table_core(rows: Rows, seed: int, attention: bool = False) -> Callable[[Rows], Rows]:
    """Train a core on the scaled rows of a table (n, m); return what maps rows to latents."""
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        first = TokenAttention(rows.shape[1], TABLE_WIDTH, 4) if attention else nn.Linear(rows.shape[1], TABLE_WIDTH)
        network = nn.Sequential(first, nn.ReLU(), nn.Linear(TABLE_WIDTH, TABLE_LATENTS))
    near = torch.as_tensor(nearest_rows(rows, min(5, len(rows) - 1))[0])
    given = torch.as_tensor(rows, dtype=torch.float32)
    optimizer, size = AdamW(network.parameters(), contrast.PEAK_RATE), min(contrast.BATCH, len(rows))
    n_steps = TABLE_EPOCHS * (len(rows) // size)
    for step in range(n_steps):
        optimizer.learning_rate = one_cycle(step, n_steps, contrast.PEAK_RATE)
        batch = torch.randperm(len(rows), generator=generator)[:size]
        optimizer.zero_grad()
        pair = (given[batch], _stepped(given, near, batch, generator))
        infonce(*(F.normalize(network(part), dim=1) for part in pair)).backward()
        optimizer.step()

    @torch.no_grad()
    def latents(others: Rows) -> Rows:
        return F.normalize(network(torch.as_tensor(others, dtype=torch.float32)), dim=1).numpy().astype(np.float64)

    return latents


def _stepped(rows: Tensor, near: Tensor, batch: Tensor, generator: torch.Generator) -> Tensor:
    """Return a near row of each, and a unit-norm sum of three differences between near rows added to it."""

    def some(of: Tensor) -> Tensor:
        return near[of, torch.randint(near.shape[1], of.shape, generator=generator)]

    ends = torch.randint(len(rows), (len(batch), DEGREE), generator=generator)
    weights = F.normalize(torch.randn(ends.shape, generator=generator), dim=1)
    return rows[some(batch)] + torch.einsum("nd,ndm->nm", weights, rows[some(ends)] - rows[ends])
