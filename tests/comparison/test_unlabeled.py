"""Rows without a label in gate and report: they help the sampler, and nobody is tested on them."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from skexpand import ExpandedRegressor, ExpansionReport, ExpansiveSynthesizer, GatedSynthesizer
from skexpand.comparison.unlabeled import WithUnlabeled
from skexpand.metrics import membership_inference, utility_score
from tests.tables import blobs

pytestmark = pytest.mark.usefixtures("_only_failure_signs")


def table(n_labeled=24):
    X, y = blobs(np.random.default_rng(0), (60, 60), 4, apart=1.0)
    order = np.random.default_rng(1).permutation(len(y))
    X, y = X[order], y[order]
    return X, np.where(np.arange(len(y)) < n_labeled, y, -1)


def sampler(**parameters):
    return ExpansiveSynthesizer(
        **{"unlabeled": -1, "law": "local", "expansion_ratio": 3, "random_state": 0} | parameters
    )


@pytest.mark.parametrize(
    "labels", [np.array([0, 1, 0, 1]), np.array(["a", "b", "a", "b"]), np.array([True, False] * 2)]
)
@pytest.mark.parametrize("marker", [-1, "missing"])
def test_the_others_go_behind_the_labelled_rows(labels, marker):
    X = np.random.default_rng(0).standard_normal((10, 3))
    wrapped = WithUnlabeled(sampler(unlabeled=marker), X[4:])
    rows, found = clone(wrapped).fit_resample(X[:4], labels)
    np.testing.assert_array_equal(rows[:10], X)
    assert set(np.asarray(found).tolist()) == set(labels.tolist())
    alone = WithUnlabeled(sampler(unlabeled=marker), X[4:], keep=False)
    rows, found = alone.fit_resample(X[:4], labels)
    assert len(rows) == len(found) == 4 + alone.synthetic_mask_.sum()


def test_the_gate_is_judged_on_labelled_rows_and_returns_no_marker():
    X, y = table()
    gate = GatedSynthesizer(sampler(), LogisticRegression(), cv=3, n_repeats=1, confidence=1e-6, random_state=0)
    X_big, y_big = gate.fit_resample(X, y)
    assert gate.expanded_
    assert gate.classes_.tolist() == [0, 1]
    assert set(y_big.tolist()) == {0, 1}
    np.testing.assert_array_equal(X_big[: len(X)], X)
    gate.set_params(confidence=1 - 1e-6)
    X_same, y_same = gate.fit_resample(pd.DataFrame(X), pd.Series(y))
    assert not gate.expanded_
    np.testing.assert_array_equal(X_same, X[:24])
    np.testing.assert_array_equal(y_same, y[:24])


def test_the_report_counts_them_apart():
    X, y = table()
    report = ExpansionReport(
        sampler(), X, y, estimator=KNeighborsClassifier(3), cv=StratifiedKFold(2), random_state=0, verbose=False
    ).compute()
    assert report.settings_["n_rows"] == 24
    assert report.settings_["n_unlabeled"] == 96
    assert report.specimen_.n_new == sum(sampler().fit(X, y).sampling_strategy_.values())
    assert "unlabeled" in report.to_html()
    assert report.comparison_.subject.contender.title == "ExpansiveSynthesizer, 96 rows without a label"


def numbers(n_targets=1):
    X = np.random.default_rng(0).standard_normal((60, 3))
    y = X[:, :n_targets] + X[:, 1:2]
    y[20:] = np.nan
    return X, y if n_targets > 1 else y[:, 0]


def number_sampler(**parameters):
    return sampler(**{"target": "numbers", "unlabeled": "missing", "expansion_ratio": 2} | parameters)


@pytest.mark.usefixtures("_ridge_smooths")
@pytest.mark.parametrize("confidence", [1e-6, 1 - 1e-6])
def test_the_gate_with_numbers(confidence):
    X, y = numbers(2)
    gate = GatedSynthesizer(number_sampler(), cv=2, n_repeats=1, confidence=confidence, random_state=0)
    X_big, y_big = gate.fit_resample(pl.DataFrame(X), pl.DataFrame(y).fill_nan(None))
    assert len(X_big) == len(y_big) == (80 if gate.expanded_ else 20)
    gate.set_params(sampler__bounds={"low": (-9, 9)})  # a column of y
    X_big, y_big = gate.fit_resample(pd.DataFrame(X, columns=list("abc")), pd.DataFrame(y, columns=["low", "high"]))
    assert gate.expanded_ == (confidence < 0.5)
    assert len(X_big) == len(y_big) == (80 if gate.expanded_ else 20)
    assert y_big.notna().all(axis=None)
    model = ExpandedRegressor(KNeighborsRegressor(), gate.set_params(sampler__bounds=None)).fit(X, y)
    assert model.estimator_.n_samples_fit_ == len(X_big)


@pytest.mark.usefixtures("_ridge_smooths")
def test_the_report_with_numbers():
    X, y = numbers()
    report = ExpansionReport(number_sampler(), X, y, cv=2, random_state=0, verbose=False).compute()
    assert report.settings_["n_rows"] == 20
    assert report.settings_["n_unlabeled"] == 40
    assert report.comparison_.subject.contender.title == "ExpansiveSynthesizer, 40 rows without a number"


@pytest.mark.parametrize("make", [table, numbers])
def test_folds_would_test_on_them(make):
    X, y = make()
    maker, learner = (sampler(), LogisticRegression()) if make is table else (number_sampler(), KNeighborsRegressor())
    for call in (lambda: utility_score(maker, learner, X, y), lambda: membership_inference(maker, X, y)):
        with pytest.raises(ValueError, match=r"of \d+ rows have no label, .* leave them out, or use ExpansionReport"):
            call()


def test_groups_would_leak():
    X, y = table()
    groups = np.arange(len(y)) // 2
    with pytest.raises(ValueError, match="a split by groups would leak"):
        GatedSynthesizer(sampler()).fit(X, y, groups=groups)
    report = ExpansionReport(sampler(), X, y, groups=groups, verbose=False)
    with pytest.raises(ValueError, match="a split by groups would leak"):
        report.compute()
