"""Each term of the loss against its formula, and the table against the weights."""

import numpy as np
import pytest
import torch

from skexpand.request.plan import LOSS_WEIGHTS
from skexpand.training.losses import LOSSES, classification, covariance, koopman, reconstruction, transport


def tensor(rng, *shape):
    return torch.as_tensor(rng.standard_normal(shape))


def test_every_loss_has_a_weight():
    assert set(LOSSES) == set(LOSS_WEIGHTS)


def test_reconstruction_is_the_mean_squared_error(rng):
    decoded, x = tensor(rng, 9, 4), tensor(rng, 9, 4)
    assert float(reconstruction(decoded, x)) == pytest.approx(np.mean((decoded - x).numpy() ** 2))


def test_classification_is_the_mean_log_probability_of_the_true_class(rng):
    logits, labels = tensor(rng, 9, 3), torch.as_tensor(rng.integers(3, size=9))
    shares = np.exp(logits.numpy()) / np.exp(logits.numpy()).sum(axis=1, keepdims=True)
    assert float(classification(logits, labels)) == pytest.approx(-np.log(shares[np.arange(9), labels]).mean())


def test_koopman_is_the_share_that_is_not_predicted(rng):
    after = tensor(rng, 9, 4)
    assert float(koopman(0.5 * after, after)) == pytest.approx(0.25)
    assert float(koopman(torch.zeros(9, 4), torch.zeros(9, 4))) == 0


def test_covariance_is_the_squared_distance_of_second_moments(rng):
    deviations = tensor(rng, 9, 4)
    assert float(covariance(deviations, deviations)) == 0
    assert float(covariance(2 * deviations, deviations)) == pytest.approx(9)  # (4 S - S) / S


def test_transport_sorts_each_class_along_each_direction(rng):
    expanded, x, labels = tensor(rng, 8, 3), tensor(rng, 8, 3), torch.as_tensor([0, 0, 0, 1, 1, 1, 1, 1])
    directions = tensor(rng, 3, 5)
    expected = [
        np.mean((np.sort(expanded[labels == c] @ directions, 0) - np.sort(x[labels == c] @ directions, 0)) ** 2)
        for c in (0, 1)
    ]
    assert float(transport(expanded, x, labels, directions)) == pytest.approx(np.mean(expected))
