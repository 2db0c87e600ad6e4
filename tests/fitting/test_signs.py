"""The three failure signs: figures against closed forms, and warnings where they belong and nowhere else."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from skexpand import (
    DistributionShiftWarning,
    ExpansionWarning,
    ExpansiveSynthesizer,
    LowDiversityWarning,
    OutlierWarning,
    PoorReconstructionWarning,
)
from skexpand.dynamics.components import COMPONENTS
from skexpand.fitting import signs
from skexpand.fitting.signs import SIGNS, distribution_shift, diversity
from tests.tables import blobs

LIMITS = {sign.name: sign.limit for sign in SIGNS}
MAX_RECONSTRUCTION_ERROR, MAX_SHIFT = LIMITS["reconstruction_error"], LIMITS["distribution_shift"]
MIN_DIVERSITY = LIMITS["diversity"]


def warnings_of(X, y, **parameters):
    """Return the fitted sampler and the classes of warnings about quality that fitting raised."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        synthesizer = ExpansiveSynthesizer(**{"max_epochs": 3} | parameters).fit(X, y)
    return synthesizer, {w.category for w in caught if issubclass(w.category, ExpansionWarning)}


def independent(rng, n_rows=200, n_columns=20):
    return rng.standard_normal((n_rows, n_columns)), np.arange(n_rows) % 2


def test_poor_reconstruction(rng, seed):
    synthesizer, raised = warnings_of(*independent(rng), latent_dim=1, random_state=seed)
    assert PoorReconstructionWarning in raised
    assert synthesizer.reconstruction_error_ > MAX_RECONSTRUCTION_ERROR
    synthesizer, raised = warnings_of(*independent(rng), random_state=seed)
    assert not raised
    assert synthesizer.reconstruction_error_ < 1e-6


def test_low_diversity(rng, seed):
    X, y = independent(rng, n_columns=5)
    synthesizer, raised = warnings_of(X, y, law="local", spread=0, random_state=seed)
    assert raised == {LowDiversityWarning}
    assert synthesizer.diversity_ < 1e-3 < MIN_DIVERSITY
    synthesizer, raised = warnings_of(X, y, law="local", random_state=seed)
    assert not raised
    assert synthesizer.diversity_ > 3 * MIN_DIVERSITY


def test_distribution_shift(rng, seed):
    X, y = independent(rng, n_columns=5)
    synthesizer, raised = warnings_of(X, y, law="local", transport=None, spread=10, random_state=seed)
    assert raised == {DistributionShiftWarning}
    assert synthesizer.distribution_shift_ > MAX_SHIFT
    synthesizer, raised = warnings_of(X, y, law="local", transport=None, random_state=seed)
    assert not raised
    assert synthesizer.distribution_shift_ < 0.5 * MAX_SHIFT


@pytest.mark.parametrize("load", [load_iris, load_wine, load_breast_cancer])
@pytest.mark.parametrize("law", ["auto", *COMPONENTS])
@pytest.mark.parametrize("transport", [None, "gaussian", "marginal"])
def test_healthy_tables_raise_none(load, law, transport, seed):
    _, raised = warnings_of(*load(return_X_y=True), law=law, transport=transport, random_state=seed)
    assert not raised


def test_repeated_rows_are_a_sign_of_their_own():
    X, y = np.ones((20, 3)), np.arange(20) % 2
    _, raised = warnings_of(X, y, random_state=0)
    assert raised == {LowDiversityWarning}


def test_each_warning_can_be_filtered_by_itself(rng):
    for category in [sign.warning for sign in SIGNS]:
        assert issubclass(category, ExpansionWarning)
        assert issubclass(category, UserWarning)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", PoorReconstructionWarning)
        ExpansiveSynthesizer(latent_dim=1, max_epochs=0, law="local", random_state=0).fit(*independent(rng))


def test_warnings_point_to_the_line_of_the_user_and_say_what_to_do(rng):
    X, y = independent(rng)
    cases = {
        PoorReconstructionWarning: ({"latent_dim": 1, "max_epochs": 0}, "raise latent_dim"),
        LowDiversityWarning: ({"law": "local", "spread": 0}, "Raise spread"),
        DistributionShiftWarning: ({"law": "local", "spread": 10}, "lower spread"),
    }
    for category, (parameters, advice) in cases.items():
        for method in ("fit", "fit_resample"):
            with pytest.warns(category, match=advice) as caught:
                getattr(ExpansiveSynthesizer(**parameters, random_state=0), method)(X, y)
            assert {w.filename for w in caught if w.category is category} == {__file__}


@pytest.mark.parametrize("latent_dim", [1, 2, 4])
def test_reconstruction_error_is_the_share_of_variance_that_pca_loses(rng, latent_dim):
    X, y = blobs(rng, [60, 60], 6)
    synthesizer = ExpansiveSynthesizer(latent_dim=latent_dim, max_epochs=0, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExpansionWarning)
        synthesizer.fit(X, y)
    kept = PCA(latent_dim).fit(StandardScaler().fit_transform(X)).explained_variance_ratio_.sum()
    assert synthesizer.reconstruction_error_ == pytest.approx(1 - kept, abs=1e-4)


def test_diversity_of_copies_of_fresh_rows_and_of_far_ones(rng):
    real = rng.standard_normal((500, 3))
    assert diversity(real, real) == 0
    assert diversity(rng.standard_normal((500, 3)), real) == pytest.approx(1, abs=0.15)
    assert diversity(rng.standard_normal((500, 3)) + 50, real) > 10
    few = np.repeat(rng.standard_normal((5, 3)) + 1, 100, axis=0)
    assert diversity(few, real) < 0.1, "five new rows repeated a hundred times are not diverse"
    assert diversity(real, np.ones((10, 3))) == 0


def test_classes_of_one_repeated_row_lack_diversity_and_nothing_else(rng, seed):
    synthesizer, raised = warnings_of(np.repeat(rng.standard_normal((2, 5)), 10, axis=0), np.repeat([0, 1], 10))
    assert raised == {LowDiversityWarning}
    assert synthesizer.distribution_shift_ == 0


@pytest.mark.parametrize("shift", [0.0, 0.5, 3.0])
def test_distribution_shift_of_a_moved_column_is_the_movement(rng, shift):
    """In one dimension, moving all rows by t moves them by t / sd in Wasserstein distance."""
    labels = np.arange(300) % 3
    real = (5 * labels + rng.standard_normal(300))[:, None]
    within = real[:, 0] - np.array([real[labels == c].mean() for c in range(3)])[labels]
    found = distribution_shift(real + shift * within.std(), labels, real, labels, rng)
    assert found == pytest.approx(shift, abs=1e-6)


def test_distribution_shift_of_stretched_deviations(rng):
    """Stretching deviations by s moves them by (s - 1) sd in Wasserstein distance, whatever the directions."""
    labels = np.arange(300) % 3
    real = rng.standard_normal((300, 4)) + 5 * labels[:, None]
    means = np.array([real[labels == c].mean(axis=0) for c in range(3)])[labels]
    found = distribution_shift(means + 2.5 * (real - means), labels, real, labels, rng)
    assert found == pytest.approx(1.5, abs=1e-6)


def test_signs_are_measured_on_a_bounded_number_of_rows(monkeypatch, rng):
    monkeypatch.setattr(signs, "_PROBED_ROWS", 30)
    sizes = []
    measure = signs.diversity
    monkeypatch.setattr(signs, "diversity", lambda new, real: sizes.append((len(new), len(real))) or measure(new, real))
    warnings_of(*independent(rng, 500, 3), law="local")
    assert sizes == [(30, 60)]


def test_rows_alike_but_for_the_last_digits_have_a_diversity():
    X = np.array([[0.0], [1.0], [470_816_768.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExpansionWarning)
        fitted = ExpansiveSynthesizer(random_state=0).fit(X, ["a", "b", "a"])
    assert 0 < fitted.diversity_ < np.inf


@pytest.mark.parametrize("container", [np.asarray, lambda X: pd.DataFrame(X).add_prefix("x")], ids=["array", "pandas"])
@pytest.mark.parametrize(("value", "many", "kind"), [(17_000.0, 1, "an outlier"), (-999.0, 20, "a code for a gap")])
def test_outlying_values_are_named_with_their_column(rng, container, value, many, kind):
    X, y = independent(rng, n_columns=3)
    X[:many, 1] = value
    table = container(X)
    with pytest.warns(OutlierWarning, match=f"{value}.* in column '?x?1'? .{kind}") as caught:
        synthesizer = ExpansiveSynthesizer(random_state=0).fit(table, y)
    assert {w.filename for w in caught if w.category is OutlierWarning} == {__file__}
    assert synthesizer.outlying_ == 1
