r"""Appearance: what a flow does not explain, in the latent space of an autoencoder (transition="both").

.. math:: x' = F(x_a) + \mathrm{dec}(z + s \sum_e w_e r_e) - \mathrm{dec}(z), \qquad z = \mathrm{enc}(F(x_a)), \qquad
   r_e = \mathrm{enc}(f_j) - \mathrm{enc}(F_e(f_i))

This is the same law: the flow :math:`F_e` of an edge :math:`i \to j` is the Koopman operator's step, and
:math:`r_e` what the step misses. A new image recombines flows and residuals of the same edges with the same weights.
Only the change of the reconstruction is added, so an image stays as sharp as its anchor. The factor s, the strength, is
found on held-out images (``spread.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import FloatArray, IntArray, RowArray, SampleArray
from skexpand.codec.centred import CentredImages
from skexpand.expansion.flows import ImageExpansion

if TYPE_CHECKING:
    from skexpand.network.model import ExpansionNetwork
    from skexpand.training.history import History


@dataclass(frozen=True, kw_only=True)
class AppearanceExpansion(ImageExpansion):
    """An expansion that deforms images and adds what flows leave over.

    Attributes
    ----------
    core
        The autoencoder.
    residuals : ndarray of shape (n_edges, latent_dim)
        What each edge's flow misses.
    strength
        The factor on their sum.
    """

    core: ImageCore
    residuals: SampleArray
    strength: float

    @property
    def transition(self) -> str:
        """What changes an anchor."""
        return "both" if self.strength else "deformation"

    def encode(self, X: NDArray[Any]) -> FloatArray:
        """Map raw rows to latents."""
        return self.core.encode(self.codec.encode(X)).astype(np.float64)

    def decode(self, latents: FloatArray, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Map latents back to raw rows."""
        return self.codec.decode(self.core.decode(latents), dtype)

    @property
    def latent_dim(self) -> int:
        """Size of the latent space."""
        return self.core.latent_dim

    @property
    def centre(self) -> Any:
        """The mean encoded image."""
        return self.core.codec.centre

    def reconstruct(self, encoded: RowArray) -> RowArray:
        """Return encoded images as the autoencoder reconstructs them."""
        return self.core.decode(self.core.encode(encoded))

    @property
    def moves(self) -> SampleArray:
        """What is recombined (n_edges, dim + latent_dim): each edge's generator, and what its flow does not explain."""
        return np.hstack([super().moves, self.residuals])

    def made(self, anchors: IntArray, sums: SampleArray, first_mirrored: int = 1) -> SampleArray:
        """Return training images, each changed by a sum of moves, as flat encoded rows."""
        generators, steps = np.split(sums, [self.space.dim], axis=1)
        images = super().made(anchors, generators, first_mirrored)
        return self.core.changed(images, steps * np.float32(self.strength)) if self.strength else images

    def attributes(self) -> dict[str, Any]:
        """Return the public fitted attributes by name."""
        history = self.core.history
        trained = {"appearance_": self.strength, "history_": history, "n_iter_": history.best_epoch}
        return super().attributes() | trained

    def subset(self, kept: IntArray) -> Self:
        """Return the expansion of some of the training images (ascending), with the edges among them."""
        return replace(super().subset(kept), residuals=self.residuals[self.edges_among(kept)])


@dataclass(frozen=True)
class ImageCore:
    """A trained autoencoder between encoded images and latents.

    Attributes
    ----------
    codec
        Centred images, which the network takes.
    network, history
        The autoencoder, and the record of its training.
    """

    codec: CentredImages
    network: ExpansionNetwork
    history: History

    @property
    def latent_dim(self) -> int:
        """Size of the latent space."""
        return self.network.classifier.in_features

    def encode(self, encoded: NDArray[np.floating]) -> SampleArray:
        """Map encoded images (n, n_columns) to latents (n, latent_dim)."""
        return self.network.encode(self.codec.centred(encoded))

    def decode(self, latents: NDArray[np.floating]) -> SampleArray:
        """Map latents to encoded images."""
        return self.codec.encoded(self.network.decode(latents))

    def changed(self, encoded: SampleArray, steps: SampleArray) -> SampleArray:
        """Return encoded images, each changed by what a step of its latents changes in its reconstruction.

        An image keeps what the autoencoder does not represent: decode(encode(x) + step) - decode(encode(x)) + x.
        """
        latents = self.encode(encoded)
        return encoded + self.decode(latents + steps) - self.decode(latents)
