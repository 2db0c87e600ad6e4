"""Mixed tables from end to end: legal rows, gaps as they are, containers, bounds, rules, pipelines."""

import datetime as dt
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skexpand import ExpandedClassifier, ExpansiveSynthesizer
from skexpand.pipeline import make_pipeline
from tests.mixed import illegal
from tests.tables import blobs, same_bits

N = 120


def mixed_table(rng, n=N):
    """Return a DataFrame of many types, and labels; what is missing, and which colour, depends on the class."""
    y = rng.permutation(np.arange(n) % 3 // 2)  # two thirds of class 0
    days = pd.Timestamp("2020-03-01") + pd.to_timedelta(rng.integers(0, 400, n), unit="D")
    X = pd.DataFrame(
        {
            "age": (30 + 10 * y + 9 * rng.standard_normal(n)).round(),
            "income": np.exp(9 + rng.standard_normal(n)).round(2),
            "balance": rng.standard_normal(n) * 1e3,
            "children": rng.integers(0, 4, n),
            "visits": pd.array(rng.poisson(9, n), dtype="Int64"),
            "member": rng.random(n) < 0.3,
            "agrees": pd.array(rng.random(n) < 0.5, dtype="boolean"),
            "colour": np.where(rng.random(n) < 0.2 + 0.6 * y, "red", rng.choice(["blue", "green"], n)),
            "grade": pd.Categorical(rng.choice(["low", "mid", "high"], n), ["low", "mid", "high"], ordered=True),
            "town": pd.Categorical(rng.choice(list("abcdefg"), n), list("zyxabcdefg")),
            "name": [f"person {i}" for i in range(n)],
            "since": days,
            "seen": days.tz_localize("Europe/Berlin") + pd.Timedelta("9h30min"),
            "stay": pd.to_timedelta(rng.integers(1, 50, n), unit="h"),
            "arrow": pd.Series(rng.random(n), dtype="double[pyarrow]"),
            "country": "DE",
        }
    )
    X.loc[rng.random(n) < 0.1 + 0.4 * y, ["age", "income"]] = np.nan  # missing together
    X.loc[rng.random(n) < 0.25, "colour"] = None
    X.loc[rng.random(n) < 0.25, "visits"] = pd.NA
    X.loc[rng.random(n) < 0.25, "since"] = pd.NaT
    return X, y


def expand(X, y, **parameters):
    parameters = {"random_state": 0, "expansion_ratio": 3} | parameters
    synthesizer = ExpansiveSynthesizer(**parameters)
    return synthesizer, *synthesizer.fit_resample(X, y)


# ---------------------------------------------------------------- legal rows


@pytest.mark.parametrize("law", ["auto", "local", "global", "shrunk"])
@pytest.mark.parametrize("options", [{}, {"transport": "marginal"}, {"latent_dim": 5, "max_epochs": 2}], ids=str)
@pytest.mark.filterwarnings("ignore::skexpand.ExpansionWarning")
def test_new_rows_are_legal(rng, seed, law, options):
    X, y = mixed_table(rng)
    synthesizer, X_big, y_big = expand(X, y, law=law, random_state=seed, **options)
    pd.testing.assert_frame_equal(X_big.iloc[:N], X)
    assert illegal(X_big.iloc[N:], X) == []
    assert illegal(synthesizer.sample(50)[0], X) == []
    assert len(X_big) == len(y_big) == 480


def test_a_hundred_thousand_rows_and_none_illegal(rng):
    X, y = mixed_table(rng)
    synthesizer = ExpansiveSynthesizer(random_state=0).fit(X, y)
    new, labels = synthesizer.sample(100_000)
    assert len(new) == len(labels) == 100_000
    assert illegal(new, X) == []


def test_all_columns_are_categories(rng):
    X = pd.DataFrame({name: rng.choice(list("abc"), 60) for name in "xyz"}, dtype="category")
    y = np.arange(60) % 2
    _, X_big, _ = expand(X, y)
    assert illegal(X_big.iloc[60:], X) == []


def test_few_numbers_and_never_negative_ones_hold_for_frames_of_numbers_too(rng):
    X, y = blobs(rng, [30, 30], 3)
    X[:, 0], X[:, 1] = np.exp(X[:, 0]), np.rint(X[:, 1].clip(-1, 1))
    frame = pd.DataFrame(X, columns=list("abc"))
    new = expand(frame, y, expansion_ratio=9)[1]
    assert new["a"].min() > 0
    assert set(new["b"]) <= {-1.0, 0.0, 1.0}
    array = expand(X, y, expansion_ratio=9)[1]
    assert array[:, 0].min() > 0, "amounts have logarithms, in arrays too"
    assert set(array[:, 1]) > {-1.0, 0.0, 1.0}, "other entries of an array mean nothing but numbers"
    assert expand(X, y, expansion_ratio=9, bounds="open")[1][:, 0].min() < 0


def test_encode_and_decode(rng):
    X, y = mixed_table(rng)
    synthesizer = ExpansiveSynthesizer(random_state=0).fit(X, y)
    back = synthesizer.decode(synthesizer.encode(X))
    exact = [name for name in X if name not in ("balance", "arrow", "income")]
    pd.testing.assert_frame_equal(back[exact], X[exact])
    pd.testing.assert_frame_equal(back, X, rtol=1e-3)


@pytest.mark.parametrize("categorical_features", [[1], [False, True]], ids=str)
def test_categories_of_an_array_are_seen_values(rng, categorical_features):
    X = np.column_stack([rng.standard_normal(60), rng.choice([1.5, 7.0, 100.0], 60)])
    _, X_big, _ = expand(X, np.arange(60) % 2, categorical_features=categorical_features)
    assert set(X_big[:, 1]) == {1.5, 7.0, 100.0}
    assert X_big.dtype == float


# ---------------------------------------------------------------- gaps


def test_gaps_come_at_the_rate_of_their_class_and_together(rng):
    X, y = mixed_table(rng, 400)
    _, X_big, y_big = expand(X, y, expansion_ratio=5)
    for label in (0, 1):
        real = X[y == label].isna()
        new = X_big.iloc[400:][y_big[400:] == label].isna()
        np.testing.assert_allclose(new.mean(), real.mean(), atol=0.02)
    new = X_big.iloc[400:].isna()
    assert (new["age"] == new["income"]).all()


def test_imputing_makes_complete_rows_and_leaves_originals_alone(rng):
    X, y = mixed_table(rng)
    _, X_big, _ = expand(X, y, missing="impute")
    pd.testing.assert_frame_equal(X_big.iloc[:N], X)
    assert not X_big.iloc[N:].isna().any().any()
    assert illegal(X_big.iloc[N:], X) == []


@pytest.mark.parametrize("kind", [np.asarray, np.ndarray.tolist, pd.DataFrame, pl.DataFrame])
def test_gaps_among_numbers(rng, kind):
    X, y = blobs(rng, [40, 20], 4)
    X[rng.random(X.shape) < 0.2] = np.nan
    X[:, 3] = np.nan
    new = np.array(expand(kind(X), y)[1], dtype=float)[60:]
    rates = np.isnan(new).mean(axis=0)
    assert rates[3] == 1
    np.testing.assert_allclose(rates[:3], np.isnan(X).mean(axis=0)[:3], atol=0.1)
    assert not np.isnan(np.array(expand(kind(X), y, missing="impute")[1], dtype=float)[60:, :3]).any()


def test_new_rows_keep_the_variance_where_cells_are_missing(rng):
    X, y = blobs(rng, [300, 300], 3)
    whole = expand(X, y)[1][600:]
    X[rng.random(600) < 0.3, 1] = np.nan
    new = expand(X, y)[1][600:]
    assert np.nanstd(new[:, 1]) == pytest.approx(whole[:, 1].std(), rel=0.2)


def test_gaps_in_a_pipeline(rng):
    X, y = mixed_table(rng)
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    prepare = make_column_transformer(
        (numbers, ["age", "income", "children"]),
        (OneHotEncoder(handle_unknown="ignore"), make_column_selector(dtype_include="category")),
    )
    synthesizer = ExpansiveSynthesizer(random_state=0, expansion_ratio=3)
    for model in (
        make_pipeline(synthesizer, prepare, LogisticRegression(max_iter=1000)),
        ExpandedClassifier(make_pipeline(prepare, LogisticRegression(max_iter=1000)), synthesizer),
    ):
        assert cross_val_score(model, X, y, cv=3, error_score="raise").mean() > 0.5


# ---------------------------------------------------------------- containers


def test_polars(rng):
    X, y = mixed_table(rng)
    frame = pl.from_pandas(X).with_columns(
        grade=pl.Series(X["grade"].astype(str).tolist(), dtype=pl.Enum(["low", "mid", "high"])),
        hour=pl.Series([dt.time(i % 24) for i in range(N)]),
    )
    target = pl.Series("outcome", np.where(y, "ill", "well"), dtype=pl.Categorical)
    synthesizer, X_big, y_big = expand(frame, target)
    assert isinstance(X_big, pl.DataFrame)
    assert X_big.schema == frame.schema
    assert X_big[:N].equals(frame)
    assert y_big.name == "outcome"
    assert y_big.dtype == pl.Categorical
    assert y_big[:N].to_list() == target.to_list()
    same = ["colour", "grade", "town", "name", "country", "hour", "children"]
    assert all(set(X_big[name]) <= set(frame[name]) for name in same)
    assert X_big["member"].null_count() == 0
    assert synthesizer.sample(9)[0].schema == frame.schema
    assert synthesizer.feature_names_in_.tolist() == frame.columns


def test_pandas_and_polars_give_the_same_rows(rng):
    X, y = mixed_table(rng)
    X = X[["age", "children", "member", "colour", "name", "since"]]
    one, other = expand(X, y)[1], expand(pl.from_pandas(X), y)[1].to_pandas()
    pd.testing.assert_frame_equal(one, other, check_dtype=False)


def test_arrays_and_lists_of_objects(rng):
    X, y = mixed_table(rng)
    X = X[["age", "colour", "children"]].to_numpy(dtype=object)
    _, X_big, _ = expand(X, y)
    assert X_big.dtype == object
    assert {cell for cell in X_big[:, 1] if isinstance(cell, str)} == {"red", "blue", "green"}
    assert {type(cell) for cell in X_big[:, 2]} == {int}
    _, listed, labels = expand(X.tolist(), y.tolist())
    assert isinstance(listed, list)
    assert isinstance(labels, list)
    assert [row[2] for row in listed] == X_big[:, 2].tolist()


def test_arrays_of_text(rng):
    X = rng.choice(["a", "b", "c"], (50, 2))
    _, X_big, _ = expand(X, np.arange(50) % 2)
    assert set(X_big.ravel().tolist()) == {"a", "b", "c"}


def test_repeated_names_go_by_position(rng):
    X, y = mixed_table(rng)
    X = X[["age", "colour", "children"]].set_axis(["a", "a", "b"], axis=1)
    synthesizer, X_big, _ = expand(X, y)
    assert list(X_big.columns) == ["a", "a", "b"]
    assert X_big.dtypes.tolist() == X.dtypes.tolist()
    assert not hasattr(synthesizer, "feature_names_in_")
    assert illegal(X_big.iloc[N:], X) == []


@pytest.mark.parametrize(
    "y",
    [
        pd.Series(["x", "y"] * 60, name="t", dtype="category"),
        pd.Series(["x", "y"] * 60, name="t", dtype="string"),
        pd.Series([1, 2] * 60, name="t", dtype="Int8"),
        pd.Series([True, False] * 60, name="t"),
        pd.DataFrame({"t": [0, 1] * 60}),
    ],
    ids=lambda y: str(getattr(y, "dtype", "frame")),
)
def test_labels_keep_name_and_type(rng, y):
    X, _ = mixed_table(rng)
    y.index = range(7, 127)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # scikit-learn's, on a column for a target
        y_big = expand(X, y)[2]
    assert type(y_big) is type(y)
    assert y_big.index.equals(pd.RangeIndex(360))
    one, other = (y_big["t"], y["t"]) if isinstance(y, pd.DataFrame) else (y_big, y)
    assert one.dtype == other.dtype
    assert one.name == "t"
    assert one.value_counts().tolist() == [180, 180]


def test_the_same_seed_gives_the_same_table(rng, seed):
    X, y = mixed_table(rng)
    one, other = (expand(X, y, random_state=seed)[1] for _ in range(2))
    pd.testing.assert_frame_equal(one, other)


# ---------------------------------------------------------------- bounds


def test_bounds_of_the_data(rng):
    X, y = mixed_table(rng)
    _, X_big, _ = expand(X, y, bounds="data")
    for name in ("age", "income", "balance", "visits", "since", "seen", "stay", "arrow"):
        assert X_big[name].min() == X[name].min(), name
        assert X_big[name].max() == X[name].max(), name


def test_stated_bounds(rng):
    X, y = mixed_table(rng)
    highest = X["age"].max() + 1
    bounds = {"age": (18 if X["age"].min() >= 18 else None, highest), "since": ("2019-01-01", "2021-06-01")}
    _, X_big, _ = expand(X, y, bounds=bounds, expansion_ratio=10)
    assert X_big["age"].max() <= highest
    assert X_big["since"].max() <= pd.Timestamp("2021-06-01")
    assert X_big["income"].min() > 0


def test_bounds_of_arrays_go_by_position(rng):
    X, y = blobs(rng, [30, 30], 3)
    free = expand(X, y, expansion_ratio=30)[1]
    new = expand(X, y, expansion_ratio=30, bounds={1: (X[:, 1].min(), None)})[1]
    assert new[:, 1].min() == X[:, 1].min() > free[:, 1].min()
    np.testing.assert_array_equal(new[:, [0, 2]], free[:, [0, 2]])
    assert (expand(X, y, bounds="data")[1].max(axis=0) == X.max(axis=0)).all()


# ---------------------------------------------------------------- rules


def older_than_18(rows):
    return rows["age"].isna() | (rows["age"] > 18)


def test_rules_hold_and_parents_belong_to_the_rows_kept(rng):
    X, y = blobs(rng, [40, 20], 3)
    frame = pd.DataFrame(X, columns=list("abc"))
    middle = np.median(X[:, 0])
    rules = [lambda rows: rows["a"] > middle, lambda rows: rows["b"] + rows["c"] < 99]
    synthesizer, X_big, y_big = expand(frame, y, rules=rules, law="local", bounds="open")
    new = X_big.iloc[60:]
    assert (new["a"] > middle).all()
    assert np.bincount(y_big).tolist() == [120, 120]
    parents = synthesizer.parents_
    latents = synthesizer.encode(frame)
    steps = latents[parents["targets"]] - latents[parents["sources"]]
    made = latents[parents["anchor"]] + np.einsum("nd,ndk->nk", parents["weights"], steps) / np.sqrt(2)
    np.testing.assert_allclose(synthesizer.encode(new), made, atol=1e-2)
    sampled, labels = synthesizer.sample(200, y=rng.integers(0, 2, 200))
    assert (sampled["a"] > middle).all()
    assert len(labels) == 200


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.from_pandas, pd.DataFrame.to_numpy])
def test_rules_are_given_the_container_of_the_table(rng, kind):
    X, y = blobs(rng, [30, 20], 2)
    table = kind(pd.DataFrame(X, columns=["a", "b"]))
    seen = []
    expand(table, y, rules=[lambda rows: seen.append(type(rows)) or np.ones(len(rows), bool)])
    assert set(seen) == {type(table)}


def test_rules_that_none_keeps_are_counted(rng):
    X, y = mixed_table(rng)

    def impossible(rows):
        return rows["age"] > 1e6

    with pytest.raises(
        ValueError, match=r"0 keep the rules, but .* are wanted \(older_than_18 refused .*; impossible refused"
    ):
        expand(X, y, rules=[older_than_18, impossible])


@pytest.mark.parametrize("verdict", [True, "yes", np.ones(3, bool), np.ones((2, 2))])
def test_rules_that_give_no_verdict_on_each_row(rng, verdict):
    X, y = mixed_table(rng)
    with pytest.raises(ValueError, match="must return one boolean per row"):
        expand(X, y, rules=[lambda rows: verdict])


@pytest.mark.parametrize("rule", [3, "age > 18", lambda rows: True])
def test_what_is_no_rule_is_refused_before_training(rng, rule, monkeypatch):
    monkeypatch.delattr("skexpand.training.loop.train")
    with pytest.raises((TypeError, ValueError), match=r"rules must be functions|must return one boolean per row"):
        expand(*mixed_table(rng), rules=[older_than_18, rule])


def test_no_rule_changes_nothing(rng):
    X, y = blobs(rng, [30, 20], 3)
    assert same_bits(expand(X, y, rules=[])[1], expand(X, y)[1])
    assert same_bits(expand(X, y, rules=[lambda rows: np.ones(len(rows), bool)])[1], expand(X, y)[1])
