"""A categorical column as numbers: one direction for each frequent category, one that the rare ones share.

A row's category is a 1 in its direction, and the block as a whole has the variance of one numeric column, whatever the
number of categories. Rare categories (seen once, or beyond the most frequent) share a direction and stand side
by side on it, so a column of names or free text takes one direction, and yet every row is decoded to its own value.

**Which category does a new row get?** Its block of scores is the anchor's plus recombined differences, no category yet.
Three laws turn it into one: "argmax" takes the highest score, "sample" draws from the scores as probabilities,
"parent" copies the anchor's category, so that categories which stand together in a real row do so in the new one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

MAX_WIDTH = 16  # directions of one column
_RARE_SPREAD = 1e-3  # how far to either side of 1 the rare categories stand: enough to tell them apart, no more


@dataclass(frozen=True)
class CategoryCodec:
    """The directions of one categorical column.

    Attributes
    ----------
    slots : ndarray of shape (n_categories,)
        The direction of each category.
    entries : ndarray of shape (n_categories,)
        What stands there: 1, and about 1 for rare ones.
    mean : ndarray of shape (width,)
        Mean of each direction.
    scale : float
        Factor that gives the block the variance 1.
    frequent : ndarray
        The categories with a direction of their own, in the order of these.
    rare : ndarray
        Those that share the last one, by ascending entry.
    """

    slots: IntArray
    entries: FloatArray
    mean: FloatArray
    scale: float
    frequent: IntArray
    rare: IntArray

    @classmethod
    def fit(cls, codes: FloatArray, n_categories: int) -> CategoryCodec:
        """Learn from the codes of the rows, NaN where missing."""
        present = codes[~np.isnan(codes)].astype(np.intp)
        counts = np.bincount(present, minlength=n_categories)
        order = np.argsort(-counts, kind="stable")
        n_frequent = min(int(np.sum(counts > 1)), MAX_WIDTH)
        if n_frequent >= n_categories - 1:  # a single rare one needs no company
            n_frequent = n_categories
        frequent, rare = order[:n_frequent], order[n_frequent:]
        slots = np.empty(n_categories, np.intp)
        slots[frequent], slots[rare] = np.arange(n_frequent), n_frequent
        entries = np.ones(n_categories)
        entries[rare] += np.linspace(-_RARE_SPREAD, _RARE_SPREAD, len(rare))
        width = n_frequent + (len(rare) > 0)
        mean = np.bincount(slots[present], entries[present], minlength=width) / len(present)
        share = np.bincount(slots[present], minlength=width) / len(present)
        variance = float(np.sum(share * (1 - share)))
        return cls(slots, entries, mean, 1 / np.sqrt(variance) if variance > 0 else 1.0, frequent, rare)

    @property
    def width(self) -> int:
        """How many directions the column takes."""
        return len(self.mean)

    def encode(self, codes: FloatArray) -> FloatArray:
        """Map codes (n,) to a block (n, width); a missing one to the mean, 0."""
        rows = np.flatnonzero(~np.isnan(codes))
        present = codes[rows].astype(np.intp)
        block = np.zeros((len(codes), self.width))
        block[rows] = -self.mean * self.scale
        block[rows, self.slots[present]] += self.entries[present] * self.scale
        return block

    def scores(self, block: NDArray[np.floating]) -> FloatArray:
        """Map a block back to how much of each direction a row has."""
        return block / self.scale + self.mean

    def likeliest(self, block: NDArray[np.floating]) -> IntArray:
        """Return the category whose entry is closest: the inverse of :meth:`encode`."""
        scores = self.scores(block)
        slots = scores.argmax(axis=1)
        nearest_rare = np.zeros(len(scores), np.intp)
        if len(self.rare):
            places = self.entries[self.rare]
            nearest_rare = self.rare[np.searchsorted((places[1:] + places[:-1]) / 2, scores[:, -1])]
        return self._categories(slots, nearest_rare)

    def drawn(self, block: NDArray[np.floating], rng: np.random.Generator, at_random: bool) -> IntArray:
        """Decide for new rows: the highest score, or at random, with the scores as probabilities.

        Where on its direction a new row lies says nothing about which rare category it is, so chance decides.
        """
        scores = self.scores(block)
        if at_random:
            cumulated = np.cumsum(np.maximum(scores, 0.0), axis=1)
            slots = np.sum(rng.random((len(scores), 1)) * cumulated[:, -1:] >= cumulated, axis=1)
            slots = np.minimum(slots, self.width - 1)
        else:
            slots = scores.argmax(axis=1)
        rare = rng.choice(self.rare, len(scores)) if len(self.rare) else np.zeros(len(scores), np.intp)
        return self._categories(slots, rare)

    def _categories(self, slots: IntArray, rare: IntArray) -> IntArray:
        """Return the category of each direction, taking ``rare`` for the shared one."""
        if not len(self.frequent):
            return rare
        own = slots < len(self.frequent)
        return np.where(own, self.frequent[np.where(own, slots, 0)], rare)
