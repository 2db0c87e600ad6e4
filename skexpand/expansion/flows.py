"""The path of an image: the same law as for rows, with flows as residuals (see ``dynamics/deformation.py``).

.. code-block:: text

   flattened image --codec--> tensor --edges--> registration: a generator per edge
        ^                                                           |
        +--codec----- flow applied to an anchor <----- expander map +

What flows do not explain can be recombined as well (see ``appearance.py``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray

from skexpand.base.types import FloatArray, IntArray, RowArray, SampleArray
from skexpand.codec.image import ImageCodec
from skexpand.dynamics.apart import noise_factor
from skexpand.dynamics.deformation import FlowSpace
from skexpand.dynamics.expander import ExpanderMap, draw_expander_map
from skexpand.dynamics.graph import Edges, Graph
from skexpand.dynamics.registration import Flows
from skexpand.expansion.blocks import BlockMaker


@dataclass(frozen=True)
class ImageExpansion(BlockMaker):
    """Everything that is needed to make new images.

    Attributes
    ----------
    codec
        Flattened images to encoded ones and back.
    images
        The encoded training images (n, c, h, w).
    labels, graph
        Their class codes, and the graph within classes.
    space, flows
        The space of generators, and those of all edges.
    own_share
        Share of flows taken from the image's own class.
    degree, spread
        Flows per new image, and the factor on their sum.
    apart
        Whether images are kept apart: no image's flow moves another.
    mirror
        Whether half of the new images are mirrored, left to right.
    """

    chunk: ClassVar[int] = 1_024

    codec: ImageCodec
    images: SampleArray
    labels: IntArray
    graph: Graph
    space: FlowSpace
    flows: Flows
    own_share: float
    degree: int
    spread: float
    apart: bool = False
    mirror: bool = False

    @property
    def pixels(self) -> ImageCodec:
        """The codec of images."""
        return self.codec

    @property
    def transition(self) -> str:
        """What changes an anchor."""
        return "deformation"

    def encode(self, X: NDArray[Any]) -> FloatArray:
        """Map raw rows to encoded ones, which stand for latents: images pass no autoencoder."""
        return self.codec.encode(X).astype(np.float64)

    def decode(self, latents: FloatArray, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Map encoded rows back to raw ones."""
        return self.codec.decode(latents, dtype)

    @property
    def latent_dim(self) -> int:
        """Size of an encoded row."""
        return prod(self.codec.layout.shape)

    def reconstruct(self, encoded: RowArray) -> RowArray:
        """Return encoded rows as they are."""
        return encoded

    def draw_encoded(
        self, label: int, n_new: int, rng: np.random.Generator
    ) -> Iterator[tuple[str, SampleArray, ExpanderMap]]:
        """Make new images of one class as flat encoded rows, in blocks."""
        for start in range(0, n_new, self.chunk):
            links, sums = self.draw_moves(label, min(self.chunk, n_new - start), rng)
            yield self.transition, self.made(links.anchors, sums, self._first_mirrored(len(sums), rng)), links

    def draw_children(self, anchor: int, n_new: int, rng: np.random.Generator) -> SampleArray:
        """Make new images that have a training image for their anchor, as flat encoded rows."""
        _, sums = self.draw_moves(int(self.labels[anchor]), n_new, rng)
        return self.made(np.full(n_new, anchor), sums, self._first_mirrored(n_new, rng))

    def _first_mirrored(self, n_new: int, rng: np.random.Generator) -> int:
        """Return from which index on every other new image is mirrored; for an odd number, chance decides the last."""
        return int(rng.integers(2)) if self.mirror and n_new % 2 else 1

    @property
    def moves(self) -> SampleArray:
        """What is recombined (n_edges, dim): the generator of each edge, at its reliable length."""
        return self.flows.moves

    def draw_moves(self, label: int, n_new: int, rng: np.random.Generator) -> tuple[ExpanderMap, SampleArray]:
        """Link new images to anchors (by their row) and edges; return the links and the unit-norm sums of moves."""
        rows = np.flatnonzero(self.labels == label)
        own = np.flatnonzero(self.labels[self.flows.edges.sources] == label)
        moves = self.moves
        n_moves = 0 if self.apart else len(moves)
        links = draw_expander_map(n_new, len(rows), own, n_moves, self.own_share, self.degree, rng)
        links = links._replace(anchors=rows[links.anchors])
        if not self.apart:
            return links, links.recombine(moves)
        # noise with the pooled covariance of all moves: a statistic that reveals no single row
        factor = noise_factor(moves)
        return links, rng.standard_normal((n_new, len(factor)), dtype=np.float32) @ factor

    def made(self, anchors: IntArray, sums: SampleArray, first_mirrored: int = 1) -> SampleArray:
        """Return training images, each moved by a sum of generators, as flat encoded rows."""
        images = self.images[anchors]
        if self.mirror:
            images[first_mirrored::2] = images[first_mirrored::2, ..., ::-1]
        return self._transformed(images, sums * np.float32(self.spread))

    def moved(self, rows: IntArray, generators: SampleArray) -> SampleArray:
        """Return training images, each transformed by a generator, as flat encoded rows."""
        return self._transformed(self.images[rows], generators)

    @torch.no_grad()
    def _transformed(self, images: SampleArray, generators: SampleArray) -> SampleArray:
        device = self.space.fields.device
        flows = self.space.unfolded(torch.as_tensor(generators, device=device))
        return self.space.apply(torch.as_tensor(images, device=device), flows, "bicubic").flatten(1).cpu().numpy()

    def displacements(self, generators: SampleArray) -> SampleArray:
        """Return the displacement of each pixel's value under generators, shape (n, h, w, 2); an image has side 2."""
        flows = self.space.unfolded(torch.as_tensor(generators, device=self.space.fields.device))
        return self.space.displacement(flows).cpu().numpy()

    def edges_of(self, component: str) -> Edges:
        """Return the edges whose flows are recombined."""
        return self.flows.edges

    def class_graph(self) -> Graph:
        """Return the within-class graph."""
        return self.graph

    def attributes(self) -> dict[str, Any]:
        """Return the public fitted attributes by name."""
        return {
            "law_": {self.transition: 1.0},
            "transition_": self.transition,
            "spectral_gap_": self.graph.spectral_gap,
            "spread_": self.spread,
            "explained_": self.flows.explained,
            "consistency_": self.flows.consistency,
            "image_shape_": self.codec.layout.image_shape,
            "mirrored_": self.mirror,
        }

    def subset(self, kept: IntArray) -> Self:
        """Return the expansion of some of the training images (ascending), with the flows among them.

        The graph stays that of all: nothing is drawn from it.
        """
        edges = self.edges_among(kept)
        place = np.searchsorted(kept, [self.flows.edges.sources[edges], self.flows.edges.targets[edges]])
        flows = self.flows._replace(edges=Edges(*place), generators=self.flows.generators[edges])
        return replace(self, images=self.images[kept], labels=self.labels[kept], flows=flows)

    def edges_among(self, kept: IntArray) -> IntArray:
        """Return which edges have both ends in some of the training images."""
        ends = self.flows.edges
        return np.flatnonzero(np.isin(ends.sources, kept) & np.isin(ends.targets, kept))
