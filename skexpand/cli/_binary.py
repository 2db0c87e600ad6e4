"""Parquet and Feather files."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
from pyarrow import feather, parquet


def read_binary(path: Path) -> pa.Table:
    """Return the rows; of pandas' index, a column with a name comes first, one without is left out."""
    try:
        table = feather.read_table(path) if path.suffix.lower() == ".feather" else parquet.ParquetFile(path).read()
    except pa.ArrowException as error:
        raise ValueError(f"{path.name} cannot be read by pyarrow: {error}; repair it, or write it again") from error
    names = table.column_names
    if len(set(names)) < len(names):
        repeated = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{path.name} has several columns named {repeated!r}; give them different names")
    described = (table.schema.pandas_metadata or {}).get("index_columns", [])
    index = [name for name in described if isinstance(name, str) and name in names]
    kept = [name for name in index if not (name.startswith("__index_level_") and name.endswith("__"))]
    return table.select(kept + [name for name in names if name not in index])


def write_binary(file: BinaryIO, extension: str, table: pa.Table) -> None:
    """Write rows, Feather or Parquet as the extension (of a name) says."""
    if extension.lower().endswith(".feather"):
        feather.write_feather(table, file)
    else:
        parquet.write_table(table, file)
