r"""New rows that stand for the law together: which of several draws each row keeps.

A few hundred independent draws miss their law by chance, and learners take the gaps and clumps for facts. So each row
is drawn several times, from the same anchor and edges with other weights, and the draws :math:`x_1, \dots, x_n`
are kept whose energy distance to the law is small,

.. math:: \frac{2}{n} \sum_i \mathbb{E}\,\lVert x_i - Y \rVert - \frac{1}{n^2} \sum_{i,j} \lVert x_i - x_j \rVert.

These are the support points of Mak and Joseph (2018), found row by row as in kernel herding (Chen, Welling and Smola
2010). Only the weights are chosen, so anchors and edges are still used equally often. Many rows need none of this:
among them, chance evens out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from skexpand.dynamics.expander import ExpanderMap
from skexpand.dynamics.law import ClassLaw

IntArray = NDArray[np.intp]
SampleArray = NDArray[np.float32]

_ALL_DRAWS, _MOST_DRAWS = 8_192, 16  # of all rows together, and of one row
_BLOCK = 128  # rows chosen together: bounds time and memory
_OWN = 0.3  # a row's share in its own distance, which is 0: with 1 the rows get too narrow, with 0 too wide


class Part(NamedTuple):
    """The new rows of one component."""

    component: str
    rows: SampleArray  # (n_new, dim)
    links: ExpanderMap  # anchors by their row in the table


def draws_per_row(n_new: int) -> int:
    """Return how often to draw each of ``n_new`` rows: up to 16 times, and once where there are many."""
    return int(np.clip(_ALL_DRAWS // max(n_new, 1), 1, _MOST_DRAWS))


def sample_mixture(
    laws: Mapping[str, ClassLaw], counts: Mapping[str, int], degree: int, n_draws: int, rng: np.random.Generator
) -> Iterator[Part]:
    """Make new rows of one class by several components, which stand for their mixture together."""
    drawn = {name: laws[name].sample(count, degree, rng, n_draws) for name, count in counts.items() if count}
    if n_draws == 1:
        yield from (Part(name, *draw) for name, draw in drawn.items())
        return
    kept = choose_representative(np.concatenate([rows for rows, _ in drawn.values()]), n_draws, rng)
    for name, (rows, links) in drawn.items():
        mine, kept = kept[: counts[name]], kept[counts[name] :]
        taken = np.arange(counts[name]) * n_draws + mine
        yield Part(name, rows[taken], links.subset(taken))


def choose_representative(draws: SampleArray, n_draws: int, rng: np.random.Generator) -> IntArray:
    """Return which draw each row keeps.

    ``draws`` of shape (n_rows * n_draws, dim) holds those of the first row, then those of the second, and so on.
    """
    draws = draws.reshape(-1, n_draws, draws.shape[1])
    kept = np.empty(len(draws), np.intp)
    for block in np.array_split(rng.permutation(len(draws)), -(-len(draws) // _BLOCK)):
        kept[block] = _herd(draws[block])
    return kept


def _herd(draws: SampleArray) -> IntArray:
    """Keep, row after row, the draw that lowers the energy distance most; all draws together stand for the law."""
    n_rows, n_draws, dim = draws.shape
    distances = _distances(draws.reshape(-1, dim))
    to_law = distances.mean(axis=0).reshape(n_rows, n_draws)
    to_kept = np.zeros_like(to_law)
    kept = np.zeros(n_rows, np.intp)  # the first row keeps its first draw: nothing is known to be missing yet
    for row in range(n_rows):
        if row:
            kept[row] = np.argmin(to_law[row] - to_kept[row] / (row + _OWN))
        to_kept += distances[row * n_draws + kept[row]].reshape(n_rows, n_draws)
    return kept


def _distances(rows: SampleArray) -> SampleArray:
    """Return the Euclidean distances between all rows."""
    rows = rows - rows.mean(axis=0)  # small numbers lose less in their squares
    squares = np.einsum("nd,nd->n", rows, rows)
    distances: SampleArray = rows @ (-2 * rows.T)
    distances += squares[:, None]
    distances += squares
    return np.sqrt(np.maximum(distances, 0, out=distances), out=distances)
