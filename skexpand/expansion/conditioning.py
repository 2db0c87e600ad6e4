r"""Encoded rows, moved so that some of their directions have given values, and the others what goes with these.

What a row x misses of the values g in the directions G moves all directions by their regression on G:

.. math:: x' = x + (g - x_G)\, B, \qquad B = (S_{GG} + \tfrac{\kappa}{n} s I)^{-1} S_{G \cdot}

with the covariances S within classes, and s the mean variance of G. This is Matheron's rule: a sample of a Gaussian law
becomes one of the law conditional on g (Wilson et al., "Pathwise Conditioning of Gaussian Processes", JMLR 22(105),
2021). The ridge keeps a few rows from claiming more than they know.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from skexpand.base.types import FloatArray, IntArray, RowArray
from skexpand.codec import TableCodec
from skexpand.dynamics.components import KAPPA
from skexpand.dynamics.latents import Latents
from skexpand.request.given import Wish

_LEAST = 1e-9  # variance of a direction that does not vary


class Conditioning(NamedTuple):
    """Matheron's rule for rows with these anchors."""

    directions: IntArray  # (n_given,) of an encoded row
    values: FloatArray  # (n_anchors, n_given) what the anchors have there
    slopes: FloatArray  # (n_given, width) how all directions follow
    ranges: list[tuple[int, FloatArray, FloatArray]]  # a place among the directions, and where its numbers may stay

    @classmethod
    def of(
        cls, codec: TableCodec, encoded: RowArray, labels: IntArray, wishes: list[Wish], anchors: FloatArray
    ) -> Conditioning:
        """Find the slopes from all encoded training rows; ``anchors`` are raw rows that fulfil the wishes."""
        places = [wish.place for wish in wishes]
        directions = np.unique(np.concatenate([codec.directions(place) for place in places]))
        slopes = _slopes(Latents.of(encoded.astype(np.float64), labels).deviations, directions)
        ranges = []
        for wish in wishes:
            k = np.flatnonzero(codec.measures[codec.numeric.varying] == wish.place)
            if len(k):
                column = int(codec.numeric.varying[k[0]])
                low, high = (codec.numeric.encode_column(column, end) for end in (wish.low, wish.high))
                ranges.append((int(np.searchsorted(directions, k[0])), low, high))
        return cls(directions, codec.encode(anchors)[:, directions], slopes, ranges)

    def applied(self, encoded: RowArray, anchors: IntArray) -> RowArray:
        """Return the rows moved to their anchors' values; a number within its range stays."""
        present = encoded[:, self.directions]
        missed = self.values[anchors] - present
        for place, low, high in self.ranges:
            numbers = present[:, place, None]
            missed[((numbers >= low) & (numbers <= high)).any(axis=1), place] = 0.0
        return encoded + (missed @ self.slopes).astype(encoded.dtype)


def _slopes(deviations: FloatArray, directions: IntArray) -> FloatArray:
    """Return the regression of all directions on some, shrunk; these follow themselves."""
    given = deviations[:, directions]
    variances = given.T @ given
    ridge = KAPPA * np.trace(variances) / max(variances.size, 1) ** 0.5 / len(deviations) + _LEAST
    slopes = np.linalg.solve(variances + ridge * np.eye(len(directions)), given.T @ deviations)
    slopes[:, directions] = np.eye(len(directions))
    return slopes
