"""EDMD against dynamics whose operator is known."""

import numpy as np
import pytest
from scipy.linalg import sqrtm

from skexpand.dynamics.koopman import MAX_EIGENVALUE, constant_operator, edmd
from skexpand.dynamics.latents import pooled_covariance
from tests.tables import symmetric


def reversible_dynamics(rng, eigenvalues, n_steps=100):
    """Return before, after, stationary covariance and operator of a linear reversible walk.

    K = S^(1/2) A S^(-1/2) with symmetric A is self-adjoint under S^-1, and the noise covariance S - K S K' keeps S.
    The rows are orthonormalized, so that their moments are these ones exactly and EDMD has no sampling error.
    """
    dim = len(eigenvalues)
    covariance = symmetric(rng, rng.uniform(0.5, 3, dim))
    root = np.real(sqrtm(covariance))
    operator = root @ symmetric(rng, np.asarray(eigenvalues)) @ np.linalg.inv(root)
    innovation = covariance - operator @ covariance @ operator.T
    white = np.linalg.qr(rng.standard_normal((n_steps, 2 * dim)))[0] * np.sqrt(n_steps)
    before = white[:, :dim] @ root
    after = before @ operator.T + white[:, dim:] @ np.real(sqrtm(innovation))
    return before, after, covariance, operator


def test_recovers_a_known_operator(rng):
    eigenvalues = np.sort(rng.uniform(0.05, 0.95, 5))
    before, after, covariance, operator = reversible_dynamics(rng, eigenvalues)
    koopman = edmd(before, after, covariance)
    np.testing.assert_allclose(koopman.operator, operator, atol=1e-10)
    np.testing.assert_allclose(koopman.eigenvalues, eigenvalues, atol=1e-10)


def test_is_the_cross_covariance_times_the_inverse_covariance(rng):
    before, after, covariance, _ = reversible_dynamics(rng, [0.2, 0.4, 0.6])
    cross = after.T @ before / len(before)
    expected = (cross + cross.T) / 2 @ np.linalg.inv(covariance)
    np.testing.assert_allclose(edmd(before, after, covariance).operator, expected, atol=1e-10)


def test_both_directions_of_an_edge_count_the_same(rng):
    before, after = rng.standard_normal((2, 50, 4))
    covariance = np.cov(before.T)
    forth, back = edmd(before, after, covariance), edmd(after, before, covariance)
    np.testing.assert_allclose(forth.operator, back.operator, atol=1e-10)


def test_modes_are_eigenvectors_and_whiten_the_covariance(rng):
    before, after, covariance, operator = reversible_dynamics(rng, [0.1, 0.3, 0.5, 0.9])
    koopman = edmd(before, after, covariance)
    np.testing.assert_allclose(koopman.modes @ koopman.readout, np.eye(4), atol=1e-10)
    np.testing.assert_allclose(operator @ koopman.modes, koopman.modes * koopman.eigenvalues, atol=1e-9)
    np.testing.assert_allclose(koopman.readout @ covariance @ koopman.readout.T, np.eye(4), atol=1e-10)


def test_advance_is_the_operator_from_the_left(rng):
    before, after, covariance, _ = reversible_dynamics(rng, [0.1, 0.5, 0.8])
    koopman = edmd(before, after, covariance)
    rows = rng.standard_normal((7, 3))
    np.testing.assert_allclose(koopman.advance(rows), np.array([koopman.operator @ row for row in rows]), atol=1e-12)


def test_eigenvalues_stay_below_one(rng):
    rows = rng.standard_normal((40, 3))
    second_moment = rows.T @ rows / 40
    np.testing.assert_allclose(edmd(rows, rows, second_moment).eigenvalues, MAX_EIGENVALUE)
    np.testing.assert_allclose(edmd(rows, -rows, second_moment).eigenvalues, 0)
    free = edmd(rows, rng.standard_normal((40, 3)), second_moment).eigenvalues
    assert ((free >= 0) & (free <= MAX_EIGENVALUE)).all()
    assert (np.diff(free) >= 0).all()


def test_without_edges_everything_is_forgotten():
    koopman = edmd(np.empty((0, 3)), np.empty((0, 3)), np.eye(3))
    np.testing.assert_array_equal(koopman.operator, np.zeros((3, 3)))


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_constant_operator(rng, value):
    koopman = constant_operator(value, 3)
    rows = rng.standard_normal((5, 3))
    np.testing.assert_array_equal(koopman.advance(rows), value * rows)
    np.testing.assert_array_equal(koopman.operator, value * np.eye(3))


@pytest.mark.parametrize("dim", [2, 5, 8])
def test_two_rows_on_a_line_are_enough(rng, dim):
    for scale in 10.0 ** np.arange(-6, 7):
        row = scale * rng.standard_normal(dim)
        pair = np.array([row, -row])  # their covariance has rank 1 and is not shrunk
        koopman = edmd(pair, pair[::-1], pooled_covariance(pair).covariance)
        assert np.isfinite(koopman.operator).all()
