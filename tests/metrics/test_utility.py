"""Paired scores: the same as by hand, no gain from nothing, and the interval's formula."""

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE, RandomOverSampler
from scipy import stats
from sklearn.base import BaseEstimator
from sklearn.datasets import load_wine
from sklearn.linear_model import Ridge
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import StratifiedKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier

from skexpand import ExpansiveSynthesizer
from skexpand.comparison.interval import corrected_interval
from skexpand.metrics import utility_score
from tests.tables import signatures

X, y = load_wine(return_X_y=True)


class Nothing(BaseEstimator):
    def fit_resample(self, X, y):
        return X, y


class Noise(BaseEstimator):
    def fit_resample(self, X, y):
        new = X + np.random.default_rng(0).standard_normal(X.shape)
        return np.concatenate([X, new]), np.concatenate([y, y])


class Fewer(BaseEstimator):
    def fit_resample(self, X, y):
        return X[:-1], y[:-1]


def test_scores_are_those_of_a_loop_by_hand(seed):
    folds = list(StratifiedKFold(4, shuffle=True, random_state=seed).split(X, y))
    sampler = ExpansiveSynthesizer(law="local", expansion_ratio=3, random_state=seed)
    utility = utility_score(sampler, KNeighborsClassifier(), X, y, cv=folds)
    for place, (train, test) in enumerate(folds):
        X_all, y_all = sampler.fit_resample(X[train], y[train])
        parts = {"real": slice(len(train)), "expanded": slice(None), "synthetic": slice(len(train), None)}
        for name, rows in parts.items():
            predicted = KNeighborsClassifier().fit(X_all[rows], y_all[rows]).predict(X[test])
            assert getattr(utility, name)[place] == balanced_accuracy_score(y[test], predicted)
    assert utility.gain.mean == pytest.approx(np.mean(utility.expanded - utility.real))
    assert utility.seconds > 0


def test_nothing_gains_nothing(seed):
    utility = utility_score(Nothing(), GaussianNB(), X, y, random_state=seed)
    assert utility.gain == (0, 0, 0)
    assert np.isnan(utility.synthetic).all()
    assert len(utility.real) == 10


def test_synthetic_only_needs_every_class():
    utility = utility_score(SMOTE(random_state=0), GaussianNB(), X, y, cv=3)
    assert np.isnan(utility.synthetic).all(), "SMOTE makes none of the largest class"


def test_scoring_and_folds_can_be_named(seed):
    utility = utility_score(Nothing(), GaussianNB(), X, y, cv=3, scoring="neg_log_loss", random_state=seed)
    assert len(utility.real) == 6
    assert (utility.real < 0).all()


def test_groups_stay_together_and_text_has_a_positive_class(rng):
    X, y, groups = signatures(rng, 16)
    sampler = ExpansiveSynthesizer(law="local", expansion_ratio=2, random_state=0)
    parameters = {"cv": 3, "scoring": "f1", "random_state": 0}
    learner, texts = KNeighborsClassifier(1), np.array(["ill", "well"])[y]
    assert utility_score(sampler, learner, X, texts, **parameters).real.mean() > 0.95
    assert utility_score(sampler, learner, X, texts, groups=groups, **parameters).real.mean() < 0.85
    with pytest.raises(TypeError, match="SMOTE does not support groups"):
        utility_score(SMOTE(), learner, X, texts, groups=groups)


def test_a_class_of_one_row_is_trained_on(seed):
    labels = np.append(y, 7)
    rows = np.concatenate([X, X[:1]])
    seen = []

    class Recorder(GaussianNB):
        def fit(self, X, y):
            seen.append(set(y.tolist()))
            return super().fit(X, y)

    utility_score(Nothing(), Recorder(), rows, labels, random_state=seed)
    assert all(labels == {0, 1, 2, 7} for labels in seen)


def test_samplers_that_take_rows_away_are_refused():
    with pytest.raises(ValueError, match="adds rows"):
        utility_score(Fewer(), GaussianNB(), X, y)


def test_what_is_no_confidence_and_no_classifier():
    X, y = np.arange(8.0).reshape(-1, 1), np.arange(8) % 2
    for confidence in (0, 1, 95, "high"):
        with pytest.raises(ValueError, match="confidence must lie between 0 and 1"):
            utility_score(RandomOverSampler(), GaussianNB(), X, y, confidence=confidence)
    with pytest.raises(TypeError, match="is a regressor"):
        utility_score(RandomOverSampler(), Ridge(), X, y)


def test_without_two_rows_of_a_class_nothing_can_be_tested():
    with pytest.raises(ValueError, match="No class of the 2 rows"):
        utility_score(Nothing(), GaussianNB(), X[:2], [0, 1])


def test_the_interval_is_students_without_overlap_and_wider_with(rng):
    differences = rng.standard_normal(12)
    expected = stats.ttest_1samp(differences, 0).confidence_interval(0.9)
    plain = corrected_interval(differences, 0.0, 0.9)
    assert (plain.low, plain.high) == pytest.approx(tuple(expected))
    corrected = corrected_interval(differences, 0.25, 0.9)
    widening = (corrected.high - corrected.low) / (plain.high - plain.low)
    assert widening == pytest.approx(np.sqrt(1 + 12 * 0.25))
    assert corrected_interval(differences, 0.25, 0.95, sides=1).low == pytest.approx(corrected.low)


def test_folds_without_a_score_are_left_out():
    assert corrected_interval(np.array([1.0, np.nan, 3.0]), 0.2, 0.9).mean == 2
    assert np.isnan(corrected_interval(np.array([1.0]), 0.2, 0.9).low)
    assert np.isnan(corrected_interval(np.array([np.nan]), 0.2, 0.9).mean)


def test_the_interval_holds_where_folds_overlap():
    """On labels of pure chance, rows with noise are neither better nor worse in the long run."""
    holds = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        rows, labels = rng.standard_normal((60, 2)), np.arange(60) % 2
        gain = utility_score(Noise(), GaussianNB(), rows, labels, random_state=seed, confidence=0.9).gain
        holds.append(gain.low <= 0 <= gain.high)
    assert np.mean(holds) >= 0.8
