"""Reports of numbers and of label sets: the gains of ``utility_score``, told in their unit, and no word on classes."""

import json
import re
from html import unescape

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.datasets import make_friedman1, make_multilabel_classification
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import f1_score, mean_absolute_error, r2_score
from sklearn.model_selection import KFold, LeaveOneOut
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline

from skexpand import ExpansionReport, ExpansiveSynthesizer
from skexpand.comparison.interval import corrected_interval
from skexpand.comparison.kinds import strata_of, table_of
from skexpand.comparison.learner import TableEncoder
from skexpand.metrics import utility_score
from skexpand.report.contenders import Repeated
from skexpand.report.unit import Unit

X, y = make_friedman1(60, n_features=5, noise=0.5, random_state=0)
X_sets, Y = make_multilabel_classification(60, n_features=6, n_classes=3, random_state=0)


def sampler(target, **parameters):
    return ExpansiveSynthesizer(
        **{"target": target, "law": "local", "expansion_ratio": 3, "random_state": 0}
        | ({"target_law": "recombined"} if target == "numbers" else {})
        | parameters
    )


@pytest.fixture(scope="module")
def numbers():
    """Return a report on three folds that anyone can draw again."""
    return ExpansionReport(
        sampler("numbers"), X, y, estimator=KNeighborsRegressor(), cv=KFold(3), random_state=0, verbose=False
    ).compute()


@pytest.fixture(scope="module")
def label_sets():
    """Return a report on label sets, with a learner that takes class weights."""
    learner = MultiOutputClassifier(LogisticRegression())
    return ExpansionReport(
        sampler("label_sets"), X_sets, Y, estimator=learner, cv=3, random_state=0, verbose=False
    ).compute()


def test_scores_and_gains_of_numbers_are_those_by_hand(numbers):
    real, subject = numbers.comparison_.results
    errors, r2 = [], []
    for train, test in KFold(3).split(X):
        predicted = KNeighborsRegressor().fit(X[train], y[train]).predict(X[test])
        errors.append(-mean_absolute_error(y[test], predicted))
        r2.append(r2_score(y[test], predicted))
    np.testing.assert_allclose(real.scores, errors)
    np.testing.assert_allclose(real.aside["neg_mean_absolute_error"], errors)
    np.testing.assert_allclose(real.aside["r2"], r2)
    utility = utility_score(sampler("numbers"), KNeighborsRegressor(), X, y, cv=KFold(3))
    assert subject.gain == pytest.approx(utility.gain)
    assert subject.gains["neg_mean_absolute_error"] == pytest.approx(utility.gain)
    expected = corrected_interval(np.subtract(subject.aside["r2"], r2), 0.5, 0.95)
    assert subject.gains["r2"] == pytest.approx(expected)


def test_the_page_of_numbers_tells_errors_as_errors(numbers):
    page = " ".join(unescape(numbers.to_html()).split())
    real, subject = numbers.comparison_.results
    row = re.search(r"mean absolute error<small>smaller is better</small>.*?</tr>", page, re.DOTALL)[0]
    assert f">{-np.mean(real.scores):.2f}<" in row
    assert f">{-np.mean(subject.scores):.2f}<" in row
    assert f"{subject.gain.low:+.2f} to {subject.gain.high:+.2f}".replace("-", "−") in row
    assert "R²<small>larger is better</small>" in page
    assert "The gain is a smaller mean absolute error." in page
    assert "60 rows, 5 columns, target of 1 number<" in page
    for word in ("classes", "class", "points", "Brier", "SMOTE", "neg mean"):
        assert not re.search(rf"\b{word}\b", re.sub(r"<(style|dl)>.*?</\1>|<[^>]*>", "", page, flags=re.DOTALL)), word


def test_the_metric_comes_first_and_once():
    report = ExpansionReport(
        sampler("numbers"), X, y, estimator=Ridge(), scoring="r2", cv=2, random_state=0, verbose=False
    ).compute()
    titles = re.findall(r'<th scope="row">([^<]*)<small>(?:larger|smaller) is better', report.to_html())
    assert titles == ["R²", "mean absolute error"]
    assert "R²" in report.verdict_.reason


def test_figures_of_numbers_include_the_target(numbers):
    assert numbers.specimen_.real.shape[1] == numbers.specimen_.new.shape[1] == 6
    assert set(numbers.specimen_.real[:, 5]) == set(y)
    assert len(numbers.specimen_.signs) == 4
    assert len(numbers.readings_) == 8
    assert np.isfinite([reading.figure.value for reading in numbers.readings_]).all()


def test_json_of_numbers(numbers):
    content = json.loads(numbers.to_json())
    assert content["settings"]["target"] == "numbers"
    assert "n_classes" not in content["settings"]
    expanded = content["contenders"][1]
    assert set(expanded) >= {"r2", "neg_mean_absolute_error", "gain_r2", "gain_neg_mean_absolute_error"}
    assert expanded["gain_neg_mean_absolute_error"] == expanded["gain"]


class Truth(BaseEstimator):
    """Adds rows of the law that made the table, whose numbers lack the noise."""

    target = "numbers"
    target_law = "recombined"
    unlabeled = class_shares = image_shape = core = None
    sampling_strategy = "auto"

    def __init__(self, sign=1):
        self.sign = sign

    def fit_resample(self, X, y):
        new = np.random.default_rng(0).uniform(size=(600, 2))
        return np.concatenate([X, new]), np.concatenate([y, self.sign * 1000 * new[:, 0]])


@pytest.mark.parametrize(("sign", "headline"), [(1, "Expand ×16: mean absolute error smaller by "), (-1, "it harms")])
def test_the_verdict_on_numbers(rng, sign, headline):
    rows = rng.uniform(size=(40, 2))
    verdict = (
        ExpansionReport(Truth(sign), rows, 1000 * rows[:, 0], cv=2, random_state=0, verbose=False).compute().verdict_
    )
    assert headline in verdict.headline
    assert "mean absolute error, " in verdict.reason
    assert verdict.expand == (verdict.low > 0) == (sign == 1)
    assert "on real rows only)" in verdict.reason


@pytest.mark.parametrize(
    ("metric", "scores", "gain", "told", "score"),
    [
        ("neg mean absolute error", [-55.5, -50], 4.8712, "+4.9", "55.5"),
        ("neg mean squared error", [-12345.6], -123.4, "−123", "12,346"),
        ("r2", [0.713, 0.88], 0.0459, "+0.046", "0.713"),
        ("r2", [-0.02, 0.5], np.nan, "–", "−0.020"),
        ("r2", [np.nan], 0.0459, "+0.046", "–"),
        ("r2", [0.0], 0.0, "+0.000", "0.000"),
    ],
)
def test_gains_have_the_decimals_of_their_scores(metric, scores, gain, told, score):
    unit = Unit.own(metric, scores)
    assert unit.gain(gain) == told
    assert unit.score(scores[0]) == score


def test_an_interval_leaves_a_gain_open_by_the_size_of_the_error():
    assert Unit.own("neg mean absolute error", [-50]).leaves_open(1.1, -50)
    assert not Unit.own("neg mean absolute error", [-50]).leaves_open(0.9, -50)
    assert Unit("accuracy").leaves_open(0.021, 0.5)


@pytest.mark.parametrize(
    ("table", "target"),
    [
        (pd.DataFrame(X), pd.Series(y)),
        (pl.DataFrame(X), pl.DataFrame({"a": y, "b": y**2})),
        (X.tolist(), y.tolist()),
        (sparse.csr_array(X), np.column_stack([y, X[:, 0]])),
    ],
    ids=["pandas", "polars", "lists", "sparse"],
)
def test_containers_of_numbers(table, target):
    report = ExpansionReport(
        sampler("numbers", target_law="recombined"), table, target, cv=2, random_state=0, verbose=False
    ).compute()
    n_numbers = 1 if np.ndim(target) == 1 else 2
    assert report.settings_["n_numbers"] == n_numbers
    assert report.specimen_.new.shape[1] == 5 + n_numbers
    page = report.to_html()
    assert f"target of {n_numbers} number{'s' * (n_numbers > 1)}<" in page
    assert page.count('<td class="idle">') == 2  # seconds have no gain and no interval; phones leave them out


def test_a_metric_that_single_rows_do_not_define():
    report = ExpansionReport(
        sampler("numbers", target_law="recombined"), X[:12], y[:12], cv=LeaveOneOut(), random_state=0, verbose=False
    ).compute()
    assert np.isnan(report.comparison_.real.aside["r2"]).all()
    assert json.loads(report.to_json())["contenders"][1]["gain_r2"]["mean"] is None
    report.scoring = "r2"
    with (
        pytest.warns(UserWarning, match="not well-defined"),
        pytest.raises(ValueError, match="r2 is defined on none of the 12 folds; give fewer folds"),
    ):
        report.compute()


def test_too_few_numbers_are_refused():
    with pytest.raises(ValueError, match="2 rows cannot be compared on 0 folds; give more rows"):
        ExpansionReport(sampler("numbers"), X[:2], y[:2], verbose=False).compute()


def test_label_sets_are_judged_by_macro_f1(label_sets):
    real, weights, repeated, smote, subject = label_sets.comparison_.results
    learner = MultiOutputClassifier(LogisticRegression())
    utility = utility_score(sampler("label_sets"), learner, X_sets, Y, cv=3, random_state=0)
    np.testing.assert_allclose(real.scores, utility.real)
    assert subject.gain == pytest.approx(utility.gain)
    predicted = learner.fit(X_sets, Y).predict(X_sets)
    assert Unit(label_sets.settings_["scoring"]).title == "f1 macro"
    assert 0 < f1_score(Y, predicted, average="macro") <= 1
    assert weights.competed
    assert repeated.competed
    assert smote.failure == "SMOTE takes one label for each row."
    assert not real.aside


def test_the_page_of_label_sets(label_sets):
    page = " ".join(unescape(label_sets.to_html()).split())
    assert "60 rows, 6 columns, 3 labels<" in page
    assert "label sets have the same shares in both" in page
    assert "points of f1 macro" in page
    assert "Brier" not in page
    assert "log loss" not in page


def test_real_and_new_rows_have_the_same_shares_of_label_sets(label_sets):
    specimen = label_sets.specimen_
    assert specimen.new.shape[1] == specimen.real.shape[1] == 6
    assert len(label_sets.readings_) == 8


@pytest.mark.parametrize("container", [pd.DataFrame, sparse.csr_array, np.ndarray.tolist])
def test_containers_of_label_sets(container):
    learner = make_pipeline(TableEncoder(), KNeighborsClassifier())
    report = ExpansionReport(
        sampler("label_sets"), container(X_sets), container(Y), estimator=learner, cv=2, random_state=0, verbose=False
    ).compute()
    assert report.comparison_.results[1].failure == "The learner takes no class weights."
    assert report.settings_["n_labels"] == 3


def test_repeated_rows_make_label_sets_equally_frequent(seed):
    rows, sets = Repeated(seed, "label_sets").fit_resample(X_sets, Y)
    counts = np.unique(sets, axis=0, return_counts=True)[1]
    assert len(set(counts.tolist())) == 1
    np.testing.assert_array_equal(rows[:60], X_sets)
    known = {(*row, *marks) for row, marks in zip(X_sets.tolist(), Y.tolist(), strict=True)}
    assert {(*row, *marks) for row, marks in zip(rows.tolist(), sets.tolist(), strict=True)} == known


def test_how_rows_are_matched():
    marks = np.array([[1, 0], [0, 1], [1, 0]])
    assert strata_of("label_sets", marks).tolist() == ["10", "01", "10"]
    assert strata_of("label_sets", marks.astype(bool)).tolist() == ["10", "01", "10"]
    assert strata_of("numbers", np.array([0.5, 1.5])).tolist() == [0, 0]
    assert strata_of("classes", np.array(["a", "b"])).tolist() == ["a", "b"]
    assert table_of("numbers", np.ones((2, 1)), np.array([3.0, 4.0])).tolist() == [[1, 3], [1, 4]]
    assert table_of("label_sets", marks, marks) is marks
