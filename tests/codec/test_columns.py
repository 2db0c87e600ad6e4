"""What a column is taken for, and what follows for its values."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from skexpand.codec import infer_columns
from skexpand.codec.domain import Domain, count_decimals, domain_of_type, domain_of_values, skewness

N = 30


def kind_of(values, **options):
    return infer_columns(pd.DataFrame({"x": values}), **options)[0]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (np.linspace(0, 1, N), "float"),
        (np.arange(N), "integer"),
        (pd.array([None, *range(N - 1)], dtype="Int64"), "integer"),
        (np.arange(N) % 2 == 0, "boolean"),
        ([True, None] * 10 + [False] * 10, "boolean"),
        (pd.Series([1, 2.5] * 15, dtype=object), "float"),
        (pd.Series([*range(N)], dtype=object), "integer"),
        (["a", "b"] * 15, "categorical"),
        (pd.arrays.IntervalArray.from_breaks(np.arange(N + 1.0)), "categorical"),
        (pd.Categorical(["a", "b"] * 15), "categorical"),
        (pd.Categorical(["a", "b"] * 15, ordered=True), "ordinal"),
        (pd.Series([1, "a", (2,)] * 10, dtype=object), "categorical"),
        (pd.Series([[1], [2]] * 15), "categorical"),
        (pd.date_range("2020", periods=N), "datetime"),
        (pd.to_timedelta(np.arange(N), unit="D"), "timedelta"),
        (np.full(N, 3), "constant"),
        (["a"] * N, "constant"),
        ([np.nan] * N, "constant"),
        ([None, 2.5] * 15, "constant"),
    ],
)
def test_kinds(values, kind):
    column = kind_of(values)
    assert column.kind == kind
    assert column.n_missing == pd.Series(values).isna().sum()
    assert column.describe().startswith(f"x: {kind} (")


def test_kinds_of_polars():
    frame = pl.DataFrame({"a": ["x", "y"] * 15, "b": range(N)}).with_columns(
        c=pl.col("a").cast(pl.Categorical), d=pl.col("a").cast(pl.Enum(["x", "y"])), e=pl.col("b").cast(pl.Date)
    )
    kinds = [column.kind for column in infer_columns(frame)]
    assert kinds == ["categorical", "integer", "categorical", "categorical", "datetime"]


@pytest.mark.parametrize(
    "categorical_features",
    [["code", "grade"], [0, 2], [0, -1], np.array([True, False, True]), [True, False, True]],
    ids=str,
)
def test_named_categories(categorical_features):
    X = pd.DataFrame(
        {"code": np.arange(N) % 7, "x": np.arange(N), "grade": pd.Categorical(["a", "b"] * 15, ordered=True)}
    )
    kinds = [column.kind for column in infer_columns(X, categorical_features)]
    assert kinds == ["categorical", "integer", "categorical"]


@pytest.mark.parametrize(
    ("categorical_features", "message"),
    [(["nope"], "unknown column.*'nope'"), ([5], r"unknown column.*\[5\]"), ([True, False], "mask of shape")],
)
def test_named_categories_that_are_none(categorical_features, message):
    with pytest.raises(ValueError, match=message):
        kind_of(np.arange(N), categorical_features=categorical_features)


def test_categories_of_an_array():
    X = np.column_stack([np.arange(N) % 3, np.linspace(0, 1, N)])
    code, number = infer_columns(X, [0])
    assert (code.kind, code.categories, code.name) == ("categorical", (0.0, 1.0, 2.0), 0)
    assert (number.kind, number.bounds) == ("float", (0.0, 1.0))  # a share: 1 is a natural bound


# ---------------------------------------------------------------- domains


@pytest.mark.parametrize(
    ("values", "domain"),
    [
        (np.linspace(-1, 1, 99) / 3, Domain()),
        (np.linspace(0, 1, 99) ** 2 / 3, Domain(low=0.0)),
        (np.linspace(1, 2, 99) ** 2 / 3, Domain(low=1 / 6)),
        (np.arange(5.0), Domain(decimals=0)),  # too few to say that none is negative
        (np.arange(99.0), Domain(low=0.0, decimals=0)),
        (np.arange(3.0, 99), Domain(low=2.0, decimals=0)),
        (np.arange(-9, 99) / 100, Domain(decimals=2)),
    ],
    ids=str,
)
def test_domains_of_floats(values, domain):
    assert domain_of_values(values, Domain()) == domain


def test_few_numbers_are_all_there_are(rng):
    domain = domain_of_values(np.repeat([0.5, 1.0, 4.0], 5), Domain())
    assert domain.nearest(np.array([-9, 0.7, 0.8, 2.4, 2.6, 99])).tolist() == [0.5, 0.5, 1.0, 1.0, 4.0, 4.0]
    assert domain_of_values(np.arange(9.0), Domain()).levels is None, "each seen once"
    assert domain_of_values(np.repeat(np.arange(11.0), 5), Domain()).levels is None, "too many"


@pytest.mark.parametrize("decimals", range(8))
def test_decimals(rng, decimals):
    values = rng.integers(-(10**7), 10**7, 200) / 10**decimals
    assert count_decimals(values) == decimals
    assert count_decimals(np.array([1e20, 1.5])) is None
    assert count_decimals(rng.standard_normal(50)) is None


def test_nearest_values(rng):
    assert domain_of_type(np.dtype(np.int8)).nearest(np.array([-500, 0.4, 0.6, 500])).tolist() == [-128, 0, 1, 127]
    assert Domain(0.0, 1.0, 1).nearest(np.array([-3, 0.14, 0.16, 7])).tolist() == [0, 0.1, 0.2, 1]


@pytest.mark.parametrize(("unit", "said"), [(10, "1 decimal;"), (100, "2 decimals;")])
def test_decimals_are_counted_in_words(unit, said):
    assert said in kind_of(np.arange(N) ** 2 / unit, bounds={"x": (0, None)}).describe()


# ---------------------------------------------------------------- bounds


def test_one_value_is_singular():
    (column,) = infer_columns(pd.DataFrame({"a": ["x", "x"]}))
    assert column.describe() == f"a: constant ({column.dtype}); 1 value: 'x'"


@pytest.mark.skipif(not hasattr(pl, "Int128"), reason="this polars has no such type")
def test_whole_numbers_of_128_bits():
    (column,) = infer_columns(pl.DataFrame({"a": pl.Series([2**100, 2**100 + 2**60, -1], dtype=pl.Int128)}))
    assert (column.kind, column.dtype) == ("integer", "Int128")


def test_bounds_of_the_data():
    X = pd.DataFrame({"x": np.linspace(-2, 5, N), "day": pd.date_range("2020", periods=N), "c": ["a", "b"] * 15})
    x, day, c = infer_columns(X, bounds="data")
    assert x.bounds == (-2, 5)
    assert day.bounds == (np.datetime64("2020-01-01"), np.datetime64("2020-01-30"))
    assert c.bounds == (None, None)


@pytest.mark.parametrize(
    ("values", "bound", "shown"),
    [
        (np.linspace(1, 5, N) ** 2, (0, 30), (0, 30)),
        (np.linspace(1, 5, N) ** 2, (None, 30), (None, 30)),
        (np.arange(N), (-0.5, 40.7), (0, 40)),
        (np.arange(N) % 3, (0, 4), (0, 4)),  # few values are no rule any more
        (2**60 + np.arange(N), (2**60 - 5, None), (2**60 - 5, None)),
        (pd.date_range("2020", periods=N), ("2019-12-24", pd.Timestamp("2020-12-24")), ("2019-12-24", "2020-12-24")),
        (pd.date_range("2020", periods=N, tz="UTC"), (None, pd.Timestamp("2021", tz="CET")), (None, "2020-12-31T23")),
        (pd.to_timedelta(np.arange(N), unit="D"), (np.timedelta64(0), np.timedelta64(99, "D")), None),
        (pd.to_timedelta(np.arange(N), unit="D"), ("0h", "99 days"), (np.timedelta64(0), np.timedelta64(99, "D"))),
    ],
)
def test_stated_bounds(values, bound, shown):
    found = kind_of(values, bounds={"x": bound})
    if shown is not None:
        assert found.bounds == tuple(np.datetime64(end) if isinstance(end, str) else end for end in shown)
    assert found.categories is None


@pytest.mark.parametrize(
    ("values", "bounds", "message"),
    [
        (np.arange(N), {"z": (0, 1)}, r"unknown column.*'z'"),
        (np.arange(N), {"x": 3}, r"bounds\['x'\] must be a pair"),
        (np.arange(N), {"x": "ab"}, r"bounds\['x'\] must be a pair"),
        (np.arange(N), {"x": (50, 0)}, "low <= high"),
        (np.arange(N), {"x": (0, 9)}, r"the table itself has 10, and 20 such value"),
        (np.arange(N), {"x": ("low", 50)}, r"bounds\['x'\] has the end 'low'"),
        (pd.date_range("2020", periods=N), {"x": ("soon", None)}, r"bounds\['x'\] has the end 'soon'"),
        (pd.to_timedelta(np.arange(N), unit="D"), {"x": (None, "long")}, r"bounds\['x'\] has the end 'long'"),
        (
            pd.date_range("2020", periods=N),
            {"x": (pd.Timestamp("2019", tz="UTC"), None)},
            r"bounds\['x'\] has the end .*tz='UTC'.* with a time zone, and the column has none; leave the zone out",
        ),
        (["a", "b"] * 15, {"x": (0, 1)}, "'x' holds categories, which have no bounds"),
    ],
    ids=str,
)
def test_wrong_bounds(values, bounds, message):
    with pytest.raises((ValueError, TypeError), match=message):
        kind_of(values, bounds=bounds)


def test_plain_arrays_are_described_all_at_once(rng):
    X = rng.standard_normal((N, 3))
    X[:, 1], X[3, 2] = 7, np.nan
    found = infer_columns(X)
    assert [column.kind for column in found] == ["float", "constant", "float"]
    assert [column.n_missing for column in found] == [0, 0, 1]
    assert [column.kind for column in infer_columns(np.arange(N).reshape(-1, 1) % 2 == 0)] == ["boolean"]


def test_skewed_columns_are_logged_and_end_at_the_largest_value(rng):
    skewed = np.exp(2 * rng.standard_normal(300))
    domain = domain_of_values(skewed, Domain())
    assert domain.log_unit == pytest.approx(np.median(skewed))
    assert domain.high == skewed.max()
    assert 0 < domain.low < skewed.min()
    for values in (-skewed, rng.standard_normal(300), rng.random(300), np.rint(skewed * 1e12)):
        assert domain_of_values(values, Domain()).log_unit == np.inf


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e300])
def test_skewness_has_no_scale(rng, scale):
    values = rng.exponential(size=50_000)
    assert skewness(scale * values) == pytest.approx(2, abs=0.3)
    assert skewness(-scale * values) == pytest.approx(-2, abs=0.3)
    assert skewness(np.zeros(5)) == 0
