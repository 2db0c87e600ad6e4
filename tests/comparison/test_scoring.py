"""The metric: what scikit-learn says where it says something, and a positive class for labels that are text."""

import warnings

import numpy as np
import pytest
from sklearn import metrics
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.metrics import f1_score, get_scorer, make_scorer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skexpand.comparison.scoring import Metric

OF_A_CLASS = ["f1", "precision", "recall", "jaccard", "average_precision", "neg_brier_score"]
OF_A_CLASS += ["d2_brier_score"] if hasattr(metrics, "d2_brier_score") else []


@pytest.fixture
def table(rng):
    codes = np.repeat([0, 1], [40, 20])
    return rng.standard_normal((60, 3)) + codes[:, None], codes


@pytest.mark.parametrize("scoring", [*OF_A_CLASS, "accuracy", "balanced_accuracy", "roc_auc", "neg_log_loss"])
@pytest.mark.parametrize("labelled", [[0, 1], [False, True], [-1, 1], [0.0, 1.0]], ids=str)
def test_where_a_class_is_labelled_one_it_is_scikit_learn(table, scoring, labelled):
    X, codes = table
    y = np.array(labelled)[codes]
    fitted = LogisticRegression().fit(X, y)
    metric = Metric.of(fitted, scoring, y)
    assert metric.scorer(fitted, X, y) == pytest.approx(get_scorer(scoring)(fitted, X, y))
    assert ("of class" in metric.name) == (scoring in OF_A_CLASS)
    assert metric.name.startswith(scoring.replace("_", " "))


@pytest.mark.parametrize("scoring", OF_A_CLASS)
@pytest.mark.parametrize(
    "labelled", [np.array(["ill", "well"]), np.array(["well", "ill"], object), np.array([7, 3])], ids=str
)
def test_elsewhere_the_rarer_class_is_positive(table, scoring, labelled):
    X, codes = table
    y = labelled[codes]
    found = Metric.of(LogisticRegression(), scoring, y)
    expected = get_scorer(scoring)(LogisticRegression().fit(X, codes), X, codes)
    assert found.scorer(LogisticRegression().fit(X, y), X, y) == pytest.approx(expected)
    assert found.name == f"{scoring.replace('_', ' ')} of class {labelled.tolist()[1]!r}"


def test_of_equal_classes_the_second_is_positive():
    assert Metric.of(LogisticRegression(), "f1", np.repeat(["b", "a"], 5)).name == "f1 of class 'b'"


def test_another_class_by_a_scorer(table):
    X, codes = table
    y = np.array(["well", "ill"])[codes]
    fitted = LogisticRegression().fit(X, y)
    metric = Metric.of(fitted, make_scorer(f1_score, pos_label="well"), y)
    assert metric == (metric.scorer, "the metric")
    assert metric.scorer(fitted, X, y) == f1_score(y, fitted.predict(X), pos_label="well")


@pytest.mark.parametrize(("scoring", "way_out"), [("f1", "f1_macro"), ("recall", "recall_macro"), ("roc_auc", "ovr")])
def test_of_several_classes_the_way_out_is_named(scoring, way_out):
    with pytest.raises(ValueError, match=rf"scoring='{scoring}' is a metric of two classes, but y has 3.*{way_out}"):
        Metric.of(LogisticRegression(), scoring, np.array(["a", "b", "c"]))


@pytest.mark.parametrize("scoring", ["neg_brier_score", "neg_log_loss", "roc_auc_ovr"])
def test_a_learner_without_probabilities_is_refused(scoring):
    y = np.array(["a", "b"])
    with pytest.raises(ValueError, match=r"RidgeClassifier\(\) has no predict_proba.*CalibratedClassifierCV"):
        Metric.of(RidgeClassifier(), scoring, y)
    pipeline = make_pipeline(StandardScaler(), GridSearchCV(LogisticRegression(), {"C": [1.0]}))
    assert Metric.of(pipeline, scoring, y).scorer


@pytest.mark.parametrize("scoring", ["f1", "precision", "recall", "jaccard", "average_precision", "roc_auc"])
@pytest.mark.filterwarnings("ignore:Only one class")
def test_test_rows_that_lack_the_class_have_no_score(table, scoring):
    X, codes = table
    y = np.array(["well", "ill"])[codes]
    fitted = LogisticRegression().fit(X, y)
    assert np.isnan(Metric.of(fitted, scoring, y).scorer(fitted, X[:9], y[:9]))


def test_probabilities_are_judged_on_test_rows_that_lack_a_class(rng):
    X, y = rng.standard_normal((60, 3)), np.repeat(["a", "b", "c"], 20)
    fitted = LogisticRegression().fit(X, y)
    loss = Metric.of(fitted, "neg_log_loss", y).scorer(fitted, X[:40], y[:40])
    chances = fitted.predict_proba(X[:40])[np.arange(40), np.repeat([0, 1], 20)]
    assert loss == pytest.approx(np.log(chances).mean())
    assert np.isnan(Metric.of(fitted, "roc_auc_ovr", y).scorer(fitted, X[:40], y[:40]))


def test_other_errors_of_a_scorer_are_raised(table):
    X, codes = table

    def fails(estimator, X, y):
        raise ValueError("no luck")

    fitted = LogisticRegression().fit(X, codes)
    with pytest.raises(ValueError, match="no luck"):
        Metric.of(fitted, fails, codes).scorer(fitted, X, codes)


def test_nothing_predicted_positive_is_zero_without_a_warning(table):
    X, codes = table
    fitted = LogisticRegression(C=1e-9).fit(X, codes)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Metric.of(fitted, "precision", codes).scorer(fitted, X, codes) == 0
