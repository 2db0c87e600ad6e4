"""Histograms of directions on images whose edges are known."""

import numpy as np
import pytest

from skexpand.dynamics.gradients import N_DIRECTIONS, gradient_rows
from skexpand.dynamics.neighbors import nearest_rows


def ramp(angle, side=16):
    y, x = np.mgrid[:side, :side] / side
    return (np.cos(angle) * x + np.sin(angle) * y).astype(np.float32)[None, None]


@pytest.mark.parametrize("direction", range(N_DIRECTIONS))
def test_a_slope_has_one_direction(direction):
    found = gradient_rows(ramp(2 * np.pi * direction / N_DIRECTIONS)).reshape(N_DIRECTIONS, 7, 7)
    inner = found[:, 1:-1, 1:-1].mean(axis=(1, 2))  # at the border, the slope ends
    assert inner.argmax() == direction
    np.testing.assert_allclose(np.delete(inner, direction), 0, atol=1e-3)


def test_rows_have_length_one_and_bear_light(rng):
    images = rng.random((3, 3, 20, 24), dtype=np.float32)
    rows = gradient_rows(images)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(gradient_rows(0.5 * images + 0.2), rows, atol=1e-4)


def test_an_empty_image_has_no_gradients():
    assert not gradient_rows(np.zeros((1, 1, 8, 8), np.float32)).any()


def test_colours_that_all_change_alike_are_grey(rng):
    grey = rng.random((2, 1, 12, 12), dtype=np.float32)
    np.testing.assert_allclose(gradient_rows(np.repeat(grey, 3, axis=1)), gradient_rows(grey), atol=1e-6)


def test_many_images_are_as_few(rng):
    images = rng.random((1_100, 1, 4, 4), dtype=np.float32)
    np.testing.assert_allclose(gradient_rows(images)[-3:], gradient_rows(images[-3:]), atol=1e-6)


def test_a_shifted_stroke_is_nearer_than_another_stroke():
    images = np.zeros((3, 1, 28, 28), np.float32)
    images[0, 0, 5:23, 12:14] = 1  # upright
    images[1, 0, 5:23, 14:16] = 1  # upright, two pixels to the right: it shares no ink with the first
    images[2, 0, 12:14, 5:23] = 1  # lying, and it crosses the first
    assert nearest_rows(gradient_rows(images), 1)[0][0, 0] == 1
