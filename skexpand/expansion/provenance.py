"""Where new rows come from: one line each, as arrays that stay together or as a DataFrame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Parents(Mapping[str, NDArray[Any]]):
    """The parents of new rows, by name of the column; the lines of all columns belong together.

    Parameters
    ----------
    columns : dict of ndarray
        One- or two-dimensional, all of the same length.
    """

    def __init__(self, columns: dict[str, NDArray[Any]]) -> None:
        self._columns = columns

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __repr__(self) -> str:
        shapes = ", ".join(f"{name} {part.shape}" for name, part in self.items())
        return f"{type(self).__name__}({shapes})"

    def to_frame(self) -> Any:
        """Return a pandas DataFrame: a line per new row, the columns of each edge numbered from 0."""
        import pandas as pd  # only this method needs it

        flat: dict[str, NDArray[Any]] = {}
        for name, part in self.items():
            one = name.removesuffix("s")
            flat |= {name: part} if part.ndim == 1 else {f"{one}_{k}": column for k, column in enumerate(part.T)}
        return pd.DataFrame(flat)


def parents_of_result(parents: dict[str, NDArray[Any]], n_originals: int, labels: NDArray[Any]) -> Parents:
    """Name the rows of the result that the parents belong to: those after the originals, with their labels."""
    rows = np.arange(n_originals, n_originals + len(labels))
    return Parents({"row": rows, "class": labels, **parents})
