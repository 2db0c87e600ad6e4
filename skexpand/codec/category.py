r"""A categorical column as numbers: the corners of a simplex, one for each frequent category, one for the rare ones.

K corners span K - 1 directions, all corners are equally far apart, and the block as a whole has the variance of one
numeric column, whatever the number of categories. With two categories it is what a standardized boolean is.
Rare categories (seen once, or beyond the most frequent) share a corner and differ by a hair's breadth, so a column of
names or free text takes few directions, and yet every row is decoded to its own value.

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

MAX_CORNERS = 12  # of frequent categories
_TINY = 1e-3  # variance below which a column of rare categories is not stretched
_RARE_SPREAD = 1e-3  # how far to either side of 1 the rare categories stand: enough to tell them apart, no more


@dataclass(frozen=True)
class CategoryCodec:
    """The corners of one categorical column.

    Attributes
    ----------
    points : ndarray of shape (n_categories, width)
        What each category is encoded as.
    mean : ndarray of shape (n_corners,)
        Share of each corner.
    contrasts : ndarray of shape (n_corners, width)
        From corners to directions: orthonormal columns, times the scale.
    frequent, rare : ndarray
        The categories with a corner of their own, in the order of these, and those that share the last one.
    """

    points: FloatArray
    mean: FloatArray
    contrasts: FloatArray
    frequent: IntArray
    rare: IntArray

    @classmethod
    def fit(cls, codes: FloatArray, n_categories: int) -> CategoryCodec:
        """Learn from the codes of the rows, NaN where missing."""
        present = codes[~np.isnan(codes)].astype(np.intp)
        counts = np.bincount(present, minlength=n_categories)
        order = np.argsort(-counts, kind="stable")
        n_frequent = min(int(np.sum(counts > 1)), MAX_CORNERS)
        if n_frequent >= n_categories - 1:  # a single rare one needs no company
            n_frequent = n_categories
        frequent, rare = order[:n_frequent], order[n_frequent:]
        entries = np.zeros((n_categories, n_frequent + (len(rare) > 0)))
        entries[frequent, np.arange(n_frequent)] = 1
        entries[rare, -1] = _beside_one(len(rare))
        mean = counts @ (entries > 0) / len(present)
        contrasts = simplex_contrasts(len(mean)) / np.sqrt(max(np.sum(mean * (1 - mean)), _TINY))
        return cls((entries - mean) @ contrasts, mean, contrasts, frequent, rare)

    @property
    def width(self) -> int:
        """How many directions the column takes."""
        return self.points.shape[1]

    def encode(self, codes: FloatArray) -> FloatArray:
        """Map codes (n,) to a block (n, width); a missing one to the mean, 0."""
        missing = np.isnan(codes)
        block = self.points[np.where(missing, 0, codes).astype(np.intp)]
        block[missing] = 0.0
        return block

    def scores(self, block: NDArray[np.floating]) -> FloatArray:
        """Map a block back to how much of each corner a row has; these sum to 1."""
        return block @ (self.contrasts / np.sum(self.contrasts**2, axis=0)).T + self.mean

    def likeliest(self, block: NDArray[np.floating]) -> IntArray:
        """Return the category whose point is closest: the inverse of :meth:`encode`."""
        scores = self.scores(block)
        if not len(self.rare):
            return self.frequent[scores.argmax(axis=1)]
        places = _beside_one(len(self.rare))
        found = scores[:, -1] - scores[:, :-1].mean(axis=1) if len(self.frequent) else scores[:, -1]
        nearest = self.rare[np.searchsorted((places[1:] + places[:-1]) / 2, found)]
        return self._categories(scores.argmax(axis=1), nearest)

    def drawn(self, block: NDArray[np.floating], rng: np.random.Generator, at_random: bool) -> IntArray:
        """Decide for new rows: the highest score, or at random, with the scores as probabilities.

        Where near their corner a new row lies says nothing about which rare category it is, so chance decides.
        """
        scores = self.scores(block)
        corners = scores.argmax(axis=1)
        if at_random:
            cumulated = np.cumsum(np.maximum(scores, 0.0), axis=1)
            corners = np.sum(rng.random((len(scores), 1)) * cumulated[:, -1:] >= cumulated[:, :-1], axis=1)
        if not len(self.rare):
            return self.frequent[corners]
        return self._categories(corners, rng.choice(self.rare, len(scores)))

    def _categories(self, corners: IntArray, rare: IntArray) -> IntArray:
        """Return the category of each corner, taking ``rare`` for the shared one."""
        return np.where(corners < len(self.frequent), np.append(self.frequent, -1)[corners], rare)


def simplex_contrasts(n_corners: int) -> FloatArray:
    """Return orthonormal directions of shape (n_corners, n_corners - 1) that sum to 0; a lone corner keeps its own."""
    if n_corners == 1:
        return np.ones((1, 1))
    below = np.tril(np.ones((n_corners, n_corners)), -1)[:, :-1]
    helmert = np.eye(n_corners)[:, :-1] * np.arange(n_corners - 1, 0, -1) - below
    return helmert / np.linalg.norm(helmert, axis=0)


def _beside_one(n_rare: int) -> FloatArray:
    """Return the entries of the rare categories at their corner, ascending."""
    return 1 + np.linspace(-_RARE_SPREAD, _RARE_SPREAD, n_rare)
