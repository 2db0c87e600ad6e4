"""The input and output of a fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from numpy.typing import NDArray

from skexpand.base.types import FloatArray, IntArray, RowArray
from skexpand.codec import Column
from skexpand.dynamics.components import Kin
from skexpand.expansion.blocks import BlockMaker


class Rows(NamedTuple):
    """The training rows."""

    X: NDArray[Any]  # (n, n_columns), as floats: categories are codes, missing cells NaN
    labels: IntArray  # (n,) class codes, -1 where the label is unknown
    columns: Sequence[Column]
    kin: Kin = None  # the classes that each borrows from as from itself

    def taken(self, rows: IntArray, codes: IntArray) -> Rows:
        """Return some of the rows (ascending), with codes for all of them."""
        everything = len(rows) == len(codes)
        return self._replace(X=self.X if everything else self.X[rows], labels=codes[rows])


class Labeled(NamedTuple):
    """The labels of all rows, and which rows take part.

    Attributes
    ----------
    codes : ndarray of shape (n,)
        The class of each row; if it was unknown, the most likely one.
    distributions : ndarray of shape (n, n_classes) or None
        The probability of each class; None if all labels were known.
    anchors : ndarray
        The rows that the expansion is fitted to, ascending.
    accuracy : float
        Share of held-out labels that were found; NaN where none were held out.
    """

    codes: IntArray
    distributions: FloatArray | None
    anchors: IntArray
    accuracy: float = float("nan")


class Fitted(NamedTuple):
    """A fitted expansion, and the training rows as its codec encodes them."""

    expansion: BlockMaker
    encoded: RowArray  # (n, width)
