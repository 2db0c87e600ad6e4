"""Mirroring: where left and right mean nothing, and only if there are images enough to tell."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from skexpand.dynamics.mirror import BOUND, mirror_excess, mirror_holds


def digits(rng, per_class):
    X, y = load_digits(return_X_y=True)
    rows = np.concatenate([rng.choice(np.flatnonzero(y == c), per_class, replace=False) for c in range(10)])
    return X[rows].reshape(-1, 1, 8, 8).astype(np.float32), y[rows]


def landscapes(rng, per_class):
    """Return rough images in which left and right mean nothing; classes differ from top to bottom."""
    images = rng.standard_normal((2 * per_class, 1, 12, 12))
    labels = np.repeat([0, 1], per_class)
    slope = np.linspace(-1, 1, 12)[:, None]
    return (images + np.where(labels, 1, -1)[:, None, None, None] * slope).astype(np.float32), labels


@pytest.mark.parametrize("per_class", [3, 10, 40])
def test_digits_are_not_mirrored(rng, per_class):
    images, labels = digits(rng, per_class)
    assert not mirror_holds(images, labels)
    assert mirror_excess(images, labels).mean() > 2 * BOUND


def test_what_is_seen_from_either_side_is(rng):
    assert mirror_holds(*landscapes(rng, 60))


def test_symmetric_images_are_their_mirror_images(rng):
    images, labels = digits(rng, 4)
    images += images[..., ::-1].copy()
    np.testing.assert_allclose(mirror_excess(images, labels), 0, atol=1e-7)
    assert mirror_holds(images, labels)


def test_a_side_that_means_something_is_kept(rng):
    images, labels = landscapes(rng, 60)
    images[..., :4] += 1
    assert not mirror_holds(images, labels)


def test_few_images_do_not_tell(rng):
    assert not mirror_holds(*landscapes(rng, 10))


def test_single_images_are_left_out(rng):
    images, labels = digits(rng, 3)
    assert len(mirror_excess(images[2:], labels[2:])) == 27
    assert len(mirror_excess(images[::3], labels[::3])) == 0
    assert not mirror_holds(images[::3], labels[::3])


def test_brightness_and_contrast_do_not_count(rng):
    images, labels = digits(rng, 5)
    gains, offsets = rng.uniform(0.5, 2, (2, 50, 1, 1, 1)).astype(np.float32)
    np.testing.assert_allclose(
        mirror_excess(gains * images + offsets, labels), mirror_excess(images, labels), atol=1e-4
    )


def test_no_image_is_compared_with_itself(rng):
    images, labels = digits(rng, 1)
    twice = np.concatenate([images, images])
    excess = mirror_excess(twice, np.concatenate([labels, labels]))
    # the nearest other is the copy, at distance 0; the nearest mirrored one is farther, but for symmetric images
    assert (excess >= 0).all()
    assert np.median(excess) == pytest.approx(2)
