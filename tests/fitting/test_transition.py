"""transition= for images: flows alone, latents alone, or both."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier

from skexpand import ExpansiveSynthesizer
from skexpand.fitting import spread as choice
from skexpand.fitting.held_out import held_out_errors
from skexpand.fitting.spread import STRENGTHS, choose_strength, with_strength
from skexpand.training import loop
from tests.tables import same_bits

NETWORKS = ["latent", "both"]


@pytest.fixture(autouse=True)
def _few_epochs_are_fine():
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Held-out reconstruction was still improving")
        yield


def digits(rng, per_class=6, classes=3):
    X, y = load_digits(return_X_y=True)
    rows = np.concatenate([rng.choice(np.flatnonzero(y == c), per_class, replace=False) for c in range(classes)])
    return X[rows].astype(np.uint8), y[rows]


def synthesizer(**parameters):
    settings = {"image_shape": (8, 8), "spread": 1.0, "expansion_ratio": 5, "max_epochs": 2, "random_state": 0}
    return ExpansiveSynthesizer(**settings | parameters)


def test_a_deformation_trains_no_network_and_is_what_auto_does(rng, monkeypatch):
    X, y = digits(rng)
    monkeypatch.setattr(loop, "train", lambda *_: pytest.fail("training began"))
    fitted = synthesizer(transition="deformation")
    first = fitted.fit_resample(X, y)[0]
    assert same_bits(first, synthesizer().fit_resample(X, y)[0])
    assert fitted.transition_ == "deformation"
    assert not hasattr(fitted, "history_")


@pytest.mark.parametrize("transition", NETWORKS)
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_range_type_and_seed(rng, transition, dtype):
    X, y = digits(rng)
    X = X.astype(dtype)
    # without early stopping, so that the branches are in use
    first, again, other = (
        synthesizer(transition=transition, early_stopping=False, random_state=seed).fit_resample(X, y)[0]
        for seed in (0, 0, 1)
    )
    assert first.dtype == dtype
    assert same_bits(first[:18], X)
    assert first.min() >= X.min()
    assert first.max() <= X.max()
    assert len(np.unique(first[18:], axis=0)) > 60
    assert same_bits(first, again)
    assert not same_bits(first, other)


@pytest.mark.parametrize("transition", NETWORKS)
@pytest.mark.parametrize("shape", [(8, 9), (3, 11, 8), (12, 13, 3)], ids=str)
def test_odd_sides_and_colours(rng, transition, shape):
    X = rng.integers(0, 256, (14, *shape), dtype=np.uint8).reshape(14, -1)
    fitted = synthesizer(transition=transition, image_shape=shape, early_stopping=False).fit(X, np.arange(14) % 2)
    new, _ = fitted.sample(6)
    assert new.shape == (6, X.shape[1])
    assert new.dtype == np.uint8
    assert fitted.encode(X).shape == (14, min(max(X.shape[1] // 8, 16), 64))


@pytest.mark.parametrize("transition", NETWORKS)
def test_the_untrained_autoencoder_is_pca(rng, transition):
    X, y = digits(rng, per_class=8)
    fitted = synthesizer(transition=transition, max_epochs=0, latent_dim=5).fit(X, y)
    assert fitted.n_iter_ == 0
    images = X / np.ptp(X)
    pca = PCA(5, svd_solver="full").fit(images)
    expected = pca.inverse_transform(pca.transform(images))
    np.testing.assert_array_equal(fitted.decode(fitted.encode(X)), np.rint(expected * np.ptp(X)).clip(0, 16))
    loss = np.sum((images - expected) ** 2) / np.sum((images - images.mean(axis=0)) ** 2)
    assert fitted.reconstruction_error_ == pytest.approx(loss, rel=1e-3)


def test_flow_and_residual_of_an_edge_lead_to_its_end(rng):
    """The law along one edge, with weight 1: in the latent space of PCA nothing is left over."""
    X, y = digits(rng)
    expansion = replace(synthesizer(transition="both", max_epochs=0).fit(X, y)._expansion, strength=1.0)
    ends = expansion.flows.edges
    made = expansion.made(ends.sources, expansion.moves)
    core, images = expansion.core, expansion.images.reshape(len(X), -1)
    np.testing.assert_allclose(core.encode(made), core.encode(images[ends.targets]), atol=1e-3)
    # and what PCA does not see stays as the flow left it
    moved = expansion.moved(ends.sources, expansion.flows.moves)
    np.testing.assert_allclose(made - expansion.reconstruct(made), moved - expansion.reconstruct(moved), atol=1e-4)


def test_without_strength_the_flows_are_alone(rng):
    X, y = digits(rng)
    both = synthesizer(transition="both").fit(X, y)._expansion
    assert both.strength in STRENGTHS
    alone = synthesizer(transition="deformation").fit(X, y)._expansion
    draws = [np.random.default_rng(3) for _ in range(2)]
    images = [e.draw_children(0, 5, r) for e, r in zip((replace(both, strength=0.0), alone), draws, strict=True)]
    np.testing.assert_array_equal(*images)


@pytest.mark.parametrize("transition", NETWORKS)
def test_new_images_are_of_their_class_and_name_their_parents(rng, transition):
    X, y = digits(rng, per_class=10)
    fitted = synthesizer(transition=transition, degree=3)
    X_big, y_big = fitted.fit_resample(X, y)
    assert KNeighborsClassifier(1).fit(X, y).score(X_big[30:], y_big[30:]) > 0.85
    parents = fitted.parents_
    np.testing.assert_array_equal(y[parents["anchor"]], y_big[30:])
    np.testing.assert_allclose(np.linalg.norm(parents["weights"], axis=1), 1, rtol=1e-5)
    expected = {"both"} if transition == "both" else {name for name, weight in fitted.law_.items() if weight}
    assert set(parents["component"]) <= expected


@pytest.mark.parametrize("transition", NETWORKS)
def test_attributes_come_and_go(rng, transition):
    X, y = digits(rng)
    fitted = synthesizer(transition=transition).fit(X, y)
    assert fitted.transition_ == transition
    assert fitted.image_shape_ == (8, 8)
    assert len(fitted.history_.records) in (1, 3)
    assert hasattr(fitted, "koopman_") is (transition == "latent")
    assert hasattr(fitted, "explained_") is hasattr(fitted, "appearance_") is (transition == "both")
    fitted.set_params(transition="deformation").fit(X, y)
    assert not any(hasattr(fitted, name) for name in ("history_", "n_iter_", "appearance_", "koopman_"))


@pytest.mark.parametrize("transition", NETWORKS)
def test_small_and_single_classes(rng, transition):
    X, y = digits(rng, per_class=4)
    X, y = X[3:], y[3:]  # one image of class 0
    X_big, y_big = synthesizer(transition=transition).fit_resample(X, y)
    assert len(np.unique(X_big[y_big == 0], axis=0)) > 5
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nothing to recombine
        assert synthesizer(transition=transition).fit_resample(X[[0, 1, 5]], y[[0, 1, 5]])[0].shape[1] == 64


@pytest.mark.parametrize("transition", NETWORKS)
def test_groups_get_statistics(rng, transition):
    X, y = digits(rng)
    fitted = synthesizer(transition=transition)
    X_big, _ = fitted.fit_resample(X, y, groups=np.arange(18) // 2)
    assert (fitted.parents_["weights"] == 0).all()
    assert len(np.unique(X_big, axis=0)) > 60


def test_the_law_of_latents_is_that_of_tables(rng):
    X, y = digits(rng, per_class=8)
    fitted = synthesizer(transition="latent", law="shrunk", transport="gaussian", latent_dim=4).fit(X, y)
    assert fitted.law_["shrunk"] == 1.0
    assert fitted.koopman_.shape == (4, 4)
    assert fitted.sample(5)[0].shape == (5, 64)


def test_held_out_images_choose_the_strength(rng, monkeypatch):
    X, y = digits(rng)
    expansion = synthesizer(transition="both").fit(X, y)._expansion
    errors = held_out_errors(expansion, [with_strength(s) for s in (0.0, 0.5, 50.0)], rng)
    assert errors.shape == (18, 3)
    assert errors[:, 2].mean() > errors[:, 1].mean()
    for best, strength in enumerate((*STRENGTHS, 0.0)):
        found = rng.random((50, len(STRENGTHS) + 1))
        found[:, best] -= 0.5
        monkeypatch.setattr(choice, "held_out_errors", lambda *_, found=found: found)
        assert choose_strength(expansion, rng, may_be_zero=True) == strength
        assert choose_strength(expansion, rng, may_be_zero=False) in (STRENGTHS if not strength else {strength})


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"transition": "bending"}, "transition"),
        ({"transition": "both", "image_shape": None}, "transition='both' is for images; set image_shape"),
        ({"transition": "both", "law": "local"}, "law='local' .* with transition='latent', but transition='both'"),
        ({"transition": "both", "transport": "marginal"}, "transport='marginal' .* transition='latent'"),
        ({"transition": "deformation", "latent_dim": 4}, "latent_dim=4 .* transition='latent' or 'both'"),
        ({"transition": "latent", "latent_dim": 65}, "latent_dim=65 exceeds the number of pixels"),
        ({"transition": "latent", "bounds": "data"}, "bounds='data' is for tables"),
        ({"transition": "latent", "loss_weights": {"beauty": 1}}, "beauty"),
    ],
)
def test_parameters_that_do_not_fit(rng, monkeypatch, parameters, message):
    monkeypatch.setattr(loop, "train", lambda *_: pytest.fail("training began"))
    with pytest.raises(ValueError, match=message):
        synthesizer(**parameters).fit(*digits(rng))
