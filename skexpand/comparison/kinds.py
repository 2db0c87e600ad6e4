"""How real and new rows are matched, by the kind of target: classes and label sets by row, numbers as columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from skexpand.codec.joint import with_target


def strata_of(kind: str, y: NDArray[Any]) -> NDArray[Any]:
    """Return what rows must share to be compared: the class, or the label set as text; numbers are all alike."""
    if kind == "numbers":
        return np.zeros(len(y), np.intp)
    if kind == "label_sets":
        return np.array(["".join(map(str, marks)) for marks in y.astype(int).tolist()], np.str_)
    return y


def table_of(kind: str, X: Any, y: NDArray[Any]) -> Any:
    """Return the columns that are compared: those of the table, and behind them those of numbers."""
    return with_target(X, y.reshape(len(y), -1)) if kind == "numbers" else X
