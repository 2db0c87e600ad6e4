"""What a table without rows is kept as: its container and the names of its columns.

Types of columns are not kept here but with what reads and writes each column.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from skexpand.codec.frame import is_frame
from skexpand.storage.columns import read_column, write_column
from skexpand.storage.json import Json, Reader, Writer

_SPARSE = {cls.__name__: cls for cls in (sparse.csr_array, sparse.csr_matrix, sparse.csc_array, sparse.csc_matrix)}


def is_table(value: Any) -> bool:
    """Return whether a value is a DataFrame or a sparse matrix."""
    return is_frame(value) or sparse.issparse(value)


def write_table(table: Any, writer: Writer, place: str) -> Json:
    """Return container, names and (of an array) type as JSON."""
    name = type(table).__name__
    if _SPARSE.get(name) is type(table):
        return {"container": name, "type": table.dtype.name, "n_columns": table.shape[1]}
    library = type(table).__module__.partition(".")[0]
    if name != "DataFrame" or library not in ("pandas", "polars"):
        raise ValueError(
            f"{place} is a {type(table).__module__}.{name}; only tables of pandas, polars, NumPy and SciPy can be "
            "stored. Convert it before fitting."
        )
    if library == "polars":
        return {"container": library, "names": list(table.columns)}
    return {"container": library, "names": _write_index(table.columns, writer, f"{place}, names")}


def read_table(parts: dict[str, Json], reader: Reader) -> Any:
    """Return a table of that container without rows."""
    container = parts["container"]
    if container == "polars":
        import polars as pl

        return pl.DataFrame({name: [] for name in parts["names"]})
    if container == "pandas":
        import pandas as pd

        return pd.DataFrame(columns=_read_index(parts["names"], reader))
    return _SPARSE[container]((0, parts["n_columns"]), dtype=np.dtype(parts["type"]))


def _write_index(names: Any, writer: Writer, place: str) -> Json:
    import pandas as pd

    if isinstance(names, pd.RangeIndex):
        return {"range": [names.start, names.stop, names.step], "name": writer.value(names.name, place)}
    if isinstance(names, pd.MultiIndex):
        return {"levels": [_write_index(names.get_level_values(k), writer, place) for k in range(names.nlevels)]}
    return write_column(pd.Series(names), writer, place)


def _read_index(parts: dict[str, Json], reader: Reader) -> Any:
    import pandas as pd

    if "range" in parts:
        return pd.RangeIndex(*parts["range"], name=reader.value(parts["name"]))
    if "levels" in parts:
        return pd.MultiIndex.from_arrays([_read_index(level, reader) for level in parts["levels"]])
    column = read_column(parts, reader)
    return pd.Index(column, name=column.name)
