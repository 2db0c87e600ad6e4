"""Copying: distances vanish and every member is found; fresh rows give nothing away."""

import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler
from sklearn.base import BaseEstimator

from skexpand import ExpansiveSynthesizer
from skexpand.metrics import (
    distance_to_closest_record,
    membership_inference,
    nearest_neighbour_distance_ratio,
)
from tests.tables import signatures


class Repeat(BaseEstimator):
    """Puts all rows behind themselves, with noise."""

    def __init__(self, noise=0.0):
        self.noise = noise

    def fit_resample(self, X, y):
        drawn = X + self.noise * np.random.default_rng(0).standard_normal(X.shape)
        return np.concatenate([X, drawn]), np.concatenate([y, y])


class Nothing(BaseEstimator):
    def fit_resample(self, X, y):
        return X, y


def test_copies_have_no_distance(cloud):
    real = cloud(50)
    assert distance_to_closest_record(real, real).value == 0
    assert nearest_neighbour_distance_ratio(real, real).value == 0
    assert distance_to_closest_record(real, cloud(500)).ratio == pytest.approx(1, rel=0.25)
    assert nearest_neighbour_distance_ratio(real, cloud(500)).ratio == pytest.approx(1, rel=0.25)


def test_a_shift_is_a_distance_and_makes_neighbours_alike(cloud):
    real = cloud(50)
    far = real + 1e4
    assert distance_to_closest_record(real, far).ratio > 100
    assert nearest_neighbour_distance_ratio(real, far).value == pytest.approx(1, abs=0.01)
    assert nearest_neighbour_distance_ratio(np.repeat(real, 2, axis=0), real).value == 1, "both distances are 0"


def test_every_copied_member_is_found(cloud, rng, seed):
    X, y = cloud(80), rng.integers(0, 2, 80)
    figure = membership_inference(Repeat(), X, y, random_state=seed)
    assert figure.value == 1
    assert figure.reference == pytest.approx(0.5, abs=0.2)


def test_rows_drowned_in_noise_give_nothing_away(cloud, rng, seed):
    X, y = cloud(200), rng.integers(0, 2, 200)
    assert membership_inference(Repeat(noise=100.0), X, y, random_state=seed).value == pytest.approx(0.5, abs=0.1)


def test_the_synthesizer_leaks_less_than_copies(cloud, rng, seed):
    X, y = cloud(100), np.repeat(["a", "b"], [70, 30])
    synthesizer = ExpansiveSynthesizer(expansion_ratio=2, random_state=seed)
    leaked = membership_inference(synthesizer, X, y, n_splits=2, random_state=seed).value
    copied = membership_inference(RandomOverSampler(random_state=seed), X, y, n_splits=2, random_state=seed).value
    assert leaked < copied


@pytest.mark.parametrize("n_splits", [0, -1, 2.5])
def test_at_least_one_split(cloud, n_splits):
    with pytest.raises(ValueError, match=f"n_splits must be an integer of at least 1, got {n_splits}"):
        membership_inference(RandomOverSampler(), cloud(20), np.arange(20) % 2, n_splits=n_splits)


def test_without_new_rows_there_is_nothing_to_attack(cloud):
    assert np.isnan(membership_inference(Nothing(), cloud(40), np.arange(40) % 2).value)
    with pytest.raises(ValueError, match="RandomUnderSampler returned 10 rows of 20"):
        membership_inference(RandomUnderSampler(random_state=0), cloud(40), np.repeat([0, 1], [10, 30]))


def test_halves_keep_groups_together(rng, seed):
    """Twins of members are then members, and found; apart, every other row looks like one."""
    X, y, groups = signatures(rng, 40)

    class Grouped(Repeat):
        def fit_resample(self, X, y, groups=None):
            assert groups is None or set(np.unique(groups, return_counts=True)[1]) == {4}
            return super().fit_resample(X, y)

    assert membership_inference(Grouped(0.02), X, y, groups=groups, random_state=seed).value > 0.9
    assert membership_inference(Grouped(0.02), X, y, random_state=seed).value < 0.8
    with pytest.raises(TypeError, match="Repeat does not support groups"):
        membership_inference(Repeat(), X, y, groups=groups)


@pytest.mark.filterwarnings("error")
def test_a_class_in_one_half_alone_cannot_be_attacked(rng):
    X, y = rng.standard_normal((32, 3)), np.repeat(["a", "b"], [31, 1])
    assert np.isnan(membership_inference(ExpansiveSynthesizer(law="local"), X, y, random_state=0)).all()
