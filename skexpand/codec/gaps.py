"""Missing cells are modelled: the pattern of gaps is part of the row.

Each distinct pattern (columns that are missing together share one) is a direction of the encoded row, so that
rows which lack the same cells are neighbours. A new row takes the gaps of its anchor, so gaps have the rates,
combinations and classes of the real ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import BoolArray, FloatArray, IntArray

_WEIGHT = 2.0  # a gap in half of the rows has the weight of a numeric column, a rarer gap less


@dataclass(frozen=True)
class GapCodec:
    """The patterns of gaps.

    Attributes
    ----------
    always : ndarray of shape (n_columns,)
        Columns without any value.
    columns : ndarray of shape (n_patterns,)
        A column of each pattern.
    pattern : ndarray of shape (n_columns,)
        The pattern of each column, or -1 for columns whose gaps are none or all.
    rates : ndarray of shape (n_patterns,)
        Share of rows with gaps.
    """

    always: BoolArray
    columns: IntArray
    pattern: IntArray
    rates: FloatArray

    @classmethod
    def fit(cls, gaps: BoolArray) -> GapCodec:
        """Learn from the gaps (n, n_columns) of the rows."""
        always = np.all(gaps, axis=0, keepdims=True)[0]
        partly = np.flatnonzero(gaps.any(axis=0) & ~always)
        pattern = np.full(gaps.shape[1], -1)
        _, first, inverse = np.unique(gaps[:, partly], axis=1, return_index=True, return_inverse=True)
        pattern[partly] = inverse.ravel()
        columns = partly[first] if len(partly) else partly
        return cls(always, columns, pattern, gaps[:, columns].mean(axis=0))

    @classmethod
    def without_patterns(cls, n_columns: int) -> GapCodec:
        """Return the codec that takes no direction: gaps are inherited but do not affect distances."""
        none = np.empty(0, np.intp)
        return cls(np.zeros(n_columns, bool), none, np.full(n_columns, -1), np.empty(0))

    @property
    def width(self) -> int:
        """How many directions the patterns take."""
        return len(self.columns)

    def encode(self, gaps: BoolArray) -> FloatArray:
        """Map gaps (n, n_columns) to a block (n, width)."""
        return _WEIGHT * (gaps[:, self.columns] - self.rates)

    def decode(self, block: NDArray[np.floating]) -> BoolArray:
        """Map a block back to gaps."""
        found = np.concatenate([block / _WEIGHT + self.rates > 0.5, np.zeros((len(block), 1), bool)], axis=1)
        return found[:, self.pattern] | self.always
