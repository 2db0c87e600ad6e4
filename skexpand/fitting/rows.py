"""What a fit is given, and what it gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from numpy.typing import NDArray

from skexpand.base.types import IntArray, RowArray
from skexpand.codec import Column
from skexpand.expansion.blocks import BlockMaker


class Rows(NamedTuple):
    """The training rows."""

    X: NDArray[Any]  # (n, n_columns), as floats: categories are codes, missing cells NaN
    labels: IntArray  # (n,) class codes
    columns: Sequence[Column]


class Fitted(NamedTuple):
    """A fitted expansion, and the training rows as its codec encodes them."""

    expansion: BlockMaker
    encoded: RowArray  # (n, width)
