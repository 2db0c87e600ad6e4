"""The core trained on images without labels: deterministic, and neighbours in it are of the same kind."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from skexpand.dynamics.deformation import FlowSpace
from skexpand.dynamics.neighbors import nearest_rows
from skexpand.fitting.contrast import (
    Contrast,
    epochs_of,
    graph_rows,
    latents_of,
    moved,
    near_images,
    neighbor_moves,
    train_encoder,
)


@pytest.fixture(scope="module")
def digits():
    images, classes = load_digits(return_X_y=True)
    return (images / 16).astype(np.float32).reshape(-1, 1, 8, 8)[:600], classes[:600]


def agreement(rows, classes):
    return np.mean(classes[nearest_rows(rows, 5)[0]] == classes[:, None])


@pytest.mark.parametrize("positives", ["moved neighbor", "neighbor", "moved"])
def test_neighbours_in_the_core_are_of_the_same_kind(digits, positives):
    images, classes = digits
    encoder = train_encoder(
        images, near_images(images), "zeros", Contrast(4, positives=positives), np.random.default_rng(0)
    )
    latents = latents_of(encoder, images)
    assert latents.dtype == np.float64
    np.testing.assert_allclose(np.linalg.norm(latents, axis=1), 1, rtol=1e-5)
    assert agreement(latents, classes) > 0.7
    rows = graph_rows(images, encoder)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 2**0.5, rtol=1e-5)
    assert agreement(rows, classes) > 0.8


def test_same_seed_same_core_and_torch_is_left_alone(digits):
    images, _ = digits
    state = torch.get_rng_state()
    one, other = (
        latents_of(
            train_encoder(
                images[:100], near_images(images[:100]), "zeros", Contrast(1, "spectral"), np.random.default_rng(3)
            ),
            images[:9],
        )
        for _ in range(2)
    )
    np.testing.assert_array_equal(one, other)
    assert torch.equal(torch.get_rng_state(), state)


def test_moves_change_images_a_little(digits):
    images, _ = digits
    space = FlowSpace.of((1, 8, 8), "zeros")
    moves = neighbor_moves(images[:200], near_images(images[:200]), space, np.random.default_rng(0))
    some = torch.as_tensor(images[:50])
    found = moved(some, moves, space, torch.Generator().manual_seed(0))
    change = ((found - some) ** 2).sum() / (some**2).sum()
    assert 0.001 < float(change) < 0.5


@pytest.mark.parametrize(("n_images", "n_epochs"), [(1, 228), (1_000, 76), (2_000, 33), (5_010, 12), (60_000, 12)])
def test_few_images_are_seen_as_often_as_many(n_images, n_epochs):
    assert epochs_of(n_images) == n_epochs
