r"""A categorical column as numbers: the corners of a simplex, one for each frequent category, one for the rare ones.

K corners span K - 1 directions, all corners are equally far apart, and the block as a whole has the variance of one
numeric column, whatever the number of categories. With two categories it is what a standardized boolean is.
Rare categories (seen once, or beyond the most frequent) share a corner and differ only minimally, so a column of names
or free text takes few directions, and yet every row is decoded to its own value.

**Which category does a new row get?** Its block of scores is the anchor's plus recombined differences, no category yet.
It gets the highest score, after offsets by which each corner comes as often as among the anchors: rare categories
neither die out nor spread, and which rows have them follows the law. That is the optimal transport of rows to corners
with stated shares, and the offsets are its dual variables. (Copying the anchor's category gained less.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import FloatArray, IntArray

MAX_CORNERS = 12  # of frequent categories
_TINY = 1e-3  # variance below which a column of rare categories is not stretched
_STEPS, _STEP = 60, 0.3  # of the offsets; scores of a category are about 1 apart from those of others
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
        if n_frequent >= n_categories - 1:  # a single rare category keeps its own corner
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

    def decided(self, block: NDArray[np.floating], anchors: FloatArray, rng: np.random.Generator) -> IntArray:
        """Return the categories of new rows with this block, whose anchors have these codes (NaN where missing).

        The exact position near the shared corner says nothing about which rare category a new row has. It keeps that of
        its anchor; if the anchor has none of them, one is drawn at random.
        """
        known = ~np.isnan(anchors)
        codes = np.where(known, anchors, 0).astype(np.intp)
        shares = self._shares(codes[known]) if known.any() else self.mean
        corners = with_shares(self.scores(block), shares)
        if not len(self.rare):
            return self.frequent[corners]
        inherits = known & np.isin(codes, self.rare)
        return self._categories(corners, np.where(inherits, codes, rng.choice(self.rare, len(codes))))

    def _shares(self, codes: IntArray) -> FloatArray:
        """Return how large a share of the codes each corner has."""
        corner = np.full(len(self.points), len(self.frequent))
        corner[self.frequent] = np.arange(len(self.frequent))
        return np.bincount(corner[codes], minlength=len(self.mean)) / len(codes)

    def _categories(self, corners: IntArray, rare: IntArray) -> IntArray:
        """Return the category of each corner, taking ``rare`` for the shared one."""
        return np.where(corners < len(self.frequent), np.append(self.frequent, -1)[corners], rare)


def with_shares(scores: FloatArray, shares: FloatArray) -> IntArray:
    """Return the column of each row's highest score, after offsets by which each column gets its share of the rows."""
    offsets = np.zeros(len(shares))
    chosen = scores.argmax(axis=1)
    for _ in range(_STEPS):
        surplus = np.bincount(chosen, minlength=len(shares)) / len(scores) - shares
        if np.abs(surplus).max() * len(scores) < 1:
            break
        offsets -= _STEP * surplus
        chosen = (scores + offsets).argmax(axis=1)
    return chosen


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
