"""Mixed tables made by chance, by hypothesis too, and what makes a new row of them illegal."""

import datetime as dt

import numpy as np
import pandas as pd
from hypothesis import strategies as st
from hypothesis.extra.numpy import from_dtype

TEXT = st.sampled_from(["", " ", "a", "A", "b", "ü", "😀", "a,b", "NaN", "None", "x" * 300, "\n", "0", "1.5"])
FLOATS = st.one_of(
    st.floats(-1e3, 1e3),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, -0.0, 1e300, -1e300, 1e-300, 5e-324, 0.1, 1.0]),
    st.decimals(-1000, 1000, places=2, allow_nan=False).map(float),
)
MOMENTS = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2030, 1, 1))
FAR_MOMENTS = st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2250, 1, 1))
DAYS = st.dates(dt.date(1700, 1, 1), dt.date(2250, 1, 1))
CELLS = {
    "float": (FLOATS, "float64"),
    "single": (st.floats(-(2.0**99), 2.0**99, width=32), "float32"),
    "nullable float": (FLOATS, "Float64"),
    "arrow float": (FLOATS, "double[pyarrow]"),
    "integer": (from_dtype(np.dtype(np.int64)), "int64"),
    "small": (from_dtype(np.dtype(np.uint8)), "uint8"),
    "nullable": (st.integers(-(2**40), 2**40), "Int64"),
    "unsigned": (from_dtype(np.dtype(np.uint64)), "UInt64"),
    "arrow integer": (st.integers(-100, 100), "int32[pyarrow]"),
    "boolean": (st.booleans(), "bool"),
    "nullable boolean": (st.booleans(), "boolean"),
    "boolean objects": (st.booleans(), "object"),
    "number objects": (st.one_of(st.integers(-9, 9), st.floats(-9, 9)), "object"),
    "objects": (
        st.one_of(TEXT, st.integers(0, 3), st.booleans(), st.tuples(st.integers(0, 2)), st.lists(st.none())),
        "object",
    ),
    "text": (TEXT, "str" if pd.__version__ >= "3" else "object"),
    "string": (TEXT, "string"),
    "free text": (st.text(max_size=9), "object"),
    "category": (TEXT, "category"),
    "grades": (
        st.sampled_from(["low", "mid", "high"]),
        pd.CategoricalDtype(["low", "mid", "high", "top"], ordered=True),
    ),
    "numbers as categories": (st.integers(1, 4), "category"),
    "moment": (MOMENTS, "datetime64[us]"),
    "fine moment": (FAR_MOMENTS, "datetime64[ns]"),
    "day": (DAYS, "datetime64[s]"),
    "zone": (DAYS, "datetime64[us, Europe/Berlin]"),
    "arrow day": (DAYS, "date32[pyarrow]"),
    "duration": (st.timedeltas(dt.timedelta(-999), dt.timedelta(999)), "timedelta64[us]"),
}
WITHOUT_GAPS = {"integer", "small", "boolean"}  # NumPy types that have none


def as_column(kind, cells):
    """Return cells as a pandas column of a kind."""
    dtype = CELLS[kind][1]
    if kind == "zone":
        return (
            pd.Series(pd.to_datetime(pd.Series(cells)))
            .astype("datetime64[us]")
            .dt.tz_localize("Europe/Berlin", ambiguous="NaT", nonexistent="NaT")
        )
    if kind == "day":
        return pd.Series([None if cell is None else np.datetime64(cell, "s") for cell in cells], dtype=dtype)
    return pd.Series(cells, dtype=dtype)


@st.composite
def columns(draw, n_rows, kinds=tuple(CELLS)):
    """Draw a column: many distinct values or few, gaps or none, or nothing but gaps."""
    kind = draw(st.sampled_from(kinds))
    cells = CELLS[kind][0]
    if draw(st.booleans()):
        cells = st.sampled_from(draw(st.lists(cells, min_size=1, max_size=4)))
    gap = st.nothing() if kind in WITHOUT_GAPS or draw(st.booleans()) else st.none()
    return as_column(kind, draw(st.lists(st.one_of(cells, gap), min_size=n_rows, max_size=n_rows)))


@st.composite
def tables(draw, max_rows=60):
    """Draw a DataFrame and its labels: odd names, repeated names, classes of any size."""
    n_rows = draw(st.integers(2, max_rows))
    parts = draw(st.lists(columns(n_rows), min_size=1, max_size=6))
    names = draw(st.lists(st.one_of(TEXT, st.text(max_size=5)), min_size=len(parts), max_size=len(parts)))
    X = pd.concat(parts, axis=1)
    X.columns = names
    X.index = draw(
        st.sampled_from([pd.RangeIndex(n_rows), pd.Index([f"row {i}" for i in range(n_rows)]), pd.Index([7] * n_rows)])
    )
    y = draw(st.lists(st.sampled_from(["a", "b", ""]), min_size=n_rows, max_size=n_rows))
    y[:2] = "a", "b"
    return X, np.array(y)


def illegal(new, real):
    """Return what is wrong with the columns of new rows, as far as the real ones can tell."""
    found = []
    for j in range(real.shape[1]):
        if wrong := _wrong(new.iloc[:, j], real.iloc[:, j]):
            found.append(f"column {j} ({real.dtypes.iloc[j]}): {wrong}")
    return found


def _wrong(new, real):
    if new.dtype != real.dtype:
        return f"type {new.dtype}"
    if new.isna().any() and not real.isna().any():
        return "gaps"
    if real.isna().all():
        return "" if new.isna().all() else "values where there are none"
    new, real = new.dropna(), real.dropna()
    levels = {repr(cell) for cell in real.tolist()}
    few = len(levels) <= 10 and len(real) >= 3 * len(levels) and pd.api.types.is_numeric_dtype(real)
    few &= _is_whole(real) or (real.value_counts() == 1).sum() <= 2
    if (
        len(levels) == 1
        or few
        or not (_is_number(real) or pd.api.types.is_datetime64_any_dtype(real) or _is_arrow_day(real))
    ):
        return "" if pd.api.types.is_timedelta64_dtype(real) and len(levels) > 1 else _unseen(new, levels)
    if _is_number(real):
        return _wrong_numbers(new.to_numpy(float), real.to_numpy(float))
    at_midnight = _is_arrow_day(real) or _at_midnight(new) or not _at_midnight(real)
    return "" if at_midnight else "not at midnight"


def _is_whole(column):
    return not pd.api.types.is_float_dtype(column) or (column == column.round()).all()


def _at_midnight(moments):
    wall = moments.dt.tz_localize(None)
    return (wall.dt.normalize() == wall).all()


def _unseen(new, levels):
    unseen = {repr(cell) for cell in new.tolist()} - levels
    return f"unseen {sorted(unseen)[:3]} among {sorted(levels)[:9]}" if unseen else ""


def _wrong_numbers(new, real):
    if not np.isfinite(new).all():
        return "infinity"
    if len(real) >= 10 and real.min() >= 0 and len(new) and new.min() < 0:
        return "negative"
    if len(real) >= 10 and real.min() > 0 and len(new) and new.min() <= 0:
        return "not positive"
    for decimals in range(6):
        if np.abs(real).max() < 1e6 and (np.round(real, decimals) == real).all():
            return "" if (np.round(new, decimals) == new).all() else f"more than {decimals} decimals"
    return ""


def _is_number(column):
    if column.dtype == object:
        return all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in column)
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _is_arrow_day(column):
    return str(column.dtype) == "date32[day][pyarrow]"
