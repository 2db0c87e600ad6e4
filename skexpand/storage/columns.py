"""Columns and containers of pandas and polars as JSON: the name of their type, and their cells.

A column is written with its library, its type and its cells, moments as whole ticks and categories as codes, so that
nothing is lost on the way::

    {"$column": "pandas", "type": "datetime64[ns, Europe/Berlin]", "name": "seen", "cells": [1709164800000000000]}

Types are read by name from the libraries' own tables; no name from a file is ever imported.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from skexpand.storage.json import Json, Reader, Writer

_PANDAS_SCALARS = ("Timestamp", "Timedelta", "Interval", "Period")
MISSING = {"NAType": "NA", "NaTType": "NaT"}
_POLARS_TYPES = (
    *("Int8", "Int16", "Int32", "Int64", "Int128", "UInt8", "UInt16", "UInt32", "UInt64", "Float32", "Float64"),
    *("Boolean", "String", "Binary", "Categorical", "Date", "Time", "Null"),
)


def library_of(value: Any) -> str | None:
    """Return "pandas" or "polars" if the value is one of their columns, else None."""
    pandas, polars = sys.modules.get("pandas"), sys.modules.get("polars")
    if pandas is not None and isinstance(value, pandas.Series):
        return "pandas"
    return "polars" if polars is not None and isinstance(value, polars.Series) else None


def is_column(value: Any) -> bool:
    """Return whether a value is a column of pandas or polars."""
    return library_of(value) is not None


def is_missing(value: Any) -> bool:
    """Return whether a value is pandas' NA or NaT."""
    return type(value).__name__ in MISSING


def is_pandas_scalar(value: Any) -> bool:
    """Return whether a value is a moment, duration, interval or period of pandas."""
    return type(value).__name__ in _PANDAS_SCALARS and type(value).__module__.partition(".")[0] == "pandas"


def write_column(column: Any, writer: Writer, place: str) -> Json:
    """Return a pandas or polars Series as JSON."""
    library = library_of(column)
    write = _write_pandas if library == "pandas" else _write_polars
    dtype, cells = write(column, writer, place)
    name = writer.value(column.name, f"{place}, name")
    return {"$column": library, "type": dtype, "name": name, "cells": cells}


def read_column(parts: dict[str, Json], reader: Reader) -> Any:
    """Return the Series that was written."""
    read = {"pandas": _read_pandas, "polars": _read_polars}[parts["$column"]]
    return read(parts["type"], parts["cells"], reader).rename(reader.value(parts["name"]))


def _write_pandas(column: Any, writer: Writer, place: str) -> tuple[Json, Json]:
    import pandas as pd

    dtype, values = column.dtype, column.array
    if isinstance(dtype, pd.CategoricalDtype):
        categories = write_column(pd.Series(dtype.categories), writer, place)
        return {"categories": categories, "ordered": dtype.ordered}, values.codes.tolist()
    if isinstance(dtype, pd.StringDtype):
        missing = "nan" if dtype.na_value is np.nan else "NA"
        return {"text": dtype.storage, "missing": missing}, [writer.value(cell, place) for cell in column.tolist()]
    if isinstance(dtype, pd.ArrowDtype):
        return {"arrow": _write_arrow(dtype.pyarrow_dtype)}, [writer.value(cell, place) for cell in column.tolist()]
    if isinstance(dtype, pd.IntervalDtype):
        ends = (pd.Series(values.left), pd.Series(values.right))
        return str(dtype), [write_column(end, writer, place) for end in ends]
    if isinstance(dtype, pd.PeriodDtype) or dtype.kind in "mM":
        return str(dtype), values.asi8.tolist()
    return str(dtype), [writer.value(cell, place) for cell in column.tolist()]


def _read_pandas(dtype: Json, cells: Json, reader: Reader) -> Any:
    import pandas as pd

    if isinstance(dtype, dict):
        return _read_pandas_by_parts(dtype, cells, reader)
    found = pd.api.types.pandas_dtype(dtype)
    if isinstance(found, pd.IntervalDtype):
        left, right = (reader.value(end) for end in cells)
        return pd.Series(pd.arrays.IntervalArray.from_arrays(left, right, found.closed, dtype=found))
    if isinstance(found, pd.PeriodDtype):
        return pd.Series(pd.arrays.PeriodArray(np.array(cells, np.int64), dtype=found))
    if found.kind in "mM":
        ticks = np.array(cells, np.int64).view(f"{found.kind}8[{np.datetime_data(_base(found))[0]}]")
        moments = pd.Series(ticks)
        zone = getattr(found, "tz", None)
        return moments if zone is None else moments.dt.tz_localize("UTC").dt.tz_convert(zone)
    return pd.Series([reader.value(cell) for cell in cells], dtype=found)


def _base(dtype: Any) -> np.dtype[Any]:
    """Return NumPy's type of a type of moments."""
    return dtype if isinstance(dtype, np.dtype) else np.dtype(f"M8[{dtype.unit}]")


def _read_pandas_by_parts(dtype: dict[str, Json], cells: Json, reader: Reader) -> Any:
    import pandas as pd

    if "categories" in dtype:
        categories = pd.Index(reader.value(dtype["categories"]))
        codes = np.array(cells, np.int64)
        return pd.Series(pd.Categorical.from_codes(codes, categories=categories, ordered=bool(dtype["ordered"])))
    values = [reader.value(cell) for cell in cells]
    if "arrow" in dtype:
        return pd.Series(values, dtype=pd.ArrowDtype(_read_arrow(dtype["arrow"])))
    return pd.Series(values, dtype=_text_type(dtype["text"], dtype["missing"]))


def _text_type(storage: str, missing: str) -> Any:
    """Return pandas' type of text; older versions know only one kind of missing cells."""
    import pandas as pd

    if missing == "NA":
        return pd.StringDtype(storage)
    return pd.StringDtype(storage, na_value=np.nan)


def _write_arrow(dtype: Any) -> Json:
    import pyarrow as pa

    if pa.types.is_dictionary(dtype):
        return {"index": _write_arrow(dtype.index_type), "value": _write_arrow(dtype.value_type)}
    if pa.types.is_decimal128(dtype):
        return {"decimal": [dtype.precision, dtype.scale]}
    return str(dtype)


def _read_arrow(dtype: Json) -> Any:
    import pandas as pd
    import pyarrow as pa

    if isinstance(dtype, dict):
        if "decimal" in dtype:
            return pa.decimal128(*dtype["decimal"])
        return pa.dictionary(_read_arrow(dtype["index"]), _read_arrow(dtype["value"]))
    if dtype in ("string", "large_string"):  # a name that pandas takes for its own type of text
        return pa.type_for_alias(dtype)
    return pd.ArrowDtype.construct_from_string(f"{dtype}[pyarrow]").pyarrow_dtype


def _write_polars(column: Any, writer: Writer, place: str) -> tuple[Json, Json]:
    import polars as pl

    dtype, name = column.dtype, column.dtype.base_type().__name__  # older polars gives classes for types
    cells = column.to_physical() if dtype.is_temporal() else column
    written = [writer.value(cell, place) for cell in cells.to_list()]
    if dtype == pl.Datetime:
        return {"moments": dtype.time_unit, "zone": dtype.time_zone}, written
    if dtype == pl.Duration:
        return {"durations": dtype.time_unit}, written
    if dtype == pl.Decimal:
        return {"decimal": [dtype.precision, dtype.scale]}, written
    if dtype == pl.Enum:
        return {"categories": dtype.categories.to_list()}, written
    if name not in _POLARS_TYPES:
        raise ValueError(f"{place} is a polars column of type {dtype}, which cannot be stored; cast it before fitting.")
    return name, written


def _read_polars(dtype: Json, cells: Json, reader: Reader) -> Any:
    import polars as pl

    found = _polars_type(dtype)
    values = [reader.value(cell) for cell in cells]
    if found.is_temporal():
        whole = pl.Int32 if found == pl.Date else pl.Int64
        return pl.Series("", values, dtype=whole).cast(found)
    return pl.Series("", values, dtype=found)


def _polars_type(dtype: Json) -> Any:
    import polars as pl

    if isinstance(dtype, dict):
        if "moments" in dtype:
            return pl.Datetime(dtype["moments"], dtype["zone"])
        if "durations" in dtype:
            return pl.Duration(dtype["durations"])
        return pl.Decimal(*dtype["decimal"]) if "decimal" in dtype else pl.Enum(dtype["categories"])
    if dtype not in _POLARS_TYPES:
        raise ValueError(f"{dtype!r} is no polars type")
    return getattr(pl, dtype)()
