"""Registration: known flows are found, what they explain is reported, and nothing is found where nothing moved."""

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from skexpand.dynamics import registration
from skexpand.dynamics.deformation import FlowSpace
from skexpand.dynamics.graph import Edges
from skexpand.dynamics.registration import Flows, blurred, find_flows, reversals
from tests.dynamics.areas import least_areas


def strokes(rng, n, shape=(1, 24, 24)):
    """Return smooth blots away from the border, on a background of 0."""
    channels, height, width = shape
    points = np.zeros((n, *shape))
    inner = rng.random((n, channels, height - 12, width - 12)) < 0.08
    points[:, :, 6:-6, 6:-6] = inner
    images = gaussian_filter(points, (0, 0, 1.2, 1.2), mode="constant")
    return (images / images.max(axis=(1, 2, 3), keepdims=True)).astype(np.float32)


def edges(n):
    """Return edges from each of the first n images to one of the next n."""
    return Edges(np.arange(n), np.arange(n) + n)


def registered(images, padding="zeros"):
    space = FlowSpace.of(images.shape[1:], padding)
    return find_flows(images, edges(len(images) // 2), space), space


def test_equal_images_need_no_flow(rng):
    images = strokes(rng, 4)
    flows, _ = registered(np.concatenate([images, images]))
    assert np.abs(flows.generators).max() < 0.02
    assert flows.explained == 1.0


@pytest.mark.parametrize(("dx", "dy"), [(2, 0), (0, -2), (-1, 2)])
def test_a_shift_is_recovered(rng, dx, dy):
    images = strokes(rng, 6)
    flows, space = registered(np.concatenate([images, np.roll(images, (dy, dx), axis=(2, 3))]))
    displacement = space.displacement(torch.as_tensor(flows.generators)).numpy() * 23 / 2  # in pixels
    on_strokes = images[:, 0] > 0.2
    # a pixel's value comes from where the shift took it away
    shift = np.array([np.roll(displacement[k], (-dy, -dx), axis=(0, 1))[on_strokes[k]].mean(axis=0) for k in range(6)])
    np.testing.assert_allclose(shift, np.tile([-dx, -dy], (6, 1)), atol=0.35)
    assert flows.explained > 0.9


def test_a_random_flow_is_undone(rng):
    images = strokes(rng, 6)
    space = FlowSpace.of(images.shape[1:], "zeros")
    true = np.zeros((6, space.dim), np.float32)
    true[:, : space.n_flow] = 0.06 * rng.standard_normal((6, space.n_flow))
    moved = space.apply(torch.as_tensor(images), space.unfolded(torch.as_tensor(true))).numpy()
    flows, _ = registered(np.concatenate([images, moved]))
    assert flows.explained > 0.85


def test_a_gain_is_recovered(rng):
    images = strokes(rng, 5)
    flows, space = registered(np.concatenate([images, 0.7 * images]))
    gain = np.exp(flows.generators[:, space.n_flow])
    assert (gain < 0.9).all()
    assert (gain > 0.65).all()


def test_light_is_found_where_there_is_no_background(rng):
    images = gaussian_filter(rng.standard_normal((5, 3, 16, 16)), (0, 0, 1.5, 1.5)).astype(np.float32)
    images /= np.ptp(images)
    flows, space = registered(np.concatenate([images, images + np.float32(0.2)]), "border")
    assert space.dim == 56 + 6
    assert (flows.generators[:, -3:].mean(axis=0) > 0.1).all()
    assert flows.explained > 0.5


def test_unlike_images_are_not_explained(rng):
    noise = rng.standard_normal((8, 1, 16, 16)).astype(np.float32)
    flows, _ = registered(noise)
    assert 0 <= flows.explained < 0.9


def test_flows_there_and_back_undo_each_other_where_something_moved(rng):
    images = strokes(rng, 6)
    space = FlowSpace.of(images.shape[1:], "zeros")
    both_ways = Edges(np.arange(12), (np.arange(12) + 6) % 12)
    moved = find_flows(np.concatenate([images, np.roll(images, 2, axis=3)]), both_ways, space)
    noise = find_flows(rng.random((12, 1, 24, 24), np.float32), both_ways, space)
    assert moved.consistency > 0.99
    assert noise.consistency < 0.9  # 0.3 to 0.8 in 30 draws


def test_what_is_undone_by_its_formula(rng):
    space = FlowSpace.of((1, 10, 10), "zeros")
    there = 0.1 * rng.standard_normal((4, space.dim)).astype(np.float32)
    both_ways = Edges(np.arange(8), (np.arange(8) + 4) % 8)
    for factor in (-1.0, -0.5, 0.5):  # -2 factor / (1 + factor^2), and never below 0
        consistency, reliability = reversals(both_ways, np.concatenate([there, np.float32(factor) * there]), space)
        expected = max(0.0, -2 * factor / (1 + factor**2))
        assert consistency == pytest.approx(expected, abs=1e-5)
        np.testing.assert_allclose(reliability, expected, atol=1e-5)
    consistency, reliability = reversals(edges(4), there, space)  # one way only
    assert consistency == 1.0
    assert (reliability == 1).all()


def test_reliability_is_the_share_of_the_variance_that_is_not_error(rng):
    n, space = 4000, FlowSpace.of((1, 8, 8), "zeros")
    share = rng.uniform(0.1, 0.9, space.dim)
    true = np.sqrt(share) * rng.standard_normal((n, space.dim))
    found = np.concatenate([true, -true]) + np.sqrt(1 - share) * rng.standard_normal((2 * n, space.dim))
    both_ways = Edges(np.arange(2 * n), (np.arange(2 * n) + n) % (2 * n))
    consistency, reliability = reversals(both_ways, found.astype(np.float32), space)
    np.testing.assert_allclose(reliability, share, atol=0.06)
    flows = Flows(both_ways, found.astype(np.float32), 1.0, consistency, reliability)
    np.testing.assert_allclose(flows.moves.var(axis=0), true.var(axis=0), atol=0.06)


def test_flows_do_not_depend_on_what_else_is_sought(rng, monkeypatch):
    images = strokes(rng, 8)
    together, space = registered(images)
    monkeypatch.setattr(registration, "BATCH", 3)
    apart = find_flows(images, edges(4), space)
    np.testing.assert_allclose(apart.generators, together.generators, atol=2e-3)
    assert apart.explained == pytest.approx(together.explained, abs=1e-3)


def test_no_edges_give_no_flows(rng):
    flows = find_flows(strokes(rng, 2), Edges(np.empty(0, int), np.empty(0, int)), FlowSpace.of((1, 24, 24), "zeros"))
    assert flows.generators.shape == (0, 57)
    assert flows.explained == 1.0


def test_registered_flows_bend_smoothly(rng):
    flows, space = registered(strokes(rng, 10))
    generators = space.unfolded(torch.as_tensor(flows.generators))
    assert least_areas(space.displacement(generators)).min() > 0


def test_blurring_keeps_the_sum_and_the_shape(rng):
    images = strokes(rng, 2)
    soft = blurred(images, 1 / 28, "zeros")
    np.testing.assert_allclose(soft.sum(axis=(2, 3)), images.sum(axis=(2, 3)), rtol=1e-3)
    assert soft.std() < images.std()
