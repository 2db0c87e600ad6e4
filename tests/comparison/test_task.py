"""The task by kind of target: learner, metric and strata; gate and utility compare on numbers and label sets too."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import make_friedman1, make_multilabel_classification
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import KFold
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from skexpand import ExpandedRegressor, ExpansionReport, ExpansiveSynthesizer, GatedSynthesizer
from skexpand.comparison.task import rarest_labels
from skexpand.metrics import membership_inference, utility_score
from skexpand.pipeline import Pipeline, make_pipeline
from skexpand.request.target import kind_of, read_target
from skexpand.target.numbers import Numbers

X, y = make_friedman1(60, n_features=5, noise=0.5, random_state=0)
X_sets, Y = make_multilabel_classification(60, n_features=6, n_classes=3, random_state=0)


def sampler(target, **parameters):
    return ExpansiveSynthesizer(
        **{"target": target, "law": "local", "expansion_ratio": 5, "random_state": 0} | parameters
    )


def test_the_rarest_label_of_a_set():
    marks = np.array([[1, 1, 0], [1, 0, 0], [0, 0, 0], [1, 1, 1], [1, 0, 0]])
    assert rarest_labels(marks).tolist() == [2, 1, 0, 3, 1]


def test_the_gain_of_numbers_is_in_their_units():
    numbers = sampler("numbers", target_law="recombined")
    found = utility_score(numbers, KNeighborsRegressor(), X, y, cv=KFold(3))
    errors = [
        -mean_absolute_error(y[test], KNeighborsRegressor().fit(X[train], y[train]).predict(X[test]))
        for train, test in KFold(3).split(X)
    ]
    np.testing.assert_allclose(found.real, errors)
    assert found.gain.low < found.gain.mean < found.gain.high
    assert np.isfinite(found.synthetic).all()
    r2 = utility_score(numbers, Ridge(), X, np.column_stack([y, X[:, 0]]), cv=3, scoring="r2", random_state=0)
    assert len(r2.real) == 6


def test_the_gain_of_label_sets():
    found = utility_score(
        sampler("label_sets"), KNeighborsClassifier(), X_sets, sparse.csr_array(Y), cv=3, random_state=0
    )
    assert 0 < found.real.mean() < 1
    assert len(found.expanded) == 6


@pytest.mark.parametrize(
    ("kind", "table", "target"), [("numbers", X, pd.Series(y)), ("label_sets", X_sets, pd.DataFrame(Y))]
)
@pytest.mark.parametrize("confidence", [0.01, 0.99])
def test_the_gate(kind, table, target, confidence):
    gate = GatedSynthesizer(sampler(kind), cv=3, n_repeats=1, confidence=confidence, random_state=0)
    rows, made = gate.fit_resample(table, target)
    assert type(made) is type(target)
    assert len(rows) == len(made) == 60 + sum(gate.sampling_strategy_.values())
    assert gate.expanded_ == (len(rows) > 60)
    if confidence == 0.01:
        assert gate.expanded_


def test_a_gate_stands_in_a_regressor():
    gate = GatedSynthesizer(
        sampler("classes"), KNeighborsRegressor(), cv=2, n_repeats=1, confidence=0.01, random_state=0
    )
    model = ExpandedRegressor(KNeighborsRegressor(), gate, target_law="smooth").fit(X, y)
    assert model.sampler_.sampler_.target == "numbers"
    assert model.expanded_


@pytest.mark.parametrize(
    "hold", [make_pipeline, GatedSynthesizer, lambda inner: GatedSynthesizer(make_pipeline(inner))]
)
def test_a_sampler_within_another_says_what_y_is(hold):
    nested = hold(sampler("numbers", target_law="recombined"))
    gate = GatedSynthesizer(nested, cv=2, n_repeats=1, confidence=0.01, random_state=0)
    assert kind_of(gate) == kind_of(clone(gate)) == "numbers"
    assert type(read_target(gate, y)) is Numbers
    if type(nested) is Pipeline:
        gate.fit_resample(X, y)
        assert sum(gate.sampling_strategy_.values()) == 240
        assert len(utility_score(nested, KNeighborsRegressor(), X, y, cv=2, random_state=0).real) == 4


def test_the_kind_that_is_set_later():
    gate = GatedSynthesizer(make_pipeline(ExpansiveSynthesizer()))
    assert kind_of(gate) == "classes"
    assert kind_of(gate.set_params(sampler__expansivesynthesizer__target="label_sets")) == "label_sets"


def test_rows_without_a_label_reach_a_sampler_within_another():
    labels = np.where(np.arange(60) % 3, y > y.mean(), -1)
    gate = GatedSynthesizer(make_pipeline(sampler("classes", unlabeled=-1)), cv=2, n_repeats=1, confidence=0.01)
    assert set(gate.fit_resample(X, labels)[1].tolist()) == {0, 1}
    assert gate.classes_.tolist() == [0, 1]


def test_bounds_know_numbers_by_their_names():
    named = pd.DataFrame({"price": y - y.min()})
    numbers = sampler("numbers", target_law="recombined", bounds={"price": (0, None)})
    table = pd.DataFrame(X, columns=list("abcde"))
    gate = GatedSynthesizer(numbers, cv=2, n_repeats=1, confidence=0.01, random_state=0)
    made = gate.fit_resample(table, named)[1]
    assert gate.expanded_
    assert made.columns.tolist() == ["price"]
    assert made.price.min() >= 0
    real = utility_score(numbers, KNeighborsRegressor(), table, named, cv=KFold(2)).real
    plain = utility_score(sampler("numbers"), KNeighborsRegressor(), X, y, cv=KFold(2)).real
    np.testing.assert_allclose(real, plain)
    assert 0 <= membership_inference(numbers, table, named, n_splits=1, random_state=0).value <= 1


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="scoring='accuracy' judges no numbers"):
        utility_score(sampler("numbers"), Ridge(), X, y, scoring="accuracy")
    with pytest.raises(TypeError, match="is a classifier, but target='numbers'"):
        utility_score(sampler("numbers"), LogisticRegression(), X, y)
    with pytest.raises(TypeError, match="is a regressor"):
        utility_score(sampler("label_sets"), Ridge(), X_sets, Y)
    with pytest.raises(TypeError, match="is a classifier, but target='numbers'"):
        ExpansionReport(sampler("numbers"), X, y, estimator=LogisticRegression(), verbose=False).compute()
