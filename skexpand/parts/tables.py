"""Rows and labels as Arrow tables for Parquet and as pandas DataFrames for Dask; the target is the last column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from skexpand.codec.frame import is_frame, names_of

if TYPE_CHECKING:
    import pandas as pd

_BLOCK = 4096  # rows that stay in the cache


def as_table(X: Any, y: NDArray[Any], target: str) -> pa.Table:
    """Return rows and labels as one Arrow table; columns of an array are named x0, x1, and so on."""
    names = _names(X, target)
    try:
        if hasattr(X, "iloc"):
            table = pa.Table.from_pandas(X, preserve_index=False)
        elif is_frame(X):
            table = X.to_arrow()
        else:
            rows = X.toarray() if sparse.issparse(X) else X
            table = pa.table([pa.array(column, from_pandas=column.dtype == object) for column in rows.T], names)
        return table.append_column(target, pa.array(y))
    except pa.ArrowException as error:
        raise ValueError(f"Parquet cannot hold a column as it is: {error}; give its cells one type.") from error


def as_frame(X: Any, y: NDArray[Any], target: str) -> pd.DataFrame:
    """Return rows and labels as one pandas DataFrame."""
    import pandas as pd

    names = _names(X, target)
    if not hasattr(X, "iloc"):
        rows = X.toarray() if sparse.issparse(X) else X
        X = X.to_pandas() if is_frame(X) else pd.DataFrame(rows, columns=names)
    return X.set_axis(names, axis=1).assign(**{target: y})


def in_schema(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return a table in the types of a schema; raise a ValueError, naming the column, if a value has none there."""
    if table.schema.equals(schema):
        return table
    columns = []
    for field in schema:
        try:
            columns.append(table[field.name].cast(field.type))
        except pa.ArrowException as error:
            raise ValueError(
                f"column {field.name!r} was {field.type} in the first rows, but: {error}; give its cells one type"
            ) from error
    return pa.table(columns, schema)


def schema_of(table: pa.Table) -> pa.Schema:
    """Return the schema of a table of the first rows; what is missing in all of them is text."""
    schema = table.schema
    for place, field in enumerate(schema):
        if pa.types.is_null(field.type):
            schema = schema.set(place, field.with_type(pa.string()))
    return schema


def _columns(rows: NDArray[Any]) -> NDArray[Any]:
    """Return the columns of an array, each in one piece; block by block, which takes half the time."""
    if rows.dtype == object:
        return rows.T
    columns = np.empty(rows.shape[::-1], rows.dtype)
    for start in range(0, len(rows), _BLOCK):
        columns[:, start : start + _BLOCK] = rows[start : start + _BLOCK].T
    return columns


def _names(X: Any, target: str) -> list[str]:
    names = [str(name) for name in names_of(X)] if hasattr(X, "columns") else [f"x{j}" for j in range(X.shape[1])]
    repeated = [name for place, name in enumerate([*names, target]) if name in names[:place]]
    if repeated:
        raise ValueError(f"Two columns would be named {repeated[0]!r}; rename one, or state another target=.")
    return names
