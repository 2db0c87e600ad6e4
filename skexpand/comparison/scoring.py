"""The metric: scikit-learn's, on folds whose labels may be text and whose test rows may lack a class.

F1, precision, recall, Jaccard, average precision and the Brier score look at one of two classes: in scikit-learn at the
one that is labelled 1 or True. Where no class is, the rarer one is positive here, since it is the one that is looked
for. On test rows that lack the positive class, or any class that the metric needs, a score is NaN, not 0.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics
from sklearn.metrics import check_scoring, make_scorer

_ZERO = {"zero_division": 0.0}  # nothing predicted positive is a score of 0, and no warning
_POSITIVE: dict[str, tuple[str, dict[str, Any]]] = {  # metrics of a positive class: the function, the scorer's settings
    "f1": ("f1_score", _ZERO),
    "precision": ("precision_score", _ZERO),
    "recall": ("recall_score", _ZERO),
    "jaccard": ("jaccard_score", _ZERO),
    "average_precision": ("average_precision_score", {"response_method": ("decision_function", "predict_proba")}),
    "neg_brier_score": ("brier_score_loss", {"response_method": "predict_proba", "greater_is_better": False}),
    "d2_brier_score": ("d2_brier_score", {"response_method": "predict_proba"}),
}
_WITHOUT_POSITIVES = ("neg_brier_score", "d2_brier_score")  # defined on test rows of the other class alone
_OF_SEVERAL = {name: f"{name}_macro" for name in ("f1", "precision", "recall", "jaccard")} | {"roc_auc": "roc_auc_ovr"}
_PROBABILITIES = ("neg_brier_score", "d2_brier_score", "neg_log_loss", "roc_auc_ovr", "roc_auc_ovo")


class Metric(NamedTuple):
    """What learners are judged by.

    Attributes
    ----------
    scorer
        A callable of a fitted learner, test rows and their labels; greater is better.
    name
        For people. It names the positive class, if there is one.
    """

    scorer: Any
    name: str

    @classmethod
    def of(cls, estimator: Any, scoring: Any, labels: NDArray[Any]) -> Metric:
        """Return the metric that ``scoring`` states, for these labels.

        Parameters
        ----------
        estimator
            The learner.
        scoring
            As in scikit-learn: a name or a callable.
        labels
            The label of each row.

        Raises
        ------
        ValueError
            If the metric is one of two classes and there are more, or it needs probabilities and the learner has none.
        """
        classes, counts = np.unique(labels, return_counts=True)
        name = metric_name(scoring)
        if isinstance(scoring, str):
            _check_possible(estimator, scoring, len(classes))
            if scoring == "neg_log_loss":
                return cls(_with_all_labels(classes), name)
            if scoring in _POSITIVE and len(classes) == 2:
                positive = positive_class(classes, counts)
                return cls(_of_positive(scoring, positive, classes), f"{name} of class {positive!r}")
        return cls(FoldScorer(check_scoring(estimator, scoring), len(classes)), name)


def metric_name(scoring: Any) -> str:
    """Return the name of a metric for people."""
    return (scoring if isinstance(scoring, str) else getattr(scoring, "__name__", "the metric")).replace("_", " ")


class FoldScorer:
    """A scorer that returns NaN where test rows lack a class without which the metric is not defined."""

    def __init__(self, scorer: Any, n_classes: int, needed: Any = None) -> None:
        self.scorer = scorer
        self.n_classes = n_classes
        self.needed = needed

    def __call__(self, estimator: Any, X: Any, y: NDArray[Any]) -> float:
        """Score a fitted learner on test rows."""
        if self.needed is not None and not np.any(y == self.needed):
            return np.nan
        try:
            return float(self.scorer(estimator, X, y))
        except ValueError:
            if len(np.unique(y)) == self.n_classes:
                raise
            return np.nan


def positive_class(classes: NDArray[Any], counts: NDArray[np.intp]) -> Any:
    """Return 1 or True if it is one of two classes, as scikit-learn does; else the rarer, of equals the second."""
    found = classes.tolist()
    return found[found.index(1)] if 1 in found else found[int(counts[1] <= counts[0])]


def _of_positive(scoring: str, positive: Any, classes: NDArray[Any]) -> FoldScorer:
    """Return the scorer of a metric of a positive class."""
    function, settings = _POSITIVE[scoring]
    scorer = make_scorer(getattr(metrics, function), pos_label=positive, **settings)
    return FoldScorer(scorer, len(classes), None if scoring in _WITHOUT_POSITIVES else positive)


def _with_all_labels(classes: NDArray[Any]) -> FoldScorer:
    """Return the scorer of the log loss, which is defined on any test rows if it knows all classes."""
    scorer = make_scorer(metrics.log_loss, response_method="predict_proba", greater_is_better=False, labels=classes)
    return FoldScorer(scorer, len(classes))


def _check_possible(estimator: Any, scoring: str, n_classes: int) -> None:
    """Raise a ValueError, before anything is trained, for a metric that could not be computed."""
    if n_classes > 2 and scoring in _OF_SEVERAL:
        raise ValueError(
            f"scoring={scoring!r} is a metric of two classes, but y has {n_classes}; give "
            f"scoring={_OF_SEVERAL[scoring]!r}, the mean over the classes."
        )
    if scoring in _PROBABILITIES and not hasattr(estimator, "predict_proba"):
        raise ValueError(
            f"scoring={scoring!r} judges probabilities, but {estimator!r} has no predict_proba; give a learner that "
            "has, such as CalibratedClassifierCV around this one, or another metric."
        )
