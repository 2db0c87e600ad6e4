"""ExpandedClassifier: the classifier fitted on what the sampler returns, wherever scikit-learn takes a classifier."""

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE
from imblearn.under_sampling import RandomUnderSampler
from sklearn import config_context
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_wine
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from skexpand import ExpandedClassifier, ExpansiveSynthesizer, GatedSynthesizer

X, y = load_wine(return_X_y=True)


def sampler(**parameters):
    return ExpansiveSynthesizer(**{"law": "local", "expansion_ratio": 2, "random_state": 0} | parameters)


@pytest.mark.parametrize("estimator", [GaussianNB(), KNeighborsClassifier(3)])
@pytest.mark.parametrize(
    "make_sampler", [sampler, lambda: SMOTE(random_state=0), lambda: RandomUnderSampler(random_state=0)]
)
def test_is_the_classifier_on_the_expanded_rows(estimator, make_sampler):
    model = ExpandedClassifier(estimator, make_sampler()).fit(X, y)
    expected = clone(estimator).fit(*make_sampler().fit_resample(X, y))
    np.testing.assert_array_equal(model.predict(X), expected.predict(X))
    np.testing.assert_array_equal(model.predict_proba(X), expected.predict_proba(X))
    np.testing.assert_array_equal(model.classes_, expected.classes_)
    assert model.n_features_in_ == 13
    assert model.score(X, y) == expected.score(X, y)


def test_defaults_are_a_logistic_regression_on_encoded_columns_and_the_synthesizer():
    model = ExpandedClassifier()
    assert hasattr(model, "predict_proba")
    model.fit(X, y)
    assert isinstance(model.estimator_[-1], LogisticRegression)
    assert isinstance(model.sampler_, ExpansiveSynthesizer)
    assert model.get_params(deep=False) == {"estimator": None, "sampler": None}


def test_what_is_passed_stays_unfitted():
    estimator, inner = GaussianNB(), sampler()
    model = ExpandedClassifier(estimator, inner).fit(X, y)
    assert not hasattr(estimator, "classes_")
    assert not hasattr(inner, "classes_")
    assert model.estimator_ is not estimator
    assert model.sampler_ is not inner


def test_methods_are_those_of_the_classifier():
    with_scores, with_probabilities = ExpandedClassifier(LinearSVC()), ExpandedClassifier(GaussianNB())
    assert hasattr(with_scores, "decision_function")
    assert not hasattr(with_scores, "predict_proba")
    assert hasattr(with_probabilities, "predict_proba")
    assert not hasattr(with_probabilities, "decision_function")
    model = ExpandedClassifier(SVC(), sampler()).fit(X, y)
    np.testing.assert_array_equal(model.decision_function(X), model.estimator_.decision_function(X))


def test_regressors_are_refused():
    with pytest.raises(TypeError, match=r"is a regressor.*ExpandedRegressor"):
        ExpandedClassifier(Ridge()).fit(X, y)


@pytest.mark.parametrize("wrap", [lambda sampler: sampler, GatedSynthesizer], ids=["alone", "gated"])
def test_a_sampler_of_numbers_is_refused(wrap):
    sampler = wrap(ExpansiveSynthesizer(target="numbers"))
    for target in (np.arange(20) % 2, np.eye(20, 3, dtype=int) + np.eye(20, 3, 1, dtype=int)):
        with pytest.raises(
            ValueError, match=r"target='numbers', .* leave target at its default, or use ExpandedRegressor"
        ):
            ExpandedClassifier(sampler=sampler).fit(np.eye(20), target)


def test_unfitted():
    model = ExpandedClassifier()
    for name in ("classes_", "n_features_in_", "feature_names_in_"):
        assert not hasattr(model, name)
    with pytest.raises(NotFittedError):
        model.predict(X)


def test_text_labels_and_named_columns():
    frame = pd.DataFrame(X, columns=[f"c{i}" for i in range(13)])
    labels = pd.Series(np.array(["low", "mid", "top"])[y])
    model = ExpandedClassifier(GaussianNB(), sampler()).fit(frame, labels)
    assert model.classes_.tolist() == ["low", "mid", "top"]
    assert model.feature_names_in_.tolist() == list(frame.columns)
    assert np.mean(model.predict(frame) == labels) > 0.9
    with pytest.raises(ValueError, match="feature names"):
        model.predict(frame.rename(columns={"c0": "other"}))


def test_a_failed_fit_leaves_the_fitted_model():
    model = ExpandedClassifier(GaussianNB(), sampler()).fit(X, y)
    before = model.predict(X)
    with pytest.raises(ValueError, match="NaN"):
        model.fit(np.full_like(X, np.nan), y)
    np.testing.assert_array_equal(model.predict(X), before)


@pytest.mark.parametrize("bad", [{"estimator": StandardScaler()}, {"sampler": StandardScaler()}, {"estimator": "svm"}])
def test_parameters_are_checked(bad):
    with pytest.raises(ValueError, match="ExpandedClassifier must be"):
        ExpandedClassifier(**bad).fit(X, y)


def compositions():
    base = ExpandedClassifier(GaussianNB(), sampler())
    named = [("a", base), ("b", ExpandedClassifier(KNeighborsClassifier(), sampler()))]
    return {
        "pipeline": make_pipeline(StandardScaler(), base),
        "stacking": StackingClassifier(named, GaussianNB(), cv=2),
        "voting": VotingClassifier(named, voting="soft"),
        "calibration": CalibratedClassifierCV(base, cv=2),
    }


@pytest.mark.parametrize("name", compositions())
def test_works_where_scikit_learn_takes_a_classifier(name):
    model = compositions()[name]
    assert cross_val_score(model, X, y, cv=2).min() > 0.6


def test_parameters_of_both_parts_can_be_searched():
    search = GridSearchCV(
        ExpandedClassifier(KNeighborsClassifier(), sampler()),
        {"sampler__expansion_ratio": [1, 3], "sampler__law": ["local", "global"], "estimator__n_neighbors": [1, 5]},
        cv=2,
        error_score="raise",
    ).fit(X, y)
    assert len(search.cv_results_["params"]) == 8
    assert search.best_estimator_.sampler_.expansion_ratio == search.best_params_["sampler__expansion_ratio"]


def test_new_rows_never_reach_a_test_fold():
    """One row a class appears in the test fold; a classifier that saw copies of test rows would be perfect on noise."""
    rng = np.random.default_rng(0)
    noise, labels = rng.standard_normal((120, 5)), rng.integers(0, 2, 120)
    model = ExpandedClassifier(KNeighborsClassifier(1), sampler(expansion_ratio=10))
    assert cross_val_score(model, noise, labels, cv=4).mean() < 0.7


def test_a_classifier_that_splits_by_groups_gets_those_of_all_rows():
    seen = []

    class Splitter(GroupKFold):
        def split(self, X, y=None, groups=None):
            seen.append(groups)
            return super().split(X, y, groups)

    groups = np.arange(len(X)) // 4
    search = GridSearchCV(KNeighborsClassifier(), {"n_neighbors": [1, 5]}, cv=Splitter(3))
    model = ExpandedClassifier(search, sampler()).fit(X, y, groups=groups)
    np.testing.assert_array_equal(seen[0], model.sampler_.groups_)
    np.testing.assert_array_equal(seen[0][: len(X)], groups)
    assert len(seen[0]) > len(X)


@pytest.mark.parametrize("estimator", [GaussianNB(), make_pipeline(StandardScaler(), GaussianNB()), None], ids=str)
def test_groups_are_for_the_sampler_where_the_classifier_takes_none(estimator):
    groups = np.arange(len(X)) // 4
    model = ExpandedClassifier(estimator, sampler()).fit(X, y, groups=groups)
    np.testing.assert_array_equal(model.sampler_.groups_[: len(X)], groups)
    assert model.score(X, y) > 0.8


def test_groups_that_the_sampler_cannot_keep_apart():
    with pytest.raises(TypeError, match="SMOTE does not support groups"):
        ExpandedClassifier(GaussianNB(), SMOTE()).fit(X, y, groups=np.arange(len(X)))


class Weighed(GaussianNB):
    """A classifier that keeps the weights it is given."""

    def fit(self, X, y, sample_weight=None):
        self.weights_ = sample_weight
        return super().fit(X, y, sample_weight)


WEIGHTS = 1.0 + np.arange(len(y))


@pytest.mark.parametrize(
    ("estimator", "inner"),
    [
        (Weighed(), lambda model: model),
        (make_pipeline(StandardScaler(), Weighed()), lambda model: model[-1]),
        (GridSearchCV(Weighed(), {"var_smoothing": [1e-9]}, cv=2), lambda model: model.best_estimator_),
    ],
    ids=["plain", "pipeline", "search"],
)
def test_new_rows_have_the_weight_of_their_anchor(estimator, inner):
    model = ExpandedClassifier(estimator, sampler()).fit(X, y, sample_weight=WEIGHTS.tolist())
    given = inner(model.estimator_).weights_
    np.testing.assert_array_equal(given[: len(y)], WEIGHTS)
    np.testing.assert_array_equal(given[len(y) :], WEIGHTS[model.sampler_.parents_["anchor"]])


def test_weights_pass_a_gate():
    for confidence in (0.01, 0.99):
        gate = GatedSynthesizer(sampler(), GaussianNB(), cv=2, n_repeats=2, confidence=confidence, random_state=0)
        model = ExpandedClassifier(Weighed(), gate).fit(X, y, sample_weight=WEIGHTS)
        expected = len(y) * (2 if model.sampler_.expanded_ else 1)
        assert len(model.estimator_.weights_) >= expected
        np.testing.assert_array_equal(model.estimator_.weights_[: len(y)], WEIGHTS)


def test_the_default_takes_weights():
    light = ExpandedClassifier(sampler=sampler()).fit(X, y, sample_weight=np.where(y == 0, 1e-6, 1.0))
    assert not (light.predict(X) == 0).any()


def test_weights_that_nobody_takes():
    with pytest.raises(TypeError, match=r"KNeighborsClassifier.* accepts no sample_weight; leave it out"):
        ExpandedClassifier(KNeighborsClassifier(), sampler()).fit(X, y, sample_weight=WEIGHTS)
    with pytest.raises(TypeError, match=r"SMOTE does not record .* leave sample_weight out"):
        ExpandedClassifier(GaussianNB(), SMOTE()).fit(X, y, sample_weight=WEIGHTS)
    with pytest.raises(ValueError, match="one weight per row"):
        ExpandedClassifier(GaussianNB(), sampler()).fit(X, y, sample_weight=WEIGHTS[1:])


def test_metadata_is_routed():
    groups = np.arange(len(X)) // 4
    with config_context(enable_metadata_routing=True):
        plain = ExpandedClassifier(Weighed(), sampler()).set_fit_request(sample_weight=True, groups=True)
        plain.set_score_request(sample_weight=False)
        search = GridSearchCV(plain, {"sampler__expansion_ratio": [2]}, cv=GroupKFold(2))
        model = search.fit(X, y, groups=groups, sample_weight=WEIGHTS).best_estimator_
        np.testing.assert_array_equal(model.estimator_.weights_[: len(y)], WEIGHTS)
        np.testing.assert_array_equal(model.sampler_.groups_[: len(y)], groups)
        scaler = StandardScaler().set_fit_request(sample_weight=False)
        inner = make_pipeline(scaler, Weighed().set_fit_request(sample_weight=True))
        routed = ExpandedClassifier(inner, sampler()).fit(X, y, sample_weight=WEIGHTS, groups=groups)
        np.testing.assert_array_equal(routed.estimator_[-1].weights_[: len(y)], WEIGHTS)
        ExpandedClassifier(sampler=sampler()).fit(X, y, sample_weight=WEIGHTS)
        with pytest.raises(TypeError, match=r"accepts no sample_weight.*set_fit_request"):
            ExpandedClassifier(make_pipeline(Weighed()), sampler()).fit(X, y, sample_weight=WEIGHTS)


def test_the_default_takes_mixed_tables_with_gaps():
    frame = pd.DataFrame(X[:, :3], columns=list("abc"))
    frame["kind"] = pd.Categorical(np.where(X[:, 3] > 18, "p", "q"))
    frame.loc[::9, "a"] = np.nan
    model = ExpandedClassifier(sampler=sampler()).fit(frame, y)
    assert model.score(frame, y) > 0.7
