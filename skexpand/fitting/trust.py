r"""Whether inferred labels can be trusted: what a few labels do not tell shows in four figures.

- *unreached*: the share of rows without a label in pieces of the neighbour graph in which no row has one. What such a
  row is taken for rests on the one link that joins its piece to the rest.
- *accuracy*, beside *chance*: the share of labelled rows whose label is found when a quarter of them is held out in
  turn, and the share of the largest class, which is what always saying the same finds.
- *largest*: the share of the class that most rows without a label are taken for, beside its share of the labelled rows.
  A class that wins nearly everything is a label that sits in the wrong place.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from skexpand.base.types import UNLABELED, FloatArray, IntArray, RowArray
from skexpand.dynamics.neighbors import neighbor_graph, pieces
from skexpand.dynamics.shares import shares_of
from skexpand.fitting.unlabeled import Candidate, held_out_hits

UNREACHED = 0.1  # share of rows from which on a warning is due
_WINS_ALL = 0.9  # of the way from a class's share of the labelled rows to all rows without a label
_FEWEST = 10  # labelled rows: fewer tell nothing about accuracy


class Trust(NamedTuple):
    """How far labels can be trusted; NaN where it cannot be told."""

    unreached: float  # share of the rows without a label in pieces of the graph without one
    accuracy: float  # share of held-out labels that were found
    error: float  # standard error of that share
    chance: float  # share of the largest class of the labelled rows
    largest: int  # code of the class that most rows without a label are taken for
    largest_share: float  # share of these rows that are taken for it
    labeled_share: float  # share of the labelled rows that it has

    @property
    def is_cut_off(self) -> bool:
        """Whether many rows are in pieces of the graph that no label reaches."""
        return self.unreached >= UNREACHED

    @property
    def is_chance(self) -> bool:
        """Whether held-out labels are not clearly found more often than by chance: by two standard errors."""
        return self.accuracy - 2 * self.error <= self.chance

    @property
    def is_flooded(self) -> bool:
        """Whether one class wins nearly everything."""
        return self.largest_share > self.labeled_share + _WINS_ALL * (1 - self.labeled_share)


def measure_trust(
    rows: RowArray, codes: IntArray, distributions: FloatArray, candidate: Candidate, rng: np.random.Generator
) -> Trust:
    """Measure the figures above.

    Parameters
    ----------
    rows : ndarray of shape (n, m)
        All rows, as the graph sees them.
    codes : ndarray of shape (n,)
        Class codes, -1 where the label is unknown.
    distributions : ndarray of shape (n, n_classes)
        What the rows are taken for.
    candidate : callable
        What said so; labels are held out from it.
    rng : Generator
        The source of randomness.
    """
    known = codes != UNLABELED
    n_classes = distributions.shape[1]
    piece = pieces(neighbor_graph(rows))
    reached = np.isin(piece[~known], piece[known])
    accuracy = error = float("nan")
    if np.count_nonzero(known) >= _FEWEST and np.bincount(codes[known], minlength=n_classes).min() >= 2:
        hits = held_out_hits(candidate, codes, rng)
        accuracy, error = float(hits.mean()), float(hits.std() / np.sqrt(len(hits)))
    shares, labeled = shares_of(distributions[~known].argmax(axis=1), n_classes), shares_of(codes, n_classes)
    largest = int(shares.argmax())
    return Trust(
        float(np.mean(~reached)), accuracy, error, float(labeled.max()), largest, shares[largest], labeled[largest]
    )
