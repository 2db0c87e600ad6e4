"""Class shares are met, and met by factors alone."""

import numpy as np
import pytest

from skexpand.base.types import UNLABELED
from skexpand.dynamics.shares import class_offsets, log_of, scaled, shares_of, shares_toward, wanted_shares


@pytest.mark.parametrize("n_classes", [2, 5, 30])
def test_shares_are_met(rng, n_classes):
    scores = 3 * rng.standard_normal((4_000, n_classes)) + rng.standard_normal(n_classes)
    shares = rng.dirichlet(np.full(n_classes, 5.0))
    labels = (scores + class_offsets(scores, shares)).argmax(axis=1)
    found = np.bincount(labels, minlength=n_classes) / len(scores)
    np.testing.assert_allclose(found, shares, atol=0.003)


def test_two_classes_are_cut_at_the_quantile(rng):
    margin = rng.standard_normal(1_001)
    offsets = class_offsets(np.column_stack([margin, np.zeros(1_001)]), np.array([0.3, 0.7]))
    cut = offsets[1] - offsets[0]  # class 0 is chosen above it
    assert np.quantile(margin, 0.695) < cut < np.quantile(margin, 0.705)


def test_shares_that_are_met_already_need_no_factors(rng):
    scores = rng.standard_normal((3_000, 3))
    shares = np.bincount(scores.argmax(axis=1), minlength=3) / 3_000
    np.testing.assert_allclose(class_offsets(scores, shares), 0, atol=0.01)


def test_scores_all_alike_have_no_factors_that_matter():
    assert np.isfinite(class_offsets(np.zeros((10, 3)), np.full(3, 1 / 3))).all()


def test_factors_do_not_depend_on_the_order_of_rows(rng):
    scores, shares = rng.standard_normal((500, 4)), np.array([0.1, 0.2, 0.3, 0.4])
    order = rng.permutation(500)
    np.testing.assert_allclose(class_offsets(scores[order], shares), class_offsets(scores, shares), atol=1e-9)


def test_half_of_the_way(rng):
    scores, shares = rng.standard_normal((500, 3)), np.array([0.6, 0.3, 0.1])
    np.testing.assert_allclose(2 * shares_toward(scores, shares, 0.5), shares_toward(scores, shares, 1.0))
    assert not shares_toward(scores, shares, 0.0).any()


def test_wanted_shares():
    codes = np.array([0, 0, 0, 1, UNLABELED, UNLABELED])
    shares, strength = wanted_shares(None, codes, 2)
    np.testing.assert_allclose(shares, [0.75, 0.25])
    assert strength == 0.5
    shares, strength = wanted_shares("balanced", codes, 2)
    np.testing.assert_allclose(shares, 0.5)
    assert strength == 1
    shares, strength = wanted_shares(np.array([1.0, 9.0]), codes, 2)
    np.testing.assert_allclose(shares, [0.1, 0.9])
    assert strength == 1
    np.testing.assert_allclose(shares_of(codes, 3), [0.75, 0.25, 0])


@pytest.mark.parametrize("shares", ["equal", np.ones(3), np.array([-0.5, 1.5]), np.array([np.nan, 1]), np.zeros(2)])
def test_shares_that_are_none_are_refused(shares):
    with pytest.raises(ValueError, match="class_shares"):
        wanted_shares(shares, np.array([0, 1]), 2)


def test_scaled_lines_sum_to_one(rng):
    distributions = rng.dirichlet(np.ones(3), 20)
    found = scaled(distributions, np.array([1.0, 2.0, 0.5]))
    np.testing.assert_allclose(found.sum(axis=1), 1)
    np.testing.assert_allclose(found[:, 1] / found[:, 0], 2 * distributions[:, 1] / distributions[:, 0])
    assert np.isfinite(log_of(np.zeros((2, 2)))).all()
