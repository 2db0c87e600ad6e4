"""Parquet and Feather: a file's schema says more than pandas keeps (dates, whole numbers with gaps), so it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import pandas as pd
import pyarrow as pa
from pyarrow import feather, parquet

_NULLABLE = {pa.bool_(): pd.BooleanDtype()} | {
    kind(): pd.api.types.pandas_dtype(str(kind()).replace("int", "Int").replace("u", "U"))
    for kind in (pa.int8, pa.int16, pa.int32, pa.int64, pa.uint8, pa.uint16, pa.uint32, pa.uint64)
}


def read_binary(path: Path) -> tuple[pd.DataFrame, pa.Schema]:
    """Return the rows and the schema; an index with a name is a column, another is left out."""
    table = feather.read_table(path) if path.suffix.lower() == ".feather" else parquet.ParquetFile(path).read()
    if len(set(table.column_names)) < table.num_columns:
        raise ValueError(f"{path.name} has several columns of one name; give them different names")
    table = table.cast(pa.schema([_without_decimal(column) for column in table.schema], table.schema.metadata))
    frame = table.to_pandas(date_as_object=False).rename(columns=str)
    for name in frame.columns:
        if table[name].null_count and table[name].type in _NULLABLE:  # by itself, it makes floats of whole numbers
            frame[name] = table[name].to_pandas(types_mapper=_NULLABLE.get).array
    frame = frame.reset_index(drop=frame.index.names == [None])
    return frame, table.schema


def write_binary(file: BinaryIO, extension: str, frame: pd.DataFrame, schema: pa.Schema | None) -> None:
    """Write rows, the columns that the schema knows in its types."""
    known = dict(zip(schema.names, schema, strict=True)) if schema else {}
    own = pa.Schema.from_pandas(frame, preserve_index=False)
    fields = [known.get(column.name, column) for column in own]
    table = pa.Table.from_pandas(frame, pa.schema(fields), preserve_index=False)
    if extension == ".feather":
        feather.write_feather(table, file)
    else:
        parquet.write_table(table, file)


def _without_decimal(column: pa.Field) -> pa.Field:
    """Turn exact decimal numbers into floats, which can be computed with."""
    return column.with_type(pa.float64()) if pa.types.is_decimal(column.type) else column
