"""Two tables as rows of one space, so that distances are meaningful.

Numbers are standardized and categories, dates and gaps encoded by the library's own codec, fitted on the *real* rows:
a step of 1 is one standard deviation of a real column, and categories are as far apart as a numeric column varies.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from skexpand.base.types import FloatArray
from skexpand.codec import Column, Schema, TableCodec
from skexpand.codec.frame import followed_by, is_frame, names_of
from skexpand.request.input import with_objects

MIN_ROWS = 4  # real ones: two halves of two
MAX_PAIRED_ROWS = 4000  # rows of a table whose pairwise distances are held in memory


class Cells(NamedTuple):
    """Two tables as floats, categories as codes and gaps as NaN."""

    real: FloatArray
    synthetic: FloatArray
    columns: list[Column]


def read_both(real: Any, synthetic: Any) -> Cells:
    """Read two tables with the same columns."""
    real, synthetic = _as_table(real, "real"), _as_table(synthetic, "synthetic")
    _check_same_columns(real, synthetic)
    if real.shape[0] < MIN_ROWS or synthetic.shape[0] < 2:
        raise ValueError(
            f"There are {real.shape[0]} real and {synthetic.shape[0]} synthetic rows; give at least {MIN_ROWS} and 2."
        )
    both = followed_by(real, synthetic)
    schema = Schema.of(both)  # of both, since new rows may have a category that real rows lack
    rows = schema.read(both).astype(np.float64)
    if np.isinf(rows).any():
        raise ValueError("The rows contain infinity; replace it by a number, or by NaN.")
    columns = [replace(column, domain=column.domain.with_far_values()) for column in schema.columns]
    return Cells(rows[: real.shape[0]], rows[real.shape[0] :], columns)  # far values are what distances are to show


def encoded(real: Any, synthetic: Any) -> tuple[FloatArray, FloatArray]:
    """Return two tables as rows of the space that the real ones span.

    A column that is constant among the real rows is 1 where a row has another value.
    """
    cells = read_both(real, synthetic)
    codec = TableCodec.fit(cells.real, cells.columns)
    constant = np.array([column.kind != "categorical" for column in cells.columns])
    constant &= np.nanmax(cells.real, axis=0, initial=-np.inf) <= np.nanmin(cells.real, axis=0, initial=np.inf)
    other = np.array(cells.synthetic[:, constant] != cells.real[0, constant], float)
    return (
        np.hstack([codec.encode(cells.real), np.zeros((len(cells.real), other.shape[1]))]),
        np.hstack([codec.encode(cells.synthetic), other]),
    )


def few_of_both(real: Any, synthetic: Any, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Return encoded rows of both tables, so few that distances between all pairs fit into memory."""
    a, b = (rows[rng.permutation(len(rows))[:MAX_PAIRED_ROWS]] for rows in encoded(real, synthetic))
    return a, b


def _as_table(X: Any, role: str) -> Any:
    """Return a DataFrame as it is, and anything else as a two-dimensional array."""
    if is_frame(X):
        return X
    found = X.toarray() if sparse.issparse(X) else np.asarray(with_objects(X))
    if found.ndim != 2:
        raise ValueError(f"The {role} rows must be a table, got an array of shape {found.shape}; use reshape(-1, 1).")
    return found


def _check_same_columns(real: Any, synthetic: Any) -> None:
    """Refuse tables that differ in their columns."""
    if is_frame(real) != is_frame(synthetic) or names_of(real) != names_of(synthetic):
        raise ValueError(
            f"The two tables must have the same columns in the same container, got {names_of(real)[:9]} "
            f"({type(real).__name__}) and {names_of(synthetic)[:9]} ({type(synthetic).__name__})."
        )
