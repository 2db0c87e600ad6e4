r"""Registration: the generator that maps each edge's first image to its second.

.. math:: \min_{\theta, g, o}\; \frac{\lVert f_j - F_{\theta, g, o}(f_i) \rVert^2}{\lVert f_j \rVert^2}
   + \sum_k \lambda_k \theta_k^2

A generator is always found, also between photographs that no flow relates. Whether it is real shows if both directions
of an edge are solved: to first order, the generator of one is minus that of the other, so

.. math:: c_k = -\frac{2 \sum \theta_{ij,k}\, \theta_{ji,k}}{\sum \theta_{ij,k}^2 + \theta_{ji,k}^2}

is near 1 for a generator that describes a movement, and near 0 or below for one that merely fits: patches that are
magnified and faded fit each other better in either direction. In test theory this is called reliability: the share of
the variance that is not error. Moves are therefore recombined at their reliable length, each generator times
:math:`\sqrt{c_k}`. Photographs of different things keep shifts and slants of a few pixels and the change of light,
digits nearly everything. For displacements as a whole, c is the consistency.

All edges are solved at once, coarse to fine: blurred images first, in which distant strokes can be matched, then
sharper ones. Affine moves cost less than bending, so what a shift or a slant explains is not explained by bending.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from torch import Tensor

from skexpand.base.adam import Adam
from skexpand.dynamics.deformation import FlowSpace
from skexpand.dynamics.graph import Edges

N_STEPS = 60
STEP = 0.03
BATCH = 256  # edges at a time, so that what is computed stays in the cache
_BLURS = (2 / 28, 1 / 28)  # coarse, then fine; standard deviations in lengths of the shorter side


class Flows(NamedTuple):
    """The transitions of all edges."""

    edges: Edges
    generators: NDArray[np.float32]  # (n_edges, dim)
    explained: float  # share of the squared difference between the images of an edge
    consistency: float  # how well the flow of the reversed edge undoes that of the edge
    reliability: NDArray[np.float32]  # the same for each generator (dim,)

    @property
    def moves(self) -> NDArray[np.float32]:
        """Return the generators at their reliable length."""
        return self.generators * np.sqrt(self.reliability)


def find_flows(images: NDArray[np.float32], edges: Edges, space: FlowSpace) -> Flows:
    """Find the generator of each edge between images (n, c, h, w); their background is 0 and their range about 1."""
    levels = [torch.as_tensor(blurred(images, size, space.padding), device=space.fields.device) for size in _BLURS]
    found = [np.empty((0, space.dim), np.float32)]
    before = after = 0.0
    for start in range(0, len(edges), BATCH):
        batch = edges.subset(np.arange(start, min(start + BATCH, len(edges))))
        pairs = [(level[batch.sources], level[batch.targets]) for level in levels]
        generators = _descend(pairs, space)
        source, target = pairs[-1]
        before += float((target - source).square().sum())
        after += float((target - space.apply(source, generators)).square().sum())
        found.append(generators.cpu().numpy())
    explained = 1 - after / before if before > 0 else 1.0
    together = np.concatenate(found)
    return Flows(edges, together, explained, *reversals(edges, together, space))


@torch.no_grad()
def reversals(edges: Edges, generators: NDArray[np.float32], space: FlowSpace) -> tuple[float, NDArray[np.float32]]:
    """Return how far edges that are there both ways undo each other, from 0 to 1: displacements, and each generator.

    It is 1 where there are no such edges.
    """
    place = {ends: k for k, ends in enumerate(zip(edges.sources.tolist(), edges.targets.tolist(), strict=True))}
    pairs = [(k, place[j, i]) for (i, j), k in place.items() if i < j and (j, i) in place]
    terms = torch.zeros(2, 1 + space.dim, dtype=torch.float64)  # twice the products, and squares
    for start in range(0, len(pairs), BATCH):
        both = torch.as_tensor(generators[np.array(pairs[start : start + BATCH])], device=space.fields.device)
        moved = [space.displacement(one).flatten(1) for one in both.unbind(1)]
        terms += torch.cat([_products(*moved).sum(dim=1, keepdim=True), _products(*both.unbind(1))], dim=1).cpu()
    undone = torch.where(terms[1] > 0, -terms[0] / terms[1], 1.0).clamp(0, 1)
    return float(undone[0]), undone[1:].numpy().astype(np.float32)


def _products(there: Tensor, back: Tensor) -> Tensor:
    """Return the sums over rows of twice the product, and of both squares, shape (2, n_columns)."""
    return torch.stack([2 * there * back, there.square() + back.square()]).sum(dim=1)


def blurred(images: NDArray[np.float32], size: float, padding: str) -> NDArray[np.float32]:
    """Blur images (n, c, h, w) by ``size`` times their shorter side."""
    sigma = size * min(images.shape[2:])
    return gaussian_filter(images, (0, 0, sigma, sigma), mode="constant" if padding == "zeros" else "nearest")


def _descend(pairs: list[tuple[Tensor, Tensor]], space: FlowSpace) -> Tensor:
    """Minimize from the identity, an equal number of steps on each level (coarse first)."""
    shape, like = (len(pairs[0][0]), space.dim), space.fields
    generators = torch.zeros(shape, dtype=like.dtype, device=like.device, requires_grad=True)
    optimizer = Adam([generators], STEP)
    for source, target in pairs:
        energy = target.square().flatten(1).sum(dim=1).clamp_min(1e-6)  # (n,)
        for _ in range(N_STEPS // len(pairs)):
            misfit = (space.apply(source, generators) - target).square().flatten(1).sum(dim=1) / energy
            loss = misfit.sum() + (generators.square() @ space.penalties).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return generators.detach()
