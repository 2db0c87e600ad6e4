"""Optimal transport against closed forms: Gaussians, shifted clouds, one dimension."""

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm

from skexpand.dynamics.transport import MarginalMap, gaussian_map, sliced_wasserstein
from tests.tables import symmetric


def covariance(rng, dim=5):
    return symmetric(rng, rng.uniform(0.2, 4, dim))


def test_gaussian_map_takes_one_covariance_to_the_other(rng):
    source, target = covariance(rng), covariance(rng)
    mapping = gaussian_map(source, target)
    np.testing.assert_allclose(mapping @ source @ mapping, target, atol=1e-6)
    np.testing.assert_allclose(mapping, mapping.T)
    assert np.linalg.eigvalsh(mapping).min() > 0


def test_gaussian_map_of_commuting_covariances(rng):
    axes = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    a, b = rng.uniform(0.2, 4, (2, 4))
    mapping = gaussian_map((axes * a) @ axes.T, (axes * b) @ axes.T)
    np.testing.assert_allclose(mapping, (axes * np.sqrt(b / a)) @ axes.T, atol=1e-6)


def test_gaussian_map_leaves_equal_covariances_alone(rng):
    source = covariance(rng)
    np.testing.assert_allclose(gaussian_map(source, source), np.eye(5), atol=1e-7)


def test_gaussian_map_is_the_cheapest(rng):
    """E|x - Tx|^2 is the Bures distance tr A + tr B - 2 tr (A^(1/2) B A^(1/2))^(1/2)."""
    source, target = covariance(rng), covariance(rng)
    move = np.eye(5) - gaussian_map(source, target)
    root = np.real(sqrtm(source))
    bures = np.trace(source) + np.trace(target) - 2 * np.trace(np.real(sqrtm(root @ target @ root)))
    assert np.trace(move @ source @ move) == pytest.approx(bures, abs=1e-6)


def test_gaussian_map_between_points_is_the_identity():
    np.testing.assert_array_equal(gaussian_map(np.zeros((3, 3)), np.zeros((3, 3))), np.eye(3))
    np.testing.assert_array_equal(gaussian_map(np.zeros((3, 3)), np.eye(3)), np.eye(3))


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
@pytest.mark.parametrize("rank", [1, 3, 10])
def test_gaussian_map_of_singular_covariances(rng, rank, scale):
    """Few rows in many columns: the map is right on their span and finite elsewhere."""
    span = rng.standard_normal((rank, 40)) * np.sqrt(scale)
    a, b = rng.standard_normal((2, 3 * rank, rank)) @ span
    source, target = a.T @ a / len(a), b.T @ b / len(b)
    mapping = gaussian_map(source, target)
    assert np.isfinite(mapping).all()
    np.testing.assert_allclose(mapping @ source @ mapping, target, atol=1e-5 * np.trace(target))
    outside = rng.standard_normal(40)
    outside -= np.linalg.pinv(span) @ (span @ outside)
    np.testing.assert_allclose(mapping @ outside, outside, atol=1e-3 * np.linalg.norm(outside))


def test_gaussian_map_does_not_blow_up_what_has_no_variance(rng):
    source, target = np.diag([1.0, 2.0, 0.0]), np.diag([2.0, 1.0, 1.0])
    mapping = gaussian_map(source, target)
    np.testing.assert_allclose(mapping, np.diag([np.sqrt(2), np.sqrt(0.5), 1]), atol=1e-3)


def unit_directions(rng, dim, n=8):
    directions = rng.standard_normal((dim, n))
    return torch.as_tensor(directions / np.linalg.norm(directions, axis=0))


def test_sliced_wasserstein_of_shifted_clouds(rng):
    """Moving every point by t moves each projection by t . theta, so the square is the mean of (t . theta)^2."""
    cloud, shift = rng.standard_normal((30, 4)), rng.standard_normal(4)
    directions = unit_directions(rng, 4)
    moved = torch.as_tensor(rng.permutation(cloud + shift))
    distance = sliced_wasserstein(torch.as_tensor(cloud), moved, directions)
    assert float(distance) == pytest.approx(float(((torch.as_tensor(shift) @ directions) ** 2).mean()))


def test_sliced_wasserstein_of_scaled_clouds(rng):
    """Stretching a centred cloud by s moves each sorted projection p to s p: the square is (s - 1)^2 mean p^2."""
    cloud = torch.as_tensor(rng.standard_normal((40, 3)))
    directions = unit_directions(rng, 3)
    expected = 0.25 * float(((cloud @ directions) ** 2).mean())
    assert float(sliced_wasserstein(cloud, 1.5 * cloud, directions)) == pytest.approx(expected)


def test_sliced_wasserstein_between_clouds_of_different_size(rng):
    cloud = torch.as_tensor(rng.standard_normal((10, 3)))
    directions = unit_directions(rng, 3)
    other = cloud + 1.0
    expected = float(sliced_wasserstein(cloud, other, directions))
    assert float(sliced_wasserstein(cloud, other.repeat(3, 1), directions)) == pytest.approx(expected)


def test_sliced_wasserstein_has_the_right_gradient(rng):
    cloud = torch.as_tensor(rng.standard_normal((12, 3))).requires_grad_()
    other, directions = torch.as_tensor(rng.standard_normal((12, 3)) + 0.5), unit_directions(rng, 3)
    assert torch.autograd.gradcheck(lambda x: sliced_wasserstein(x, other, directions), (cloud,))


def test_sliced_wasserstein_of_equal_clouds_has_a_finite_gradient(rng):
    cloud = torch.as_tensor(rng.standard_normal((12, 3)))
    moving = cloud.clone().requires_grad_()
    distance = sliced_wasserstein(moving, cloud, unit_directions(rng, 3))
    distance.backward()
    assert float(distance.detach()) == pytest.approx(0, abs=1e-12)
    assert torch.isfinite(moving.grad).all()


@pytest.mark.parametrize("n_rows", [2, 5, 101])
def test_marginal_map_is_exact_on_its_own_quantiles(rng, n_rows):
    source, target = rng.standard_normal((n_rows, 3)), rng.exponential(size=(n_rows, 3))
    mapped = MarginalMap.fit(source, target)(source)
    np.testing.assert_allclose(np.sort(mapped, axis=0), np.sort(target, axis=0), atol=1e-12)
    for column in range(3):
        np.testing.assert_array_equal(np.argsort(mapped[:, column]), np.argsort(source[:, column]))


def test_marginal_map_of_many_rows_matches_the_quantiles(rng):
    source, target = rng.standard_normal((4000, 2)), rng.exponential(size=(300, 2)) * [1, 5]
    mapped = MarginalMap.fit(source, target)(source)
    levels = np.linspace(0.05, 0.95, 19)
    expected = np.quantile(target, levels, axis=0)
    np.testing.assert_allclose(np.quantile(mapped, levels, axis=0), expected, atol=0.02 * np.ptp(target, axis=0).max())


def test_marginal_map_stays_inside_the_range_of_the_target(rng):
    source, target = rng.standard_normal((50, 2)), rng.uniform(3, 4, (20, 2))
    mapped = MarginalMap.fit(source, target)(100 * rng.standard_normal((50, 2)))
    assert (mapped >= target.min(axis=0)).all()
    assert (mapped <= target.max(axis=0)).all()


def test_marginal_map_of_one_row_and_of_constant_columns(rng):
    source = rng.standard_normal((30, 2))
    np.testing.assert_allclose(MarginalMap.fit(source, np.array([[1.0, 2.0]]))(source), np.tile([1.0, 2.0], (30, 1)))
    constant = np.ones((30, 2))
    mapped = MarginalMap.fit(constant, source)(constant)
    assert np.isfinite(mapped).all()
    assert (mapped >= source.min(axis=0)).all()
    assert (mapped <= source.max(axis=0)).all()
