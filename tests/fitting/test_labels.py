"""Rows without a label are anchors like others: of images, whatever changes them; and there may be very many."""

import warnings

import numpy as np
import pytest
from sklearn.datasets import load_digits

from skexpand import ExpansiveSynthesizer
from skexpand.fitting import labels as fitting_labels
from skexpand.fitting.contrast import Contrast

TRANSITIONS = ["deformation", "latent", "both"]


@pytest.fixture(autouse=True)
def _few_epochs_are_fine():
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Held-out reconstruction was still improving")
        yield


def digits(n=60):
    """Return digits of three kinds, all labels, and labels of four of each kind."""
    X, y = load_digits(n_class=3, return_X_y=True)
    X, y = X[:n].astype(np.uint8), y[:n]
    known = np.concatenate([np.flatnonzero(y == label)[:4] for label in range(3)])
    return X, y, np.where(np.isin(np.arange(n), known), y, -1)


def synthesizer(**parameters):
    settings = {"image_shape": (8, 8), "spread": 1.0, "expansion_ratio": 2, "max_epochs": 0, "random_state": 0}
    return ExpansiveSynthesizer(**settings | parameters)


@pytest.mark.parametrize("transition", TRANSITIONS)
def test_encode_and_decode_are_those_of_labelled_images(transition):
    X, y, labels = digits()
    partly = synthesizer(transition=transition, unlabeled=-1).fit(X, labels)
    fully = synthesizer(transition=transition).fit(X, y)
    assert (partly.label_distributions_.max(axis=1) >= 0.5).all(), "not all images are anchors"
    assert partly.transition_ == transition
    assert partly.encode(X).shape == fully.encode(X).shape == (60, 64 if transition == "deformation" else 16)
    found, expected = (fitted.decode(fitted.encode(X)) for fitted in (partly, fully))
    assert found.dtype == np.uint8
    assert np.abs(found.astype(int) - expected).max() <= 1  # rounded, whatever the order of the sums


@pytest.mark.parametrize("transition", ["latent", "both"])
def test_an_autoencoder_is_trained_beside_the_core(monkeypatch, transition):
    monkeypatch.setattr(fitting_labels, "CORE_IMAGES", 50)
    monkeypatch.setattr(fitting_labels, "Contrast", lambda: Contrast(n_epochs=1))
    X, y, labels = digits()
    sampler = synthesizer(transition=transition, unlabeled=-1, max_epochs=2, early_stopping=False)
    new = sampler.fit_resample(X, labels)[0][len(X) :]
    assert np.mean(sampler.transduction_ == y) > 0.9
    assert new.dtype == np.uint8
    assert sampler.n_iter_ == 2
    lost = np.mean((sampler.decode(sampler.encode(X)) - X.astype(float)) ** 2)
    assert lost < 0.5 * X.var(axis=0).mean()


def test_embeddings_are_compared_as_they_are():
    rng = np.random.default_rng(0)
    y = np.arange(200) % 2
    X = 0.1 * rng.standard_normal((200, 130))  # as after PCA: most columns have little variance, and say nothing
    X[:, :3] += rng.standard_normal((200, 3)) + 5 * y[:, None]
    sampler = ExpansiveSynthesizer(unlabeled=-1, random_state=0).fit(X, np.where(np.arange(200) < 4, y, -1))
    assert np.mean(sampler.transduction_ == y) > 0.98


@pytest.mark.slow
def test_two_hundred_thousand_rows_without_a_label():
    rng = np.random.default_rng(0)
    y = rng.permutation(np.arange(200_050) % 2)
    X = rng.standard_normal((len(y), 6)) + 3 * y[:, None]
    sampler = ExpansiveSynthesizer(unlabeled=-1, random_state=0)
    X_big, y_big = sampler.fit_resample(X, np.where(np.arange(len(y)) < 50, y, -1))
    assert np.mean(sampler.transduction_ == y) > 0.99  # the best that can be done is 0.9999
    assert len(y_big) - len(y) == sum(sampler.sampling_strategy_.values()) < 5_000
    assert (X_big[: len(X)] == X).all()
