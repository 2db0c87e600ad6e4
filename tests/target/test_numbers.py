"""Numbers as target: they join the columns, keep container, type, bounds and decimals, and obey the law of the rows."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from imblearn.pipeline import make_pipeline
from scipy import sparse
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler

from skexpand import ExpansiveSynthesizer
from skexpand.expansion.smoothing import Smoothing
from skexpand.target.numbers import level_bins

rng = np.random.default_rng(0)
X = rng.standard_normal((60, 3))
y = np.round(20 + 5 * X[:, 0] - 3 * X[:, 1] + rng.standard_normal(60), 1)
WHOLE = np.rint(y).astype(np.int64)


def sampler(**parameters):
    stated = {"target": "numbers", "target_law": "recombined", "expansion_ratio": 3, "law": "local", "random_state": 0}
    return ExpansiveSynthesizer(**stated | parameters)


def test_levels_of_several_numbers_are_of_one_size_and_compact():
    grid = np.stack(np.meshgrid(np.arange(8.0), np.arange(8.0)), axis=-1).reshape(-1, 2)
    codes = level_bins(grid, 4)
    assert np.bincount(codes).tolist() == [16] * 4
    for code in range(4):  # a quarter of the square each
        assert np.ptp(grid[codes == code], axis=0).max() == 3


TARGETS = {
    "list": y.tolist(),
    "whole list": WHOLE.tolist(),
    "array": y,
    "float32": y.astype(np.float32),
    "int16": WHOLE.astype(np.int16),
    "column": y[:, None],
    "two": np.column_stack([y, X[:, 2]]),
    "series": pd.Series(y, name="price"),
    "nullable": pd.Series(WHOLE, dtype="Int64"),
    "frame": pd.DataFrame({"price": y, "rooms": WHOLE}),
    "polars series": pl.Series("price", WHOLE),
    "polars frame": pl.DataFrame({"price": y, "size": X[:, 2]}),
}


SMOOTH = [(name, "smooth") for name in ("int16", "two", "nullable", "polars frame")]  # which take longer


@pytest.mark.parametrize(("name", "law"), [*((name, "recombined") for name in TARGETS), *SMOOTH])
def test_the_target_comes_back_as_it_came(name, law):
    target = TARGETS[name]
    rows, made = sampler(target_law=law).fit_resample(X, target)
    assert type(made) is type(target)
    assert rows.shape == (180, 3)
    found, given = np.asarray(made), np.asarray(target)
    assert found.dtype == given.dtype
    assert found.shape == (180, *given.shape[1:])
    np.testing.assert_array_equal(found[:60], given)
    if isinstance(target, pd.Series):
        assert made.name == target.name
        assert made.dtype == target.dtype
    if "whole" in name or given.dtype.kind == "i":
        assert all(isinstance(value, int) for value in found.tolist())


MISSING = np.arange(60) % 4 > 0  # 15 rows have a number


def without(target):
    """Return a target in which rows have no number, as its container marks them: by NaN, None or NA."""
    if isinstance(target, list):
        return [None if gap else value for value, gap in zip(target, MISSING.tolist(), strict=True)]
    if isinstance(target, pl.Series):
        return pl.Series(target.name, without(target.to_list()), dtype=target.dtype)
    if isinstance(target, pl.DataFrame):
        return pl.DataFrame([without(column) for column in target.iter_columns()])
    if isinstance(target, np.ndarray):
        return np.where(MISSING.reshape(-1, *[1] * (target.ndim - 1)), target.dtype.type(np.nan), target)
    return target.mask(MISSING)


@pytest.mark.usefixtures("_ridge_smooths")
@pytest.mark.parametrize("name", [name for name in TARGETS if name not in ("int16", "frame")])
def test_numbers_are_inferred_in_the_container_that_came(name):
    target = TARGETS[name]
    fitted = sampler(target_law="smooth", unlabeled="missing", expansion_ratio=2)
    rows, made = fitted.fit_resample(X, without(target))
    assert type(made) is type(target)
    assert rows.shape == (75, 3)
    found, given = np.asarray(made), np.asarray(target)
    assert found.dtype == given.dtype
    assert found.shape == (75, *given.shape[1:])
    np.testing.assert_array_equal(found[:60][~MISSING], given[~MISSING])
    np.testing.assert_array_equal(found[:60].reshape(fitted.transduction_.shape), fitted.transduction_)
    inferred, truth = (values[:60][MISSING].reshape(45, -1)[:, 0] for values in (found, given))
    assert np.corrcoef(inferred, truth)[0, 1] > 0.8
    assert given[~MISSING].min() <= inferred.min()
    assert inferred.max() <= given[~MISSING].max()


@pytest.mark.usefixtures("_ridge_smooths")
@pytest.mark.parametrize("kind", [np.asarray, list, pd.Series, pl.Series])
def test_whole_numbers_have_a_marker_of_their_own(kind):
    target = kind(np.where(MISSING, -999, WHOLE).tolist())
    made = sampler(target_law="smooth", unlabeled=-999, expansion_ratio=2).fit_resample(X, target)[1]
    assert type(made) is type(target)
    assert all(isinstance(value, int) and value >= WHOLE.min() for value in np.asarray(made).tolist())


@pytest.mark.parametrize("law", ["smooth", "recombined"])
def test_new_numbers_keep_bounds_and_decimals(law):
    skewed = np.round(np.exp(y / 10), 2)
    made = sampler(target_law=law, expansion_ratio=20).fit_resample(X, skewed)[1]
    assert skewed.min() / 2 <= made.min()
    assert made.max() <= skewed.max()
    np.testing.assert_allclose(made, np.round(made, 2), atol=1e-12)
    assert len(np.unique(made)) > 100


def test_new_rows_keep_the_law_between_columns_and_numbers():
    line = X @ [2.0, -1.0, 0.5]
    rows, made = sampler().fit_resample(X, line)
    np.testing.assert_allclose(made, rows @ [2, -1, 0.5], atol=1e-5)
    both = np.column_stack([line, X[:, 0] + X[:, 1]])
    rows, made = sampler().fit_resample(X, both)
    np.testing.assert_allclose(made[:, 1], rows[:, 0] + rows[:, 1], atol=1e-5)


def test_recombined_numbers_keep_their_spread_and_smooth_ones_do_not():
    noise = rng.standard_normal(60)
    residuals = {}
    for law in ("smooth", "recombined"):
        rows, made = sampler(target_law=law, law="global", expansion_ratio=20).fit_resample(X, 3 * X[:, 0] + noise)
        line = LinearRegression().fit(rows[60:], made[60:])
        residuals[law] = np.std(made[60:] - line.predict(rows[60:]))
    assert residuals["recombined"] == pytest.approx(noise.std(), rel=0.25)
    assert residuals["smooth"] < 0.3 * noise.std()


def test_smooth_numbers_are_those_of_the_smoother():
    fitted = sampler(target_law="smooth", rules=[lambda rows: rows[:, 3] > 15]).fit(X, y)
    rows, made = fitted.sample(200)
    assert made.min() > 15  # a rule sees the smoothed target
    smoothing = fitted._source.smoothing
    assert isinstance(smoothing, Smoothing)
    expected = smoothing.predict(smoothing.codec.encode(rows))[:, 0]
    assert np.mean(np.abs(made - expected) <= 0.051) > 0.9  # but for those at the ends of the range


@pytest.mark.parametrize("kind", [np.asarray, pd.DataFrame, pl.DataFrame, sparse.csr_array, np.ndarray.tolist])
def test_any_table(kind):
    rows, made = sampler().fit_resample(kind(X), y)
    assert isinstance(rows, type(kind(X)))
    assert len(made) == 180
    fitted = sampler().fit(kind(X), y)
    assert fitted.n_features_in_ == 3
    assert len(fitted.columns_) == 4
    rows, made = fitted.sample(7)
    assert rows.shape == (7, 3)
    assert made.shape == (7,)


def test_bounds_and_rules_of_the_target():
    frame = pd.DataFrame(X, columns=["a", "b", "target"])
    bounds = {"target_": (None, 1000), "a": (-50, 50)}
    fitted = sampler(bounds=bounds, rules=[lambda rows: rows["target_"] > 11]).fit(frame, pd.Series(y))
    assert fitted.columns_[-1].name == "target_"
    assert fitted.columns_[-1].bounds[1] == 1000
    assert (fitted.sample(500)[1] > 11).all()
    named = sampler().fit(frame, pd.DataFrame({"price": y, "a": WHOLE}))
    assert [column.name for column in named.columns_] == ["a", "b", "target", "price", "a_"]


@pytest.mark.parametrize("law", ["smooth", "recombined"])
def test_a_saved_synthesizer_makes_the_same_numbers(law, tmp_path):
    for table, target in ((X, y), (pd.DataFrame(X), pd.DataFrame({"p": y, "q": WHOLE}))):
        fitted = sampler(target_law=law).fit(table, target)
        fitted.save(tmp_path / "numbers.safetensors")
        loaded = ExpansiveSynthesizer.load(tmp_path / "numbers.safetensors")
        assert loaded.target == "numbers"
        assert loaded.n_features_in_ == 3
        for found, expected in zip(loaded.sample(20), fitted.sample(20), strict=True):
            np.testing.assert_array_equal(found, expected)


REFUSED = [
    ({"class_shares": "balanced"}, r"class_shares='balanced' is for classes"),
    ({"image_shape": (1, 3)}, r"image_shape=\(1, 3\) is for images"),
    ({"sampling_strategy": {0: 50}}, r"sampling_strategy=\{0: 50\} is for classes.* expansion_ratio"),
    ({"sampling_strategy": 0.5}, r"sampling_strategy=0.5 is for classes"),
]


@pytest.mark.parametrize(("parameters", "message"), REFUSED)
def test_what_does_not_apply_is_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        sampler(**parameters).fit(X, y)


def test_what_numbers_cannot_do_is_refused():
    fitted = sampler().fit(X, y)
    with pytest.raises(ValueError, match="y cannot be stated with target='numbers'"):
        fitted.sample(3, y=20.0)
    with pytest.raises(ValueError, match="encode needs rows with their target"):
        fitted.encode(X)
    with pytest.raises(ValueError, match="decode needs rows with their target"):
        fitted.decode(np.zeros((1, 4)))
    with pytest.raises(ValueError, match="pretrained on rows without the target"):
        sampler(latent_dim=2, max_epochs=1).pretrain(X).fit(X, y)
    groups = np.arange(60) // 3
    with pytest.raises(ValueError, match=r"target_law='smooth' learns .* would leak; set target_law='recombined'"):
        sampler(target_law="smooth").fit_resample(X, y, groups=groups)
    kept = sampler().fit(X, y)
    kept.fit_resample(X, y, groups=groups)
    assert len(kept.groups_) == 180


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (np.where(np.arange(60) == 3, np.nan, y), "NaN"),
        (np.full(60, "high"), "numbers.*high"),
        (y[:50], "inconsistent"),
        (sparse.csr_array(y[:, None]), "sparse"),
        (y.astype(str), r"type <U32, and would be taken for categories.* y.astype\(float\)"),
        (pl.Series(y).cast(pl.String), "taken for categories"),
        (pd.Series(WHOLE, dtype="category"), "type category, and would be taken for categories"),
        (pd.DataFrame({"price": y, "grade": pd.Categorical(WHOLE, ordered=True)}), "taken for categories"),
        (WHOLE * 10**16, "type int64, .*whole numbers that floats do not"),
        (y * 1e299, r"y holds [\d.]+e\+300, whose square overflows; give it in a larger unit"),
    ],
)
def test_bad_targets(target, message):
    with pytest.raises((ValueError, TypeError), match=message):
        sampler().fit(X, target)


def test_batches():
    fitted = sampler().fit(X, np.column_stack([y, X[:, 2]]))
    batches = list(fitted.sample_batches(100, 40))
    assert [rows.shape for rows, _ in batches] == [(33, 3), (33, 3), (34, 3)]
    assert [made.shape for _, made in batches] == [(33, 2), (33, 2), (34, 2)]
    with pytest.raises(ValueError, match=r"n_samples=\{0: 10\} asks for rows of classes, but with target='numbers'"):
        fitted.sample_batches({0: 10}, 5)


def test_rows_on_demand():
    fitted = sampler().fit(pd.DataFrame(X, columns=list("abc")), y)
    rows, made = fitted.sample(50, given={"target": (20, 25), "a": (0, None)})
    assert made.min() >= 20
    assert made.max() <= 25
    assert rows["a"].min() >= 0
    smooth = sampler(target_law="smooth").fit(X, y)
    assert smooth.sample(50, given={1: (0, 1)})[0][:, 1].min() >= 0
    assert smooth.sample(20, rules=[lambda rows: rows[:, 3] > 12])[1].min() > 12
    with pytest.raises(ValueError, match="given names the target, but target_law='smooth'"):
        smooth.sample(50, given={3: (20, 25)})


def test_it_stands_in_a_pipeline_and_a_search():
    model = make_pipeline(StandardScaler(), sampler(), LinearRegression())
    grid = {"expansivesynthesizer__target_law": ["smooth", "recombined"]}
    assert GridSearchCV(model, grid, cv=2, error_score="raise").fit(X, y).best_score_ > 0.8
