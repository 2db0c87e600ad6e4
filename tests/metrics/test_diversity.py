"""Density, coverage and repeats: closed forms for equal samples, fresh ones, copies, and a share of bad rows."""

import numpy as np
import pytest

from skexpand.metrics import (
    clipped_coverage,
    clipped_density,
    coverage,
    density,
    effective_sample_size,
    repeats,
)

FAR = 1e3
BALLS = [density, coverage, clipped_density, clipped_coverage]


@pytest.mark.parametrize("k", [1, 5])
def test_equal_samples(cloud, k):
    """Each ball holds its centre and k neighbours."""
    real = cloud(50)
    assert density(real, real, n_neighbors=k).value == pytest.approx((k + 1) / k)
    assert coverage(real, real, n_neighbors=k).value == 1
    assert clipped_density(real, real, n_neighbors=k).value == 1
    assert clipped_coverage(real, real, n_neighbors=k).value == 1


@pytest.mark.parametrize("measure", BALLS)
def test_far_away_is_0(measure, cloud):
    assert measure(cloud(50), cloud(60) + FAR).value == 0


@pytest.mark.parametrize("k", [2, 5])
def test_fresh_rows_cover_as_the_lemma_says(cloud, k):
    n, m = 200, 300
    steps = np.arange(1, k + 1)
    expected = 1 - np.prod((n - steps) / (n + m - steps))
    found = np.mean([coverage(cloud(n), cloud(m), n_neighbors=k).value for _ in range(5)])
    assert found == pytest.approx(expected, abs=0.04)
    assert np.mean([density(cloud(n), cloud(m), n_neighbors=k).value for _ in range(5)]) == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
@pytest.mark.parametrize("measure", [clipped_density, clipped_coverage])
def test_the_clipped_ones_are_the_share_of_good_rows(measure, cloud, share):
    real, new = cloud(300), cloud(400)
    new[: round(400 * (1 - share))] += FAR
    assert measure(real, new).value == pytest.approx(share, abs=0.12)


def test_an_outlier_misleads_the_density_only(cloud):
    """A real row far away has a ball that holds everything near the way to it."""
    real, strays = cloud(100), np.zeros((100, 4))
    real[0] = [40, 0, 0, 0]
    strays[:, 0] = np.linspace(12, 36, 100)
    assert density(real, strays).value > 0.15
    assert clipped_density(real, strays).value < 0.05


def test_one_row_again_and_again_covers_little(cloud):
    real = cloud(100)
    same = np.repeat(real[:1], 100, axis=0)
    assert coverage(real, same).value < 0.3
    assert clipped_coverage(real, same).value < 0.3


def test_k_must_fit_the_halves(cloud):
    with pytest.raises(ValueError, match="from 1 to 9 for 20 real rows, got 10"):
        density(cloud(20), cloud(20), n_neighbors=10)
    for k in (0, 2.5, "many"):
        with pytest.raises(ValueError, match="n_neighbors must be from 1 to 9"):
            coverage(cloud(20), cloud(20), n_neighbors=k)


def test_repeats_are_counted(cloud):
    real, new = cloud(40), cloud(30)
    assert repeats(real, real).value == 1
    assert repeats(real, new) == (0, 0, 0)
    assert repeats(real, np.concatenate([real[:10], new, new])).value == pytest.approx(40 / 70)
    codes = np.tile([[0, 1], [1, 0], [1, 1]], (20, 1))
    assert repeats(codes, codes).reference == 1, "real rows repeat as well"


def test_rows_far_apart_count_each_and_copies_once(cloud):
    real = cloud(40)
    corners = 50.0 * np.arange(10)[:, None] * np.ones(4)
    assert effective_sample_size(real, corners).value == pytest.approx(10)
    assert effective_sample_size(real, np.repeat(corners, 7, axis=0)).value == pytest.approx(10)
    assert effective_sample_size(real, np.repeat(real[:1], 9, axis=0)).value == pytest.approx(1)
    fresh = effective_sample_size(real, cloud(100))
    assert fresh.ratio == pytest.approx(1, rel=0.25)
