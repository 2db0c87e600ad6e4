r"""Nearest rows, and the graph that joins them whatever their class.

.. math:: w_{ij} = \tfrac12 \left(e^{-4 d_{ij}^2 / s_i^2} + e^{-4 d_{ij}^2 / s_j^2}\right)

where :math:`d_{ij}` is the distance of row j, one of the k nearest of row i (a term whose row is not among the
nearest is 0), and :math:`s_i` is the distance of the k-th: the scale is local, so dense and sparse regions are joined
alike (Calder, Cook, Thorpe and Slepčev, "Poisson Learning", ICML 2020).

Distances between all pairs cost :math:`n^2 m` products, however many rows are kept. What makes them bearable is one
matrix product in single precision per block, :math:`-2 x^\top y + \lVert y \rVert^2`, that stays in the cache, and one
comparison with the k-th distance found so far, which only a few entries pass. These few are measured again in double
precision.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from skexpand.base.types import BoolArray, FloatArray, IntArray, RowArray, SampleArray

N_NEIGHBORS = 10
_TREE_COLUMNS = 8  # up to which a tree finds neighbours faster than comparing all pairs
_ROWS, _COLUMNS = 256, 2_048  # of a block of distances: 2 MiB
_SPARE = 6  # rows kept beyond those wanted, since single precision may order the last ones wrongly
_PENDING = 8  # entries per row that wait before they are sorted in
_LOOKING = 1_000  # rows of a piece that look for the way out of it
_LINK = float(np.exp(-4.0))  # weight of the k-th neighbour, and of a link between pieces


def nearest_rows(rows: RowArray, k: int, queries: RowArray | None = None) -> tuple[IntArray, FloatArray]:
    """Return the k nearest rows of each query and their distances, each of shape (n_queries, k), nearest first.

    Without queries, the nearest others of each row are returned. Rows at the same distance come in their order.
    """
    itself = queries is None
    asked = rows if queries is None else queries
    centre = rows.mean(axis=0, dtype=np.float64)
    rows, asked = rows - centre, asked - centre
    n_found = min(k + itself + _SPARE, len(rows))
    if rows.shape[1] <= _TREE_COLUMNS:
        found = cKDTree(rows).query(asked, np.arange(1, n_found + 1))[1]
    else:
        found = _compared(rows.astype(np.float32), asked.astype(np.float32), n_found)
    distances = _distances(rows, asked, found)
    if itself:
        distances[found == np.arange(len(asked))[:, None]] = np.inf
    order = np.lexsort((found, distances), axis=1)[:, : min(k, len(rows) - itself)]
    return np.take_along_axis(found, order, axis=1), np.take_along_axis(distances, order, axis=1)


def _distances(rows: RowArray, asked: RowArray, found: IntArray) -> FloatArray:
    """Return the Euclidean distance of each row found, in double precision."""
    squares = np.empty(found.shape)
    for start in range(0, len(asked), _COLUMNS):
        part = slice(start, start + _COLUMNS)
        squares[part] = np.square(rows[found[part]] - asked[part, None]).sum(axis=2)
    return np.sqrt(squares)


def _compared(rows: SampleArray, asked: SampleArray, k: int) -> IntArray:
    """Return the k nearest rows of each query, in no order, by comparing all pairs."""
    # every block is spread over the whole table: in a sorted one, the first would tell nothing about the rest
    order = np.argsort(np.arange(len(rows)) % -(-len(rows) // _COLUMNS), kind="stable")
    squares = np.einsum("nm,nm->n", rows, rows)
    keys = np.vstack([-2 * rows[order].T, squares[order]])  # (m + 1, n)
    asked = np.column_stack([asked, np.ones(len(asked), np.float32)])
    parts = (asked[start : start + _ROWS] for start in range(0, len(asked), _ROWS))
    return order[np.concatenate([_nearest_keys(part, keys, k) for part in parts])]


def _nearest_keys(asked: SampleArray, keys: SampleArray, k: int) -> IntArray:
    """Return the k columns of ``keys`` whose product with each query is smallest, in no order."""
    first = asked @ keys[:, : max(_COLUMNS, k)]
    places = np.argpartition(first, k - 1, axis=1)[:, :k]
    values = np.take_along_axis(first, places, axis=1)
    waiting: list[tuple[IntArray, IntArray, SampleArray]] = []
    n_waiting = 0
    for start in range(first.shape[1], keys.shape[1], _COLUMNS):
        block = asked @ keys[:, start : start + _COLUMNS]
        passed = np.flatnonzero(block < values.max(axis=1)[:, None])
        line, place = np.divmod(passed, block.shape[1])
        waiting.append((line, place + start, block.ravel()[passed]))
        n_waiting += len(passed)
        if n_waiting > _PENDING * len(asked):
            places, values = _sorted_in(places, values, waiting)
            waiting, n_waiting = [], 0
    return _sorted_in(places, values, waiting)[0]


def _sorted_in(
    places: IntArray, values: SampleArray, waiting: list[tuple[IntArray, IntArray, SampleArray]]
) -> tuple[IntArray, SampleArray]:
    """Return the k best of each line, after entries ``(line, place, value)`` have come in."""
    n_lines, k = places.shape
    line = np.concatenate([np.repeat(np.arange(n_lines), k), *(part[0] for part in waiting)])
    place = np.concatenate([places.ravel(), *(part[1] for part in waiting)])
    value = np.concatenate([values.ravel(), *(part[2] for part in waiting)])
    order = np.lexsort((value, line))
    kept = order[np.searchsorted(line[order], np.arange(n_lines))[:, None] + np.arange(k)]
    return place[kept], value[kept]


def neighbor_graph(rows: RowArray, n_neighbors: int = N_NEIGHBORS) -> csr_array:
    """Return the symmetric weights (n, n) of the nearest-neighbour graph of rows (n, m): the formula above.

    Rows that equal all their neighbours are joined to these with weight 1.
    """
    neighbors, distances = nearest_rows(rows, n_neighbors)
    scale = distances[:, -1:]
    ratios = np.divide(distances, scale, out=np.zeros_like(distances), where=scale > 0)
    sources = np.repeat(np.arange(len(rows)), neighbors.shape[1])
    weights = coo_array((np.exp(-4 * ratios**2).ravel(), (sources, neighbors.ravel())), shape=(len(rows),) * 2)
    directed = csr_array(weights)
    return csr_array((directed + directed.T) / 2)


def pieces(weights: csr_array) -> IntArray:
    """Return the connected component of each row, numbered in the order of their first rows."""
    found = connected_components(weights, directed=False)[1]
    _, first, inverse = np.unique(found, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse]


def joined(weights: csr_array, rows: RowArray) -> csr_array:
    r"""Return a connected graph: pieces are joined by links of weight :math:`e^{-4}` between their nearest rows.

    Until one piece is left, each but the largest is linked to the row outside that is nearest to one of its own
    (Borůvka's way to the shortest tree).
    """
    while len(sizes := np.bincount(component := pieces(weights))) > 1:
        links = [_shortest_way_out(rows, component == one) for one in np.argsort(-sizes, kind="stable")[1:].tolist()]
        ends = np.array(links).T  # (2, n_links)
        both = np.hstack([ends, ends[::-1]])
        added = csr_array(coo_array((np.ones(both.shape[1]), tuple(both)), shape=weights.shape))
        added.data[:] = _LINK  # two pieces may choose the same link
        weights = csr_array(weights + added)
    return weights


def _shortest_way_out(rows: RowArray, inside: BoolArray) -> tuple[int, int]:
    """Return two rows that are near each other, of which one is inside: of a small piece, the nearest two.

    Of a large piece, some rows look for the nearest one outside, and that for the nearest one inside.
    """
    own, others = np.flatnonzero(inside), np.flatnonzero(~inside)
    looking = own[:: -(-len(own) // _LOOKING)]
    found, distances = nearest_rows(rows[others], 1, rows[looking])
    outside = others[found[np.argmin(distances[:, 0]), 0]]
    back = nearest_rows(rows[own], 1, rows[[outside]])[0]
    return int(own[back[0, 0]]), int(outside)
