"""The way of a row, put together once: codec, network, law. Fitting builds it, sampling walks it back.

Nothing here knows of parameters, containers or labels other than class codes; see ``_synthesizer.py`` for these.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skexpand._groups import without_residuals
from skexpand._random import split_evenly
from skexpand.codec import Origin, TableCodec
from skexpand.codec.centred import CentredImages
from skexpand.dynamics.components import COMPONENTS, Component
from skexpand.dynamics.expander import ExpanderMap
from skexpand.dynamics.graph import Edges, Graph
from skexpand.dynamics.law import ClassLaw
from skexpand.transport import MarginalMap

if TYPE_CHECKING:
    from skexpand._training import History
    from skexpand.network.model import ExpansionNetwork

FloatArray = NDArray[np.float64]
RowArray = NDArray[np.floating]
IntArray = NDArray[np.intp]

CHUNK = 16_384  # rows made at a time: bounds the memory beside the result


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
    """What every kind of expansion shares: encoded rows of one class, in blocks, become raw rows with their parents."""

    labels: IntArray  # class codes of the training rows
    degree: int  # edges that a new row recombines
    codec: Any
    apart: bool  # whether nothing goes from one training row to another's children

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

    @abstractmethod
    def decode_new(
        self, encoded: RowArray, dtype: np.dtype[Any], origin: Origin, out: NDArray[Any] | None = None
    ) -> NDArray[Any]:
        """Map encoded new rows to raw ones, as one array of ``dtype``, or into ``out``."""

    @abstractmethod
    def reconstruct(self, encoded: FloatArray) -> RowArray:
        """Return encoded rows as the way there and back leaves them."""

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
        """Return what the fit has to show: public attributes by name."""

    def draw_children(self, anchor: int, n_new: int, rng: np.random.Generator) -> RowArray:
        """Make new rows that have a training row for their anchor, as the codec encodes them.

        Anchors are used equally often, give or take one in each component, so those of one come along with all others
        of its class.
        """
        label = int(self.labels[anchor])
        n_rows = int(np.sum(self.labels == label))
        blocks = self.draw_encoded(label, (n_new + len(COMPONENTS)) * n_rows, rng)
        return np.concatenate([rows[links.anchors == anchor] for _, rows, links in blocks])[:n_new]

    def draw(self, label: int, n_new: int, dtype: np.dtype[Any], rng: np.random.Generator) -> Iterator[Block]:
        """Make new rows of one class, block by block."""
        for name, encoded, links in self.draw_encoded(label, n_new, rng):
            yield Block(self.decode_new(encoded, dtype, Origin(links.anchors, rng, self.apart)), name, links)

    def draw_into(self, rows: NDArray[Any], codes: IntArray, rng: np.random.Generator) -> None:
        """Fill each row of an array (n, n_columns) with a new row of the class that ``codes`` states."""
        for label in np.flatnonzero(np.bincount(codes)):
            places = np.flatnonzero(codes == label)
            together = places[-1] - places[0] == len(places) - 1
            start = 0
            for _, encoded, links in self.draw_encoded(int(label), len(places), rng):
                end = start + len(encoded)
                origin = Origin(links.anchors, rng, self.apart)
                if together:
                    self.decode_new(encoded, rows.dtype, origin, rows[places[start] : places[end - 1] + 1])
                else:
                    rows[places[start:end]] = self.decode_new(encoded, rows.dtype, origin)
                start = end

    def parents_of(self, blocks: list[Block]) -> dict[str, NDArray[Any]]:
        """Gather the parents of all blocks; rows that recombined nothing have weight 0 and -1 for the edges' ends."""
        parents: dict[str, list[NDArray[Any]]] = {
            "component": [np.empty(0, str)],
            "anchor": [np.empty(0, np.intp)],
            "sources": [np.empty((0, self.degree), np.intp)],
            "targets": [np.empty((0, self.degree), np.intp)],
            "weights": [np.empty((0, self.degree), np.float32)],
        }
        for block in blocks:
            anchors, edges, weights = block.links
            ends = self.edges_of(block.component)
            missing = ((0, 0), (0, self.degree - edges.shape[1]))
            parents["component"].append(np.full(len(anchors), block.component))
            parents["anchor"].append(anchors)
            parents["sources"].append(np.pad(ends.sources[edges], missing, constant_values=-1))
            parents["targets"].append(np.pad(ends.targets[edges], missing, constant_values=-1))
            parents["weights"].append(np.pad(weights, missing))
        return {name: np.concatenate(parts) for name, parts in parents.items()}


@dataclass(frozen=True)
class Expansion(BlockMaker):
    """Everything that making new rows takes.

    Attributes
    ----------
    codec, network
        Raw rows to latents and back.
    labels
        Class codes of the training rows.
    graph
        The within-class graph.
    components, mixture
        The fitted components of the law by name, and their weights, which sum to 1.
    history
        The record of training.
    degree, spread
        Residuals per new row, and the factor on them.
    marginals
        Per class a monotone map of the decoded columns, or None.
    apart
        Whether rows are kept apart: no residual of one row is added to another.
    """

    codec: TableCodec | CentredImages
    network: ExpansionNetwork
    labels: IntArray
    graph: Graph
    components: dict[str, Component]
    mixture: dict[str, float]
    history: History
    degree: int
    spread: float
    marginals: list[MarginalMap] | None = None
    apart: bool = False

    def encode(self, X: NDArray[Any]) -> FloatArray:
        """Map raw rows (n, n_columns) to latents (n, latent_dim)."""
        return self.network.encode(self.codec.encode(X)).astype(np.float64)

    def decode(self, latents: FloatArray, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Map latents back to raw rows."""
        return self.codec.decode(self.network.decode(latents), dtype)

    @property
    def latent_dim(self) -> int:
        """Size of the latent space."""
        return len(next(iter(self.components.values())).koopman.eigenvalues)

    def reconstruct(self, encoded: FloatArray) -> RowArray:
        """Return encoded rows as the autoencoder gives them back."""
        return self.network.decode(self.network.encode(encoded))

    def decode_new(
        self, encoded: RowArray, dtype: np.dtype[Any], origin: Origin, out: NDArray[Any] | None = None
    ) -> NDArray[Any]:
        """Map encoded new rows to raw ones; what encoded rows do not say comes from the origin."""
        return self.codec.decode(encoded, dtype, out, origin)

    def class_graph(self) -> Graph:
        """Return the within-class graph."""
        return self.graph

    def edges_of(self, component: str) -> Edges:
        """Return the edges that a component recombines."""
        return self.components[component].edges

    def attributes(self) -> dict[str, Any]:
        """Return what the fit has to show: public attributes by name."""
        koopman = self.components["shrunk"].koopman
        return {
            "law_": self.mixture,
            "koopman_": koopman.operator,
            "koopman_eigenvalues_": koopman.eigenvalues,
            "spectral_gap_": self.graph.spectral_gap,
            "spread_": self.spread,
            "history_": self.history,
            "n_iter_": self.history.best_epoch,
        }

    def draw_encoded(
        self, label: int, n_new: int, rng: np.random.Generator
    ) -> Iterator[tuple[str, RowArray, ExpanderMap]]:
        """Make new rows of one class as the codec encodes them, in blocks of one component each."""
        weights = np.array([self.mixture[name] for name in self.components])
        laws = {name: self._law(name, label) for name, weight in self.mixture.items() if weight > 0}
        for start in range(0, n_new, CHUNK):
            counts = split_evenly(min(CHUNK, n_new - start), weights, rng)
            for name, count in zip(self.components, counts, strict=True):
                if not count:
                    continue
                rows, links = laws[name].sample(int(count), self.degree, rng)
                encoded: RowArray = rows if self.network.is_linear else self.network.decode(rows)
                if self.marginals is not None:
                    encoded = self.marginals[label](encoded)
                yield name, encoded, links

    def _law(self, name: str, label: int) -> ClassLaw:
        """Return the law of one component and class, decoded beforehand where the decoder is linear."""
        law = ClassLaw.of(self.components[name], label, self.spread)
        if self.apart:
            law = without_residuals(law)
        return law.through(self.network.decode) if self.network.is_linear else law
