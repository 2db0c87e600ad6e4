"""Generators, even draws and even splits."""

import numpy as np
import pytest

from skexpand.base.random import draw_evenly, draw_seed, make_generator, split_evenly


def test_an_integer_always_gives_the_same_stream(seed):
    np.testing.assert_array_equal(make_generator(seed).random(9), make_generator(seed).random(9))


def test_a_random_state_is_advanced(seed):
    one, other = np.random.RandomState(seed), np.random.RandomState(seed)
    first, second = make_generator(one).random(9), make_generator(one).random(9)
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(first, make_generator(other).random(9))


def test_none_draws_fresh_entropy_even_under_a_global_seed():
    state = np.random.get_state()  # noqa: NPY002  - the global state is tested
    try:
        draws = []
        for _ in range(2):
            np.random.seed(0)  # noqa: NPY002  - the global state is tested
            draws.append(make_generator(None).random(9))
    finally:
        np.random.set_state(state)  # noqa: NPY002  - the global state is tested
    assert not np.array_equal(*draws)


def test_seeds_fit_every_library(rng):
    seeds = [draw_seed(rng) for _ in range(100)]
    assert all(isinstance(s, int) and 0 <= s < 2**31 for s in seeds)
    assert len(set(seeds)) == 100


@pytest.mark.parametrize(("n_draws", "n_items"), [(0, 3), (2, 5), (10, 5), (13, 5), (1000, 7)])
def test_draw_evenly(rng, n_draws, n_items):
    draws = draw_evenly(n_draws, n_items, rng)
    counts = np.bincount(draws, minlength=n_items)
    assert len(draws) == n_draws
    assert len(counts) == n_items
    assert counts.max() - counts.min() <= 1


def test_draw_evenly_favours_no_item(rng):
    # with 1 draw in 4, each item comes with probability 1/4; binomial standard error
    counts = sum(np.bincount(draw_evenly(1, 4, rng), minlength=4) for _ in range(4000))
    assert (np.abs(counts - 1000) < 5 * np.sqrt(4000 * 1 / 4 * 3 / 4)).all()


@pytest.mark.parametrize("total", [0, 1, 7, 1000])
def test_split_evenly_is_exact_but_for_rounding(rng, total):
    weights = rng.dirichlet(np.ones(5))
    parts = split_evenly(total, weights, rng)
    assert parts.sum() == total
    assert (np.abs(parts - weights * total) < 1 + 1e-6).all()


def test_split_evenly_gives_nothing_to_no_weight(rng):
    for _ in range(50):
        assert split_evenly(7, np.array([0.0, 0.3, 0.0, 0.7]), rng)[[0, 2]].tolist() == [0, 0]


def test_split_evenly_leaves_remainders_to_chance(rng):
    # one row and weights 0.3, 0.7: the second gets it in 70 % of the cases
    second = sum(split_evenly(1, np.array([0.3, 0.7]), rng)[1] for _ in range(2000))
    assert abs(second - 1400) < 5 * np.sqrt(2000 * 0.3 * 0.7)
