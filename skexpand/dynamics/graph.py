r"""Edges inside each class: one step of the data's own dynamics.

Two kinds of edge join rows of the same class. *Local* edges lead to the nearest neighbours and follow the manifold.
*Expander* edges belong to a random d-regular graph: few edges, yet every row is reached in :math:`O(\log n)` steps,
because the second eigenvalue of the adjacency matrix stays near :math:`2\sqrt{d-1}` (Friedman 2008; Hoory, Linial and
Wigderson 2006). The normalized spectral gap :math:`1 - |\lambda_2| / d` measures it: 0 for a graph in pieces, 1 at
best.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import networkx as nx
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.linalg import eigsh
from scipy.spatial.distance import cdist
from sklearn.neighbors import NearestNeighbors

from skexpand.base.random import draw_seed
from skexpand.base.types import FloatArray, IntArray

_DENSE_LIMIT = 400  # rows up to which a full eigendecomposition is faster
_EXPANDER_TRIES = 3


@dataclass(frozen=True)
class Edges:
    """Directed edges ``source -> target`` between rows."""

    sources: IntArray
    targets: IntArray

    def __len__(self) -> int:
        return len(self.sources)

    def __add__(self, other: Edges) -> Edges:
        return Edges(np.concatenate([self.sources, other.sources]), np.concatenate([self.targets, other.targets]))

    def subset(self, index: IntArray) -> Edges:
        """Return the edges at ``index``."""
        return Edges(self.sources[index], self.targets[index])

    @classmethod
    def joined(cls, parts: list[Edges]) -> Edges:
        """Return the edges of all parts, in their order."""
        parts = [NO_EDGES, *parts]
        return cls(np.concatenate([part.sources for part in parts]), np.concatenate([part.targets for part in parts]))


@dataclass(frozen=True)
class Graph:
    """The within-class graph: local edges, expander edges (both ways) and the spectral gap of each class's expander."""

    local: Edges
    expander: Edges
    spectral_gap: FloatArray


NO_EDGES = Edges(np.empty(0, np.intp), np.empty(0, np.intp))


def rows_by_class(labels: IntArray, n_classes: int = 0) -> list[IntArray]:
    """Return, per class code, the indices of its rows; of at least ``n_classes`` classes."""
    order = np.argsort(labels, kind="stable")
    ends = np.cumsum(np.bincount(labels, minlength=n_classes)).tolist()
    return [order[start:end] for start, end in pairwise([0, *ends])]


def local_edges(latents: FloatArray, labels: IntArray, n_neighbors: int) -> Edges:
    """Join each row to its nearest neighbours of the same class."""
    edges = []
    for rows in rows_by_class(labels):
        k = min(n_neighbors, len(rows) - 1)
        if k < 1:
            continue
        edges.append(Edges(np.repeat(rows, k), rows[_nearest_others(latents[rows], k).ravel()]))
    return Edges.joined(edges)


def _nearest_others(rows: FloatArray, k: int) -> IntArray:
    """Return the k nearest other rows of each, nearest first, shape (n, k)."""
    if k < len(rows) - 1:
        # without an argument, kneighbors leaves each row out of its own neighbours
        return np.asarray(NearestNeighbors(n_neighbors=k).fit(rows).kneighbors(return_distance=False))
    distances = cdist(rows, rows, "sqeuclidean")  # all others: far quicker for the few rows of a small class
    np.fill_diagonal(distances, -1.0)
    return np.argsort(distances, axis=1, kind="stable")[:, 1:]


def expander_edges(labels: IntArray, degree: int, rng: np.random.Generator) -> tuple[Edges, FloatArray]:
    """Join the rows of each class by a random regular graph; return edges (both ways) and spectral gap per class.

    A class too small for the degree gets the complete graph; a class with one row has no edge and gap 0.
    """
    edges, gaps = [], []
    for rows in rows_by_class(labels):
        pairs, gap = _regular_expander(len(rows), degree, rng)
        first, second = rows[pairs.T]
        edges += [Edges(first, second), Edges(second, first)]
        gaps.append(gap)
    return Edges.joined(edges), np.array(gaps)


def _regular_expander(n_nodes: int, degree: int, rng: np.random.Generator) -> tuple[IntArray, float]:
    """Return the node pairs and the spectral gap of the best of a few random regular graphs."""
    if n_nodes < 2:
        return np.empty((0, 2), np.intp), 0.0
    if n_nodes <= degree + 1:
        return np.column_stack(np.triu_indices(n_nodes, 1)), spectral_gap_of_complete(n_nodes)
    degree += degree * n_nodes % 2  # a regular graph needs an even sum of degrees
    best, best_gap = np.empty((0, 2), np.intp), -1.0
    for _ in range(_EXPANDER_TRIES):
        pairs = np.array(nx.random_regular_graph(degree, n_nodes, seed=draw_seed(rng)).edges, np.intp)
        gap = spectral_gap(pairs, n_nodes, degree)
        if gap > best_gap:
            best, best_gap = pairs, gap
        if gap >= 0.9 * ramanujan_gap(degree):
            break
    return best, best_gap


def ramanujan_gap(degree: int) -> float:
    r"""Return :math:`1 - 2\sqrt{d-1}/d`, the gap no large d-regular graph exceeds (Alon and Boppana)."""
    return 1 - 2 * np.sqrt(degree - 1) / degree


def spectral_gap_of_complete(n_nodes: int) -> float:
    """Return the normalized gap of the complete graph, whose second eigenvalue is -1."""
    return 1 - 1 / (n_nodes - 1)


def spectral_gap(pairs: IntArray, n_nodes: int, degree: int) -> float:
    """Return the normalized spectral gap of an undirected d-regular graph given as node pairs."""
    ends = tuple(np.concatenate([pairs, pairs[:, ::-1]]).T)
    if n_nodes <= _DENSE_LIMIT:
        dense = np.zeros((n_nodes, n_nodes))
        dense[ends] = 1
        values = np.linalg.eigvalsh(dense)
    else:
        adjacency = csr_array((np.ones(len(ends[0])), ends), shape=(n_nodes, n_nodes))
        start = np.sin(np.arange(1.0, n_nodes + 1))  # a fixed start keeps the result the same in every run
        values = eigsh(adjacency, k=3, which="BE", v0=start, tol=1e-4, return_eigenvectors=False)
    values = np.sort(values)
    return float(max(0.0, 1 - max(abs(values[0]), abs(values[-2])) / degree))


def to_networkx(labels: IntArray, edges: Graph) -> nx.Graph:
    """Build the networkx graph: a node per row (attribute ``label``), an edge per pair (attribute ``kind``)."""
    graph = nx.Graph()
    graph.add_nodes_from((i, {"label": int(c)}) for i, c in enumerate(labels))
    graph.add_edges_from(
        zip(edges.expander.sources.tolist(), edges.expander.targets.tolist(), strict=True), kind="expander"
    )
    graph.add_edges_from(zip(edges.local.sources.tolist(), edges.local.targets.tolist(), strict=True), kind="local")
    return graph
