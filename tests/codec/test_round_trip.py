"""Encoding a table and decoding it gives the same table back, whatever its types."""

from datetime import timedelta

import numpy as np
import pandas as pd
import polars as pl
import polars.testing as pl_testing
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from skexpand.codec import Schema, TableCodec
from tests.mixed import CELLS, columns, tables

INEXACT = {"float", "single", "nullable float", "arrow float", "number objects", "integer", "unsigned", "fine moment"}


def round_trip(X):
    schema = Schema.of(X)
    if any(column.outliers for column in schema.columns):  # these are encoded as the end of the others
        reject()
    rows = schema.read(X)
    codec = TableCodec.fit(rows, schema.columns)
    return schema.write(codec.decode(codec.encode(rows), schema.dtype))


@pytest.mark.parametrize("kind", sorted(set(CELLS) - INEXACT))
@given(st.data())
@settings(max_examples=15)
def test_every_type_comes_back_exactly(kind, data):
    X = data.draw(columns(data.draw(st.integers(2, 30)), [kind])).to_frame("x")
    pd.testing.assert_frame_equal(round_trip(X), X, check_exact=True)


@pytest.mark.parametrize("dtype", ["float64", "Float64", "double[pyarrow]", "object"])
@given(st.data())
@settings(max_examples=15)
def test_numbers_with_at_most_15_digits_come_back_exactly(dtype, data):
    places = data.draw(st.integers(0, 6))
    whole = st.integers(-(10**8), 10**8)
    cells = data.draw(st.lists(st.one_of(st.none(), whole), min_size=2, max_size=30))
    cells = [None if cell is None else cell / 10**places for cell in cells]
    X = pd.DataFrame({"x": pd.Series(cells, dtype=dtype)})
    pd.testing.assert_frame_equal(round_trip(X), X, check_exact=True)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=2, max_size=30))
@settings(max_examples=30)
def test_integers_of_any_size_come_back_exactly_unless_they_are_too_far_apart(cells):
    close = [cells[0] // 2 + cell % 2**48 for cell in cells]
    X = pd.DataFrame({"x": pd.Series(close, dtype="int64")})
    pd.testing.assert_frame_equal(round_trip(X), X, check_exact=True)
    far = pd.DataFrame({"x": pd.Series(cells, dtype="int64")})
    error = np.abs(round_trip(far)["x"].astype(float) - far["x"].astype(float))
    assert error.max() <= 1e-15 * np.abs(far["x"].astype(float)).max() * 8


@given(st.lists(st.floats(-1e300, 1e300), min_size=2, max_size=30))
@settings(max_examples=50)
def test_other_floats_come_back_to_the_precision_of_the_largest(cells):
    X = pd.DataFrame({"x": cells})
    error = np.abs(round_trip(X)["x"] / 2 - X["x"] / 2).max()
    assert error <= 1e-14 * max(map(abs, cells))


@given(tables(max_rows=30))
@settings(max_examples=25)
def test_tables_keep_everything_but_the_last_digits(table):
    X = table[0].reset_index(drop=True)
    back = round_trip(X)
    assert back.columns.equals(X.columns)
    assert back.index.equals(X.index)
    for j in range(X.shape[1]):
        column, same = X.iloc[:, j], back.iloc[:, j]
        assert column.dtype == same.dtype
        assert column.isna().equals(same.isna())
        if not pd.api.types.is_numeric_dtype(column) and column.dtype != object and "ns" not in str(column.dtype):
            pd.testing.assert_series_equal(same, column, check_exact=True)


def test_polars(rng):
    n = 30
    words = rng.choice(["x", "y", "😀"], n).tolist()
    X = pl.DataFrame(
        {
            "text": pl.Series(words),
            "categorical": pl.Series(words, dtype=pl.Categorical),
            "enum": pl.Series(words, dtype=pl.Enum(["z", "x", "y", "😀"])),
            "whole": pl.Series([None, *range(n - 1)], dtype=pl.Int32),
            "yes": pl.Series([None, *(rng.random(n - 1) > 0.5).tolist()]),
            "price": pl.Series(rng.integers(0, 10**6, n) / 100),
            "decimal": pl.Series(rng.integers(0, 10**6, n) / 100).cast(pl.Decimal(12, 2)),
            "day": pl.Series(pd.date_range("2020", periods=n).date.tolist()),
            "moment": pl.Series(pd.date_range("2020", periods=n, freq="7min").to_list()).dt.replace_time_zone(
                "Asia/Kolkata"
            ),
            "duration": pl.Series([timedelta(hours=k) for k in range(n)]),
            "time": pl.Series(pd.date_range("2020", periods=n, freq="h").time.tolist()),
            "list": pl.Series([[k % 3] for k in range(n)]),
            "nothing": pl.Series([None] * n, dtype=pl.String),
        }
    )
    pl_testing.assert_frame_equal(round_trip(X), X, check_exact=True)


@pytest.mark.parametrize("dtype", [float, np.float32])
def test_arrays_with_gaps(rng, dtype):
    X = rng.integers(0, 99, (40, 4)).astype(dtype)
    X[rng.random(X.shape) < 0.2] = np.nan
    np.testing.assert_allclose(round_trip(X), X, rtol=1e-6)


def test_arrays_of_objects(rng):
    X = np.empty((20, 3), dtype=object)
    X[:, 0], X[:, 1], X[:, 2] = rng.choice(["a", None], 20), rng.integers(0, 9, 20), rng.random(20).round(3)
    assert (round_trip(X) == X).all()
    assert round_trip(X).dtype == object


def test_dates_at_midnight_stay_there_in_summer_and_winter():
    X = pd.DataFrame({"day": pd.date_range("2019-01-01", periods=800, tz="America/New_York")})
    schema = Schema.of(X)
    rows = schema.read(X)
    new = schema.write(rows + np.linspace(-0.4, 0.4, 800)[:, None])["day"]
    assert (new == new.dt.normalize()).all()
    pd.testing.assert_series_equal(new, X["day"])


def test_an_unknown_category_is_named():
    schema = Schema.of(pd.DataFrame({"colour": ["red", "blue"]}))
    with pytest.raises(ValueError, match=r"'colour' has the category 'green'"):
        schema.read(pd.DataFrame({"colour": ["green"]}))
