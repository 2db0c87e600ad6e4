"""Every public metric on equal samples, on shifted ones and on copies, where the answer is known.

The real rows are pairs on a line: 0 and 1, 10 and 11, 20 and 21, … So each row has its neighbour at distance 1, and
everything that follows can be written down.
"""

import numpy as np
import pytest
from scipy.spatial.distance import cdist, pdist
from sklearn.base import BaseEstimator
from sklearn.neighbors import KNeighborsClassifier

from skexpand import metrics

PAIRS = (10.0 * np.arange(20)[:, None] + [0, 1]).reshape(-1, 1)
N, SCALE = len(PAIRS), PAIRS.std()  # distances are in standard deviations
NEAR, FAR = 0.25, 1e6  # shifts
SAMPLES = {"equal": PAIRS, "copies": np.repeat(PAIRS, 3, axis=0), "near": PAIRS + NEAR, "far": PAIRS + FAR}
BALLS = {"n_neighbors": 1}  # of radius 1, each holds both rows of a pair
LONELY = N / (1 + np.exp(-4.0))  # the kernel's width is half a step: pairs overlap by exp(-4)
KERNEL = np.exp(-((cdist(PAIRS, PAIRS) / np.median(pdist(PAIRS))) ** 2) / 2).mean()

# metric: its options, and its values on the four samples
EXPECTED = {
    "column_wasserstein": ({}, 0, 0, NEAR / SCALE, FAR / SCALE),
    "sliced_wasserstein": ({}, 0, 0, NEAR / SCALE, FAR / SCALE),
    "maximum_mean_discrepancy": ({}, 0, 0, None, np.sqrt(2 * KERNEL)),
    "correlation_difference": ({}, 0, 0, 0, 0),
    "two_sample_auc": ({"estimator": KNeighborsClassifier(1)}, None, None, None, 1),
    "density": (BALLS, 2, 2, 1.5, 0),  # near: the first of a pair stays in both balls, the second leaves one
    "coverage": (BALLS, 1, 1, 1, 0),
    "clipped_density": (BALLS, 1, 1, 1, 0),
    "clipped_coverage": (BALLS, 1, 1, 1, 0),
    "repeats": ({}, 1, 1, 0, 0),
    "effective_sample_size": ({}, LONELY, LONELY, LONELY, LONELY),
    "distance_to_closest_record": ({}, 0, 0, NEAR / SCALE, None),
    "nearest_neighbour_distance_ratio": ({}, 0, 0, (1 / 3 + 1 / 5) / 2, 1),  # 0.25 / 0.75 and 0.25 / 1.25
}


def test_none_is_left_out():
    assert set(EXPECTED) == set(metrics.__all__) - {"Figure", "Utility", "membership_inference", "utility_score"}


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("name", EXPECTED)
def test_the_value_is_known(name, sample):
    options, *values = EXPECTED[name]
    expected = values[list(SAMPLES).index(sample)]
    figure = getattr(metrics, name)(PAIRS, SAMPLES[sample], **options, random_state=0)
    value = (figure[0] if isinstance(figure, dict) else figure).value
    if expected is not None:
        assert value == pytest.approx(expected, rel=1e-4, abs=1e-6)
    if name == "two_sample_auc" and sample in ("equal", "copies"):
        assert value < 0.3, "the nearest row is the twin in the other table"


def test_correlations_do_not_change_by_a_shift_or_by_copies(cloud):
    real = cloud(50)
    shift = np.array([1, -20, 300, 0])
    for same in (real, real + shift, np.repeat(real, 3, axis=0), real * [1, 2, 3, 4]):
        assert metrics.correlation_difference(real, same).value == pytest.approx(0, abs=1e-9)


# ---------------------------------------------------------------- of samplers


class Moved(BaseEstimator):
    """Puts all rows behind themselves, moved."""

    def __init__(self, shift=0.0):
        self.shift = shift

    def fit_resample(self, X, y):
        return np.concatenate([X, X + self.shift]), np.concatenate([y, y])


def test_an_attacker_finds_copies_and_what_is_close_to_them_but_not_what_is_far(cloud, rng, seed):
    """From far away, the closest published row is the outermost one for everybody."""
    X, y = cloud(200), rng.integers(0, 2, 200)
    leaked = [metrics.membership_inference(Moved(shift), X, y, random_state=seed).value for shift in (0, 1e-6, 1e6)]
    assert leaked == [1, 1, pytest.approx(0.5, abs=0.1)]


@pytest.mark.parametrize("shift", [0.0, 1e6])
def test_a_nearest_neighbour_gains_nothing_from_copies_or_far_rows(cloud, rng, seed, shift):
    X, y = cloud(60), rng.integers(0, 2, 60)
    utility = metrics.utility_score(Moved(shift), KNeighborsClassifier(1), X, y, cv=3, random_state=seed)
    assert utility.gain == (0, 0, 0)
    if not shift:
        np.testing.assert_array_equal(utility.synthetic, utility.real)
