"""Fidelity: 0 on equal samples, the shift on shifted ones, and no more than the reference on fresh real rows."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.stats import wasserstein_distance
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.svm import LinearSVC

from skexpand.metrics import (
    column_wasserstein,
    correlation_difference,
    maximum_mean_discrepancy,
    sliced_wasserstein,
    two_sample_auc,
)

DISTANCES = [sliced_wasserstein, maximum_mean_discrepancy, correlation_difference]


@pytest.mark.parametrize("distance", DISTANCES)
def test_equal_samples_and_copies_are_at_distance_0(distance, cloud, rng, seed):
    real = cloud(60)
    assert distance(real, rng.permutation(real), random_state=seed).value == pytest.approx(0, abs=1e-7)
    assert distance(real, np.repeat(real, 3, axis=0), random_state=seed).value == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("distance", DISTANCES)
def test_fresh_real_rows_are_at_the_distance_of_the_reference(distance, cloud, seed):
    figure = distance(cloud(400), cloud(1000), random_state=seed)
    assert figure.ratio == pytest.approx(1, rel=0.4)
    assert figure.value < figure.matched, "more rows, less distance"


@pytest.mark.parametrize("distance", DISTANCES)
def test_same_seed_same_figure(distance, cloud):
    real, new = cloud(30), cloud(40)
    assert distance(real, new, random_state=1) == distance(real, new, random_state=1)
    assert distance(real, new, random_state=1).reference != distance(real, new, random_state=2).reference


def test_columns_agree_with_scipy(cloud, rng):
    real, new = cloud(50), cloud(70) * [1, 2, 3, 4] + 1
    figures = column_wasserstein(real, new)
    assert list(figures) == [0, 1, 2, 3]
    for column, figure in figures.items():
        expected = wasserstein_distance(real[:, column], new[:, column]) / real[:, column].std()
        assert figure.value == pytest.approx(expected)


def test_a_shifted_column_is_as_far_as_it_is_shifted(cloud, rng):
    real, shift = cloud(50), rng.standard_normal(4)
    figures = column_wasserstein(real, real + shift * real.std(axis=0))
    assert [figure.value for figure in figures.values()] == pytest.approx(np.abs(shift).tolist())


def test_a_shift_is_seen_along_every_direction(cloud, rng):
    """The mean square of a unit vector's entry is 1 / p, so SW2 of a shift s is s / sqrt(p)."""
    real = cloud(100)
    shift = 3 * real.std(axis=0) * [1, 0, 0, 0]
    figure = sliced_wasserstein(real, real + shift, n_projections=4000, random_state=0)
    assert figure.value == pytest.approx(3 / 2, rel=0.1)


def test_the_discrepancy_is_that_of_the_kernel(cloud):
    real, new = cloud(40), cloud(30) + 0.5
    a, b = ((rows - real.mean(axis=0)) / real.std(axis=0) for rows in (real, new))
    width = np.median(np.linalg.norm(a[:, None] - a, axis=2)[np.triu_indices(40, 1)])
    k = [rbf_kernel(x, y, gamma=1 / (2 * width**2)).mean() for x, y in ((a, a), (b, b), (a, b))]
    assert maximum_mean_discrepancy(real, new).value == pytest.approx(np.sqrt(k[0] + k[1] - 2 * k[2]))
    far = maximum_mean_discrepancy(np.repeat(real[:1], 5, axis=0) + 1e-3 * new[:5], np.full((5, 4), 1e6)).value
    assert 1.1 < far <= np.sqrt(2)


def test_an_opposite_correlation_differs_by_twice_its_size(rng):
    x, noise = rng.standard_normal((2, 300))
    real, new = np.column_stack([x, x + noise]), np.column_stack([x, noise - x])
    expected = abs(np.corrcoef(real.T)[0, 1] - np.corrcoef(new.T)[0, 1])
    assert correlation_difference(real, new).value == pytest.approx(expected)
    assert correlation_difference(real[:, :1], new[:, :1]).value == 0, "one column"
    assert np.isfinite(correlation_difference(real, new * [1, 0]).value), "a constant column"


def test_a_classifier_tells_shifted_rows_apart_and_not_fresh_ones(cloud, seed):
    real = cloud(150)
    assert two_sample_auc(real, cloud(150) + 20, random_state=seed).value == pytest.approx(1)
    fresh = two_sample_auc(real, cloud(300), random_state=seed)
    assert fresh.value == pytest.approx(0.5, abs=0.15)
    assert fresh.reference == pytest.approx(0.5, abs=0.2)
    assert two_sample_auc(real, real, random_state=seed).value < 0.45, "twins have the other label"


def test_the_classifier_can_be_named(cloud, seed):
    real = cloud(100)
    wider = cloud(100) * 3
    linear = two_sample_auc(real, wider, estimator=LogisticRegression(), random_state=seed).value
    assert linear < 0.7 < two_sample_auc(real, wider, random_state=seed).value


def mixed(rng, n_rows, shares=(0.5, 0.3, 0.2)):
    return pd.DataFrame(
        {
            "size": rng.standard_normal(n_rows),
            "kind": rng.choice(["a", "b", "c"], n_rows, p=shares),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, n_rows), "D"),
        }
    )


def test_the_classifier_needs_probabilities(cloud):
    with pytest.raises(TypeError, match=r"LinearSVC\(\) has no predict_proba"):
        two_sample_auc(cloud(20), cloud(20), estimator=LinearSVC())


def test_mixed_tables(rng, seed):
    real, new = mixed(rng, 80), mixed(rng, 90, (0.1, 0.1, 0.8))
    real.loc[:5, "size"] = np.nan
    figures = column_wasserstein(real, new, random_state=seed)
    assert list(figures) == ["size", "kind", "day"]
    shares = [frame["kind"].value_counts(normalize=True) for frame in (real, new)]
    assert figures["kind"].value == pytest.approx((shares[0] - shares[1]).abs().sum() / 2)
    for distance in DISTANCES:
        assert distance(real, real.copy(), random_state=seed).value < 0.5
        assert distance(real, new, random_state=seed).value > distance(real, real, random_state=seed).value
    as_polars = sliced_wasserstein(pl.from_pandas(real), pl.from_pandas(new), random_state=seed)
    assert as_polars.value == pytest.approx(sliced_wasserstein(real, new, random_state=seed).value)


def test_what_the_real_rows_do_not_have_is_far_from_them(rng, seed):
    real = mixed(rng, 40)
    assert column_wasserstein(real, real.assign(kind="d"))["kind"].value == pytest.approx(1)
    assert two_sample_auc(real, real.assign(kind="d"), random_state=seed).value > 0.9
    constant = np.column_stack([rng.standard_normal(40), np.ones(40)])
    assert sliced_wasserstein(constant, constant + np.array([0, 1]), random_state=seed).value > 0.3
    empty = column_wasserstein(real.assign(size=np.nan), real)["size"]
    assert np.isnan(empty.value)


@pytest.mark.parametrize(
    ("real", "synthetic", "message"),
    [
        (np.ones((9, 2)), np.ones((9, 3)), "same columns"),
        (np.ones((9, 2)), pd.DataFrame(np.ones((9, 2))), "same container"),
        (np.ones((3, 2)), np.ones((9, 2)), "3 real and 9 synthetic"),
        (np.ones(9), np.ones(9), "reshape"),
        (np.full((9, 2), np.inf), np.ones((9, 2)), "infinity"),
    ],
)
def test_bad_input_is_refused(real, synthetic, message):
    with pytest.raises(ValueError, match=message):
        sliced_wasserstein(real, synthetic)
