"""New rows as Arrow tables in the types of a file; the workers of a cluster import it, and need no click for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from skexpand.cli._table import Table


@dataclass(frozen=True)
class InFileTypes:
    """Makes an Arrow table of new rows, in the order and types of the columns of a file."""

    table: Table
    target: str

    def __call__(self, X: pd.DataFrame, y: Any) -> Any:
        """Return rows and labels as one table."""
        labels = pd.Series(y).astype(self.table.frame[self.target].dtype)
        return self.table.arrow(X.assign(**{self.target: labels})[self.table.names], 0)
