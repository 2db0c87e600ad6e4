r"""Indicator columns that exclude each other are decoded together: a new row has at most one of them on.

One-hot encoded categories reach the sampler as columns of two values. Decoded separately, a new row could have two of
them on, or none where one must be. Neighbouring columns of two values, of which no row has two on (the larger value
is "on"), are therefore decided together, as a category is (see ``category.py``): the highest score wins, where the
score of "none of them" is

.. math:: s_0 = 1 - \sum_k s_k,

after offsets by which each option comes as often as among the anchors. That is chance and no rule where the columns are
rarely on, so they count as a choice only if, were they independent, two would be on together in a few rows,
:math:`n \sum_{j<k} p_j p_k \geq 3` (seen in none with probability :math:`e^{-3}`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import BoolArray, FloatArray, IntArray
from skexpand.codec.category import with_shares

LEAST_EXPECTED = 3.0  # rows with two on, if the columns were independent


@dataclass(frozen=True)
class OneHot:
    """Columns of two values of which at most one is on.

    Attributes
    ----------
    columns, places : ndarray of shape (n_options,)
        Their positions in the table and in the encoded row.
    off, on : ndarray of shape (n_options,)
        The two values of each.
    encoded_off, encoded_on : ndarray of shape (n_options,)
        What these are encoded as.
    chosen : ndarray of shape (n,)
        Which of the columns is on in each training row; n_options where none is.
    """

    columns: IntArray
    places: IntArray
    off: NDArray[Any]
    on: NDArray[Any]
    encoded_off: FloatArray
    encoded_on: FloatArray
    chosen: IntArray

    @classmethod
    def fit(cls, rows: NDArray[Any], columns: IntArray, encoded: FloatArray, places: IntArray) -> OneHot:
        """Learn from training rows (n, n_columns) and their encoding (n, width)."""
        cells, codes = rows[:, columns], encoded[:, places]
        is_on = cells == cells.max(axis=0)
        chosen = np.where(is_on.any(axis=1), is_on.argmax(axis=1), len(columns))
        ends = cells.min(axis=0), cells.max(axis=0), codes.min(axis=0), codes.max(axis=0)
        return cls(columns, places, *ends, chosen)

    def likeliest(self, encoded: NDArray[np.floating]) -> NDArray[Any]:
        """Return the cells with the highest score: the inverse of encoding."""
        return self._shown(self._scores(encoded).argmax(axis=1))

    def decided(self, encoded: NDArray[np.floating], anchors: IntArray) -> NDArray[Any]:
        """Return the cells of new rows, of which each option has as many as among their anchors."""
        scores = self._scores(encoded)
        shares = np.bincount(self.chosen[anchors], minlength=scores.shape[1]) / len(anchors)
        scores[:, shares == 0] = -np.inf
        return self._shown(with_shares(scores, shares))

    def inherited(self, anchors: IntArray) -> NDArray[Any]:
        """Return the cells of the anchors."""
        return self._shown(self.chosen[anchors])

    def _scores(self, encoded: NDArray[np.floating]) -> FloatArray:
        """Return how much of each option a row has, that of none of them last; these sum to 1."""
        scores = (encoded[:, self.places] - self.encoded_off) / (self.encoded_on - self.encoded_off)
        return np.column_stack([scores, 1 - scores.sum(axis=1)])

    def _shown(self, chosen: IntArray) -> NDArray[Any]:
        return np.where(chosen[:, None] == np.arange(len(self.columns)), self.on, self.off)


def exclusive_columns(rows: NDArray[Any], candidates: IntArray) -> list[IntArray]:
    """Find the columns of each choice; those with gaps, or other than two values, are in none."""
    if not len(rows):
        return []
    off, on = rows.min(axis=0), rows.max(axis=0)  # NaN where a cell is missing
    is_on = rows == on
    two_values = np.zeros(rows.shape[1], bool)
    two_values[candidates] = ((is_on | (rows == off)).all(axis=0) & (on != off))[candidates]
    runs = _exclusive_runs(is_on, two_values)
    return [columns for columns in runs if _expected_together(is_on[:, columns]) >= LEAST_EXPECTED]


def _exclusive_runs(is_on: BoolArray, two_values: BoolArray) -> Iterator[IntArray]:
    """Go through the columns; yield neighbours of two values as long as no row has two of them on."""
    run: list[int] = []
    taken = np.zeros(len(is_on), bool)
    for column in np.flatnonzero(two_values).tolist():
        goes_on = run and column == run[-1] + 1 and not (taken & is_on[:, column]).any()
        if run and not goes_on:
            yield np.array(run)
            run, taken = [], np.zeros(len(is_on), bool)
        run.append(column)
        taken = taken | is_on[:, column]
    if run:
        yield np.array(run)


def _expected_together(is_on: BoolArray) -> float:
    """Return in how many rows two columns would be on together, if they were independent."""
    shares = is_on.mean(axis=0)
    return float(len(is_on) * (shares.sum() ** 2 - np.sum(shares**2)) / 2)
