"""The common base of all expansions: encoded rows of a class, made in blocks, become raw rows with their parents.

It does not depend on parameters, containers or labels other than class codes; see ``estimators`` for these.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import FloatArray, IntArray, RowArray
from skexpand.codec import Codec, Origin
from skexpand.dynamics.components import COMPONENTS
from skexpand.dynamics.expander import ExpanderMap
from skexpand.dynamics.graph import Edges, Graph

Record = Callable[[IntArray, str, ExpanderMap], None]  # is told the places of new rows, their component and links
Draw = Callable[[int, np.random.Generator], Iterator[tuple[str, RowArray, ExpanderMap]]]  # draw_encoded of one class


class Block(NamedTuple):
    """New rows of one class, made by one component."""

    rows: NDArray[Any]  # (n_new, n_columns), decoded
    component: str
    links: ExpanderMap  # anchors by their row, edges by their index in the component

    def part(self, places: IntArray) -> Block:
        """Return some of the rows with their links."""
        anchors, edges, weights = self.links
        return Block(self.rows[places], self.component, ExpanderMap(anchors[places], edges[places], weights[places]))


class BlockMaker(ABC):
    """Base class of all expansions: encoded rows of one class, in blocks, become raw rows with their parents."""

    chunk: ClassVar[int]  # rows made at a time: limits the additional memory
    labels: IntArray  # class codes of the training rows
    degree: int  # edges that a new row recombines
    codec: Codec
    apart: bool  # whether nothing goes from one training row to another's children

    @property
    def counts(self) -> IntArray:
        """The rows of each class, in whose proportions new rows are made if no class is stated."""
        return np.bincount(self.labels)

    @property
    def centre(self) -> Any:
        """The mean encoded row."""
        return 0.0

    @property
    @abstractmethod
    def latent_dim(self) -> int:
        """Size of the latent space."""

    @abstractmethod
    def draw_encoded(
        self, label: int, n_new: int, rng: np.random.Generator
    ) -> Iterator[tuple[str, RowArray, ExpanderMap]]:
        """Make new rows of one class as the codec encodes them, in blocks of one component each."""

    def of_class(self, label: int) -> Draw:
        """Return :meth:`draw_encoded` of one class; threads may share it, and what all calls have in common."""
        return partial(self.draw_encoded, label)

    def decode_new(
        self, encoded: RowArray, dtype: np.dtype[Any], anchors: IntArray, rng: np.random.Generator, out: Any = None
    ) -> NDArray[Any]:
        """Map encoded new rows to raw ones, as one array of ``dtype``, or into ``out``; anchors tell what is left."""
        return self.codec.decode(encoded, dtype, out, Origin(anchors, rng, self.apart))

    @abstractmethod
    def reconstruct(self, encoded: RowArray) -> RowArray:
        """Return encoded rows after encoding to latents and decoding."""

    @abstractmethod
    def encode(self, X: NDArray[Any]) -> FloatArray:
        """Map raw rows (n, n_columns) to latents."""

    @abstractmethod
    def decode(self, latents: FloatArray, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Map latents back to raw rows."""

    @abstractmethod
    def class_graph(self) -> Graph:
        """Return the within-class graph."""

    @abstractmethod
    def edges_of(self, component: str) -> Edges:
        """Return the edges that a component recombines."""

    @abstractmethod
    def attributes(self) -> dict[str, Any]:
        """Return the public fitted attributes by name."""

    def draw_children(self, anchor: int, n_new: int, rng: np.random.Generator) -> RowArray:
        """Make new rows that have a training row for their anchor, as the codec encodes them.

        Anchors are used equally often (up to one per component), so children of all other rows of the class are made
        too.
        """
        label = int(self.labels[anchor])
        n_rows = int(np.sum(self.labels == label))
        blocks = self.draw_encoded(label, (n_new + len(COMPONENTS)) * n_rows, rng)
        return np.concatenate([rows[links.anchors == anchor] for _, rows, links in blocks])[:n_new]

    def draw(self, draw: Draw, n_new: int, dtype: np.dtype[Any], rng: np.random.Generator) -> Iterator[Block]:
        """Make new rows of one class, block by block."""
        for name, encoded, links in draw(n_new, rng):
            yield Block(self.decode_new(encoded, dtype, links.anchors, rng), name, links)

    def fill(self, rows: NDArray[Any], places: IntArray, draw: Draw, rng: np.random.Generator, record: Record) -> None:
        """Make new rows of one class, in these places (ascending) of an array (n, n_columns)."""
        together = places[-1] - places[0] == len(places) - 1
        start = 0
        for name, encoded, links in draw(len(places), rng):
            here = places[start : start + len(encoded)]
            start += len(encoded)
            if together:
                self.decode_new(encoded, rows.dtype, links.anchors, rng, rows[here[0] : here[-1] + 1])
            else:
                rows[here] = self.decode_new(encoded, rows.dtype, links.anchors, rng)
            record(here, name, links)
