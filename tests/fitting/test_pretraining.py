"""Pretraining: what is learned from many rows is where a fit starts, and only tables of the same columns may."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from skexpand import ExpandedClassifier, ExpansionWarning, ExpansiveSynthesizer
from skexpand.training.loop import Trainer
from tests.mixed import illegal, tables
from tests.tables import arc, blobs, same_bits

pytestmark = pytest.mark.filterwarnings(
    "ignore::sklearn.exceptions.ConvergenceWarning", "ignore::skexpand.ExpansionWarning"
)


def squared_error(synthesizer, X):
    """Return the error of decoding encoded rows, relative to their variance."""
    return np.mean((synthesizer.decode(synthesizer.encode(X)) - X) ** 2) / X.var()


def test_axes_of_many_rows_are_better(rng):
    """Of a plane in noise, 12 rows tell less than 400."""
    plane = np.linalg.qr(rng.standard_normal((10, 2)))[0].T
    X = rng.standard_normal((1000, 2)) @ plane + 0.3 * rng.standard_normal((1000, 10))
    many, few, new = np.split(X, [400, 412])
    alone = ExpansiveSynthesizer(latent_dim=2, max_epochs=0, random_state=0)
    helped = clone(alone).pretrain(many)
    errors = [squared_error(s.fit(few, np.arange(12) % 2), new) for s in (alone, helped)]
    assert errors[1] < errors[0]


def test_a_curve_is_learned_without_labels(seed):
    X, y = arc(np.random.default_rng(seed), 500)
    many, few, new = np.split(X, [300, 320])
    synthesizer = ExpansiveSynthesizer(latent_dim=1, max_epochs=40, learning_rate=3e-3, random_state=seed)
    alone = squared_error(synthesizer.fit(few, y[300:320]), new)
    linear = squared_error(clone(synthesizer).set_params(max_epochs=0).pretrain(many).fit(few, y[300:320]), new)
    helped = squared_error(synthesizer.pretrain(many).fit(few, y[300:320]), new)
    assert helped < min(alone, linear) / 1.5


def test_fine_tuning_starts_at_the_pretrained_network(rng):
    X, y = arc(rng, 400)
    synthesizer = ExpansiveSynthesizer(latent_dim=1, max_epochs=20, random_state=0).pretrain(X)
    core = vars(synthesizer)["_core"]
    synthesizer.set_params(max_epochs=0).fit(X[:40], y[:40])
    encoded = core.codec.encode(X)
    assert same_bits(synthesizer.encode(X), core.network.encode(encoded).astype(float))
    tuned = synthesizer.set_params(max_epochs=3).fit(X[:40], y[:40])
    first = tuned.history_.column("validation_reconstruction")[0]
    residuals, rows = core.network.decode(core.network.encode(encoded[:40])) - encoded[:40], encoded[:40]
    held_out = [r**2 for r in residuals], [r**2 for r in rows]
    bounds = [np.min([np.sum(a) / np.sum(b) for a, b in zip(*held_out, strict=True)]), np.inf]
    assert bounds[0] <= first < 1
    assert tuned.n_iter_ == np.nanargmin(tuned.history_.column("validation_reconstruction"))


def test_means_and_scales_stay_those_of_pretraining(rng):
    X, _ = blobs(rng, (200, 200), 3)
    synthesizer = ExpansiveSynthesizer(random_state=0).pretrain(X).fit(X[:20], np.arange(20) % 2)
    latents = synthesizer.encode(X)
    assert np.allclose(latents.mean(axis=0), 0, atol=1e-5)
    assert np.allclose(np.sum(latents.var(axis=0)), 3)
    assert np.allclose(synthesizer.decode(latents), X, atol=1e-4)


def test_a_second_call_goes_on(rng):
    X, _ = arc(rng, 300)
    synthesizer = ExpansiveSynthesizer(latent_dim=1, max_epochs=4, random_state=0)
    synthesizer.pretrain(X).pretrain(X)
    first, second = (history.column("validation_reconstruction") for history in synthesizer.pretrain_history_)
    assert second[0] == min(first)
    assert min(second) <= min(first)
    synthesizer.pretrain(X[::2])
    assert len(synthesizer.pretrain_history_) == 3


def test_same_seed_same_core(rng):
    X, y = arc(rng, 200)
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    made = [
        ExpansiveSynthesizer(latent_dim=1, max_epochs=3, random_state=0).pretrain(X).fit_resample(X[:20], y[:20])[0]
        for _ in range(2)
    ]
    assert same_bits(*made)
    assert np.array_equal(state, np.random.get_state()[1])  # noqa: NPY002


def test_the_full_latent_space_is_exact_at_once(rng):
    X, _ = blobs(rng, (40, 40), 3)
    (history,) = ExpansiveSynthesizer(random_state=0).pretrain(X).pretrain_history_
    assert len(history.records) == 1
    assert history.records[0]["validation_reconstruction"] < 1e-6


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
@pytest.mark.parametrize("calls", [0, 1])
def test_a_pretraining_that_fails_changes_nothing(calls, error, monkeypatch, rng):
    X, y = arc(rng, 100)
    synthesizer = ExpansiveSynthesizer(latent_dim=1, max_epochs=5, random_state=0).fit(X, y)
    for _ in range(calls):
        synthesizer.pretrain(X)
    before, rows = vars(synthesizer).copy(), synthesizer.sample(9)[0]
    weights = [w.clone() for core in [before.get("_core")] if core for w in core.network.state_dict().values()]

    def fail(_):
        raise error

    monkeypatch.setattr(Trainer, "_epoch", fail)
    with pytest.raises(error):
        synthesizer.pretrain(X)
    assert vars(synthesizer) == before
    assert same_bits(rows, synthesizer.sample(9)[0])
    after = synthesizer.__dict__.get("_core")
    assert all(
        (a == b).all() for a, b in zip(weights, after.network.state_dict().values() if after else (), strict=True)
    )


def test_fine_tuning_leaves_the_core_alone(rng):
    X, y = arc(rng, 200)
    synthesizer = ExpansiveSynthesizer(latent_dim=1, max_epochs=5, random_state=0).pretrain(X)
    first = synthesizer.fit_resample(X[:30], y[:30])[0]
    synthesizer.fit(X[50:90], y[50:90])
    assert same_bits(first, synthesizer.fit_resample(X[:30], y[:30])[0])


def test_a_fit_stays_as_it_is_until_the_next(rng):
    X, y = blobs(rng, (30, 30), 4)
    synthesizer = ExpansiveSynthesizer(latent_dim=2, max_epochs=2, random_state=0).fit(X[:, :3], y)
    before = synthesizer.sample(9)[0]
    synthesizer.pretrain(X)
    assert synthesizer.n_features_in_ == 3
    assert same_bits(before, synthesizer.sample(9)[0])
    assert synthesizer.fit(X, y).sample(2)[0].shape == (2, 4)


def test_pretrained_is_not_fitted(rng):
    synthesizer = ExpansiveSynthesizer(random_state=0).pretrain(blobs(rng, (20, 20), 2)[0])
    with pytest.raises(NotFittedError):
        synthesizer.sample(3)
    with pytest.raises(NotFittedError):
        synthesizer.encode(np.zeros((1, 2)))


def test_clones_start_anew(rng):
    X, y = blobs(rng, (30, 30), 3)
    pretrained = ExpansiveSynthesizer(random_state=0, latent_dim=2, max_epochs=2).pretrain(5 * X)
    fresh = ExpansiveSynthesizer(random_state=0, latent_dim=2, max_epochs=2)
    assert same_bits(clone(pretrained).fit_resample(X, y)[0], fresh.fit_resample(X, y)[0])
    assert not same_bits(pretrained.fit_resample(X, y)[0], fresh.fit_resample(X, y)[0])
    model = ExpandedClassifier(sampler=pretrained).fit(X, y)
    assert model.predict(X).shape == y.shape


def test_a_core_travels_by_file(tmp_path, rng):
    X, y = arc(rng, 200)
    synthesizer = ExpansiveSynthesizer(latent_dim=1, max_epochs=4, random_state=0).pretrain(X)
    synthesizer.save(tmp_path / "core")
    again = ExpansiveSynthesizer.load(tmp_path / "core")
    assert repr(again.pretrain_history_) == repr(synthesizer.pretrain_history_)
    with pytest.raises(NotFittedError):
        again.sample(3)
    assert same_bits(again.fit_resample(X[:20], y[:20])[0], synthesizer.fit_resample(X[:20], y[:20])[0])
    again.pretrain(X), synthesizer.pretrain(X)
    assert repr(again.pretrain_history_) == repr(synthesizer.pretrain_history_)
    again.save(tmp_path / "both")
    both = ExpansiveSynthesizer.load(tmp_path / "both")
    assert same_bits(both.sample(5)[0], again.sample(5)[0])
    assert same_bits(both.fit_resample(X[:20], y[:20])[0], synthesizer.fit_resample(X[:20], y[:20])[0])


def test_progress_is_shown_when_asked(capsys, rng):
    X, _ = arc(rng, 100)
    ExpansiveSynthesizer(latent_dim=1, max_epochs=3, random_state=0).pretrain(X)
    assert capsys.readouterr().err == ""
    ExpansiveSynthesizer(latent_dim=1, max_epochs=3, random_state=0, verbose=1).pretrain(X)
    assert "3/3" in capsys.readouterr().err


def large_and_small():
    """Return a mixed table without labels, and a few rows of it with labels."""
    rng = np.random.default_rng(0)
    n = 200
    X = pd.DataFrame(
        {
            "size": np.round(rng.gamma(2, 3, n), 1),
            "count": rng.poisson(4, n),
            "kind": rng.choice(["a", "b", "c"], n),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 99, n), "D"),
            "grade": pd.Categorical(rng.choice(["low", "high"], n), ["low", "high"], ordered=True),
            "same": 1.5,
        }
    )
    X.loc[rng.random(n) < 0.2, "size"] = np.nan
    return X, X.iloc[:24].reset_index(drop=True), np.arange(24) % 2


def pretrained(X, **parameters):
    return ExpansiveSynthesizer(random_state=0, max_epochs=2, **parameters).pretrain(X)


def test_mixed_tables():
    X, few, y = large_and_small()
    synthesizer = pretrained(X, latent_dim=4)
    new = synthesizer.fit_resample(few, y)[0].iloc[len(few) :]
    assert illegal(new, X) == []
    assert (new.dtypes == X.dtypes).all()
    assert new["size"].isna().any()
    assert synthesizer.columns_[0].n_missing == few["size"].isna().sum()
    assert synthesizer.columns_[2].categories == pretrained(X).fit(few, y).columns_[2].categories


@pytest.mark.parametrize("missing", ["model", "impute"])
@pytest.mark.parametrize("where", ["large", "small"])
def test_gaps_in_one_of_the_tables(where, missing):
    X, few, y = large_and_small()
    X, few = (X.fillna({"size": 1.0}), few) if where == "small" else (X, few.fillna({"size": 1.0}))
    few.loc[few.index[:2], "kind"] = None if where == "small" else "a"
    few["count"] = few["count"].where(few.index > 3) if where == "small" else few["count"].astype(float)
    X["count"] = X["count"].astype(float)
    synthesizer = pretrained(X, missing=missing)
    new = synthesizer.fit_resample(few, y)[0].iloc[len(few) :]
    has_gaps = where == "small" and missing == "model"
    assert new["size"].isna().any() == has_gaps
    assert new["count"].isna().any() == new["kind"].isna().any() == has_gaps


def test_values_that_only_the_few_rows_have_are_legal():
    X, few, y = large_and_small()
    few.loc[few.index[:12], "size"] = 31.25
    few.loc[few.index[:12], "count"] = 12
    synthesizer = pretrained(X, law="local").fit(few, y)
    size = synthesizer.columns_[0]
    assert size.decimals == 2
    assert size.bounds[1] is None or size.bounds[1] >= 31.25
    assert synthesizer.decode(synthesizer.encode(few))["count"].iloc[0] == 12


@pytest.mark.parametrize(
    ("match", "change"),
    [
        (r"other columns .*: 5 instead of 6, without \['kind'\], with \[\]", lambda few: few.drop(columns="kind")),
        (r"without \[\], with \['more'\]", lambda few: few.assign(more=1)),
        (r"without \['size'\], with \['Size'\]", lambda few: few.rename(columns={"size": "Size"})),
        ("or in another order", lambda few: few[few.columns[::-1]]),
        (r"in column\(s\) 'count' \(float64 instead of int64\); cast", lambda few: few.astype({"count": float})),
        (r"'kind' has \['d'\], but .* have only \['[abc]', ", lambda few: few.assign(kind="d")),
        (r"'same' has \[2.5\], but .* have only \[1.5\]", lambda few: few.assign(same=2.5)),
        ("was given a DataFrame of 6 columns, and X is a ndarray", lambda few: few[["size", "count"]].to_numpy()),
    ],
)
def test_other_columns(match, change):
    X, few, y = large_and_small()
    synthesizer = pretrained(X)
    before = vars(synthesizer).copy()
    with pytest.raises(ValueError, match=match):
        synthesizer.fit(change(few), y)
    with pytest.raises(ValueError, match=match):
        synthesizer.pretrain(change(few))
    assert vars(synthesizer) == before


@pytest.mark.parametrize(
    ("match", "change"),
    [
        (r"'2' has|2 instead of 3", lambda X: X[:, :2]),
        (r"0 \(float32 instead of float64\)", lambda X: X.astype(np.float32)),
        (r"Column\(s\) \[1\] have only one value in the rows given to pretrain", lambda X: X + np.arange(3)),
    ],
)
def test_other_columns_of_arrays(match, change, rng):
    X = blobs(rng, (30, 30), 3)[0] * [1, 0, 1]
    with pytest.raises(ValueError, match=match):
        pretrained(X).fit(change(X), np.arange(60) % 2)


def test_cells_that_are_no_numbers_any_more():
    X = pd.DataFrame({"x": pd.Series(range(20), dtype=object), "y": range(20)})
    few = pd.DataFrame({"x": pd.Series(["a", "b", 3, 4], dtype=object), "y": range(4)})
    with pytest.raises(ValueError, match="Column 'x' was integer in the rows given to pretrain"):
        pretrained(X).fit(few, [0, 1, 0, 1])


@pytest.mark.parametrize(
    ("name", "value"),
    [("n_heads", 2), ("latent_dim", 2), ("categorical_features", [0]), ("missing", "impute"), ("bounds", "data")],
)
def test_parameters_that_must_stay(name, value, rng):
    X, y = blobs(rng, (20, 20), 3)
    synthesizer = pretrained(X).set_params(**{name: value})
    for call in (lambda: synthesizer.fit(X, y), lambda: synthesizer.pretrain(X)):
        with pytest.raises(ValueError, match=f"^{name} was .* in pretrain and is .* now; set it back"):
            call()


def test_parameters_that_may_change(rng):
    X, y = blobs(rng, (20, 20), 3)
    synthesizer = pretrained(X, categorical_features=np.array([False, True, False]))
    synthesizer.set_params(law="local", degree=2, max_epochs=1, random_state=5, categorical_features=[1])
    with pytest.raises(ValueError, match="categorical_features was"):
        synthesizer.fit(X, y)
    synthesizer.set_params(categorical_features=np.array([False, True, False])).fit(X, y)


@pytest.mark.parametrize("convert", [sparse.csr_matrix, np.ndarray.tolist, np.float32])
def test_containers(convert, rng):
    X, y = blobs(rng, (30, 30), 3)
    new, _ = pretrained(convert(X)).fit(convert(X[::3]), y[::3]).sample(5)
    assert new.shape == (5, 3)


@settings(max_examples=10)
@given(table=tables(max_rows=40))
def test_generated_tables(table):
    X, y = table
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExpansionWarning)
        synthesizer = pretrained(X)
        few, labels = X.iloc[: max(2, len(X) // 2)], y[: max(2, len(X) // 2)]
        new = synthesizer.fit_resample(few, labels)[0].iloc[len(few) :]
    assert illegal(new, X) == []
