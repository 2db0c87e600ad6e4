r"""A target of numbers: one measurement or several, which join the columns, so that each new row brings its own.

The codes are levels: bins of the target's ranks, all of the same size, with ties split arbitrarily,

.. math:: c_i = \lfloor b\, r_i / n \rfloor.

Several measurements are cut as a k-d tree cuts: at the middle level of the one that varies most, and each half again.
Levels only determine which rows are neighbours near a level of the target, and nothing is predicted from them.

Rows without a number have no level until one is inferred (see ``fitting/numbers.py``).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import narwhals as nw
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from skexpand.base.sklearn_private import _check_y
from skexpand.base.types import UNLABELED, FloatArray, IntArray
from skexpand.codec.frame import columns_of, followed_by, is_frame, taken
from skexpand.codec.schema import Schema
from skexpand.target.classes import refuse_no_target
from skexpand.target.smoother import LEAST_ROWS
from skexpand.target.unlabeled import unlabeled_mask

_LEAST = 5  # rows in a level, if there are enough for two levels
_LARGEST = 1e150  # whose square a float holds


class Numbers(NamedTuple):
    """A target of numbers (see ``target.py``)."""

    original: Any
    columns: Any  # (n_labeled, n_targets), of the rows that have a number: a DataFrame, or an array
    codes: IntArray  # (n,), -1 for rows without a number
    classes: IntArray

    @classmethod
    def of(cls, y: Any, n_bins: int = 8, unlabeled: Any = None) -> Numbers:
        """Check a target: finite numbers, in one column or several; ``unlabeled`` marks rows without."""
        refuse_no_target(y)
        if unlabeled is not None and (mask := unlabeled_mask(y, unlabeled)).any():
            return cls._partly(y, np.flatnonzero(~mask), n_bins, unlabeled)
        values = checked_numbers(y)
        if not (isinstance(y, list | tuple) or is_frame(y) or is_series(y)):
            y = np.asarray(y)
        columns = _table_of(y)
        _refuse_no_measurements(values, columns)
        codes = level_bins(values.reshape(len(values), -1), n_bins)
        return cls(y, columns, codes, np.arange(codes.max() + 1))

    @classmethod
    def _partly(cls, y: Any, known: IntArray, n_bins: int, unlabeled: Any) -> Numbers:
        """Check a target of which only the rows ``known`` have a number."""
        if len(known) < LEAST_ROWS:
            raise ValueError(
                f"Of {len(y)} rows, {len(known)} have a number, but at least {LEAST_ROWS} must, so that those of the "
                f"others, marked by unlabeled={unlabeled!r}, can be inferred; give more rows their number."
            )
        y = y if hasattr(y, "__array__") else list(y)
        labeled = cls.of(taken(y, known), n_bins)
        codes = np.full(len(y), UNLABELED)
        codes[known] = labeled.codes
        return cls(y, labeled.columns, codes, labeled.classes)

    @property
    def names(self) -> list[int]:
        """The numbers of the levels."""
        return self.classes.tolist()

    @property
    def values(self) -> FloatArray:
        """The numbers that there are, (n_labeled,) or (n_labeled, n_targets)."""
        return checked_numbers(self.labeled())

    @property
    def counts(self) -> IntArray:
        """Number of rows of each level."""
        return np.bincount(self.codes[self.codes != UNLABELED])

    def labeled(self) -> Any:
        """Return the target in its container, without the rows that have no number."""
        known = self.codes != UNLABELED
        return self.original if known.all() else taken(self.original, np.flatnonzero(known))

    def followed_by(self, new: IntArray, codes: IntArray, made: Any = None) -> Any:
        """Return the target in its container, and then what new rows bring.

        ``made`` begins with what was inferred for the rows without a number.
        """
        together = self._in_order(followed_by(self.columns, made))
        if is_series(self.original):
            frame = nw.from_native(together, eager_only=True)
            name = nw.from_native(self.original, series_only=True).name
            return frame[frame.columns[0]].alias(name).to_native()
        if is_frame(self.original):
            return together
        together = together if np.ndim(self.original) == 2 else together[:, 0]
        return together.tolist() if isinstance(self.original, list | tuple) else together

    def _in_order(self, together: Any) -> Any:
        """Return numbers, of which those of rows that had none come behind those that had one, in the rows' order."""
        missing = self.codes == UNLABELED
        if not missing.any():
            return together
        places = np.argsort(np.argsort(missing, kind="stable"))
        return taken(together, np.append(places, np.arange(len(missing), len(together))))


def checked_numbers(y: Any) -> FloatArray:
    """Return a target as finite numbers, (n,) or (n, n_targets); raise an error for anything else."""
    refuse_no_target(y)
    if sparse.issparse(y):
        raise TypeError("y is a sparse matrix; give measurements as an array or DataFrame, as in y.toarray().")
    values = np.column_stack([column.to_list() for column in columns_of(y)]) if is_frame(y) else y
    try:
        return _check_y(values, multi_output=True, y_numeric=True).astype(np.float64)
    except (TypeError, ValueError) as error:
        if "contains NaN" in str(error):
            raise ValueError(
                "Input y contains NaN; leave rows without a number out, or set unlabeled='missing' to infer them."
            ) from error
        if "could not convert" not in str(error) and "complex" not in str(error):
            raise
        raise ValueError(f"y must hold numbers ({error}); for classes, use ExpandedClassifier.") from error


def _refuse_no_measurements(values: FloatArray, columns: Any) -> None:
    """Raise a ValueError for numbers that are too large, or that the table of them holds as categories."""
    largest = float(np.abs(values).max(initial=0.0))
    if largest > _LARGEST:
        raise ValueError(f"y holds {largest:.3g}, whose square overflows; give it in a larger unit, as in y / 1e200.")
    for column in Schema.of(columns, means_something=True).columns:
        if column.kind in ("categorical", "ordinal"):
            raise ValueError(
                f"y is of type {column.dtype}, and would be taken for categories: it holds text, categories or whole "
                "numbers that floats do not. Give numbers, as in y.astype(float)."
            )


def is_series(y: Any) -> bool:
    """Return whether y is a column of pandas, polars or another library that narwhals reads."""
    return nw.dependencies.is_into_series(y)


def _table_of(y: Any) -> Any:
    """Return a target as a table: a DataFrame, or an array of numbers."""
    if is_frame(y):
        return y
    if is_series(y):
        column = nw.from_native(y, series_only=True)
        return column.alias("target").to_frame().to_native()
    values = np.asarray(y)
    values = np.array(values.tolist()) if values.dtype.kind == "O" else values
    return values.reshape(len(values), -1)


def level_bins(y: FloatArray, n_bins: int) -> NDArray[np.intp]:
    """Return the level of each target (n, n_targets): at most ``n_bins``, each of five rows or more, or else two."""
    n_rows, codes = len(y), np.empty(len(y), np.intp)
    n_levels = max(2, min(n_bins, n_rows // _LEAST))
    scale = y.std(axis=0)
    relative = y / np.where(scale > 0, scale, 1.0)
    pending = [(np.arange(n_rows), 0, n_levels)]
    while pending:
        rows, first, end = pending.pop()
        if end - first == 1:
            codes[rows] = first
            continue
        widest = np.ptp(relative[rows], axis=0).argmax() if len(rows) else 0
        ordered = rows[np.argsort(relative[rows, widest], kind="stable")]
        middle = (first + end) // 2
        cut = -(-n_rows * middle // n_levels) - -(-n_rows * first // n_levels)
        pending += [(ordered[:cut], first, middle), (ordered[cut:], middle, end)]
    return codes
