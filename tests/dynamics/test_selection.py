"""law="auto": whatever it chooses, it is a mixture of the law's components."""

import numpy as np
import pytest
from sklearn.datasets import make_circles, make_moons
from sklearn.preprocessing import StandardScaler

from skexpand import ExpansiveSynthesizer
from skexpand.dynamics.components import COMPONENTS
from skexpand.dynamics.latents import Latents, pooled_covariance
from skexpand.dynamics.selection import (
    choose_mixture,
    held_out_scores,
    keep_anchors,
    mean_over_classes,
    prior_mixture,
)
from tests.tables import blobs

COUNTS = [[30, 30], [40, 3], [20, 1, 1], [2, 2], [1, 1], [60, 20, 5, 2]]


@pytest.mark.parametrize("counts", COUNTS, ids=str)
def test_is_a_mixture(rng, counts):
    latents = Latents.of(*blobs(rng, counts, 5))
    mixture = choose_mixture(latents, 5, 4, rng)
    assert set(mixture) == set(COMPONENTS)
    assert all(weight >= 0 for weight in mixture.values())
    assert sum(mixture.values()) == pytest.approx(1)


def correlated(rng, n_rows, n_columns, condition):
    """Return rows of two classes whose variances fall from 1 to 1 / condition, in mixed columns."""
    axes = np.linalg.qr(rng.standard_normal((n_columns, n_columns)))[0]
    rows = rng.standard_normal((n_rows, n_columns)) * np.geomspace(1, 1 / np.sqrt(condition), n_columns)
    return Latents.of(rows @ axes, np.arange(n_rows) % 2)


def test_thin_manifolds_keep_their_anchors(rng):
    assert prior_mixture(correlated(rng, 400, 8, 1e4))["local"] == 1


def test_balls_are_shrunk(rng):
    assert prior_mixture(correlated(rng, 400, 8, 1))["shrunk"] > 0.5


def test_the_fewer_the_rows_the_less_local(rng):
    weights = [prior_mixture(correlated(rng, n_rows, 30, 100))["local"] for n_rows in (1_000, 60, 20)]
    assert weights[0] > weights[1] > weights[2]


def test_a_large_class_does_not_speak_for_a_small_one(rng):
    """300 rows show their thin directions, 12 do not; counted by rows, the table would pass for well known."""
    rows = correlated(rng, 312, 30, 1e3).rows
    unequal = Latents.of(rows, (np.arange(312) < 12).astype(np.intp))
    by_class, by_row = pooled_covariance(unequal.even_deviations), pooled_covariance(unequal.known_deviations)
    assert by_class.shrinkage > 3 * by_row.shrinkage
    assert prior_mixture(unequal)["local"] < prior_mixture(Latents.of(rows, np.arange(312) % 2))["local"]


def test_classes_of_one_size_weigh_what_they_did(rng):
    latents = correlated(rng, 40, 5, 10)
    np.testing.assert_array_equal(latents.even_deviations, latents.known_deviations)


def test_mean_over_classes(rng):
    """With one value repeated in a class, the mean is that of the classes; the error is the usual one for one class."""
    assert mean_over_classes(np.array([0.0, 0.0, 0.0, 1.0]), np.array([0, 0, 0, 1])) == (0.5, 0.25 * np.sqrt(4 / 3))
    values = rng.standard_normal(50)
    mean, error = mean_over_classes(values, np.zeros(50, np.intp))
    assert (mean, error) == pytest.approx((values.mean(), values.std() / np.sqrt(50)))
    assert mean_over_classes(values[:1], np.zeros(1, np.intp))[1] == np.inf


@pytest.mark.parametrize("make", [make_circles, make_moons])
def test_bent_classes_keep_their_anchors(make, seed):
    """Their covariance is that of a ball, so only held-out rows tell."""
    X, y = make(200, noise=0.1, random_state=seed, **({"factor": 0.5} if make is make_circles else {}))
    latents = Latents.of(StandardScaler().fit_transform(X), y)
    assert prior_mixture(latents)["local"] < 1
    assert choose_mixture(latents, 5, 4, np.random.default_rng(seed))["local"] == 1


def test_validation_is_fair_to_balls():
    """On Gaussian classes the anchors add nothing, so "local" must not win more often than a one-sided test allows."""
    wins = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        rows = rng.standard_normal((60, 6)) + 1.5 * (np.arange(60) % 2)[:, None] * (np.arange(6) == 0)
        scores, _ = held_out_scores(Latents.of(rows, np.arange(60) % 2), (keep_anchors, prior_mixture), 5, 4, rng)
        advantage = scores[:, 0] - scores[:, 1]
        assert len(advantage) == 60
        wins += advantage.mean() > advantage.std(ddof=1) / np.sqrt(60)
    assert wins <= 9  # P(wins > 9) < 0.001 at the 16 % of one standard error


def test_validation_leaves_the_stream_alone(rng):
    """The rows made afterwards are the same, whether the law was chosen or named."""
    X, y = blobs(rng, [30, 30], 3)
    chosen = ExpansiveSynthesizer(random_state=0).fit(X, y)
    named = ExpansiveSynthesizer(law=chosen.law_, random_state=0)
    np.testing.assert_array_equal(named.fit_resample(X, y)[0], chosen.fit_resample(X, y)[0])


def test_every_component_can_be_named(rng):
    X, y = blobs(rng, [20, 20], 3)
    for name in COMPONENTS:
        synthesizer = ExpansiveSynthesizer(law=name, random_state=0).fit(X, y)
        assert synthesizer.law_ == {other: float(other == name) for other in COMPONENTS}


def test_a_dict_is_normalized_and_rows_are_made_in_its_proportions(rng):
    X, y = blobs(rng, [20, 20], 3)
    first, second = list(COMPONENTS)[:2]
    synthesizer = ExpansiveSynthesizer(law={first: 1, second: 3}, expansion_ratio=21, random_state=0)
    synthesizer.fit_resample(X, y)
    assert synthesizer.law_ == {name: {first: 0.25, second: 0.75}.get(name, 0.0) for name in COMPONENTS}
    # 400 new rows per class, so the split is exact
    names, counts = np.unique(synthesizer.parents_["component"], return_counts=True)
    assert dict(zip(names.tolist(), counts.tolist(), strict=True)) == {first: 200, second: 600}
