"""Rows without labels: what goes in, what comes back, in every container; nothing changes where every row has one."""

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_validate

from skexpand import ExpandedClassifier, ExpansiveSynthesizer, UnsureLabelsWarning
from skexpand.fitting import labels as fitting_labels
from skexpand.fitting.contrast import Contrast
from skexpand.model_selection import LabeledFold
from skexpand.pipeline import make_pipeline
from tests.tables import blobs, same_bits

NETWORK = {"latent_dim": 3, "max_epochs": 2, "early_stopping": False, "random_state": 0}

pytestmark = pytest.mark.usefixtures("_only_failure_signs")


def partly_labeled(rng, counts=(40, 30), n_columns=4, per_class=4, apart=4.0):
    """Return rows in random order, their classes, and which of them have a label."""
    X, y = blobs(rng, counts, n_columns, apart)
    X[:, 0] += 2 * apart * y  # so that no two classes meet, whatever their means
    order = rng.permutation(len(y))
    X, y = X[order], y[order]
    known = np.concatenate([np.flatnonzero(y == label)[:per_class] for label in range(len(counts))])
    return X, y, np.isin(np.arange(len(y)), known)


def synthesizer(**parameters):
    return ExpansiveSynthesizer(**{"unlabeled": -1, "random_state": 0, "expansion_ratio": 10} | parameters)


def test_rows_come_back_first_with_a_label_each(rng):
    X, y, known = partly_labeled(rng)
    sampler = synthesizer()
    X_big, y_big = sampler.fit_resample(X, np.where(known, y, -1))
    assert same_bits(X_big[: len(X)], X)
    assert set(y_big.tolist()) == {0, 1}
    np.testing.assert_array_equal(y_big[: len(X)], sampler.transduction_)
    np.testing.assert_array_equal(sampler.transduction_[known], y[known])
    assert np.mean(sampler.transduction_ == y) > 0.95  # the classes are four standard deviations apart
    np.testing.assert_allclose(sampler.label_distributions_.sum(axis=1), 1)
    assert (sampler.label_distributions_[known].max(axis=1) == 1).all()
    np.testing.assert_array_equal(sampler.inferred_mask_, np.append(~known, np.zeros(len(y_big) - len(y), bool)))
    np.testing.assert_array_equal(sampler.synthetic_mask_, np.arange(len(y_big)) >= len(y))
    assert sampler.sampling_strategy_ == {0: 36, 1: 36}  # of four labelled rows each, times ten
    anchors = sampler.parents_["anchor"]
    np.testing.assert_array_equal(sampler.transduction_[anchors], y_big[len(y) :])
    assert not known[anchors].all(), "rows without a label are anchors as well"


def test_a_marker_that_no_row_has_changes_nothing(rng):
    X, y, _ = partly_labeled(rng)
    plain, marked = synthesizer(unlabeled=None), synthesizer(unlabeled="missing")
    for one, other in zip(plain.fit_resample(X, y), marked.fit_resample(X, y), strict=True):
        assert same_bits(one, other)
    assert not hasattr(marked, "transduction_")


def test_a_marker_may_look_like_a_class_of_others(rng):
    X, y, known = partly_labeled(rng, (30, 30, 30))
    sampler = synthesizer(unlabeled=0)
    y_big = sampler.fit_resample(X, np.where(known, y + 1, 0))[1]
    assert set(y_big.tolist()) == {1, 2, 3}


@pytest.mark.parametrize(
    ("container", "marker"),
    [
        (lambda labels: np.where(labels == None, -1, labels), -1),  # noqa: E711 - an array of objects, -1 among text
        (lambda labels: [-1 if label is None else label for label in labels], -1),
        (lambda labels: np.array(["-1" if label is None else label for label in labels]), -1),
        (lambda labels: pd.Series(labels, dtype="string"), "missing"),
        (lambda labels: pd.Series(labels, dtype="category"), "missing"),
        (lambda labels: pd.Series(labels, dtype=object), "missing"),
        (lambda labels: pl.Series(labels.tolist()), "missing"),
        (lambda labels: pd.Series(labels).fillna("?"), "?"),
    ],
    ids=["objects", "list", "text", "nullable text", "category", "None", "polars", "another marker"],
)
def test_labels_keep_their_container(container, marker):
    X, y, known = partly_labeled(np.random.default_rng(0))
    names = np.array(["ill", "well"], object)[y]
    labels = container(np.where(known, names, None))
    y_big = synthesizer(unlabeled=marker).fit_resample(X, labels)[1]
    assert type(y_big) is type(labels)
    assert getattr(y_big, "dtype", None) == getattr(labels, "dtype", None)
    found = np.array(list(y_big), object)
    assert set(found) == {"ill", "well"}
    np.testing.assert_array_equal(found[: len(y)][known], names[known])


@pytest.mark.parametrize("container", [pd.DataFrame, sparse.csr_array, np.ndarray.tolist])
def test_rows_keep_theirs(container):
    X, y, known = partly_labeled(np.random.default_rng(0))
    X_big, y_big = synthesizer().fit_resample(container(X), np.where(known, y, -1))
    assert type(X_big) is type(container(X))
    assert len(y_big) == (X_big.shape[0] if hasattr(X_big, "shape") else len(X_big))


def test_mixed_tables_with_gaps():
    X, y, known = partly_labeled(np.random.default_rng(0), (60, 60))
    table = pd.DataFrame(X).add_prefix("x").assign(town=np.where(X[:, 0] > 0, "Oslo", "Bergen"))
    table.loc[::7, "x1"] = np.nan
    X_big, y_big = synthesizer().fit_resample(table, np.where(known, y, -1))
    pd.testing.assert_frame_equal(X_big.iloc[: len(table)], table)
    assert set(y_big.tolist()) == {0, 1}


def test_known_shares_are_met(rng):
    X, y, known = partly_labeled(rng, (90, 10), apart=1.0)
    sampler = synthesizer(class_shares={1: 0.1}).fit(X, np.where(known, y, -1))
    assert np.mean(sampler.transduction_ == 1) == pytest.approx(0.1, abs=0.05)


def test_one_digit_of_each_kind_and_many_without_a_label():
    X, y = load_digits(return_X_y=True)
    X, y = X[:600], y[:600]
    first = [int(np.flatnonzero(y == label)[0]) for label in range(10)]
    labels = np.full(len(y), -1)
    labels[first] = y[first]
    sampler = synthesizer(image_shape=(8, 8), spread=1.0)
    X_big, _ = sampler.fit_resample(X, labels)
    assert np.mean(sampler.transduction_ == y) > 0.75
    new = X_big[len(X) :]
    assert (np.abs(new[:, None] - X[first][None]).max(axis=2).min(axis=1) > 1).mean() > 0.9, "new digits are copies"


def test_pipelines_searches_and_the_expanded_classifier():
    X, y, known = partly_labeled(np.random.default_rng(0), (40, 40), per_class=9)
    labels = np.where(known, y, -1)
    pipeline = make_pipeline(synthesizer(law="local"), LogisticRegression())
    search = GridSearchCV(pipeline, {"expansivesynthesizer__expansion_ratio": [2, 4]}, cv=LabeledFold(2))
    assert search.fit(X, labels).best_score_ > 0.9
    assert search.classes_.tolist() == [0, 1]
    model = ExpandedClassifier(LogisticRegression(), synthesizer(law="local"))
    scores = cross_validate(model, X, labels, cv=LabeledFold(2))["test_score"]
    assert scores.mean() > 0.9
    assert model.fit(X, labels).score(X[~known], y[~known]) > 0.9


@pytest.mark.parametrize(
    ("labels", "parameters", "message"),
    [
        ([-1] * 8, {}, "No row has a label"),
        ([1, 1, -1, -1, -1, -1, -1, -1], {}, r"got only 1, and 6 row\(s\) have no label; label a row of another class"),
        (
            [-1, -1, 2, -1, -1, -1, -1, -1],
            {},
            r"got only 2, and 7 row\(s\) have no label; label a row of another class",
        ),
        ([np.nan, 0.0, 1.0, np.nan, 0.0, 1.0, 1.0, 0.0], {"unlabeled": None}, "unlabeled='missing'"),
        ([0, 1, -1, -1, -1, -1, -1, -1], {"class_shares": {2: 0.5}}, r"class_shares=\{2: 0\.5\} names the class"),
        (
            [0, 1, -1, -1, -1, -1, -1, -1],
            {"class_shares": {1: 1.5}},
            "the share of class 1 must be a number from 0 to 1",
        ),
        ([0, 1, -1, -1, -1, -1, -1, -1], {"class_shares": {0: 0.5, 1: 0.2}}, "must sum to 1"),
    ],
)
def test_what_cannot_be_inferred_is_refused(labels, parameters, message):
    X = np.random.default_rng(0).standard_normal((8, 3))
    sampler = synthesizer(**parameters)
    with pytest.raises(ValueError, match=message):
        sampler.fit(X, labels)
    assert not hasattr(sampler, "classes_")


@pytest.mark.parametrize("marker", [[-1], (-1,), np.array([-1])], ids=str)
def test_several_markers_are_refused(marker):
    with pytest.raises(TypeError, match=r"unlabeled=.* is no single label; give one"):
        synthesizer(unlabeled=marker).fit(np.eye(4), [0, 1, -1, -1])


def test_groups_would_leak():
    X, y, known = partly_labeled(np.random.default_rng(0))
    with pytest.raises(ValueError, match="groups"):
        synthesizer().fit_resample(X, np.where(known, y, -1), groups=np.arange(len(y)) // 2)


def test_one_labelled_row_of_each_class(rng):
    X, y, known = partly_labeled(rng, per_class=1)
    sampler = synthesizer(expansion_ratio=50).fit(X, np.where(known, y, -1))
    assert np.mean(sampler.transduction_ == y) > 0.7  # two labels say little of where a class ends


def test_same_seed_same_rows_and_files(tmp_path):
    X, y, known = partly_labeled(np.random.default_rng(0))
    labels = np.where(known, y, -1)
    first, again = synthesizer(), clone(synthesizer())
    for one, other in zip(first.fit_resample(X, labels), again.fit_resample(X, labels), strict=True):
        assert same_bits(one, other)
    first.save(tmp_path / "few.safetensors")
    loaded = ExpansiveSynthesizer.load(tmp_path / "few.safetensors")
    np.testing.assert_array_equal(loaded.transduction_, first.transduction_)
    assert np.isnan(loaded.label_accuracy_), "four labels of each class are too few to hold some out"
    assert same_bits(loaded.sample(5)[0], first.sample(5)[0])


def test_a_later_fit_without_such_rows_forgets_them(rng):
    X, y, known = partly_labeled(rng)
    sampler = synthesizer().fit(X, np.where(known, y, -1))
    assert hasattr(sampler.fit(X, y), "classes_")
    assert not hasattr(sampler, "transduction_")


@pytest.mark.parametrize("method", ["fit", "fit_resample"])
def test_labels_of_noise_are_warned_of(method):
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((120, 5)), np.append(np.arange(24) % 2, np.full(96, -1))
    with pytest.warns(UnsureLabelsWarning, match="held out, .* were given their class") as caught:
        getattr(synthesizer(expansion_ratio=2), method)(X, y)
    assert {w.filename for w in caught if w.category is UnsureLabelsWarning} == {__file__}


def test_labels_that_can_be_trusted_are_not_warned_of(rng):
    X, y, known = partly_labeled(rng, per_class=6)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UnsureLabelsWarning)
        sampler = synthesizer(expansion_ratio=2).fit(X, np.where(known, y, -1))
    assert sampler.label_accuracy_ > 0.8


def test_a_core_given_as_a_parameter_survives_clones(tmp_path):
    X, y = blobs(np.random.default_rng(0), (40, 40), 6)
    pretrained = ExpansiveSynthesizer(**NETWORK).pretrain(X)
    pretrained.save(tmp_path / "core.safetensors")
    own = clone(pretrained).pretrain(X).fit_resample(X[::4], y[::4])
    for core in (pretrained, tmp_path / "core.safetensors", str(tmp_path / "core.safetensors")):
        sampler = ExpansiveSynthesizer(core=core, **NETWORK)
        for one, other in zip(own, clone(sampler).fit_resample(X[::4], y[::4]), strict=True):
            assert same_bits(one, other)
        scores = cross_validate(ExpandedClassifier(LogisticRegression(), sampler), X[::2], y[::2], cv=2)["test_score"]
        assert np.isfinite(scores).all()
    search = GridSearchCV(
        make_pipeline(ExpansiveSynthesizer(core=pretrained, **NETWORK), LogisticRegression()),
        {"expansivesynthesizer__expansion_ratio": [2, 3]},
        cv=2,
    )
    assert np.isfinite(search.fit(X, y).cv_results_["mean_test_score"]).all()


def test_what_is_no_core_is_refused(tmp_path):
    X, y = blobs(np.random.default_rng(0), (20, 20), 4)
    with pytest.raises(ValueError, match="has no core: call pretrain"):
        ExpansiveSynthesizer(core=ExpansiveSynthesizer()).fit(X, y)
    with pytest.raises(FileNotFoundError):
        ExpansiveSynthesizer(core=tmp_path / "nothing").fit(X, y)
    pretrained = ExpansiveSynthesizer(**NETWORK).pretrain(X)
    with pytest.raises(ValueError, match="latent_dim was 3 in pretrain and is None now"):
        ExpansiveSynthesizer(core=pretrained).fit(X, y)
    fitted = ExpansiveSynthesizer(core=pretrained, **NETWORK).fit(X, y)
    with pytest.raises(ValueError, match="core is a ExpansiveSynthesizer, which cannot be stored"):
        fitted.save(tmp_path / "within.safetensors")


def test_embeddings_are_labelled_along_the_graph(rng):
    X, y = blobs(rng, (40, 40), 130, apart=2.0)
    labels = np.where(np.isin(np.arange(80), [0, 1, 2, 40, 41, 42]), y, -1)
    sampler = synthesizer(expansion_ratio=2).fit(X, labels)
    assert np.mean(sampler.transduction_ == y) > 0.9


def test_a_core_is_trained_on_many_images(monkeypatch):
    monkeypatch.setattr(fitting_labels, "CORE_IMAGES", 100)
    monkeypatch.setattr(fitting_labels, "Contrast", lambda: Contrast(n_epochs=1))
    X, y = load_digits(n_class=3, return_X_y=True)
    X, y = X[:120], y[:120]
    labels = np.where(np.arange(120) < 12, y, -1)
    sampler = synthesizer(image_shape=(8, 8), spread=1.0, expansion_ratio=2).fit(X, labels)
    assert np.mean(sampler.transduction_ == y) > 0.9


def test_balanced_classes_are_labelled_evenly(rng):
    X, y, known = partly_labeled(rng, (50, 50), apart=0.5)
    sampler = synthesizer(class_shares="balanced").fit(X, np.where(known, y, -1))
    assert np.mean(sampler.transduction_ == 1) == pytest.approx(0.5, abs=0.05)


def test_the_path_of_a_core_is_saved(tmp_path):
    X, y = blobs(np.random.default_rng(0), (20, 20), 4)
    ExpansiveSynthesizer(**NETWORK).pretrain(X).save(tmp_path / "core.safetensors")
    sampler = ExpansiveSynthesizer(core=tmp_path / "core.safetensors", **NETWORK).fit(X, y)
    sampler.save(tmp_path / "fitted.safetensors")
    loaded = ExpansiveSynthesizer.load(tmp_path / "fitted.safetensors")
    assert loaded.core == str(tmp_path / "core.safetensors")
    assert same_bits(loaded.sample(4)[0], sampler.sample(4)[0])
