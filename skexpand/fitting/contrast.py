"""Train the core on all images, labelled or not: latents that persist along an edge of the graph and along a flow.

A positive pair is an image and a near neighbour (nearest in gradients, whatever its class) that a flow has moved;
other images of the batch are the negatives. The flows are unit-norm sums of those found between neighbouring images, as
in the law of expansion. So neighbours in the latent space are images that differ by transitions the data itself shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from tqdm.auto import trange

from skexpand.base.adamw import AdamW, one_cycle
from skexpand.base.random import draw_seed
from skexpand.base.types import FloatArray, IntArray, SampleArray
from skexpand.codec.image import ImageShape
from skexpand.dynamics.deformation import FlowSpace
from skexpand.dynamics.gradients import gradient_rows
from skexpand.dynamics.graph import Edges
from skexpand.dynamics.neighbors import nearest_rows
from skexpand.dynamics.registration import find_flows
from skexpand.network.contrastive import LATENT_DIM, LOSSES, ContrastiveEncoder

PEAK_RATE = 2e-3
BATCH = 256
LEAST_STEPS, LEAST_EPOCHS = 228, 12
N_NEAR = 5  # neighbours that an image may be paired with
N_FLOW_PAIRS = 400  # pairs of neighbours between which flows are sought, both ways
DEGREE = 3  # flows that are summed


class Contrast(NamedTuple):
    """How the core is trained."""

    n_epochs: int | None = None  # None: as many as few or many images need, see epochs_of
    loss: str = "infonce"
    n_heads: int = 0
    latent_dim: int = LATENT_DIM
    positives: str = "moved neighbor"  # "neighbor", or "moved": an image and its own child


def train_encoder(
    images: SampleArray,
    near: IntArray,
    padding: str,
    contrast: Contrast,
    rng: np.random.Generator,
    device: str = "cpu",
    verbose: int = 0,
) -> ContrastiveEncoder:
    """Train an encoder on images (n, c, h, w), whose background is 0 and whose range is about 1.

    Parameters
    ----------
    images : ndarray of shape (n, c, h, w)
        All images, labelled or not.
    near : ndarray of shape (n, n_near)
        The neighbours that each may be paired with; see :func:`near_images`. Half way, they are found anew, nearest in
        gradients and latents.
    padding : {"zeros", "border"}
        What lies outside an image.
    contrast : Contrast
        How the encoder is trained.
    rng : Generator
        The source of randomness.
    device, verbose
        As of the synthesizer.
    """
    space = FlowSpace.of(images.shape[1:], padding, device)
    moves = neighbor_moves(images, near, space, rng)
    encoder = _fresh(images.shape[1:], contrast, rng).to(device)
    optimizer = AdamW(encoder.parameters(), PEAK_RATE)
    generator = torch.Generator().manual_seed(draw_seed(rng))
    pixels = torch.as_tensor(images, device=device)
    pairs = Pairs(pixels, torch.as_tensor(near), moves, space, contrast.positives, generator)
    n_epochs = contrast.n_epochs or epochs_of(len(images))
    for epoch in trange(n_epochs, disable=not verbose, desc="core"):
        if epoch and epoch == n_epochs // 2:  # what has been learned finds better neighbours
            found = nearest_rows(graph_rows(images, encoder.eval()), near.shape[1])[0]
            pairs.neighbors = torch.as_tensor(found)
        encoder.train()
        batches = pairs.batches()
        for step, rows in enumerate(batches, epoch * len(batches)):
            optimizer.learning_rate = one_cycle(step, n_epochs * len(batches), PEAK_RATE)
            optimizer.zero_grad()
            LOSSES[contrast.loss](encoder(pixels[rows]), encoder(pairs.partners(rows))).backward()
            optimizer.step()
    return encoder.eval()


def epochs_of(n_images: int) -> int:
    """Return how many epochs are enough: twelve, and as many steps as those of 5,000 images if there are fewer."""
    return max(LEAST_EPOCHS, -(-LEAST_STEPS // max(1, n_images // BATCH)))


def _fresh(shape: ImageShape, contrast: Contrast, rng: np.random.Generator) -> ContrastiveEncoder:
    """Build an encoder, its weights drawn without touching torch's global generator."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(draw_seed(rng))
        return ContrastiveEncoder(shape, contrast.latent_dim, contrast.n_heads)


@dataclass
class Pairs:
    """What positive pairs are made of."""

    pixels: Tensor  # (n, c, h, w)
    neighbors: Tensor  # (n, n_near)
    moves: Tensor  # (n_moves, dim)
    space: FlowSpace
    positives: str
    generator: torch.Generator

    def batches(self) -> list[Tensor]:
        """Return the rows of an epoch in random order, cut into batches; what is left over sits out."""
        size = min(BATCH, len(self.pixels))
        order = torch.randperm(len(self.pixels), generator=self.generator)
        return list(order.split(size)[: len(order) // size])

    def partners(self, rows: Tensor) -> Tensor:
        """Return what each row is paired with: one of its neighbours or itself, moved or not."""
        others = rows
        if self.positives != "moved":
            pick = torch.randint(self.neighbors.shape[1], (len(rows),), generator=self.generator)
            others = self.neighbors[rows, pick]
        images = self.pixels[others]
        return images if self.positives == "neighbor" else moved(images, self.moves, self.space, self.generator)


def near_images(images: SampleArray) -> IntArray:
    """Return the five images (n, 5) nearest to each in gradients."""
    return nearest_rows(gradient_rows(images), N_NEAR)[0]


def neighbor_moves(images: SampleArray, near: IntArray, space: FlowSpace, rng: np.random.Generator) -> Tensor:
    """Return the flows between some neighbours (n_moves, dim), both ways, at the length that is real."""
    rows = rng.permutation(len(images))[:N_FLOW_PAIRS]
    others = near[rows, rng.integers(near.shape[1], size=len(rows))]
    flows = find_flows(images, Edges(np.concatenate([rows, others]), np.concatenate([others, rows])), space)
    return torch.as_tensor(flows.moves, device=space.fields.device)


@torch.no_grad()
def moved(images: Tensor, moves: Tensor, space: FlowSpace, generator: torch.Generator) -> Tensor:
    """Return images (n, c, h, w), each transformed by a unit-norm sum of three moves drawn at random."""
    shape = (len(images), DEGREE)
    drawn = moves[torch.randint(len(moves), shape, generator=generator)]  # (n, 3, dim)
    weights = F.normalize(torch.randn(shape, generator=generator), dim=1).to(moves.device)
    return space.apply(images, space.unfolded(torch.einsum("nd,ndk->nk", weights, drawn)))


def graph_rows(images: SampleArray, encoder: ContrastiveEncoder) -> FloatArray:
    """Return the rows by whose nearness labels spread: gradients and latents side by side, each part of length 1.

    The gradients tell how alike two images look, the latents what they have in common; together they do better than
    either.
    """
    return np.hstack([gradient_rows(images), latents_of(encoder, images)])


def latents_of(encoder: ContrastiveEncoder, images: SampleArray) -> FloatArray:
    """Return the latents of images (n, c, h, w), rows of length 1."""
    device = encoder.readout.weight.device
    with torch.no_grad():
        return encoder(torch.as_tensor(images, device=device)).cpu().numpy().astype(np.float64)
