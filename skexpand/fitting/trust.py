r"""Whether inferred labels can be trusted: what a few labels do not tell shows in four figures.

- *unreached*: the share of rows without a label in pieces of the neighbour graph in which no row has one. What such a
  row is taken for rests on the one link that joins its piece to the rest.
- *accuracy*, beside *chance*: the share of labelled rows whose label is found when a quarter of them is held out in
  turn, and the share of the largest class, which is what always saying the same finds.
- *largest*: the share of the class that most rows without a label are taken for, beside its share of the labelled rows.
  A class that wins nearly everything is a label that sits in the wrong place.

For numbers there is one: the error on held-out rows, beside that of always predicting their mean.
"""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from skexpand.base.types import UNLABELED, FloatArray, IntArray
from skexpand.base.warnings import UnsureLabelsWarning
from skexpand.dynamics.neighbors import pieces
from skexpand.dynamics.shares import shares_of

UNREACHED = 0.1  # share of rows from which on a warning is due
_WINS_ALL = 0.9  # of the way from a class's share of the labelled rows to all rows without a label
FEWEST = 10  # labelled rows: fewer tell nothing about accuracy


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


def measure_trust(weights: csr_array, codes: IntArray, distributions: FloatArray, accuracy: float | None) -> Trust:
    """Measure the figures above.

    Parameters
    ----------
    weights : csr_array of shape (n, n)
        The neighbour graph of all rows, whose pieces are not joined.
    codes : ndarray of shape (n,)
        Class codes, -1 where the label is unknown.
    distributions : ndarray of shape (n, n_classes)
        What the rows are taken for.
    accuracy : float or None
        Share of held-out labels that were found; None where none were held out.
    """
    known = codes != UNLABELED
    n_known, n_classes = np.count_nonzero(known), distributions.shape[1]
    piece = pieces(weights)
    reached = np.isin(piece[~known], piece[known])
    accuracy = float("nan") if accuracy is None or n_known < FEWEST else accuracy
    error = float(np.sqrt(accuracy * (1 - accuracy) / n_known))
    shares, labeled = shares_of(distributions[~known].argmax(axis=1), n_classes), shares_of(codes, n_classes)
    largest = int(shares.argmax())
    return Trust(
        float(np.mean(~reached)), accuracy, error, float(labeled.max()), largest, shares[largest], labeled[largest]
    )


def warn_of(trust: Trust) -> None:
    """Warn, for each figure that is past its limit, that inferred labels cannot be trusted."""
    if trust.is_chance:
        _warn(
            f"of the labelled rows held out, {trust.accuracy:.0%} were given their class, and the most frequent class "
            f"alone gives {trust.chance:.0%}"
        )
    if trust.is_cut_off:
        _warn(f"no label is near {trust.unreached:.0%} of them")
    if trust.is_flooded:
        _warn(
            f"class number {trust.largest} takes {trust.largest_share:.0%} of them, and has {trust.labeled_share:.0%} "
            "of the labelled rows"
        )


def error_of_numbers(found: FloatArray, usual: FloatArray) -> float:
    """Return the error of predicted numbers, as a share of that of their mean; warn if it is not clearly smaller.

    Both errors (n,) are those of the same held-out rows. The difference must exceed its standard error; a limit of two
    would warn where these rows still help (see ``examples/benchmarks/questions/numbers_unlabeled.py``).
    """
    if len(found) < FEWEST or not usual.any():
        return float("nan")
    share, difference = float(found.mean() / usual.mean()), usual - found
    if difference.mean() <= difference.std() / np.sqrt(len(difference)):
        warnings.warn(
            f"The numbers inferred for rows without one cannot be trusted: held out, their error is {share:.0%} of "
            "that of always predicting the mean. Give more rows their number, or leave the rows without one out.",
            UnsureLabelsWarning,
            stacklevel=7,
        )
    return share


def _warn(reason: str) -> None:
    warnings.warn(
        f"The labels inferred for rows without one cannot be trusted: {reason}. Label more rows of each class, state "
        "class_shares if they are known, or leave the rows without a label out.",
        UnsureLabelsWarning,
        stacklevel=8,
    )
