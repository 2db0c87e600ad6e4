"""The space of deformations: identity, shifts, gains, linearity, and flows that never fold."""

import numpy as np
import pytest
import torch

from skexpand.dynamics.deformation import MIN_AREA, FlowSpace, folding_limit
from tests.dynamics.areas import least_areas

SHAPES = [(1, 8, 8), (3, 16, 16), (1, 28, 28), (3, 9, 14)]


def random_images(rng, shape, n=3):
    return torch.as_tensor(rng.random((n, *shape)), dtype=torch.float32)


def random_generators(rng, space, n=20, size=0.2):
    return torch.as_tensor(size * rng.standard_normal((n, space.dim)), dtype=torch.float32)


def only(space, **values):
    """Return one generator: named affine terms, log gain, offset."""
    places = {"xx": 0, "xy": 1, "x": 2, "yx": 3, "yy": 4, "y": 5, "gain": space.n_flow, "offset": space.dim - 1}
    generator = torch.zeros(1, space.dim)
    for name, value in values.items():
        generator[0, places[name]] = value
    return generator


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("padding", ["zeros", "border"])
def test_zero_leaves_an_image_as_it_is(rng, shape, padding):
    space = FlowSpace.of(shape, padding)
    images = random_images(rng, shape)
    same = space.apply(images, torch.zeros(len(images), space.dim))
    torch.testing.assert_close(same, images, atol=1e-5, rtol=0)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shift_by_whole_pixels_moves_pixels(rng, shape):
    space = FlowSpace.of(shape, "zeros")
    images = random_images(rng, shape, 1)
    _, height, width = shape
    moved = space.apply(images, only(space, x=2 * 2 / (width - 1), y=-2 / (height - 1)))
    expected = torch.zeros_like(images)
    expected[..., 1:, :-2] = images[..., :-1, 2:]  # two to the left, one down; the background comes in
    torch.testing.assert_close(moved, expected, atol=1e-4, rtol=0)


@pytest.mark.parametrize(("interpolation", "height"), [("bilinear", 0.7071), ("bicubic", 0.9723)])
def test_what_interpolation_leaves_of_a_wave_of_four_pixels(interpolation, height):
    # halfway between pixels: cos(w / 2), and 2 (0.59375 cos(w / 2) - 0.09375 cos(3 w / 2)), at w = pi / 2
    space = FlowSpace.of((1, 8, 33), "border")
    wave = torch.sin(torch.arange(33) * torch.pi / 2).expand(1, 1, 8, 33).contiguous()
    moved = space.apply(wave, only(space, x=1 / 32), interpolation)  # half a pixel
    expected = height * torch.sin((torch.arange(33) + 0.5) * torch.pi / 2).expand(1, 1, 8, 33)
    torch.testing.assert_close(moved[..., 2:-3], expected[..., 2:-3], atol=1e-3, rtol=0)


@pytest.mark.parametrize("shape", SHAPES)
def test_bicubic_interpolation_goes_through_all_pixels(rng, shape):
    space = FlowSpace.of(shape, "border")
    images = random_images(rng, shape, 1)
    moved = space.apply(images, only(space, x=2 * 2 / (shape[2] - 1)), "bicubic")
    torch.testing.assert_close(moved[..., :-2], images[..., 2:], atol=1e-4, rtol=0)


def test_half_a_turn(rng):
    space = FlowSpace.of((1, 12, 12), "border")
    images = random_images(rng, space.shape, 1)
    torch.testing.assert_close(space.apply(images, only(space, xx=-2.0, yy=-2.0)), images.flip(2, 3), atol=1e-5, rtol=0)


def test_gain_and_offset(rng):
    space = FlowSpace.of((1, 10, 10), "border")
    images = random_images(rng, space.shape, 1)
    brighter = space.apply(images, only(space, gain=np.log(1.5), offset=-0.2))
    torch.testing.assert_close(brighter, 1.5 * images - 0.2, atol=1e-5, rtol=0)


def test_a_background_stays_what_it_is(rng):
    space = FlowSpace.of((3, 10, 10), "zeros")
    made = space.apply(torch.zeros(20, 3, 10, 10), random_generators(rng, space, size=1.0))
    assert not made.any()


def test_displacements_are_linear_in_generators(rng):
    space = FlowSpace.of((1, 11, 17), "zeros")
    a, b = random_generators(rng, space), random_generators(rng, space)
    together = space.displacement(2 * a - b)
    torch.testing.assert_close(together, 2 * space.displacement(a) - space.displacement(b), atol=1e-4, rtol=0)


def test_control_points_share_the_plane():
    space = FlowSpace.of((1, 13, 13), "zeros")
    everywhere = torch.zeros(1, space.dim)
    everywhere[:, 6:31] = 1.0  # all control points one unit along x
    shift = space.displacement(everywhere)
    torch.testing.assert_close(shift[..., 0], torch.ones(1, 13, 13), atol=1e-5, rtol=0)
    assert not shift[..., 1].any()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("size", [0.05, 0.3, 3.0])
def test_no_flow_folds(rng, shape, size):
    space = FlowSpace.of(shape, "zeros")
    generators = random_generators(rng, space, size=size)
    unfolded = space.unfolded(generators)
    assert least_areas(space.displacement(unfolded)).min() >= MIN_AREA - 1e-3
    harmless = least_areas(space.displacement(generators)) >= MIN_AREA
    limits = folding_limit(space.displacement(generators))
    assert (limits[~harmless] < 1).all()
    torch.testing.assert_close(unfolded[:, space.n_flow :], generators[:, space.n_flow :])  # light cannot fold


@pytest.mark.parametrize("size", [0.5, 3.0])
def test_the_limit_is_the_first_at_which_an_area_gets_small(rng, size):
    space = FlowSpace.of((1, 9, 9), "zeros")
    displacement = space.displacement(random_generators(rng, space, size=size))
    limits = folding_limit(displacement)
    steps = torch.linspace(0, 1, 200)
    least = torch.stack([least_areas(t * limits[:, None, None, None] * displacement) for t in steps])
    assert (least >= MIN_AREA - 1e-3).all()
    bound = limits < 1
    assert bound.any()
    torch.testing.assert_close(least[-1][bound], torch.full((int(bound.sum()),), MIN_AREA), atol=2e-3, rtol=0)


def test_a_mirror_is_refused():
    space = FlowSpace.of((1, 8, 8), "zeros")
    mirror = only(space, xx=-2.0)  # x to -x: the plane shrinks to a line at half the way
    limit = folding_limit(space.displacement(mirror))
    torch.testing.assert_close(limit, torch.tensor([(1 - MIN_AREA) / 2]), atol=1e-5, rtol=0)


def test_an_affine_map_goes_until_its_determinant_is_the_least_area():
    space = FlowSpace.of((1, 8, 12), "zeros")
    shrink = space.displacement(only(space, xx=-0.6, yy=-0.6))  # both sides by 1 - 0.6 t
    torch.testing.assert_close(folding_limit(shrink), torch.tensor([1.0]), atol=1e-5, rtol=0)
    limit = folding_limit(2 * shrink)
    torch.testing.assert_close((1 - 1.2 * limit) ** 2, torch.tensor([MIN_AREA]), atol=1e-4, rtol=0)
    torch.testing.assert_close(least_areas(shrink), torch.tensor([0.16]), atol=1e-4, rtol=0)
