"""The interface of all codecs: rows to encoded rows and back."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import IntArray, RowArray


class Origin(NamedTuple):
    """Anchors of new rows: values that encoded rows do not determine are taken from them, or drawn at random."""

    anchors: IntArray  # (n,) training rows
    rng: np.random.Generator
    apart: bool = False  # whether rows are kept apart, so that only its anchor tells what a new row's categories are


class Codec(Protocol):
    """Raw rows, as floats, to encoded rows and back; met by the codecs of tables, of images and of centred images."""

    def encode(self, rows: NDArray[Any]) -> RowArray:
        """Map rows (n, n_columns) to encoded rows (n, width)."""

    def decode(
        self,
        encoded: NDArray[np.floating],
        dtype: np.dtype[Any],
        out: NDArray[Any] | None = None,
        origin: Origin | None = None,
    ) -> NDArray[Any]:
        """Map encoded rows back to valid rows, as one array of ``dtype``, or into ``out``.

        With an origin, the rows are new, and it determines what they do not state themselves; without one, ``decode``
        inverts ``encode``.
        """
