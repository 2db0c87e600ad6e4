"""The path of a row as one object: codec, network, law. Fitting builds it; sampling follows it backwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from skexpand.base.random import split_evenly
from skexpand.base.types import FloatArray, IntArray, RowArray, SampleArray
from skexpand.codec import TableCodec
from skexpand.codec.centred import CentredImages
from skexpand.codec.image import ImageCodec
from skexpand.dynamics.apart import without_residuals
from skexpand.dynamics.components import Component
from skexpand.dynamics.expander import ExpanderMap
from skexpand.dynamics.graph import Edges, Graph
from skexpand.dynamics.law import ClassLaw
from skexpand.dynamics.transport import MarginalMap
from skexpand.expansion.blocks import BlockMaker, Draw

if TYPE_CHECKING:
    from skexpand.network.model import ExpansionNetwork
    from skexpand.training.history import History


@dataclass(frozen=True)
class Expansion(BlockMaker):
    """Everything that is needed to make new rows.

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

    chunk: ClassVar[int] = 16_384

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

    def reconstruct(self, encoded: RowArray) -> RowArray:
        """Return encoded rows as the autoencoder reconstructs them."""
        return self.network.decode(self.network.encode(encoded))

    def class_graph(self) -> Graph:
        """Return the within-class graph."""
        return self.graph

    def edges_of(self, component: str) -> Edges:
        """Return the edges that a component recombines."""
        return self.components[component].edges

    def attributes(self) -> dict[str, Any]:
        """Return the public fitted attributes by name."""
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
        return self.of_class(label)(n_new, rng)

    def of_class(self, label: int) -> Draw:
        """Return :meth:`draw_encoded` of one class; threads may share it, and its laws."""
        return _Draw(self, label)

    def law(self, name: str, label: int) -> ClassLaw:
        """Return the law of one component and class, decoded beforehand where the decoder is linear."""
        law = ClassLaw.of(self.components[name], label, self.spread)
        if self.apart:
            law = without_residuals(law)
        return law.through(self.network.decode) if self.network.is_linear else law


@dataclass(frozen=True)
class _Draw:
    """New rows of one class of an expansion; its laws are computed when the first ones are made."""

    expansion: Expansion
    label: int

    @cached_property
    def laws(self) -> dict[str, ClassLaw]:
        """The law of each component that is used."""
        mixture = self.expansion.mixture
        return {name: self.expansion.law(name, self.label) for name, weight in mixture.items() if weight > 0}

    def __call__(self, n_new: int, rng: np.random.Generator) -> Iterator[tuple[str, RowArray, ExpanderMap]]:
        made = self.expansion
        weights = np.array([made.mixture[name] for name in made.components])
        for start in range(0, n_new, made.chunk):
            counts = split_evenly(min(made.chunk, n_new - start), weights, rng)
            for name, count in zip(made.components, counts, strict=True):
                if not count:
                    continue
                rows, links = self.laws[name].sample(int(count), made.degree, rng)
                encoded: RowArray = rows if made.network.is_linear else made.network.decode(rows)
                if made.marginals is not None:
                    encoded = made.marginals[self.label](encoded)
                yield name, encoded, links


@dataclass(frozen=True, kw_only=True)
class LatentImageExpansion(Expansion):
    """An expansion whose rows are images.

    Attributes
    ----------
    pixels
        Flattened images to encoded ones and back.
    images
        The encoded training images (n, c, h, w).
    """

    pixels: ImageCodec
    images: SampleArray

    def attributes(self) -> dict[str, Any]:
        """Return the public fitted attributes by name."""
        return super().attributes() | {"transition_": "latent", "image_shape_": self.pixels.layout.image_shape}
