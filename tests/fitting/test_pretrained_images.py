"""Pretraining for images: the convolutional core is where a fit starts, and its codec is taken over whole."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from skexpand import ExpansiveSynthesizer
from skexpand.fitting.spread import STRENGTHS
from tests.tables import same_bits

pytestmark = pytest.mark.filterwarnings(
    "ignore::sklearn.exceptions.ConvergenceWarning", "ignore::skexpand.ExpansionWarning"
)


def pretrained(X, **parameters):
    settings = {"image_shape": (8, 8), "transition": "both", "spread": 1.0, "max_epochs": 2, "random_state": 0}
    return ExpansiveSynthesizer(**settings | parameters).pretrain(X)


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return X.astype(np.uint8), y


def lost(synthesizer, X):
    return np.mean((synthesizer.decode(synthesizer.encode(X)).astype(float) - X) ** 2) / X.var(axis=0).mean()


@pytest.mark.parametrize("transition", ["both", "latent"])
def test_many_images_tell_more_than_few(digits, transition):
    X, y = digits
    helped = pretrained(X[200:], transition=transition, max_epochs=8).fit(X[:60], y[:60])
    alone = ExpansiveSynthesizer(image_shape=(8, 8), transition=transition, max_epochs=8, random_state=0)
    assert lost(helped, X[100:200]) < 0.8 * lost(alone.fit(X[:60], y[:60]), X[100:200])


@pytest.mark.parametrize("transition", ["both", "latent"])
def test_a_fit_starts_at_the_core(digits, transition):
    X, y = digits
    synthesizer = pretrained(X[100:400], transition=transition, early_stopping=False)
    core = vars(synthesizer)["_core"]
    synthesizer.set_params(max_epochs=0).fit(X[:30], y[:30])
    assert same_bits(synthesizer.encode(X[:50]), core.network.encode(core.codec.encode(X[:50])).astype(float))


def test_auto_asks_held_out_images_whether_the_core_pays(digits):
    X, y = digits
    synthesizer = pretrained(X[100:400], transition="auto", expansion_ratio=3)
    X_big, _ = synthesizer.fit_resample(X[:60], y[:60])
    assert synthesizer.appearance_ in (0.0, *STRENGTHS)
    assert synthesizer.transition_ == ("both" if synthesizer.appearance_ else "deformation")
    assert synthesizer.encode(X[:5]).shape == (5, 16)
    if not synthesizer.appearance_:  # no network had a say; only the background and the range are the core's
        assert synthesizer.law_ == {"deformation": 1.0}
    again = pretrained(X[100:400], transition="auto", expansion_ratio=3).fit_resample(X[:60], y[:60])[0]
    assert same_bits(X_big, again)


def test_auto_takes_the_parameters_of_the_network_it_may_use(digits):
    X, y = digits
    settings = {"transition": "auto", "latent_dim": 9}
    synthesizer = pretrained(X[100:400], **settings).fit(X[:60], y[:60])
    assert synthesizer.encode(X[:5]).shape == (5, 9)
    with pytest.raises(ValueError, match="latent_dim=9 is for tables, or for images with"):
        ExpansiveSynthesizer(image_shape=(8, 8), **settings).fit(X[:60], y[:60])


def test_a_deformation_has_nothing_to_pretrain(digits):
    with pytest.raises(ValueError, match="transition='deformation' uses no autoencoder"):
        pretrained(digits[0], transition="deformation")


def test_gaps_are_refused_after_pretrain(digits):
    X, y = digits[0].astype(float), digits[1]
    synthesizer, gaps = pretrained(X[100:200], max_epochs=0), np.where(X == 3, np.nan, X)
    with pytest.raises(ValueError, match="Images have no gaps"):
        synthesizer.pretrain(gaps[:90])
    with pytest.raises(ValueError, match="Images have no gaps"):
        synthesizer.fit(gaps[:30], y[:30])


def test_images_of_another_kind_are_refused(digits):
    X, y = digits
    synthesizer = pretrained(X[100:200], max_epochs=0)
    with pytest.raises(ValueError, match=r"pixels from 0 to 240, but those of pretrain went from 0 to 16"):
        synthesizer.fit(X[:30] * 15, y[:30])
    with pytest.raises(ValueError, match=r"pixels from 0 to 1, but those of pretrain went from 0 to 16"):
        synthesizer.fit(X[:30] // 16, y[:30])
    with pytest.raises(ValueError, match="image_shape was"):
        synthesizer.set_params(image_shape=(4, 16)).fit(X[:30], y[:30])


def test_the_shape_may_be_a_list_or_a_tuple(digits):
    X, y = digits
    synthesizer = pretrained(X[:40]).set_params(image_shape=[8, 8]).fit(X[:20], y[:20])
    with pytest.raises(ValueError, match="image_shape was"):
        synthesizer.set_params(image_shape=(1, 8, 8)).fit(X[:20], y[:20])
