r"""Columns some of whose values have a share of the rows: few-valued numbers, ranks, and point masses (*atoms*).

A new row's score in such a column is a number between the values: rounded to the nearest of them, a flag that 2 % of
the rows have dies out, and of 80 % zeros half become something else. So the rows of a block, in the order of their
scores, get the values in *their* order, each as often as its share says: the optimal transport in one dimension. The
higher score has the higher level, which is how the column hangs together with others.

The share of a value is that among the anchors, :math:`p_c`, and a little of that among all rows, :math:`p`,

.. math:: p' = p_c + \frac{\kappa}{n_c + \kappa} (p - p_c),

but never farther from :math:`p_c` than its standard error, so that nobody can tell: few rows do not say exactly how
rare a value is. One that all rows of a class share stays theirs. Between atoms the values are no levels but a
continuous part. Their share is found in the same way, and they are read off the anchors' own, with straight lines from
one value to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import FloatArray, IntArray
from skexpand.codec.codec import Origin
from skexpand.codec.domain import Domain

_OF_ALL = 2.0  # rows' worth of the shares among all rows (kappa)


@dataclass(frozen=True)
class Shares:
    """The columns whose values keep their shares.

    Attributes
    ----------
    columns, places : ndarray of shape (n_shared,)
        Their positions in the table and in the encoded row.
    cells : ndarray of shape (n, n_shared)
        Their values in the training rows; NaN where missing or far from all others.
    """

    columns: IntArray
    places: IntArray
    cells: FloatArray

    @classmethod
    def of(cls, cells: NDArray[Any], columns: IntArray, places: IntArray, domains: Sequence[Domain]) -> Shares:
        """Remember the cells of training rows; outliers among them count as the end of the range of the others."""
        cells = cells.astype(np.float64)
        for cell, domain in zip(cells.T, domains, strict=True):
            if domain.core is not None:
                cell.clip(*domain.core, out=cell)
        return cls(columns, places, cells)

    def decided(
        self, rows: NDArray[Any], encoded: NDArray[np.floating], domains: Sequence[Domain], origin: Origin
    ) -> None:
        """Write the cells of new rows; ``domains`` are those of the columns, of which rows hold the nearest values."""
        anchors = np.flatnonzero(np.bincount(origin.anchors, minlength=len(self.cells)))
        alike = np.zeros(len(self.columns), bool)
        if not origin.apart:  # most columns of a text
            alike = (self.cells[anchors] == self.cells[anchors[0]]).all(axis=0)
        rows[:, self.columns[alike]] = self.cells[anchors[0], alike]
        for k in np.flatnonzero(~alike).tolist():
            column, cells = self.columns[k], self.cells[origin.anchors, k]
            if np.isnan(cells).all():
                continue
            if origin.apart:
                rows[:, column] = _inherited(rows[:, column], cells, domains[k])
            else:
                rows[:, column] = self._allotted(k, encoded[:, self.places[k]], cells, anchors, domains[k])

    def _allotted(
        self, k: int, scores: NDArray[np.floating], cells: FloatArray, anchors: IntArray, domain: Domain
    ) -> FloatArray:
        """Return the values of new rows in one column, given their scores and the cells of their anchors."""
        own, everyone = (_present(part) for part in (self.cells[anchors, k], self.cells[:, k]))
        known = ~np.isnan(cells)
        values = np.empty(len(scores))
        for part in [known] if known.all() else [known, ~known]:  # the latter become gaps, or need a first value
            values[part] = allotted(scores[part], cells[known], own, everyone, domain)
        return values


def _present(cells: FloatArray) -> FloatArray:
    return np.sort(cells[~np.isnan(cells)])


def allotted(
    scores: NDArray[np.floating], cells: FloatArray, own: FloatArray, everyone: FloatArray, domain: Domain
) -> FloatArray:
    """Return values for new rows with these scores.

    ``cells`` are those of the anchors, as often as they are used; ``own`` those of each anchor once and ``everyone``
    those of all rows, both ascending; none of them is missing.
    """
    masses = domain.levels if domain.levels is not None else np.array(domain.atoms)
    shares = smoothed(_shares(np.sort(cells), masses), _shares(everyone, masses), len(own))
    ends = np.rint(np.cumsum(shares) * len(scores)).astype(np.intp)
    starts = np.concatenate([[0], ends[:-1]])
    rising = np.empty(len(scores))
    for part, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        if end > start:
            rising[start:end] = _of_part(part, end - start, own, everyone, masses, domain)
    values = np.empty(len(scores))
    values[_order(scores, ends[0] if ends[0] else ends[1])] = rising
    return values


def _shares(values: FloatArray, masses: FloatArray) -> FloatArray:
    """Return the share of ascending values below the first mass, at it, between it and the next, and so on."""
    edges = np.stack([np.searchsorted(values, masses), np.searchsorted(values, masses, "right")], axis=1)
    return np.diff([0, *edges.ravel().tolist(), len(values)]) / len(values)


def smoothed(own: FloatArray, everyone: FloatArray, n_own: int) -> FloatArray:
    """Return the shares among so many rows, drawn to those among all rows, by a standard error at the most."""
    if own.max() == 1:  # all rows of the class agree, and what tells it from others stays so
        return own
    likely = (own * n_own + 1) / (n_own + 2)  # never 0 or 1, where there would be no error
    error = np.sqrt(likely * (1 - likely) / n_own)
    shift = (everyone - own) * _OF_ALL / (n_own + _OF_ALL)
    shares = own + shift.clip(-error, error)
    return shares / shares.sum()


def _of_part(
    part: int, n: int, own: FloatArray, everyone: FloatArray, masses: FloatArray, domain: Domain
) -> FloatArray | float:
    """Return n ascending values of one part: a mass, or what lies between two of them."""
    if part % 2:
        return float(masses[part // 2])
    low, high = (-np.inf, *masses, np.inf)[part // 2 : part // 2 + 2]
    values = own[(own > low) & (own < high)]
    if not len(values):
        values = everyone[(everyone > low) & (everyone < high)]
    distinct, first, counts = np.unique(values, return_index=True, return_counts=True)
    places = (np.arange(n) + 0.5) * (len(values) / n) - 0.5  # those of the ends get the ends, so that the mean stays
    return domain.rounded(np.interp(places, first + (counts - 1) / 2, distinct))


def _order(scores: NDArray[np.floating], n_alike: int) -> IntArray:
    """Return the order of the scores, of which the first get the same value, so that these need none."""
    if not 0 < n_alike < len(scores):
        return np.argsort(scores)
    order = np.argpartition(scores, n_alike)
    order[n_alike:] = order[n_alike:][np.argsort(scores[order[n_alike:]])]
    return order


def _inherited(values: NDArray[Any], anchors: FloatArray, domain: Domain) -> NDArray[Any]:
    """Return the anchors' levels or atoms, and the values of the rows themselves elsewhere."""
    inherits = ~np.isnan(anchors) if domain.levels is not None else np.isin(anchors, domain.atoms)
    return np.where(inherits, anchors, values)
