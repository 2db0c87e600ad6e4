r"""The expander map: a biregular bipartite graph from new nodes to one anchor and d edges each.

Every anchor of the class and every edge is used equally often (counts differ by at most one), so no row of the small
table is left out and none dominates. Matching the slots of new nodes with edges at random makes the bipartite graph an
expander with high probability (Hoory, Linial and Wigderson 2006, section 7).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from skexpand.base.random import draw_evenly, repeat_evenly
from skexpand.base.types import IntArray

_FEW = 1_000  # links up to which scipy takes longer to check a sparse matrix than NumPy to add up rows

EdgeArray = NDArray[np.int32]  # the index type of scipy's sparse matrices: no conversion


class ExpanderMap(NamedTuple):
    """The links of ``n_new`` new nodes."""

    anchors: IntArray  # (n_new,) the anchor of each
    edges: EdgeArray  # (n_new, degree) edges that each node recombines
    weights: NDArray[np.float32]  # (n_new, degree), unit norm per node

    def recombine(self, moves: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the weighted sum of each node's moves, shape (n_new, dim)."""
        n_new, degree = self.edges.shape
        if 0 < self.edges.size < _FEW:
            slots = zip(self.weights.T, self.edges.T, strict=True)
            return np.asarray(sum(weights[:, None] * moves[edges] for weights, edges in slots))
        pointers = np.arange(n_new + 1, dtype=np.int32) * np.int32(degree)
        mixing = csr_array((self.weights.ravel(), self.edges.ravel(), pointers), shape=(n_new, len(moves)))
        return mixing @ moves


def draw_expander_map(
    n_new: int,
    n_anchors: int,
    own_edges: IntArray,
    n_edges: int,
    own_share: float,
    degree: int,
    rng: np.random.Generator,
) -> ExpanderMap:
    """Link new nodes of one class to its anchors and to edges: ``own_share`` of them its own, the rest from all.

    If there is no edge at all, the nodes keep their anchors and have no edges (degree 0).
    """
    anchors = draw_evenly(n_new, n_anchors, rng)
    if n_edges == 0:
        return ExpanderMap(anchors, np.empty((n_new, 0), np.int32), np.empty((n_new, 0), np.float32))
    slots = n_new * degree
    n_own = round(own_share * slots) if len(own_edges) else 0
    edges = np.empty(slots, np.intp)  # which NumPy shuffles faster than smaller integers
    if n_own:
        np.take(own_edges, repeat_evenly(n_own, len(own_edges), rng), out=edges[:n_own])
    edges[n_own:] = repeat_evenly(slots - n_own, n_edges, rng)
    rng.shuffle(edges)
    links = edges.astype(np.int32).reshape(n_new, degree)
    return ExpanderMap(anchors, links, draw_weights(n_new, degree, rng))


def draw_weights(n_new: int, degree: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Draw uniformly from the unit sphere, signs free: shape (n_new, degree)."""
    weights = rng.standard_normal((n_new, degree), dtype=np.float32)
    weights /= np.sqrt(np.einsum("nd,nd->n", weights, weights))[:, None]
    return weights
