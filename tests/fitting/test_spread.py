"""spread="auto" for images: the candidate that held-out images prefer."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from skexpand import ExpansiveSynthesizer
from skexpand.fitting import spread as choice
from skexpand.fitting.spread import DEFAULT, SMALLER, choose_spread


def fitted(rng, counts=(6, 6, 6), **parameters):
    X, y = load_digits(return_X_y=True)
    rows = [rng.choice(np.flatnonzero(y == c), count, replace=False) for c, count in enumerate(counts)]
    rows = np.concatenate(rows)
    synthesizer = ExpansiveSynthesizer(image_shape=(8, 8), random_state=0, **parameters)
    return synthesizer.fit(X[rows], y[rows])


def test_auto_takes_a_candidate(rng):
    assert fitted(rng).spread_ in (*SMALLER, DEFAULT)
    assert fitted(rng, spread=0.3).spread_ == 0.3


def test_tables_keep_the_variance(rng):
    X, y = rng.standard_normal((30, 3)), np.arange(30) % 2
    assert ExpansiveSynthesizer(law="local", random_state=0).fit(X, y).spread_ == 1.0


def test_what_held_out_images_prefer_wins(rng, monkeypatch):
    expansion = fitted(rng, spread=1.0)._expansion
    for best, spread in enumerate((*SMALLER, DEFAULT)):
        errors = rng.random((50, 3))
        errors[:, best] -= 0.5
        monkeypatch.setattr(choice, "held_out_errors", lambda *_, errors=errors: errors)
        assert choose_spread(expansion, rng) == spread


def test_what_may_be_chance_does_not(rng, monkeypatch):
    expansion = fitted(rng, spread=1.0)._expansion
    errors = np.repeat(rng.random((50, 1)), 3, axis=1)
    errors[:2, 0] -= [0.5, -0.3]  # one image says so, another does not
    monkeypatch.setattr(choice, "held_out_errors", lambda *_: errors)
    assert choose_spread(expansion, rng) == DEFAULT


def test_without_pairs_there_is_nothing_to_learn(rng):
    with pytest.warns(UserWarning, match="repeat the table"):
        assert fitted(rng, (1, 1, 1)).spread_ == DEFAULT
