"""The container of the fitted table: new rows go back into the same one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.utils._missing import is_pandas_na, is_scalar_nan


def refuse_text_columns(X: Any) -> None:
    """Raise a ValueError that names the columns of a DataFrame that are neither numeric nor boolean."""
    if not (hasattr(X, "dtypes") and hasattr(X, "columns")):
        return
    refused = [
        f"{name!r} ({dtype})"
        for position, (name, dtype) in enumerate(zip(X.columns, X.dtypes, strict=True))
        if not _is_numeric(X.iloc[:, position])  # by position, since names may repeat
    ]
    if refused:
        raise ValueError(
            f"X has columns that are not numeric: {', '.join(refused)}. Encode them first, for example with "
            "OneHotEncoder or OrdinalEncoder in a ColumnTransformer before this step, or leave them out."
        )


def _is_numeric(column: Any) -> bool:
    from pandas.api.types import is_bool_dtype, is_complex_dtype, is_numeric_dtype, is_object_dtype

    if is_object_dtype(column.dtype):
        try:
            column.astype(float)
        except (TypeError, ValueError):
            return False
        return True
    return (is_numeric_dtype(column.dtype) or is_bool_dtype(column.dtype)) and not is_complex_dtype(column.dtype)


def refuse_missing_labels(y: Any) -> None:
    """Raise a ValueError if an array of labels has gaps."""
    labels = np.asarray(y)
    if labels.dtype != object or not labels.ndim:
        return
    if any(label is None or is_scalar_nan(label) or is_pandas_na(label) for label in labels.ravel()):
        raise ValueError("y has missing labels (None or NaN); leave their rows out.")


def with_originals(X: Any, expanded: Any) -> Any:
    """Put the rows of a DataFrame back as they were: whole numbers beyond 2**53 do not survive an array of floats."""
    if not hasattr(X, "iloc"):
        return expanded
    import pandas as pd

    return pd.concat([X, expanded.iloc[len(X) :]], ignore_index=True)


@dataclass(frozen=True)
class Template:
    """What :meth:`restore` needs to put an array back into the container and types of the fitted X."""

    dtype: np.dtype[Any]
    columns: Any = None
    dtypes: Any = None
    sparse_type: type | None = None

    @classmethod
    def of(cls, original: Any, validated: Any) -> Template:
        """Remember the container of ``original``, whose validated array or sparse matrix is ``validated``."""
        if hasattr(original, "dtypes") and hasattr(original, "columns"):
            return cls(validated.dtype, columns=original.columns, dtypes=original.dtypes)
        if sparse.issparse(validated):
            return cls(validated.dtype, sparse_type=type(validated))
        return cls(validated.dtype)

    def restore(self, rows: NDArray[Any]) -> Any:
        """Return rows as a DataFrame, sparse matrix or array, as the fitted X was."""
        if self.sparse_type is not None:
            return self.sparse_type(rows)
        if self.columns is None:
            return rows
        import pandas as pd

        # by position, since names may repeat
        columns = [pd.Series(rows[:, j]).astype(dtype) for j, dtype in enumerate(self.dtypes)]
        frame = pd.concat(columns, axis=1)
        frame.columns = self.columns
        return frame
