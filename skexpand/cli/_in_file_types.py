"""New rows as Arrow tables in the types of a file; the workers of a cluster import it, and need no click for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from skexpand.cli._table import Table


@dataclass(frozen=True)
class InFileTypes:
    """Makes an Arrow table of new rows, in the order and types of the columns of a file."""

    table: Table
    targets: Sequence[str]

    def __call__(self, X: pd.DataFrame, y: Any) -> Any:
        """Return rows and their target as one table."""
        return self.table.arrow(pd.concat([X, self.target(y)], axis=1)[self.table.names], 0)

    def target(self, y: Any) -> pd.DataFrame:
        """Return the target of new rows, an array, as columns of the types that the frame of the file has."""
        columns = [y] if y.ndim == 1 else y.T
        types = self.table.frame.dtypes
        return pd.DataFrame(
            {name: pd.Series(column).astype(types[name]) for name, column in zip(self.targets, columns, strict=True)}
        )
