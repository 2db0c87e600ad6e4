r"""The expander map: a biregular bipartite graph from new nodes to one anchor and d edges each.

Every anchor of the class and every edge is used equally often, give or take one, so nothing in the small table is forgotten and
nothing dominates. Matching the slots of new nodes with edges at random makes the bipartite graph an expander with high
probability (Hoory, Linial and Wigderson 2006, section 7).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from skexpand._random import spread_evenly

IntArray = NDArray[np.intp]
FloatArray = NDArray[np.float64]


class ExpanderMap(NamedTuple):
    """The links of ``n_new`` new nodes."""

    anchors: IntArray  # (n_new,) row of each anchor
    edges: IntArray  # (n_new, degree) edges that each node recombines
    weights: FloatArray  # (n_new, degree), unit norm per node

    def recombine(self, residuals: FloatArray) -> FloatArray:
        """Return the weighted sum of each node's residuals, shape (n_new, latent_dim)."""
        n_new, degree = self.edges.shape
        pointers = np.arange(0, n_new * degree + 1, degree)
        mixing = csr_array((self.weights.ravel(), self.edges.ravel(), pointers), shape=(n_new, len(residuals)))
        return mixing @ residuals


def draw_expander_map(
    n_new: int,
    rows: IntArray,
    own_edges: IntArray,
    n_edges: int,
    own_share: float,
    degree: int,
    rng: np.random.Generator,
    convex: bool = False,
) -> ExpanderMap:
    """Link new nodes of one class to its ``rows`` and to edges, ``own_share`` of them of the class, the rest of all.

    Where there is no edge at all, the nodes keep their anchors and link to nothing (degree 0).
    """
    anchors = rows[spread_evenly(n_new, len(rows), rng)]
    if n_edges == 0:
        return ExpanderMap(anchors, np.empty((n_new, 0), np.intp), np.empty((n_new, 0)))
    slots = n_new * degree
    n_own = round(own_share * slots) if len(own_edges) else 0
    own = own_edges[spread_evenly(n_own, len(own_edges), rng)] if n_own else own_edges[:0]
    pooled = spread_evenly(slots - n_own, n_edges, rng)
    edges = rng.permutation(np.concatenate([own, pooled])).reshape(n_new, degree)
    return ExpanderMap(anchors, edges, _draw_weights(n_new, degree, rng, convex))


def _draw_weights(n_new: int, degree: int, rng: np.random.Generator, convex: bool) -> FloatArray:
    """Draw uniformly from the unit sphere (signs free) or, for the ablation, from the simplex."""
    if convex:
        return rng.dirichlet(np.ones(degree), n_new)
    weights = rng.standard_normal((n_new, degree))
    weights /= np.sqrt(np.einsum("nd,nd->n", weights, weights))[:, None]
    return weights
