"""How real and new rows are matched, by the kind of target: classes and label sets by row, numbers as columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from skexpand.codec.frame import is_frame
from skexpand.codec.joint import with_target
from skexpand.target.target import Target


def for_samplers(y: Target) -> Any:
    """Return the target of rows that have one: numbers of a DataFrame as they are, by whose names bounds know them."""
    return y.labeled() if y.columns is not None and is_frame(y.original) else y.values


def strata_of(kind: str, y: Any) -> NDArray[Any]:
    """Return what rows must share to be compared: the class, or the label set as text; numbers are all alike."""
    if kind == "numbers":
        return np.zeros(len(y), np.intp)
    labels = np.asarray(y)
    if kind == "label_sets":
        return np.array(["".join(map(str, marks)) for marks in labels.astype(int).tolist()], np.str_)
    return labels


def table_of(kind: str, X: Any, y: Any) -> Any:
    """Return the columns that are compared: those of the table, and behind them those of numbers."""
    if kind != "numbers":
        return X
    return with_target(X, y if is_frame(y) else np.asarray(y).reshape(len(y), -1))
