"""What learners are compared on, by the kind of target: its array, the strata of folds, the learner and the metric."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.dummy import DummyRegressor
from sklearn.metrics import check_scoring, get_scorer

from skexpand.base.types import UNLABELED, IntArray
from skexpand.comparison.folds import SCORING
from skexpand.comparison.kinds import for_samplers
from skexpand.comparison.learner import (
    default_classifier,
    default_label_set_classifier,
    default_regressor,
    refuse_classifier,
    refuse_regressor,
)
from skexpand.comparison.scoring import Metric, metric_name
from skexpand.request.target import kind_of
from skexpand.target.target import Target


class _Kind(NamedTuple):
    """What goes without saying for a kind of target."""

    learner: Callable[[], Any]
    refuse: Callable[[Any], None]
    scoring: str


_KINDS = {
    "classes": _Kind(default_classifier, refuse_regressor, SCORING),
    "numbers": _Kind(default_regressor, refuse_classifier, "neg_mean_absolute_error"),
    "label_sets": _Kind(default_label_set_classifier, refuse_regressor, "f1_macro"),
}


class Task(NamedTuple):
    """What learners are compared on.

    Attributes
    ----------
    y : {ndarray, dataframe} of shape (n,) or (n, n_targets)
        The target of the rows that have one, as samplers are given it.
    strata : ndarray of shape (n,)
        What folds are stratified by: classes, levels of numbers, the rarest label of a set.
    estimator, metric
        The learner, and what it is judged by.
    """

    y: Any
    strata: NDArray[Any]
    estimator: Any
    metric: Metric

    @classmethod
    def of(cls, sampler: Any, y: Target, estimator: Any, scoring: Any) -> Task:
        """Return the task of a sampler's kind of target; None stands for the usual learner and metric."""
        kind = kind_of(sampler)
        usual = _KINDS[kind]
        estimator = usual.learner() if estimator is None else estimator
        usual.refuse(estimator)
        scoring = usual.scoring if scoring is None else scoring
        if kind == "classes":
            return cls(y.values, y.values, estimator, Metric.of(estimator, scoring, y.values))
        if kind == "numbers":
            _refuse_metric_of_classes(scoring)
        strata = y.codes[y.codes != UNLABELED] if kind == "numbers" else rarest_labels(y.values)
        metric = Metric(_Quiet(check_scoring(estimator, scoring)), metric_name(scoring))
        return cls(for_samplers(y), strata, estimator, metric)


def rarest_labels(marks: NDArray[Any]) -> IntArray:
    """Return the rarest label of each set, from 1; 0 for empty sets."""
    order = np.argsort(marks.sum(axis=0), kind="stable")
    ordered = marks[:, order].astype(bool)
    return np.where(ordered.any(axis=1), 1 + order[ordered.argmax(axis=1)], 0)


def _refuse_metric_of_classes(scoring: Any) -> None:
    """Raise a ValueError for the name of a metric that no regressor can be judged by."""
    X, y = np.array([[0.0], [1.0], [2.0]]), np.array([0.5, 1.0, 2.0])
    try:
        get_scorer(scoring)(DummyRegressor().fit(X, y), X, y)
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(
            f"scoring={scoring!r} judges no numbers ({error}); give a metric such as 'neg_mean_absolute_error' or 'r2'."
        ) from error


class _Quiet:
    """A scorer that does not warn of labels that no test row has, or that are never predicted."""

    def __init__(self, scorer: Any) -> None:
        self.scorer = scorer

    def __call__(self, estimator: Any, X: Any, y: NDArray[Any]) -> float:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*ill-defined")
            return float(self.scorer(estimator, X, y))
