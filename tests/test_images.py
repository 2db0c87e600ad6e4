"""Images through the sampler: shapes, ranges, types, containers, Pipelines, provenance, errors."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier

from skexpand import ExpandedClassifier, ExpansiveSynthesizer
from skexpand.fitting import flows
from skexpand.pipeline import make_pipeline
from tests.tables import same_bits

SHAPE = (8, 8)


def digits(rng, per_class=4, classes=3):
    X, y = load_digits(return_X_y=True)
    rows = np.concatenate([rng.choice(np.flatnonzero(y == c), per_class, replace=False) for c in range(classes)])
    return X[rows].astype(np.uint8), y[rows]


def synthesizer(**parameters):
    return ExpansiveSynthesizer(
        **{"image_shape": SHAPE, "spread": 1.0, "expansion_ratio": 5, "random_state": 0} | parameters
    )


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.float32, np.float64])
def test_range_and_type_are_kept(rng, dtype):
    X, y = digits(rng)
    X = X.astype(dtype)
    X_big, y_big = synthesizer().fit_resample(X, y)
    assert X_big.shape == (60, 64)
    assert X_big.dtype == dtype
    assert same_bits(X_big[:12], X)
    assert X_big.min() >= X.min()
    assert X_big.max() <= X.max()
    assert np.bincount(y_big).tolist() == [20, 20, 20]
    assert len(np.unique(X_big[12:], axis=0)) > 40


def test_the_seed_decides(rng):
    X, y = digits(rng)
    first, again = (synthesizer(spread="auto").fit_resample(X, y)[0] for _ in range(2))
    assert same_bits(first, again)
    assert not same_bits(first, synthesizer(spread="auto", random_state=1).fit_resample(X, y)[0])


@pytest.mark.parametrize("image_shape", [(1, 8, 8), (8, 8, 1), "auto", [8, 8]])
def test_shapes_that_say_the_same(rng, image_shape):
    X, y = digits(rng)
    found = synthesizer(image_shape=image_shape).fit_resample(X, y)[0]
    assert same_bits(found, synthesizer().fit_resample(X, y)[0])


def test_channels_first_and_last_are_the_same_images(rng):
    X, y = digits(rng)
    images = np.stack([X, X[::-1], X // 2], axis=1).reshape(-1, 3, 8, 8)
    first = synthesizer(image_shape=(3, 8, 8)).fit_resample(images.reshape(len(X), -1), y)[0]
    last = synthesizer(image_shape=(8, 8, 3)).fit_resample(np.moveaxis(images, 1, -1).reshape(len(X), -1), y)[0]
    np.testing.assert_allclose(np.moveaxis(first.reshape(-1, 3, 8, 8), 1, -1).reshape(-1, 192), last, atol=1)


def test_no_spread_repeats_the_anchors(rng):
    X, y = digits(rng)
    fitted = synthesizer(spread=0.0, pooling=1.0)
    with pytest.warns(UserWarning, match="repeat the table"):
        X_big, _ = fitted.fit_resample(X, y)
    np.testing.assert_array_equal(X_big[12:], X[fitted.parents_["anchor"]])


@pytest.mark.filterwarnings("ignore::skexpand.ExpansionWarning")
def test_any_spread_gives_images(rng):
    X, y = digits(rng)
    X_big, _ = synthesizer(spread=1e6).fit_resample(X, y)
    assert X_big.max() == X.max()


def test_every_other_new_image_is_mirrored_where_left_and_right_mean_nothing(rng):
    X, y = rng.integers(0, 256, (160, 64), np.uint8), np.repeat([0, 1], 80)
    fitted = synthesizer(spread=0.0, expansion_ratio=3)
    X_big, _ = fitted.fit_resample(X, y)
    assert fitted.mirrored_
    new, anchors = X_big[160:].reshape(-1, *SHAPE), X[fitted.parents_["anchor"]].reshape(-1, *SHAPE)
    plain = (new == anchors).all(axis=(1, 2))
    mirrored = (new == anchors[..., ::-1]).all(axis=(1, 2))
    assert (plain | mirrored).all()
    assert plain.sum() == mirrored.sum() == 160


def test_single_images_are_mirrored_by_chance(rng):
    X, y = rng.integers(0, 256, (160, 64), np.uint8), np.repeat([0, 1], 80)
    fitted = synthesizer(spread=0.0).fit(X, y)
    assert fitted.mirrored_
    drawn = np.concatenate([fitted.sample(1, y=0, random_state=seed)[0] for seed in range(60)])
    plain = (drawn[:, None] == X).all(axis=2).any(axis=1)
    assert 15 <= plain.sum() <= 45  # 30 of 60 by chance, give or take almost four standard deviations


def test_digits_are_not_mirrored(rng):
    assert not synthesizer().fit(*digits(rng)).mirrored_


def test_parents(rng):
    X, y = digits(rng, per_class=5)
    fitted = synthesizer(degree=3, pooling=0.0)
    _, y_big = fitted.fit_resample(X, y)
    parents = fitted.parents_
    assert parents["sources"].shape == parents["targets"].shape == parents["weights"].shape == (60, 3)
    np.testing.assert_array_equal(y[parents["anchor"]], y_big[15:])
    np.testing.assert_array_equal(y[parents["sources"]], y[parents["targets"]])  # flows within a class
    np.testing.assert_array_equal(y[parents["sources"]], np.repeat(y_big[15:, None], 3, axis=1))  # and its own
    np.testing.assert_allclose(np.linalg.norm(parents["weights"], axis=1), 1, rtol=1e-5)
    assert np.bincount(parents["anchor"]).tolist() == [4] * 15


def test_edges_are_local_and_global(rng):
    X, y = digits(rng, per_class=12)
    fitted = synthesizer(n_neighbors=2, degree=3).fit(X, y)
    assert {kind for *_, kind in fitted.expansion_graph_.edges(data="kind")} == {"local", "expander"}
    assert (fitted.spectral_gap_ > 0).all()
    ends = fitted._expansion.flows.edges
    assert len({*zip(ends.sources.tolist(), ends.targets.tolist(), strict=True)}) == len(ends) > 2 * len(X)


def test_many_edges_are_thinned_in_proportion(rng, monkeypatch):
    monkeypatch.setattr(flows, "MAX_EDGES", 30)
    X, y = digits(rng, per_class=8)
    ends = synthesizer().fit(X, y)._expansion.flows.edges
    assert len(ends) == 30
    assert (np.abs(np.bincount(y[ends.sources]) - 10) <= 1).all()


def test_attributes_of_images_and_tables_do_not_mix(rng):
    X, y = digits(rng)
    fitted = synthesizer().fit(X, y)
    assert fitted.law_ == {"deformation": 1.0}
    assert 0.3 < fitted.explained_ <= 1
    assert fitted.image_shape_ == SHAPE
    assert not hasattr(fitted, "koopman_")
    fitted.set_params(image_shape=None, law="local").fit(X, y)
    assert not hasattr(fitted, "explained_")
    assert hasattr(fitted, "koopman_")


def test_encode_and_decode_are_inverse(rng):
    X, y = digits(rng)
    fitted = synthesizer().fit(X, y)
    np.testing.assert_array_equal(fitted.decode(fitted.encode(X)), X)
    with pytest.raises(ValueError, match="64 dimensions"):
        fitted.decode(np.ones((1, 3)))


def test_sample_makes_images_of_the_classes_asked_for(rng):
    X, y = digits(rng, per_class=6)
    fitted = synthesizer().fit(X, y)
    wanted = np.tile([2, 0, 1], 20)
    new, labels = fitted.sample(60, y=wanted)
    np.testing.assert_array_equal(labels, wanted)
    assert new.dtype == np.uint8
    assert KNeighborsClassifier(1).fit(X, y).score(new, labels) > 0.8
    assert fitted.sample(0)[0].shape == (0, 64)


def test_classes_of_one_image_borrow_flows(rng):
    X, y = digits(rng, per_class=3)
    X, y = X[2:], y[2:]  # one image of class 0
    X_big, y_big = synthesizer(spread="auto").fit_resample(X, y)
    assert len(np.unique(X_big[y_big == 0], axis=0)) > 5


def test_nothing_but_single_images(rng):
    X, y = digits(rng, per_class=1)
    fitted = synthesizer(spread="auto")
    with pytest.warns(UserWarning, match="repeat the table.*classes of one row each"):
        X_big, y_big = fitted.fit_resample(X, y)
    np.testing.assert_array_equal(X_big, X[np.searchsorted(y, y_big)])


def test_groups_get_statistics_of_flows(rng):
    X, y = digits(rng)
    fitted = synthesizer()
    groups = np.arange(12) // 2
    X_big, _ = fitted.fit_resample(X, y, groups=groups)
    assert (fitted.parents_["weights"] == 0).all()
    np.testing.assert_array_equal(fitted.groups_[12:], groups[fitted.parents_["anchor"]])
    assert len(np.unique(X_big, axis=0)) > 40


@pytest.mark.parametrize("container", [pd.DataFrame, sparse.csr_matrix, sparse.csr_array])
def test_containers(rng, container):
    X, y = digits(rng)
    X_big, _ = synthesizer().fit_resample(container(X), y)
    assert type(X_big) is container
    dense = X_big.to_numpy() if isinstance(X_big, pd.DataFrame) else X_big.toarray()
    np.testing.assert_array_equal(dense, synthesizer().fit_resample(X, y)[0])
    if isinstance(X_big, pd.DataFrame):
        assert (X_big.dtypes == np.uint8).all()


def test_in_a_pipeline_and_a_grid_search(rng):
    X, y = digits(rng, per_class=8)
    pipeline = make_pipeline(synthesizer(), LogisticRegression(max_iter=50, tol=0.1))
    search = GridSearchCV(pipeline, {"expansivesynthesizer__spread": [0.5, 1.0]}, cv=2).fit(X, y)
    assert search.best_score_ > 0.7
    model = ExpandedClassifier(KNeighborsClassifier(3), clone(synthesizer())).fit(X, y)
    assert model.score(X, y) > 0.8


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"image_shape": (9, 9)}, r"image_shape=\(9, 9\) has 81 pixels.*64 columns.*to_rows"),
        ({"image_shape": "square"}, "image_shape"),
        ({"image_shape": 8}, "image_shape"),
        ({"law": "local"}, "law='local' is for tables"),
        ({"transport": "gaussian"}, "transport='gaussian' is for tables"),
        ({"latent_dim": 5}, "latent_dim=5 is for tables"),
        ({"categorical_features": [0]}, r"categorical_features=\[0\] is for tables"),
        ({"bounds": "data"}, "bounds='data' is for tables"),
        ({"loss_weights": {"koopman": 1}}, "loss_weights=.* is for tables"),
    ],
)
def test_parameters_that_do_not_fit(rng, parameters, message):
    with pytest.raises(ValueError, match=message):
        synthesizer(**parameters).fit(*digits(rng))


def test_text_is_no_image(rng):
    X, y = digits(rng)
    with pytest.raises(ValueError, match="column 'label' is categorical"):
        synthesizer().fit(pd.DataFrame(X).assign(label="a").rename(columns=str), y)


@pytest.mark.parametrize("shape", [SHAPE, (1, *SHAPE), (*SHAPE, 1)])
def test_images_that_are_not_flat_are_told_how(rng, shape):
    X, y = digits(rng)
    fitted, message = synthesizer().fit(X, y), r"X has shape \(12, .*skexpand.images.to_rows"
    for method in (fitted.pretrain, fitted.encode, lambda images: fitted.fit(images, y)):
        with pytest.raises(ValueError, match=message):
            method(X.reshape(-1, *shape))


def test_a_gap_is_no_pixel(rng):
    X, y = digits(rng)
    X = X.astype(float)
    X[3, 7] = np.nan
    with pytest.raises(ValueError, match="column 7 has missing"):
        synthesizer().fit(X, y)
