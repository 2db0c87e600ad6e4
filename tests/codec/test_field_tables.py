"""Tables as they come from the field: levels, point masses, outliers, sentinels, counts, in every container."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from scipy.stats import boxcox
from sklearn.feature_selection import chi2
from sklearn.naive_bayes import CategoricalNB, MultinomialNB

from skexpand import ExpansiveSynthesizer
from skexpand.codec import infer_columns

N = 200
CONTAINERS = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "array": lambda cells: pd.DataFrame(cells).to_numpy()}


def expand(X, y, **parameters):
    parameters = {"random_state": 0, "expansion_ratio": 5} | parameters
    synthesizer = ExpansiveSynthesizer(**parameters)
    X_big, y_big = synthesizer.fit_resample(X, y)
    return synthesizer, X_big[X.shape[0] :], np.asarray(y_big)[X.shape[0] :]


def labels(rng, n=N):
    return rng.permutation(np.arange(n) % 2)


def cells_of(new, name):
    return np.asarray(new)[:, 0] if isinstance(new, np.ndarray) else np.asarray(new[name])


# ---------------------------------------------------------------- levels and point masses


@pytest.mark.parametrize("container", ["pandas", "polars"])
@pytest.mark.parametrize(
    "levels",
    [
        lambda rng, y: rng.random(N) < 0.04 + 0.2 * y,
        lambda rng, y: rng.random(N) < 0.02,
        lambda rng, y: rng.choice([1, 2, 3, 4, 5], N, p=[0.8, 0.1, 0.05, 0.03, 0.02]),
        lambda rng, y: np.where(rng.random(N) < 0.5, 2.5, 10.0),
    ],
    ids=["boolean", "flag", "Likert", "fractions"],
)
def test_levels_keep_their_shares_within_their_class(rng, container, levels):
    y = labels(rng)
    cells = levels(rng, y)
    X = CONTAINERS[container]({"level": cells, "x": rng.standard_normal(N) + y})
    _, new, y_new = expand(X, y)
    for label in (0, 1):
        found, real = cells_of(new, "level")[y_new == label], cells[y == label]
        for level in np.unique(cells):
            share = np.mean(real == level)
            assert np.mean(found == level) == pytest.approx(share, abs=max(share**0.5, 0.1) / np.sum(y == label) ** 0.5)


def test_ordered_levels_stay_related_to_other_columns(rng):
    y, x = labels(rng), rng.standard_normal(N)
    codes = np.clip(np.rint(x + 1), 0, 3).astype(int)
    X = pd.DataFrame({"grade": pd.Categorical.from_codes(codes, list("abcd"), ordered=True), "x": x})
    _, new, _ = expand(X, y)
    assert np.corrcoef(new["grade"].cat.codes, new["x"])[0, 1] > 0.8


@pytest.mark.parametrize("container", ["pandas", "polars"])
def test_point_masses_and_natural_bounds_are_kept(rng, container):
    y = labels(rng)
    cells = {
        "zeros": np.where(rng.random(N) < 0.8, 0, rng.lognormal(3, 1, N)),
        "cap": np.minimum(100, rng.normal(103, 15, N)).round(1),
        "share": rng.beta(0.5, 0.5, N),
        "debt": -rng.lognormal(3, 1, N),
    }
    _, new, _ = expand(CONTAINERS[container](cells), y)
    for name, real in cells.items():
        found = cells_of(new, name)
        assert real.min() <= found.min()
        assert found.max() <= real.max()
        for atom in (0, 100):
            assert np.mean(found == atom) == pytest.approx(np.mean(real == atom), abs=0.04)
    assert len(np.unique(cells_of(new, "zeros"))) > 100, "the rest is continuous"


def test_bounds_may_be_open(rng):
    y = labels(rng)
    X = pd.DataFrame({"x": rng.uniform(1, 2, N), "age": rng.integers(18, 80, N), "score": rng.standard_normal(N)})
    measured = ["x", "age"]
    assert expand(X, y)[1][measured].max().le(X[measured].max()).all()
    assert expand(X, y, bounds="data")[1].max().le(X.max()).all()
    assert expand(X, y, bounds="open")[1]["x"].max() > X["x"].max()
    assert expand(X, y, bounds={"age": (0, 120)})[1]["x"].max() <= X["x"].max()


def test_scores_of_either_sign_are_as_free_as_in_an_array(rng):
    """So resampling a standardized DataFrame and its array is the same, as imbalanced-learn's checks ask."""
    X, y = rng.standard_normal((N, 3)), labels(rng)
    np.testing.assert_array_equal(expand(pd.DataFrame(X), y)[1], expand(X, y)[1])


# ---------------------------------------------------------------- outliers and sentinels


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("dtype", [float, int])
@pytest.mark.parametrize("case", ["17000", "1e9", "-999"])
def test_new_values_are_plausible(rng, container, dtype, case):
    y, height = labels(rng), rng.normal(170, 8, N)
    height[: 20 if case == "-999" else 1] = float(case)
    X = CONTAINERS[container]({"height": height.astype(dtype), "weight": rng.normal(70, 9, N).astype(dtype)})
    synthesizer, new, _ = expand(X, y)
    found = cells_of(new, "height").astype(float)
    assert np.mean(((found > 130) & (found < 210)) | (found == -999)) >= 0.95
    assert np.mean(found == -999) == pytest.approx(np.mean(height == -999), abs=0.05)
    column = synthesizer.columns_[0]
    assert [*column.outliers, *column.sentinels] == [float(case)]
    assert ("sentinel" if case == "-999" else "outlier") in column.describe()


@pytest.mark.parametrize("kind", ["us", "polars", "objects"])
@pytest.mark.parametrize("share", [0.1, 0.6])
def test_dates_without_an_end(rng, kind, share):
    y = labels(rng)
    days = [dt.date(2024, 1, 1) + dt.timedelta(int(day)) for day in rng.integers(0, 400, N)]
    days = [dt.date(9999, 12, 31) if k < share * N else day for k, day in enumerate(days)]
    order = rng.permutation(N)
    days = [days[k] for k in order]
    X = pd.DataFrame({"until": days, "x": rng.standard_normal(N)})
    if kind == "us":
        X["until"] = np.array(days, "M8[us]")
    if kind == "polars":
        X = pl.DataFrame({"until": days, "x": X["x"].to_numpy()})
    _, new, _ = expand(X, y)
    years = np.array([cell.year for cell in new["until"]])
    assert set(years.tolist()) == {2024, 2025, 9999}
    assert np.mean(years == 9999) == pytest.approx(share, abs=0.03)


# ---------------------------------------------------------------- counts and texts


def texts(rng, n=90, n_words=150):
    """Return counts of words, of which the classes prefer others."""
    y = np.arange(n) % 3
    shares = 1 / np.arange(1.0, n_words + 1)
    rows = [
        rng.multinomial(
            rng.poisson(27),
            shares * (1 + 6 * (np.arange(n_words) % 3 == c)) / np.sum(shares * (1 + 6 * (np.arange(n_words) % 3 == c))),
        )
        for c in y
    ]
    return np.array(rows), y


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_matrix, sparse.csc_matrix])
@pytest.mark.parametrize("dtype", [np.int64, np.float64, np.float32])
def test_counts_stay_counts(rng, container, dtype):
    counts, y = texts(rng)
    _, new, y_new = expand(container(counts.astype(dtype)), y)
    assert type(new) is type(container(counts))
    rows = new.toarray() if sparse.issparse(new) else new
    assert rows.dtype == dtype
    assert (rows >= 0).all()
    assert (rows == np.rint(rows)).all()
    assert rows.sum(axis=1).mean() == pytest.approx(counts.sum(axis=1).mean(), rel=0.05)
    assert np.mean(rows != 0) == pytest.approx(np.mean(counts != 0), rel=0.05)
    MultinomialNB().fit(new, y_new)
    chi2(new, y_new)


def test_weighted_words_stay_sparse(rng):
    counts, y = texts(rng)
    weighted = counts / np.linalg.norm(counts, axis=1, keepdims=True)
    _, new, _ = expand(sparse.csr_matrix(weighted), y)
    assert new.min() >= 0
    assert new.nnz / np.prod(new.shape) == pytest.approx(np.mean(weighted > 0), rel=0.05)
    assert new.sum(axis=1).mean() == pytest.approx(weighted.sum(axis=1).mean(), rel=0.06)


def test_amounts_and_codes_of_arrays_stay_such(rng):
    y = labels(rng)
    _, amounts, _ = expand(rng.lognormal(0, 1, (N, 3)), y)
    boxcox(amounts[:, 0])
    _, codes, y_new = expand(rng.integers(0, 6, (N, 3)), y)
    CategoricalNB().fit(codes, y_new)
    assert codes.max() == 5


# ---------------------------------------------------------------- decimals, objects, gaps, zones, names


@pytest.mark.parametrize("dtype", ["float32", "float16", "Float32", "float[pyarrow]"])
def test_short_floats_keep_their_decimals(rng, dtype):
    X = pd.DataFrame({"price": pd.Series(rng.uniform(0, 30, N).round(1)).astype(dtype), "x": rng.standard_normal(N)})
    synthesizer, new, _ = expand(X, labels(rng))
    kept = np.asarray(new["price"].astype("float64"))
    short = np.float16 if dtype == "float16" else np.float32
    assert (kept.round(1).astype(short) == kept.astype(short)).all()
    assert synthesizer.columns_[0].decimals == 1


@pytest.mark.parametrize("container", [lambda X: X, pd.DataFrame.to_numpy])
def test_dates_and_decimals_as_objects(rng, container):
    X = pd.DataFrame(
        {
            "day": [dt.date(2024, 1, 1) + dt.timedelta(int(day)) for day in rng.integers(0, 99, N)],
            "price": [Decimal(f"{value:.2f}") for value in rng.uniform(1, 99, N)],
            "text": rng.choice(["a", "b"], N),
        }
    ).astype(object)
    X.loc[3, "day"] = None
    synthesizer, new, _ = expand(container(X), labels(rng))
    assert [column.kind for column in synthesizer.columns_] == ["datetime", "float", "categorical"]
    new = pd.DataFrame(new, columns=X.columns)
    assert set(map(type, new["day"].dropna())) == {dt.date}
    assert set(map(type, new["price"])) == {Decimal}
    assert {cell.as_tuple().exponent for cell in new["price"]} == {-2}
    assert len({*new["day"]} - {*X["day"]}) + len({*new["price"]} - {*X["price"]}) > 50, "not only values seen"


def test_gaps_of_two_kinds_are_both_kept(rng):
    values = [np.nan if u < 0.2 else pd.NA if u < 0.4 else u for u in rng.random(N)]
    X = pd.DataFrame({"a": pd.Series(values, dtype=object), "x": rng.standard_normal(N)})
    X["b"] = pd.arrays.FloatingArray(np.where(rng.random(N) < 0.2, np.nan, 1.5 * X["x"]), rng.random(N) < 0.2)
    _, new, _ = expand(X, labels(rng))
    for name in ("a", "b"):
        for kind in (float, type(pd.NA)):
            shares = [np.mean([pd.isna(cell) and isinstance(cell, kind) for cell in table[name]]) for table in (new, X)]
            assert shares[0] == pytest.approx(shares[1], abs=0.08)
    frame = pl.DataFrame({"a": [None if u < 0.2 else float("nan") if u < 0.4 else u for u in rng.random(N)]})
    _, new, _ = expand(frame, labels(rng))
    assert new["a"].null_count() > 0
    assert new["a"].is_nan().sum() > 0


def test_a_day_that_starts_at_one_has_no_hours(rng):
    days = pd.date_range("2018-09-01", periods=N).tz_localize("America/Sao_Paulo", nonexistent="shift_forward")
    assert days.hour.max() == 1
    _, new, _ = expand(pd.DataFrame({"day": days, "x": rng.standard_normal(N)}), labels(rng))
    late = new["day"][new["day"].dt.hour > 0]
    assert set(late.astype(str).str[:16]) <= {"2018-11-04 01:00"}


@pytest.mark.parametrize("container", ["pandas", "polars"])
def test_naive_bounds_are_those_of_the_clocks_of_the_column(container):
    X = pd.DataFrame({"x": pd.date_range("2020-03-01", periods=40, tz="Europe/Berlin")})
    X = pl.from_pandas(X) if container == "polars" else X
    (column,) = infer_columns(X, bounds={"x": ("2020-02-01", dt.datetime(2020, 7, 1))})
    assert column.bounds == (np.datetime64("2020-02-01"), np.datetime64("2020-07-01"))


def test_integers_that_may_name_two_columns_are_refused():
    X = pd.DataFrame(np.arange(90).reshape(30, 3), columns=[1, 2, 5])
    kinds = [[column.kind for column in infer_columns(X, chosen)] for chosen in ([5], [0], [-1], [False, True, False])]
    assert [kind.index("categorical") for kind in kinds] == [2, 0, 2, 1]
    with pytest.raises(ValueError, match=r"may name the columns \[1\] or, by position, \[2\]; give a mask"):
        infer_columns(X, [1])


@pytest.mark.skipif(not hasattr(np.dtypes, "StringDType"), reason="this NumPy has no such type")
def test_numpys_text(rng):
    X = np.array([["a", "b"], ["b", "c"]] * 30, dtype=np.dtypes.StringDType())
    _, new, _ = expand(X, np.arange(60) % 2)
    assert set(new.ravel().tolist()) == {"a", "b", "c"}
