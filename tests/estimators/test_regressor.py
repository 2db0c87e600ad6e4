"""ExpandedRegressor: the regressor fitted on rows that bring a target of their own, wherever a regressor may stand."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from imblearn.over_sampling import SMOTE
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.datasets import make_friedman1
from sklearn.dummy import DummyRegressor
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skexpand import ExpandedRegressor, ExpansiveSynthesizer
from skexpand.codec.joint import with_target
from skexpand.target.numbers import level_bins

X, y = make_friedman1(64, n_features=6, noise=0.5, random_state=0)


def sampler(**parameters):
    return ExpansiveSynthesizer(**{"law": "global", "expansion_ratio": 3, "random_state": 0} | parameters)


class Keeper(DummyRegressor):
    """A regressor that keeps what it is trained on."""

    def fit(self, X, y):
        self.X_, self.y_ = X, y
        return super().fit(np.zeros((len(y), 1)), y)


def trained_on(X, y, target_law="recombined", **parameters):
    kept = ExpandedRegressor(Keeper(), sampler(**parameters), target_law=target_law).fit(X, y).estimator_
    return kept.X_, kept.y_


# ---------------------------------------------------------------- rows without a target


class Line(LinearRegression):
    """A regressor that keeps what it is trained on."""

    def fit(self, X, y, sample_weight=None):
        self.X_, self.y_, self.weights_ = X, y, sample_weight
        return super().fit(X, y, sample_weight)


@pytest.mark.usefixtures("_ridge_smooths")
@pytest.mark.parametrize("marker", ["missing", -9.0])
def test_rows_without_a_target_help_or_are_left_out(marker):
    gaps, weights, line = np.arange(64) % 3 > 0, np.arange(64.0), X @ np.arange(6)
    marked = np.where(gaps, np.nan if marker == "missing" else marker, line)
    for law, rows, expected in (("auto", 22, X[~gaps]), ("smooth", 64 + 44, X)):
        model = ExpandedRegressor(Line(), sampler(unlabeled=marker), target_law=law)
        found = model.fit(X, marked, sample_weight=weights).estimator_
        assert model.expanded_ == (law == "smooth"), "nothing is better than a line"
        assert len(found.X_) == len(found.y_) == len(found.weights_) == rows
        np.testing.assert_array_equal(found.X_[: len(expected)], expected)
        np.testing.assert_array_equal(found.weights_[: len(expected)], weights if law == "smooth" else weights[~gaps])
        np.testing.assert_allclose(model.predict(X), line, atol=0.3)


# ---------------------------------------------------------------- bins


@pytest.mark.parametrize("n", [2, 9, 10, 40, 41, 300])
@pytest.mark.parametrize("n_bins", [2, 8, 100])
def test_bins_are_of_one_size_and_in_the_order_of_the_target(n, n_bins):
    values = np.random.default_rng(n).standard_normal(n)
    bins = level_bins(values[:, None], n_bins)
    counts = np.bincount(bins)
    assert 2 <= len(counts) <= max(2, n_bins)
    assert np.ptp(counts) <= 1
    assert counts.min() >= 5 or len(counts) == 2
    assert (np.diff(bins[np.argsort(values)]) >= 0).all()


def test_a_constant_target_has_bins_too():
    assert np.bincount(level_bins(np.zeros((20, 1)), 4)).tolist() == [5, 5, 5, 5]
    assert (trained_on(X, np.full(64, 3.0))[1] == 3.0).all()


# ---------------------------------------------------------------- rows


def test_originals_come_first_and_new_rows_bring_their_own_target():
    rows, targets = trained_on(X, y)
    assert rows.shape == (192, 6)
    np.testing.assert_array_equal(rows[:64], X)
    np.testing.assert_array_equal(targets[:64], y)
    assert len(np.unique(targets)) > 185


def test_new_rows_keep_the_law_between_columns_and_target():
    """On y = 2 a - b without noise every new row obeys the same law: the table has rank 2, and new rows keep it."""
    rng = np.random.default_rng(0)
    table = rng.standard_normal((80, 2))
    rows, targets = trained_on(table, table @ [2, -1])
    np.testing.assert_allclose(targets, rows @ [2, -1], atol=1e-5)


def test_the_slope_of_a_noisy_line_is_kept():
    rng = np.random.default_rng(1)
    table = rng.standard_normal((400, 1))
    target = 3 * table[:, 0] + rng.standard_normal(400)
    rows, targets = trained_on(table, target, expansion_ratio=20)
    slopes = [LinearRegression().fit(*fitted).coef_[0] for fitted in [(table, target), (rows[400:], targets[400:])]]
    assert slopes[1] == pytest.approx(slopes[0], abs=0.15)


@pytest.mark.parametrize("kind", [np.asarray, pd.DataFrame, pl.DataFrame, sparse.csr_array, np.ndarray.tolist])
def test_containers_come_back(kind):
    table = kind(np.round(X, 3))
    rows, targets = trained_on(table, y)
    assert isinstance(rows, np.ndarray if isinstance(table, list) else type(table))
    assert rows.shape == (192, 6)
    assert targets.shape == (192,)
    dense = rows.toarray() if sparse.issparse(rows) else np.asarray(rows)
    np.testing.assert_allclose(dense[:64], np.round(X, 3))


CONTAINERS = {
    "array": np.asarray,
    "pandas": pd.DataFrame,
    "polars": pl.DataFrame,
    "csr": sparse.csr_array,
    "csc": sparse.csc_matrix,
}


def plain(rows):
    return rows.toarray() if sparse.issparse(rows) else np.asarray(rows)


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize(
    ("dtype", "scale"),
    [
        (np.float32, 1),
        (np.float16, 40_000),  # new values would leave the type's range
        (np.int64, 10),
        (np.int8, 100),
        (np.uint8, 100),
        (np.int64, 2**60),
        (np.uint64, 2**63),
        (np.bool_, 1),
    ],
)
def test_columns_keep_type_and_values(dtype, scale, container):
    if dtype is np.float16 and container in ("csr", "csc"):
        pytest.skip("SciPy has none")
    if dtype is np.bool_:
        table = X > 0.4
    elif scale >= 2**60:  # differences that floats cannot tell
        table = dtype(scale) + np.arange(64 * 6, dtype=dtype).reshape(64, 6)
    else:
        table = (scale * (2 * X - 1 if np.dtype(dtype).kind != "u" else X)).astype(dtype)
    rows, targets = trained_on(CONTAINERS[container](table), y)
    assert isinstance(rows, type(CONTAINERS[container](table)))
    rows = plain(rows)
    assert rows.dtype == plain(CONTAINERS[container](table)).dtype  # old polars makes float32 of float16
    np.testing.assert_array_equal(rows[:64], table)
    np.testing.assert_array_equal(targets[:64], y)
    new = rows[64:].astype(float)
    assert np.isfinite(new).all()
    if np.dtype(dtype).kind in "ub" and scale < 2**60:
        assert (rows >= table.min(axis=0)).all()
        assert (rows <= table.max(axis=0)).all()
    assert len(np.unique(rows[64:])) > 1
    if scale < 2**60:
        np.testing.assert_allclose(new.mean(), table.mean(dtype=float), atol=0.25 * table.std(dtype=float))


@pytest.mark.parametrize("container", CONTAINERS)
def test_whole_numbers_and_truth_values_are_rounded_not_cut(container):
    """Cutting would take half a unit off each count, and make True of every share."""
    rng = np.random.default_rng(0)
    counts, marks = rng.poisson(4, (64, 5)), rng.random((64, 5)) < 0.6
    for table in (counts, marks):
        rows = plain(trained_on(CONTAINERS[container](table), y, expansion_ratio=20)[0])[64:]
        assert rows.mean() == pytest.approx(table.mean(), abs=0.25 * table.std())


@pytest.mark.parametrize("stated", [[-1], [2], [False, False, True], np.array([-1])], ids=str)
@pytest.mark.parametrize("container", [np.asarray, lambda t: pd.DataFrame(t, columns=list("abc")), pl.DataFrame])
def test_categorical_features_are_columns_of_the_table(stated, container):
    """The last column is not the target; that has no categories, so its new values are new."""
    table = np.column_stack([X[:, :2], np.arange(64) % 3 * 10.0])
    rows, targets = trained_on(container(table), y, categorical_features=stated)
    assert set(np.asarray(rows)[:, 2]) == {0.0, 10.0, 20.0}
    assert len(np.unique(targets)) > 150


def test_unknown_categorical_features():
    with pytest.raises(ValueError, match=r"unknown column\(s\) \[6\]"):
        trained_on(X, y, categorical_features=[6])


def test_mixed_tables():
    frame = pd.DataFrame(
        {"size": X[:, 0], "rooms": (5 * X[:, 1]).astype(int), "kind": np.where(X[:, 2] > 0.5, "a", "b")}
    )
    rows, targets = trained_on(frame, pd.Series(np.round(y, 1)))
    assert (rows.dtypes == frame.dtypes).all()
    assert set(rows["kind"]) == {"a", "b"}
    np.testing.assert_allclose(
        targets, np.round(targets, 1), err_msg="as many decimals as the target was recorded with"
    )


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a", "b"], "target"),
        (["target", "b"], "target_"),
        ([0, 1], 2),
        ([5, "b"], 6),
        (["x", "x"], "target"),
        ([("x", ""), ("target", "")], ("target_", "")),
    ],
)
def test_the_name_of_the_target_is_free(names, expected):
    several = isinstance(names[0], tuple)
    frame = pd.DataFrame(X[:, :2], columns=pd.MultiIndex.from_tuples(names) if several else names)
    joined = with_target(frame, y[:, None])
    assert joined.columns.tolist() == [*names, expected]
    assert frame.columns.tolist() == names, "the table stays as it is"
    pd.testing.assert_frame_equal(joined.iloc[:, :-1], frame)
    np.testing.assert_array_equal(joined.iloc[:, -1], y)


# ---------------------------------------------------------------- the law of the target


def test_new_rows_have_the_targets_of_the_smoother():
    rows, targets = trained_on(X, y, "smooth")
    np.testing.assert_array_equal(rows, trained_on(X, y)[0], err_msg="columns are the same whatever the target's law")
    np.testing.assert_array_equal(targets[:64], y)
    noise = [np.std(found[64:] - friedman(rows[64:])) for found in (targets, trained_on(X, y)[1])]
    assert noise[0] < 0.8 * noise[1]


def friedman(rows):
    """Friedman's function, of columns that may have left its square a little."""
    return 10 * np.sin(np.pi * rows[:, 0] * rows[:, 1]) + 20 * (rows[:, 2] - 0.5) ** 2 + rows[:, 3:5] @ [10, 5]


def test_auto_makes_no_rows_where_the_regressor_is_best_already():
    rng = np.random.default_rng(0)
    table = rng.standard_normal((60, 3))
    target = table @ [1, 2, 3]
    plain = LinearRegression()
    model = ExpandedRegressor(plain, sampler()).fit(table, target)
    assert not model.expanded_
    np.testing.assert_array_equal(model.predict(table), plain.fit(table, target).predict(table))
    weighed = ExpandedRegressor(plain, sampler()).fit(table, target, sample_weight=np.arange(60))
    np.testing.assert_array_equal(weighed.predict(table), plain.fit(table, target, np.arange(60)).predict(table))
    assert ExpandedRegressor(KNeighborsRegressor(), sampler()).fit(table, target).expanded_


def test_auto_expands_where_the_regressor_needs_more_rows_than_a_fold_has():
    model = ExpandedRegressor(KNeighborsRegressor(60), sampler()).fit(X, y)
    assert model.expanded_


def test_smooth_targets_keep_bounds():
    frame = pd.DataFrame(X, columns=list("abcdef"))
    target = np.maximum(y - 15, 0)  # a third of them 0
    targets = trained_on(frame, target, "smooth", bounds={"target": (0, None)}, expansion_ratio=10)[1]
    assert len(targets) == 640
    assert targets.min() >= 0


@pytest.mark.parametrize("n", [2, 4, 5, 7, 12])
def test_tiny_tables(n):
    model = ExpandedRegressor(Ridge(), sampler(), target_law="smooth").fit(X[:n], y[:n])
    assert np.isfinite(model.predict(X)).all()
    assert ExpandedRegressor(KNeighborsRegressor(1), sampler()).fit(X[:n], y[:n]).predict(X).shape == (64,)


class Twice(BaseEstimator):
    """A sampler of numbers that repeats all rows."""

    def fit_resample(self, X, y):
        return np.concatenate([X, X]), np.concatenate([y, y])


def test_other_samplers_of_numbers_serve_too():
    model = ExpandedRegressor(Keeper(), Twice(), target_law="recombined").fit(X, y)
    assert model.expanded_
    assert len(model.estimator_.y_) == 128
    with pytest.raises(ValueError, match=r"'auto' judges by the smoothed targets .* Twice does not .*'recombined'"):
        ExpandedRegressor(Ridge(), Twice()).fit(X, y)
    with pytest.raises(ValueError, match="Unknown label type"):
        ExpandedRegressor(Ridge(), SMOTE()).fit(X, y)


# ---------------------------------------------------------------- the regressor


def mixed_table():
    frame = pd.DataFrame(
        {"size": X[:, 0], "kind": np.where(X[:, 1] > 0.5, "a", "b"), "day": pd.Timestamp("2024-01-01")}
    )
    frame["day"] += pd.to_timedelta(np.arange(64), unit="D")
    frame.loc[::7, "size"] = np.nan
    return frame


def test_the_default_takes_mixed_tables_with_gaps():
    model = ExpandedRegressor(sampler=sampler(), target_law="smooth").fit(mixed_table(), y)
    assert model.expanded_
    assert model.predict(mixed_table()).shape == (64,)
    assert model.score(mixed_table(), y) > 0


class Weighed(DummyRegressor):
    """A regressor that keeps the weights it is given."""

    def fit(self, X, y, sample_weight=None):
        self.weights_ = sample_weight
        return super().fit(X, y)


def test_new_rows_have_the_weight_of_their_anchor():
    weights = 1.0 + np.arange(64)
    model = ExpandedRegressor(Weighed(), sampler()).fit(X, y, sample_weight=weights)
    given = model.estimator_.weights_
    np.testing.assert_array_equal(given[:64], weights)
    np.testing.assert_array_equal(given[64:], weights[model.sampler_.parents_["anchor"]])
    assert ExpandedRegressor(Weighed(), sampler()).fit(X, y).estimator_.weights_ is None


def test_weights_that_nobody_takes():
    with pytest.raises(TypeError, match=r"KNeighborsRegressor.* accepts no sample_weight; leave it out"):
        ExpandedRegressor(KNeighborsRegressor(), sampler()).fit(X, y, sample_weight=np.ones(64))
    with pytest.raises(TypeError, match=r"Twice does not record .* leave sample_weight out"):
        ExpandedRegressor(Ridge(), Twice()).fit(X, y, sample_weight=np.ones(64))
    with pytest.raises(ValueError, match=r"one weight per row, so shape \(64,\), got \(63,\)"):
        ExpandedRegressor(Ridge(), sampler()).fit(X, y, sample_weight=np.ones(63))


def test_defaults_are_nearest_neighbours_on_encoded_columns_and_the_synthesizer():
    model = ExpandedRegressor().fit(X, y)
    assert isinstance(model.estimator_[-1], KNeighborsRegressor)
    assert model.sampler_.law == {"local": 1, "global": 1}
    assert model.get_params(deep=False) == {"estimator": None, "sampler": None, "n_bins": 8, "target_law": "auto"}
    assert model.n_features_in_ == 6


def test_it_is_the_regressor_on_the_expanded_rows():
    model = ExpandedRegressor(Ridge(), sampler(), target_law="recombined").fit(X, y)
    expected = Ridge().fit(*trained_on(X, y))
    np.testing.assert_array_equal(model.predict(X), expected.predict(X))
    assert model.score(X, y) == expected.score(X, y)


def test_several_targets():
    several = np.column_stack([y, X[:, 0] - X[:, 1]])
    model = ExpandedRegressor(KNeighborsRegressor(), sampler()).fit(X, pd.DataFrame(several, columns=["a", "b"]))
    assert model.predict(X).shape == (64, 2)
    assert model.sampler_.columns_[-1].name == 8 - 1
    assert model.score(X, several) > 0.5
    line = X @ np.array([[1.0, 2, 3, 0, 0, 0], [0, 1, 0, 1, 0, 0]]).T
    assert not ExpandedRegressor(LinearRegression(), sampler()).fit(X, line).expanded_


def test_names_are_seen_and_forgotten():
    frame = pd.DataFrame(X, columns=list("abcdef"))
    model = ExpandedRegressor(Ridge(), sampler()).fit(frame, y)
    assert model.feature_names_in_.tolist() == list("abcdef")
    with pytest.raises(ValueError, match="feature names"):
        model.predict(frame.rename(columns={"a": "other"}))
    assert not hasattr(model.fit(X[:, :3], y), "feature_names_in_")
    assert model.n_features_in_ == 3


def test_a_failed_fit_leaves_the_fitted_model():
    model = ExpandedRegressor(Ridge(), sampler()).fit(X, y)
    before = model.predict(X)
    with pytest.raises(ValueError, match="infinity"):
        model.fit(np.full((64, 2), np.inf), y)
    np.testing.assert_array_equal(model.predict(X), before)
    assert model.n_features_in_ == 6


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (None, "requires y"),
        (np.where(np.arange(64) == 3, np.nan, y), "NaN"),
        (np.where(np.arange(64) == 3, np.inf, y), "infinity"),
        (y[:50], "inconsistent"),
        (np.full(64, "high"), "numbers.*high.*ExpandedClassifier"),
    ],
    ids=["none", "gap", "infinity", "length", "text"],
)
def test_bad_targets(target, message):
    with pytest.raises(ValueError, match=message):
        ExpandedRegressor(Ridge(), sampler()).fit(X, target)


@pytest.mark.parametrize(
    "bad", [{"estimator": StandardScaler()}, {"sampler": StandardScaler()}, {"n_bins": 1}, {"target_law": "linear"}]
)
def test_parameters_are_checked(bad):
    with pytest.raises(ValueError, match="ExpandedRegressor must be"):
        ExpandedRegressor(**bad).fit(X, y)


def test_rows_beside_a_target_are_no_images():
    sampler = ExpansiveSynthesizer(image_shape=(8, 8), random_state=0)
    with pytest.raises(ValueError, match=r"image_shape=\(8, 8\) is for images.* must stay None"):
        ExpandedRegressor(sampler=sampler).fit(np.random.default_rng(0).random((20, 64)), np.arange(20))


def test_a_sampler_of_label_sets_is_refused():
    model = ExpandedRegressor(sampler=ExpansiveSynthesizer(target="label_sets"))
    with pytest.raises(ValueError, match=r"target='label_sets', .* leave target at its default, or use ExpandedClass"):
        model.fit(np.eye(20), np.arange(20.0))
    assert not hasattr(model, "n_features_in_")


def test_unfitted():
    with pytest.raises(NotFittedError):
        ExpandedRegressor().predict(X)


def test_it_stands_in_a_pipeline_and_a_search():
    model = make_pipeline(StandardScaler(), ExpandedRegressor(KNeighborsRegressor(), sampler()))
    assert cross_val_score(model, X, y, cv=3).min() > 0
    grid = {"expandedregressor__sampler__expansion_ratio": [1, 3], "expandedregressor__n_bins": [2, 8]}
    assert len(GridSearchCV(model, grid, cv=2, error_score="raise").fit(X, y).cv_results_["params"]) == 4
