"""The parents of new rows, as arrays of equal length or as a DataFrame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import IntArray
from skexpand.dynamics.expander import ExpanderMap
from skexpand.expansion.blocks import BlockMaker


class Parents(Mapping[str, NDArray[Any]]):
    """The parents of new rows, by name of the column, one entry per row.

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


class Lineage:
    """Room for the parents of new rows, filled in as these are made, by several threads perhaps.

    Parameters
    ----------
    expansion : BlockMaker
        What makes them.
    n_new : int
        How many there will be.
    """

    def __init__(self, expansion: BlockMaker, n_new: int) -> None:
        self._edges_of = expansion.edges_of
        self._codes: dict[str, int] = {}  # of components
        self._lock = Lock()  # held while one is given
        self._component = np.zeros(n_new, np.intp)
        self._anchors = np.zeros(n_new, np.intp)
        self._sources = np.full((n_new, expansion.degree), -1, np.intp)
        self._targets = np.full((n_new, expansion.degree), -1, np.intp)
        self._weights = np.zeros((n_new, expansion.degree), np.float32)

    def record(self, places: IntArray, component: str, links: ExpanderMap) -> None:
        """Note what rows were made of; those that recombined nothing keep weight 0, and -1 for the edges' ends."""
        with self._lock:
            code = self._codes.setdefault(component, len(self._codes))
        self._component[places] = code
        self._anchors[places] = links.anchors
        ends, degree = self._edges_of(component), links.edges.shape[1]
        self._sources[places, :degree] = ends.sources[links.edges]
        self._targets[places, :degree] = ends.targets[links.edges]
        self._weights[places, :degree] = links.weights

    def parents(self, n_originals: int, labels: NDArray[Any], rows: IntArray) -> Parents:
        """Return the parents by row of the result: the new ones come after the originals, with these labels.

        ``rows`` says which rows of the table the expansion was fitted to.
        """
        numbers = np.append(rows, -1)  # the last one where there is no row
        return Parents(
            {
                "row": np.arange(n_originals, n_originals + len(labels)),
                "class": labels,
                "component": np.array(list(self._codes), str)[self._component],
                "anchor": numbers[self._anchors],
                "sources": numbers[self._sources],
                "targets": numbers[self._targets],
                "weights": self._weights,
            }
        )
