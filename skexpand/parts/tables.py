"""Rows as Arrow tables for Parquet and as pandas DataFrames for Dask, with the columns of their target behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from skexpand.codec.frame import is_frame, names_of
from skexpand.request.division import brings_numbers

if TYPE_CHECKING:
    import pandas as pd

_BLOCK = 4096  # rows that stay in the cache


def target_names(synthesizer: Any, target: str) -> tuple[str, ...]:
    """Return the name of the target's column; of several, those of y, or if these had none, numbered ones."""
    source = synthesizer._source
    n_targets = source.schema.n_targets if brings_numbers(synthesizer) else source.classes[:1].size
    if n_targets == 1:
        return (target,)
    numbered = [f"{target}_{j}" for j in range(n_targets)]
    return tuple(map(str, getattr(synthesizer, "target_names_", numbered)))


def as_table(X: Any, y: NDArray[Any], targets: Sequence[str]) -> pa.Table:
    """Return rows and their target as one Arrow table; columns of an array are named x0, x1, and so on."""
    names = _names(X, targets)
    try:
        if hasattr(X, "iloc"):
            table = pa.Table.from_pandas(X, preserve_index=False)
        elif is_frame(X):
            table = X.to_arrow()
        else:
            rows = X.toarray() if sparse.issparse(X) else X
            table = pa.table([pa.array(column, from_pandas=column.dtype == object) for column in _columns(rows)], names)
        for name, column in zip(targets, _columns_of_target(y), strict=True):
            table = table.append_column(name, pa.array(column))
        return table
    except pa.ArrowException as error:
        raise ValueError(f"Parquet cannot hold a column as it is: {error}; give its cells one type.") from error


def as_frame(X: Any, y: NDArray[Any], targets: Sequence[str]) -> pd.DataFrame:
    """Return rows and their target as one pandas DataFrame."""
    import pandas as pd

    names = _names(X, targets)
    if not hasattr(X, "iloc"):
        rows = X.toarray() if sparse.issparse(X) else X
        X = X.to_pandas() if is_frame(X) else pd.DataFrame(rows, columns=names)
    labels = pd.DataFrame(dict(zip(targets, _columns_of_target(y), strict=True)), X.index)
    return pd.concat([X.set_axis(names, axis=1), labels], axis=1)


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


def _columns_of_target(y: NDArray[Any]) -> NDArray[Any]:
    """Return the columns of labels (n,), or of label sets or numbers (n, n_targets)."""
    return y[None] if y.ndim == 1 else y.T


def _names(X: Any, targets: Sequence[str]) -> list[str]:
    names = [str(name) for name in names_of(X)] if hasattr(X, "columns") else [f"x{j}" for j in range(X.shape[1])]
    repeated = [name for name, count in Counter([*names, *targets]).items() if count > 1]
    if repeated:
        raise ValueError(f"Two columns would be named {repeated[0]!r}; rename one, or state another target=.")
    return names
