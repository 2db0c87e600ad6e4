"""Arrow columns and their conversion to types that a synthesizer knows, and back.

Only new values are converted back, to the type of the file; those of the file are kept (see ``_table.py``).
"""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from skexpand.cli._decimals import exact_values, numbers_of

_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


def check_type(name: str, kind: pa.DataType, file: str) -> None:
    """Raise an error for types whose cells are not single values, and for unknown types."""
    if types.is_dictionary(kind):
        kind = kind.value_type
    if types.is_nested(kind) and not types.is_run_end_encoded(kind):
        raise ValueError(
            f"column {name!r} of {file} holds {_nested(kind)} ({kind}), and a cell must be a single value; --drop "
            f"{name}, or make columns of it first"
        )
    if isinstance(kind, pa.BaseExtensionType) or not any(known(kind) for known in _KNOWN):
        raise ValueError(
            f"column {name!r} of {file} has the type {kind}, which cannot be read; --drop {name}, or cast it"
        )


def series_of(column: pa.ChunkedArray) -> pd.Series:
    """Return a column as pandas has it, in a type that a synthesizer knows and that keeps values apart."""
    kind = column.type
    if types.is_dictionary(kind):
        return pd.Series(_categorical(column))
    if types.is_boolean(kind):
        return column.to_pandas(types_mapper={kind: pd.BooleanDtype()}.get if column.null_count else None)
    if types.is_integer(kind):
        nullable = pd.api.types.pandas_dtype(str(kind).replace("int", "Int").replace("u", "U"))
        return column.to_pandas(types_mapper={kind: nullable}.get if column.null_count else None)
    if types.is_decimal(kind):
        return numbers_of(column.to_pylist())
    if types.is_float16(kind):
        return column.to_pandas().astype(np.float32)
    if types.is_date(kind):
        return column.to_pandas(date_as_object=False)
    if types.is_time(kind):
        ticks = column.cast(pa.int32() if kind.bit_width == 32 else pa.int64()).cast(pa.int64())
        return ticks.cast(pa.duration(kind.unit)).to_pandas()
    return column.to_pandas()


def array_of(values: pd.Series, column: pa.ChunkedArray) -> pa.Array:
    """Return new values in the type of a column of the file; gaps are null or NaN as there."""
    kind = column.type
    if types.is_dictionary(kind):
        return _dictionary(values, column)
    if types.is_null(kind):
        return pa.nulls(len(values))
    if types.is_decimal(kind):
        return exact_values(values, kind, column.to_pylist())
    if types.is_floating(kind):
        numbers = values.to_numpy(np.float64, na_value=np.nan)
        mask = np.isnan(numbers) if column.null_count else None
        if not types.is_float16(kind):
            return pa.array(numbers, mask=mask).cast(kind, safe=False)
        with np.errstate(over="ignore"):
            return pa.array(numbers.astype(np.float16), mask=mask)  # older Arrow cannot cast to it
    if types.is_date(kind):
        return pa.Array.from_pandas(values.astype("datetime64[s]")).cast(pa.date32(), safe=False).cast(kind)
    if types.is_time(kind):
        return _times(values, kind)
    return pa.Array.from_pandas(values, type=kind, safe=not types.is_temporal(kind))


def tidy(table: pa.Table) -> pa.Table:
    """Return a table of types that Arrow computes with: no "views" of text, no gap among the levels of dictionaries."""
    for place, column in enumerate(table.columns):
        kind = column.type
        if str(kind) in _PLAIN:
            column = column.cast(_PLAIN[str(kind)])
        elif types.is_dictionary(kind):
            column = _without_gaps_among_levels(_of_plain_text(column))
        table = table.set_column(place, table.field(place).with_type(column.type), column)
    return table


def joined(*arrays: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    """Concatenate arrays of one type."""
    chunks = [chunk for array in arrays for chunk in (array.chunks if isinstance(array, pa.ChunkedArray) else [array])]
    return pa.chunked_array(chunks, arrays[0].type).unify_dictionaries()


def with_pandas_types(table: pa.Table, frame: pd.DataFrame, source: pa.Schema | None = None) -> pa.Table:
    """Return a table that pandas reads with the types of the frame, or of the source of its columns.

    Without this, integers with gaps would become floats.
    """
    described: dict[bytes, bytes] = pa.Schema.from_pandas(frame[:0], preserve_index=False).metadata
    own = json.loads(described[b"pandas"])
    theirs = {column["field_name"]: column for column in ((source and source.pandas_metadata) or {}).get("columns", [])}
    own["columns"] = [theirs.get(column["field_name"], column) for column in own["columns"]]
    kept = {key: value for key, value in ((source and source.metadata) or {}).items() if key != b"pandas"}
    return table.replace_schema_metadata({**kept, b"pandas": json.dumps(own).encode()})


_PLAIN = {"string_view": pa.large_string(), "binary_view": pa.large_binary()}
_KNOWN = (
    types.is_boolean,
    types.is_integer,
    types.is_floating,
    types.is_decimal,
    types.is_date,
    types.is_time,
    types.is_timestamp,
    types.is_duration,
    types.is_null,
    lambda kind: str(kind) in ("string", "large_string", "binary", "large_binary"),
    types.is_fixed_size_binary,
)


def _nested(kind: pa.DataType) -> str:
    """Return a word for a type of several values."""
    if types.is_map(kind):
        return "maps"
    return "records" if types.is_struct(kind) else "unions" if types.is_union(kind) else "lists"


def _categorical(column: pa.ChunkedArray) -> pd.Categorical:
    """Return categories, each once and none of them a gap, in the order of the file."""
    kind = column.type
    levels = _levels(column)
    codes = pc.index_in(column.cast(kind.value_type), levels).fill_null(-1).to_numpy()
    return pd.Categorical.from_codes(codes, series_of(pa.chunked_array([levels])), ordered=kind.ordered)


def _of_plain_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a dictionary whose levels are no "views", as those that polars writes are."""
    kind = column.type
    plain = _PLAIN.get(str(kind.value_type))
    if plain is None:
        return column
    chunks = [
        pa.DictionaryArray.from_arrays(chunk.indices, chunk.dictionary.cast(plain), ordered=kind.ordered)
        for chunk in column.chunks
    ]
    return pa.chunked_array(chunks, pa.dictionary(kind.index_type, plain, kind.ordered))


def _without_gaps_among_levels(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a dictionary with gaps among its codes only."""
    kind = column.type
    if not any(chunk.dictionary.null_count for chunk in column.chunks):
        return column
    levels = _levels(column)
    codes = pc.index_in(column.cast(kind.value_type), levels).cast(kind.index_type)
    chunks = [pa.DictionaryArray.from_arrays(chunk, levels, ordered=kind.ordered) for chunk in codes.chunks]
    return pa.chunked_array(chunks, kind)


def _times(values: pd.Series, kind: pa.DataType) -> pa.Array:
    """Return durations since midnight as times of day."""
    ticks = pa.Array.from_pandas(values, type=pa.duration(kind.unit), safe=False).cast(pa.int64())
    ticks = pc.max_element_wise(ticks, 0, skip_nulls=False)
    ticks = pc.min_element_wise(ticks, _DAY[kind.unit] - 1, skip_nulls=False)
    return ticks.cast(pa.int32()).cast(kind) if kind.bit_width == 32 else ticks.cast(kind)


def _dictionary(values: pd.Series, column: pa.ChunkedArray) -> pa.Array:
    """Return new categories with the codes of the file."""
    codes = values.cat.codes.to_numpy()
    index = pa.array(codes.clip(0), mask=codes < 0).cast(column.type.index_type)  # polars reads what a mask hides
    return pa.DictionaryArray.from_arrays(index, _levels(column), ordered=column.type.ordered)


def _levels(column: pa.ChunkedArray) -> pa.Array:
    """Return the categories of a dictionary, in its order."""
    dictionaries = [chunk.dictionary for chunk in column.chunks]
    return pa.chunked_array(dictionaries, column.type.value_type).unique().drop_null()
