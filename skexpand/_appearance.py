r"""Appearance: what a flow leaves over, in the latent space of an autoencoder (transition="both").

.. math:: x' = F(x_a) + \mathrm{dec}(z + s \sum_e w_e r_e) - \mathrm{dec}(z), \qquad z = \mathrm{enc}(F(x_a)), \qquad
   r_e = \mathrm{enc}(f_j) - \mathrm{enc}(F_e(f_i))

It is the law once more: the flow :math:`F_e` of an edge :math:`i \to j` is the Koopman operator's step, and
:math:`r_e` what the step misses. A new image recombines flows and residuals of the same edges with the same weights.
Only the change of the reconstruction is added, so an image stays as sharp as its anchor. The factor s, the strength, is
found on held-out images (``_spread.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from skexpand._image_core import ImageCore, train_core
from skexpand._plan import Plan
from skexpand.codec.centred import CentredImages

if TYPE_CHECKING:
    from skexpand._image_expansion import ImageExpansion

SampleArray = NDArray[np.float32]
IntArray = NDArray[np.intp]


@dataclass(frozen=True)
class Appearance:
    """What the flows leave over.

    Attributes
    ----------
    core : ImageCore
        The autoencoder.
    residuals : ndarray of shape (n_edges, latent_dim)
        What each edge's flow misses.
    strength : float
        The factor on their sum.
    """

    core: ImageCore
    residuals: SampleArray
    strength: float = 1.0

    def attributes(self) -> dict[str, Any]:
        """Return what the fit has to show: public attributes by name."""
        return {"appearance_": self.strength, **self.core.attributes()}

    def subset(self, edges: IntArray) -> Appearance:
        """Return the same with some of the edges."""
        return replace(self, residuals=self.residuals[edges])


def fit_appearance(expansion: ImageExpansion, plan: Plan, rng: np.random.Generator) -> Appearance:
    """Train an autoencoder on an expansion's images, and find what its flows leave over."""
    encoded = expansion.images.reshape(len(expansion.images), -1)
    codec = CentredImages.fit(expansion.codec, encoded)
    core = train_core(codec, codec.centred(encoded), expansion.labels, expansion.graph.local, plan, rng)
    ends = expansion.flows.edges
    moved = expansion.moved(ends.sources, expansion.flows.generators)
    return Appearance(core, core.encode(encoded)[ends.targets] - core.encode(moved))
