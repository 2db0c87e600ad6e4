"""The container of a table: its columns out, new columns in, new rows after the old ones.

Columns are addressed by position, since names may repeat. Names, their order and types are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import numpy as np
from scipy import sparse

from skexpand.base.types import IntArray
from skexpand.codec.series import ArraySeries, FrameSeries, Series
from skexpand.codec.zoned import ZonedSeries


def is_frame(X: Any) -> bool:
    """Return whether X is a DataFrame of pandas, polars or another library that narwhals reads."""
    return nw.dependencies.is_into_dataframe(X)


def names_of(X: Any) -> list[Any]:
    """Return the names of the columns: their positions in an array."""
    return list(X.columns) if hasattr(X, "columns") else list(range(X.shape[1]))


def columns_of(X: Any) -> list[Series]:
    """Return the columns of a DataFrame or a two-dimensional array."""
    if not is_frame(X) or _is_one_block(X):
        values = X.to_numpy() if is_frame(X) else X
        return [ArraySeries(values[:, j]) for j in range(X.shape[1])]
    if hasattr(X, "iloc"):
        natives = [X.iloc[:, j] for j in range(X.shape[1])]
        kinds = [ZonedSeries if ZonedSeries.fits(native) else FrameSeries for native in natives]
        return [kind(nw.from_native(native, series_only=True)) for kind, native in zip(kinds, natives, strict=True)]
    return [FrameSeries(column) for column in nw.from_native(X, eager_only=True).iter_columns()]


def assembled(columns: Sequence[Series], like: Any) -> Any:
    """Return columns in the container of a table, under its names; rows are numbered from 0."""
    natives = [column.native for column in columns]
    if not is_frame(like):
        return np.column_stack(natives).astype(like.dtype, copy=False)
    if not hasattr(like, "iloc"):
        data = dict(zip(like.columns, natives, strict=True))
        return nw.from_dict(data, backend=nw.get_native_namespace(like)).to_native()
    if all(isinstance(native, np.ndarray) for native in natives) and len({native.dtype for native in natives}) == 1:
        frame = type(like)(np.column_stack(natives))
    else:
        frame = type(like)({j: _numbered_anew(native) for j, native in enumerate(natives)})
    frame.columns = like.columns
    return frame


def _is_one_block(X: Any) -> bool:
    """Return whether X is a DataFrame of pandas whose columns are floats of one NumPy type, as wide tables are."""
    if not hasattr(X, "iloc"):
        return False
    kinds = {*X.dtypes}
    return len(kinds) == 1 and isinstance(kind := kinds.pop(), np.dtype) and kind.kind == "f"


def _numbered_anew(native: Any) -> Any:
    return native.reset_index(drop=True) if hasattr(native, "reset_index") else native


def followed_by(X: Any, new: Any) -> Any:
    """Return the rows of X, as they are, and then new ones."""
    if isinstance(X, list):
        return X + new.tolist()
    if sparse.issparse(new):
        return type(new)(sparse.vstack([X, new], format=new.format))
    if not is_frame(X):
        return np.concatenate([X, new])
    if hasattr(X, "iloc"):
        return nw.get_native_namespace(X).concat([X, new], ignore_index=True)
    return nw.concat([nw.from_native(X), nw.from_native(new)]).to_native()


def renumbered(X: Any) -> Any:
    """Return a table or target as it is, but that the index of pandas counts from 0."""
    return X.reset_index(drop=True) if hasattr(X, "iloc") else X


def n_rows_of(y: Any) -> int:
    """Return the number of entries of a target in any container; sparse matrices have no length."""
    return int(y.shape[0]) if hasattr(y, "shape") else len(y)


def taken(y: Any, rows: IntArray) -> Any:
    """Return these entries of a list, array, sparse matrix, series or DataFrame, numbered from 0."""
    if isinstance(y, list | tuple):
        return [y[row] for row in rows.tolist()]
    if sparse.issparse(y):
        return type(y)(y.tocsr()[rows])
    if hasattr(y, "iloc"):
        return y.iloc[rows].reset_index(drop=True)
    return y.take(rows) if hasattr(y, "to_pylist") else y[rows]  # the former of pyarrow
