"""Two tables with the same columns: how the first was interpreted is applied to the second.

A core learned from one table can read another only if every column means the same in both. Names, types and categories
must therefore agree; errors name those that do not. New values of the second table (a larger number, another decimal)
become valid as well.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import FloatArray
from skexpand.codec.columns import Column, described_again
from skexpand.codec.fields import Field, key_of
from skexpand.codec.frame import columns_of, is_frame
from skexpand.codec.numeric import NumericCodec
from skexpand.codec.schema import Schema, dense
from skexpand.codec.series import Series

_SHOWN = 9  # columns or categories that an error names


def carried_over(first: Schema, own: Schema, X: Any) -> Schema:
    """Return the schema of a second table X, described as ``own``, that reads it as the first one was read.

    Raises
    ------
    ValueError
        If the columns differ; names which.
    """
    _refuse_other_columns(first, own)
    if first.fields is None:
        pairs = zip(first.columns, own.columns, strict=True)
        return Schema([replace(column, n_missing=other.n_missing) for column, other in pairs], None, own.like)
    series = columns_of(X if is_frame(X) else dense(X))
    parts = [_carried(*part) for part in zip(first.columns, first.fields, series, strict=True)]
    return Schema([column for column, _ in parts], [field for _, field in parts], own.like)


def _refuse_other_columns(first: Schema, own: Schema) -> None:
    if is_frame(first.like) != is_frame(own.like) or (first.fields is None) != (own.fields is None):
        raise ValueError(
            f"pretrain was given a {type(first.like).__name__} of {len(first.columns)} columns, and X is a "
            f"{type(own.like).__name__}; give both the same container and types."
        )
    seen, given = ([column.name for column in schema.columns] for schema in (first, own))
    if seen != given:
        missing, more = ([name for name in a if name not in b][:_SHOWN] for a, b in ((seen, given), (given, seen)))
        raise ValueError(
            f"X has other columns than the rows given to pretrain: {len(given)} instead of {len(seen)}, without "
            f"{missing}, with {more}, or in another order; select and order them alike."
        )
    pairs = zip(first.columns, own.columns, strict=True)
    others = [f"{a.name!r} ({b.dtype} instead of {a.dtype})" for a, b in pairs if a.dtype != b.dtype]
    if others:
        raise ValueError(
            f"X has other types than the rows given to pretrain in column(s) {', '.join(others[:_SHOWN])}; cast them."
        )


def _carried(column: Column, field: Field, series: Series) -> tuple[Column, Field]:
    """Return a column as described for the first table, with the gaps and the new values of the second."""
    n_missing = int(series.gaps().sum())
    try:
        numbers = field.known(series)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"Column {column.name!r} was {column.kind} in the rows given to pretrain: {error}; cast it."
        ) from error
    _refuse_unknown(column, series, numbers)
    again = field.with_gap_of(series) if n_missing else field
    if not field.is_bounded:
        return replace(column, n_missing=n_missing), again
    return described_again(column, field, n_missing, numbers[~np.isnan(numbers)]), again


def _refuse_unknown(column: Column, series: Series, numbers: FloatArray) -> None:
    """Refuse categories that the first table lacks: those that its field cannot read."""
    unknown = np.flatnonzero(np.isnan(numbers) & ~series.gaps())
    if len(unknown):
        cells = list({key_of(cell): cell for cell in series.take(unknown).to_list()}.values())
        raise ValueError(
            f"Column {column.name!r} has {cells[:_SHOWN]}, but the rows given to pretrain have only "
            f"{list(column.categories or ())[:_SHOWN]} there; give these rows to pretrain as well, or leave the column "
            "out."
        )


def refuse_varying(numeric: NumericCodec, rows: NDArray[Any], names: list[Any]) -> None:
    """Raise an error for numbers that vary in a column that was constant, which the codec always writes."""
    constant = numeric.first.astype(np.float64)
    differs = (numeric.scale == 0) & ((rows != constant) & ~np.isnan(rows)).any(axis=0)
    if differs.any():
        shown = [names[j] for j in np.flatnonzero(differs)[:_SHOWN]]
        raise ValueError(
            f"Column(s) {shown} have only one value in the rows given to pretrain, but others in X; give these rows to "
            "pretrain as well, or leave the columns out."
        )
