"""Held-out images: the same draws for all candidates, and a learner that bears a move and not a wrong one."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from skexpand.fitting.held_out import held_out_errors, rises, squared_errors
from skexpand.fitting.spread import with_spread
from tests.fitting.test_spread import fitted


def spreads(*values):
    return [with_spread(value) for value in values]


def test_candidates_get_the_same_draws(rng, seed):
    expansion = fitted(rng, spread=1.0)._expansion
    errors = held_out_errors(expansion, spreads(0.7, 0.7, 1.0), np.random.default_rng(seed))
    assert errors.shape == (18, 3)
    assert (errors >= 0).all()
    np.testing.assert_array_equal(errors[:, 0], errors[:, 1])
    assert not np.array_equal(errors[:, 0], errors[:, 2])


def test_single_images_are_never_held_out(rng):
    expansion = fitted(rng, (5, 1, 4), spread=1.0)._expansion
    assert len(held_out_errors(expansion, spreads(1.0), rng)) in (8, 9)


def test_a_spread_that_tears_images_apart_loses(rng):
    expansion = fitted(rng, (10, 10, 10), spread=1.0)._expansion
    small, huge = held_out_errors(expansion, spreads(0.5, 8.0), rng).mean(axis=0)
    assert small < huge


@pytest.mark.parametrize("shape", [(1, 4, 4), (1, 8, 8), (3, 16, 12), (1, 28, 28)])
def test_rises_have_length_one(rng, shape):
    rows = rises(rng.random((5, *shape), dtype=np.float32))
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-5)


def test_flat_images_have_no_rises():
    assert not rises(np.full((2, 1, 8, 8), 0.3, np.float32)).any()


def test_rises_tell_directions(rng):
    ramp = np.broadcast_to(np.arange(28, dtype=np.float32), (28, 28))  # brighter to the right
    images = np.stack([ramp, ramp.T, -ramp, -ramp.T])[:, None]
    right, down, left, up = rises(images).reshape(4, 4, -1)
    for place, row in enumerate((right, down, left, up)):
        assert np.flatnonzero(row.any(axis=1)).tolist() == [place]


def test_rises_bear_light_and_small_moves(rng):
    image = np.zeros((1, 1, 28, 28), np.float32)
    image[..., 8:20, 8:20] = rng.random((12, 12))
    row = rises(image)
    np.testing.assert_allclose(rises(3 * image), row, atol=1e-5)
    moved = np.roll(image, 1, axis=3)
    far = rng.permuted(image.reshape(1, -1), axis=1).reshape(image.shape)
    assert np.linalg.norm(rises(moved) - row) < np.linalg.norm(rises(far) - row) / 1.5


def test_the_learner_knows_what_it_has_seen(rng):
    X, y = load_digits(return_X_y=True)
    rows = rises((X / 16).reshape(-1, 1, 8, 8).astype(np.float32))
    some = rng.permutation(len(y))[:400]
    seen, others = some[:300], some[300:]
    known = squared_errors(rows[seen], y[seen], rows[seen], y[seen]).mean()
    new = squared_errors(rows[seen], y[seen], rows[others], y[others]).mean()
    wrong = squared_errors(rows[seen], rng.permutation(y[seen]), rows[others], y[others]).mean()
    assert known < new < 0.4 < 0.8 < wrong
