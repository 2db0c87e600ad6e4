"""GatedSynthesizer: rows come back unchanged unless a gain is shown, and it fits wherever a sampler does."""

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from imblearn.over_sampling import SMOTE, RandomOverSampler
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier

from skexpand import (
    ExpandedClassifier,
    ExpansionWarning,
    ExpansiveSynthesizer,
    GatedSynthesizer,
    LowDiversityWarning,
)
from skexpand.comparison.folds import paired_folds
from skexpand.pipeline import make_pipeline
from tests.tables import blobs, signatures


class Noise(BaseEstimator):
    """Rows of chance with labels of chance: a harm."""

    def fit_resample(self, X, y):
        rng = np.random.default_rng(0)
        new = X.std() * rng.standard_normal((5 * len(X), X.shape[1])) + X.mean(axis=0)
        return np.concatenate([X, new]), np.concatenate([y, rng.permutation(np.tile(y, 5))])


class Truth(BaseEstimator):
    """More rows of the same law, as no sampler could make them."""

    def fit_resample(self, X, y):
        new, labels = moons(np.random.default_rng(0), 400)
        return np.concatenate([X, new]), np.concatenate([y, labels])


def moons(rng, n_rows):
    angle, labels = rng.uniform(0, np.pi, n_rows), np.arange(n_rows) % 2
    rows = np.column_stack([np.cos(angle) * (1 - 2 * labels) + labels, (1 - 2 * labels) * np.sin(angle) + labels / 2])
    return rows + rng.normal(0, 0.2, rows.shape), labels


def quick(**parameters):
    return ExpansiveSynthesizer(**{"law": "local", "expansion_ratio": 2, "random_state": 0} | parameters)


def test_more_of_the_truth_passes(seed):
    X, y = moons(np.random.default_rng(seed), 60)
    gate = GatedSynthesizer(Truth(), KNeighborsClassifier(15), confidence=0.8, random_state=seed)
    X_all, y_all = gate.fit_resample(X, y)
    assert gate.expanded_
    assert 0 < gate.lower_bound_ < gate.gain_
    assert len(X_all) == len(y_all) == 460
    assert gate.sampling_strategy_ == {0: 200, 1: 200}
    np.testing.assert_array_equal(X_all[:60], X)


def test_harm_does_not_pass_and_rows_go_back_as_they_came(seed):
    X, y = blobs(np.random.default_rng(seed), [30, 30], 3)
    gate = GatedSynthesizer(Noise(), KNeighborsClassifier(1), random_state=seed)
    X_all, y_all = gate.fit_resample(X, y)
    assert not gate.expanded_
    assert gate.gain_ < 0
    assert X_all is X
    assert y_all is y
    assert gate.sampler_ is None
    assert gate.sampling_strategy_ == {0: 0, 1: 0}


def test_the_figures_are_those_of_the_scores(seed):
    X, y = moons(np.random.default_rng(seed), 40)
    gate = GatedSynthesizer(quick(), GaussianNB(), random_state=seed).fit(X, y)
    assert gate.gain_ == pytest.approx(np.mean(gate.scores_expanded_ - gate.scores_real_))
    assert len(gate.scores_real_) == 15
    assert len(clone(gate).set_params(n_repeats=1).fit(X, y).scores_real_) == 5
    strict = clone(gate).set_params(confidence=0.99).fit(X, y)
    assert strict.gain_ == gate.gain_
    assert strict.lower_bound_ <= gate.lower_bound_
    bold = clone(gate).set_params(confidence=0.5).fit(X, y)
    assert bold.lower_bound_ == pytest.approx(bold.gain_)


@pytest.mark.slow
def test_chance_seldom_passes():
    """At 90 % confidence, labels of pure chance pass in about one table of ten, not more."""
    passed = []
    for seed in range(20):
        X = np.random.default_rng(seed).standard_normal((60, 2))
        gate = GatedSynthesizer(quick(random_state=seed), GaussianNB(), confidence=0.9, random_state=seed)
        passed.append(gate.fit(X, np.arange(60) % 2).expanded_)
    assert np.mean(passed) <= 0.2


@pytest.mark.parametrize(("confidence", "said"), [(1e-9, 1), (1 - 1e-9, 0)])
def test_signs_of_failure_are_those_of_all_rows(confidence, said):
    """Not of each fold: new rows without spread are copies, which the synthesizer warns of."""
    X, y = moons(np.random.default_rng(0), 40)
    gate = GatedSynthesizer(quick(spread=0.0), KNeighborsClassifier(3), cv=3, confidence=confidence, random_state=0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ExpansionWarning)
        gate.fit_resample(X, y)
    assert gate.expanded_ == bool(said)
    assert sum(issubclass(warning.category, LowDiversityWarning) for warning in caught) == said


def test_metric_and_folds_are_the_users(seed):
    X, y = moons(np.random.default_rng(seed), 40)
    folds = StratifiedKFold(4)
    gate = GatedSynthesizer(quick(), GaussianNB(), cv=folds, scoring="neg_log_loss").fit(X, y)
    assert len(gate.scores_real_) == 4
    assert (gate.scores_real_ < 0).all()


def test_too_few_rows_to_test_on_go_back():
    X = np.eye(3)
    gate = GatedSynthesizer(quick())
    X_all, _ = gate.fit_resample(X, ["a", "b", "c"])
    assert X_all is X
    assert not gate.expanded_
    assert np.isnan([gate.gain_, gate.lower_bound_]).all()


@pytest.mark.parametrize("container", [pd.DataFrame, pl.DataFrame, sparse.csr_array, np.ndarray.tolist])
def test_containers_stay(container, seed):
    X, y = moons(np.random.default_rng(seed), 40)
    given = container(X)
    for confidence in (0.001, 0.999):
        gate = GatedSynthesizer(quick(), n_repeats=1, confidence=confidence, random_state=seed)
        found, _ = gate.fit_resample(given, y)
        assert type(found) is type(given)
        assert gate.expanded_ == (gate.lower_bound_ > 0)


@pytest.mark.parametrize("container", [sparse.csr_matrix, sparse.csc_array, pd.DataFrame])
def test_containers_of_label_sets_stay(container, seed):
    X, y = moons(np.random.default_rng(seed), 40)
    given = container(np.column_stack([y, 1 - y]))
    for confidence in (0.001, 0.999):
        sampler = quick(target="label_sets", sampling_strategy="stratified")
        gate = GatedSynthesizer(sampler, KNeighborsClassifier(), cv=2, n_repeats=1, confidence=confidence)
        rows, found = gate.set_params(random_state=seed).fit_resample(X, given)
        assert type(found) is type(given)
        assert found.shape == (len(rows), 2)
        assert len(rows) == (80 if gate.expanded_ else 40)


class Counter(ClassifierMixin, BaseEstimator):
    """Knows only on how many rows it was trained, so that a metric can settle what the gate decides."""

    def fit(self, X, y):
        self.classes_, self.n_rows_ = np.unique(y), len(y)
        return self

    def predict(self, X):
        return np.repeat(self.classes_[:1], X.shape[0])


def settled(sampler, expand):
    """Return a gate that expands or does not, whatever the rows."""
    sign = 1 if expand else -1
    return GatedSynthesizer(sampler, Counter(), cv=2, n_repeats=1, scoring=lambda fitted, X, y: sign * fitted.n_rows_)


@pytest.mark.parametrize("sampler", [quick(), SMOTE(random_state=0), RandomOverSampler(random_state=0)], ids=repr)
@pytest.mark.parametrize("expand", [True, False])
def test_the_index_is_that_of_the_synthesizer_in_both_outcomes(sampler, expand):
    kept = np.r_[0:60:2, 1:41:2]  # 30 and 20 rows
    X, y = (found[kept] for found in moons(np.random.default_rng(0), 60))
    index = pd.Index(kept[::-1] + 100, name="patient")
    X, y = pd.DataFrame(X, index, ["a", "b"]), pd.Series(y, index, name="ill")
    gate = settled(sampler, expand)
    X_all, y_all = gate.fit_resample(X, y)
    like, like_y = quick().fit_resample(X, y)
    assert gate.expanded_ == expand == (len(X_all) > 50)
    for found, other in ((X_all, like), (y_all, like_y)):
        assert type(found.index) is type(other.index) is pd.RangeIndex
        assert found.index.equals(pd.RangeIndex(len(X_all)))
        assert found.index.name is other.index.name is None
    pd.testing.assert_frame_equal(X_all[:50], X.reset_index(drop=True))
    pd.testing.assert_series_equal(y_all[:50], y.reset_index(drop=True))
    assert X.index is index, "the caller's stays"


@pytest.mark.parametrize("container", [sparse.coo_array, lambda X: tuple(map(tuple, X.tolist()))], ids=["coo", "tuple"])
def test_the_container_is_the_same_in_both_outcomes(container):
    X, y = moons(np.random.default_rng(0), 40)
    expanded, same = (settled(quick(), expand).fit_resample(container(X), y)[0] for expand in (True, False))
    assert expanded.shape[0] > same.shape[0] == 40
    assert type(expanded) is type(same)
    assert expanded.dtype == same.dtype


def test_metrics_of_a_positive_class_take_text(seed):
    X, codes = moons(np.random.default_rng(seed), 60)
    parameters = {"cv": 3, "n_repeats": 1, "scoring": "f1", "random_state": seed}
    numbers = GatedSynthesizer(quick(), GaussianNB(), **parameters).fit(X[10:], codes[10:])
    texts = GatedSynthesizer(quick(), GaussianNB(), **parameters).fit(X[10:], np.array(["a", "b"])[codes[10:]])
    np.testing.assert_array_equal(texts.scores_expanded_, numbers.scores_expanded_)
    with pytest.raises(ValueError, match="f1_macro"):
        clone(texts).fit(X, np.arange(60) % 3)


def test_mixed_tables(rng):
    y = np.repeat(["ill", "well"], [20, 40])
    X = pd.DataFrame(
        {"age": rng.integers(20, 90, 60), "ward": rng.choice(["a", "b", "c"], 60), "score": rng.random(60)}
    )
    X.loc[:3, "score"] = np.nan
    gate = GatedSynthesizer(quick(), n_repeats=1, confidence=1e-6, random_state=0)
    X_all, _ = gate.fit_resample(X, y)
    assert (X_all.dtypes == X.dtypes).all()
    assert (len(X_all) > len(X)) == gate.expanded_


def test_pipelines_searches_and_the_expanded_classifier(seed):
    X, y = moons(np.random.default_rng(seed), 60)
    gate = GatedSynthesizer(quick(), KNeighborsClassifier(), cv=3, n_repeats=1, random_state=seed)
    pipeline = make_pipeline(gate, KNeighborsClassifier())
    search = GridSearchCV(
        pipeline, {"gatedsynthesizer__sampler__expansion_ratio": [1, 3]}, cv=2, error_score="raise"
    ).fit(X, y)
    assert set(search.best_params_) == {"gatedsynthesizer__sampler__expansion_ratio"}
    assert cross_val_score(ExpandedClassifier(KNeighborsClassifier(), gate), X, y, cv=2).min() > 0.5
    direct = GridSearchCV(
        ExpandedClassifier(KNeighborsClassifier(), gate), {"sampler__sampler__expansion_ratio": [1, 2]}, cv=2
    ).fit(X, y)
    assert direct.best_estimator_.sampler_.sampler.expansion_ratio in (1, 2)


def test_what_is_passed_stays_unfitted(seed):
    X, y = moons(np.random.default_rng(seed), 40)
    sampler, estimator = quick(), GaussianNB()
    GatedSynthesizer(sampler, estimator, n_repeats=1).fit_resample(X, y)
    assert not hasattr(sampler, "classes_")
    assert not hasattr(estimator, "classes_")


def test_same_seed_same_decision_with_any_number_of_processes():
    X, y = moons(np.random.default_rng(0), 40)
    first, second = (
        GatedSynthesizer(quick(), n_repeats=1, random_state=3, n_jobs=n_jobs).fit(X, y) for n_jobs in (None, 2)
    )
    np.testing.assert_array_equal(first.scores_expanded_, second.scores_expanded_)


class Fails(BaseEstimator):
    """Interrupted once it is asked for all rows."""

    def fit_resample(self, X, y):
        if len(X) == 40:
            raise KeyboardInterrupt
        return Truth().fit_resample(X, y)


def test_an_interrupted_refit_leaves_the_gate_as_it_was():
    X, y = moons(np.random.default_rng(0), 60)
    gate = GatedSynthesizer(Truth(), KNeighborsClassifier(15), cv=3, random_state=0)
    gate.fit_resample(X, y)
    before = vars(gate).copy()
    gate.sampler = before["sampler"] = Fails()
    with pytest.raises(KeyboardInterrupt):
        gate.fit_resample(X[:40], y[:40])
    assert vars(gate) == before
    with pytest.raises(ValueError, match="more than one class"):
        gate.fit(X, np.zeros(60))
    assert vars(gate) == before
    with pytest.raises(KeyboardInterrupt):
        (unfitted := clone(gate)).fit_resample(X[:40], y[:40])
    assert not hasattr(unfitted, "n_features_in_")


# ---------------------------------------------------------------- groups


def test_folds_keep_groups_together(rng):
    """Twins on both sides of a cut would let the neighbour score 1; apart, chance is all there is."""
    X, y, groups = signatures(rng, 16)
    gate = GatedSynthesizer(quick(), KNeighborsClassifier(1), n_repeats=1, random_state=0)
    assert gate.fit(X, y).scores_real_.mean() > 0.95
    assert gate.fit(X, y, groups=[f"patient {group}" for group in groups]).scores_real_.mean() < 0.8


@pytest.mark.parametrize("confidence", [1e-9, 0.999])
def test_groups_are_passed_on_and_come_back(rng, confidence):
    X, y, groups = signatures(rng, 12)
    gate = GatedSynthesizer(quick(), KNeighborsClassifier(1), cv=3, n_repeats=1, confidence=confidence, random_state=0)
    X_all, _ = gate.fit_resample(X, y, groups=groups)
    assert len(gate.groups_) == len(X_all)
    np.testing.assert_array_equal(gate.groups_[: len(X)], groups)
    if gate.expanded_:
        np.testing.assert_array_equal(gate.groups_, gate.sampler_.groups_)
    gate.fit_resample(X, y)
    assert not hasattr(gate, "groups_")


def test_a_class_in_one_group_is_trained_on(rng):
    y, groups = np.repeat([0, 1, 2], 8), np.repeat(np.arange(6), 4)
    groups[y == 2] = 9
    for train, test in paired_folds(y, y, 5, rng, groups):
        assert set(y[train]) == {0, 1, 2}
        assert not set(groups[train]) & set(groups[test])
    assert paired_folds(y, y, 5, rng, y) == [], "each class is a group"


def test_no_class_is_left_untrained():
    """Two of the groups have a class of their own, which some cuts would put into the same fold."""
    groups = np.repeat(np.arange(12), 4)
    y = np.where(groups < 2, "rare", np.where(np.arange(48) % 2, "odd", "even"))
    for seed in range(20):
        for train, _ in paired_folds(y, y, 2, np.random.default_rng(seed), groups):
            assert len(np.unique(y[train])) == 3


def test_groups_that_the_sampler_would_mix_are_refused(rng):
    X, y, groups = signatures(rng, 8)
    with pytest.raises(TypeError, match="SMOTE does not support groups"):
        GatedSynthesizer(SMOTE()).fit(X, y, groups=groups)
    with pytest.raises(ValueError, match=r"shape \(32,\)"):
        GatedSynthesizer().fit(X, y, groups=groups[1:])


@pytest.mark.parametrize(
    "bad", [{"confidence": 1.0}, {"n_repeats": 0}, {"scoring": "accurate"}, {"sampler": GaussianNB()}, {"cv": 1}]
)
def test_parameters_are_checked(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        GatedSynthesizer(**bad).fit(*moons(np.random.default_rng(0), 20))


def test_regressors_are_refused_before_any_training():
    with pytest.raises(TypeError, match=r"is a regressor.*ExpandedRegressor"):
        GatedSynthesizer(estimator=Ridge()).fit(*moons(np.random.default_rng(0), 20))


@pytest.mark.filterwarnings("error")
def test_folds_of_one_class_say_nothing():
    X, y = moons(np.random.default_rng(0), 20)
    rare = np.where(np.arange(len(y)) == 0, 2, 0)  # always trained on
    GatedSynthesizer(RandomOverSampler(random_state=0), GaussianNB(), cv=2).fit(X, rare)


def test_any_sampler_that_puts_new_rows_behind(seed):
    X, y = blobs(np.random.default_rng(seed), [40, 12], 3)
    gate = GatedSynthesizer(SMOTE(random_state=seed), GaussianNB(), confidence=1e-9, random_state=seed)
    X_all, y_all = gate.fit_resample(X, y)
    assert np.bincount(y_all).tolist() == [40, 40] if gate.expanded_ else X_all is X
