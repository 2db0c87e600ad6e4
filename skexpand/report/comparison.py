"""The comparison: every contender on the same folds, its score, its calibration, its cost; and how many rows it takes.

The curve needs no further sampling. Each fold's new rows are taken in part: none, a sixteenth, an eighth, …, all.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from skexpand._folds import Expanded, Fold, expanded, held_out_ratio, score_of
from skexpand._interval import Interval, corrected_interval
from skexpand._warnings import ExpansionWarning
from skexpand.report.contenders import Contender

FloatArray = NDArray[np.float64]

_UNKNOWN = Interval(np.nan, np.nan, np.nan)
SHARES = (0.0, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)  # of the new rows, for the curve


@dataclass
class Result:
    """What one contender reached, a number for each fold.

    Attributes
    ----------
    contender
        Who.
    scores, brier, log_loss
        Of the test rows: the metric; the Brier score and the log loss, both the smaller the better, NaN where the
        learner has no probabilities.
    seconds
        To make the rows and to train.
    failure
        What went wrong, if it could not be carried out.
    gain
        Mean difference of the scores to those of the real rows.
    """

    contender: Contender
    scores: list[float] = field(default_factory=list)
    brier: list[float] = field(default_factory=list)
    log_loss: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    failure: str = ""
    gain: Interval = _UNKNOWN

    @property
    def competed(self) -> bool:
        """Whether it has scores."""
        return not self.failure


@dataclass
class Comparison:
    """All results, and the curve: new rows per real row, and each fold's score there."""

    results: list[Result]
    ratios: list[float]
    curve: FloatArray  # (n_folds, n_ratios)
    gains: list[Interval]  # at each ratio, against none

    @property
    def real(self) -> Result:
        """The rows as they are."""
        return self.results[0]

    @property
    def subject(self) -> Result:
        """The sampler in question."""
        return self.results[-1]


@dataclass
class Judge:
    """What every contender is judged by."""

    X: Any
    labels: NDArray[Any]
    scorer: Any
    rng: np.random.Generator


def compare(
    contenders: Sequence[Contender], folds: Sequence[Fold], judge: Judge, confidence: float, step: Callable[[], Any]
) -> Comparison:
    """Train every contender on every fold; ``step`` is called after each."""
    results = [Result(contender, failure=contender.why_not) for contender in contenders]
    curve, ratios = [], []
    with warnings.catch_warnings():
        for category in (ConvergenceWarning, ExpansionWarning):  # signs of failure are measured on all rows
            warnings.simplefilter("ignore", category)
        warnings.filterwarnings("ignore", "y_pred contains classes not in y_true")  # a rare class
        for fold in folds:
            train, test = fold.parts(judge.X, judge.labels)
            for result in results[:-1]:
                if result.competed:
                    _compete(result, train, test, judge)
                step()
            rows = expanded(results[-1].contender.sampler, *train)
            _record(results[-1], (rows.X, rows.y), test, judge, rows.seconds)
            parts = _scores_of_parts(results[-1].contender.estimator, rows, test, judge)
            curve.append([results[0].scores[-1], *parts, results[-1].scores[-1]])
            ratios.append(len(rows.new_rows) / rows.n_originals)
            step()
    overlap = held_out_ratio(folds)
    for result in results:
        if result.competed:
            differences = np.subtract(result.scores, results[0].scores)
            result.gain = corrected_interval(differences, overlap, confidence)
    scores = np.array(curve)
    gains = [corrected_interval(column - scores[:, 0], overlap, confidence) for column in scores.T]
    return Comparison(results, [share * float(np.mean(ratios)) for share in SHARES], scores, gains)


def _compete(result: Result, train: tuple[Any, Any], test: tuple[Any, Any], judge: Judge) -> None:
    """Train a contender on one fold. A remedy that fails is out; that the learner itself fails is for the user."""
    contender = result.contender
    try:
        rows, seconds = train, 0.0
        if contender.sampler is not None:
            made = expanded(contender.sampler, *train)
            rows, seconds = (made.X, made.y), made.seconds
        _record(result, rows, test, judge, seconds)
    except Exception as error:
        if contender.key == "real":
            raise
        result.failure = f"It failed: {type(error).__name__}: {str(error).splitlines()[0]}"


def _record(result: Result, rows: tuple[Any, Any], test: tuple[Any, Any], judge: Judge, seconds: float) -> None:
    """Fit on rows and note score, calibration and time."""
    started = perf_counter()
    fitted = clone(result.contender.estimator).fit(*rows)
    result.seconds.append(seconds + perf_counter() - started)
    result.scores.append(float(judge.scorer(fitted, *test)))
    brier, log_loss = calibration(fitted, test, np.unique(judge.labels))
    result.brier.append(brier)
    result.log_loss.append(log_loss)


def calibration(fitted: Any, test: tuple[Any, Any], classes: NDArray[Any]) -> tuple[float, float]:
    """Return the Brier score (halved for two classes, as usual) and the log loss, NaN without probabilities."""
    if not hasattr(fitted, "predict_proba"):
        return np.nan, np.nan
    X, labels = test
    chances = np.zeros((len(labels), len(classes)))
    chances[:, np.searchsorted(classes, fitted.classes_)] = fitted.predict_proba(X)
    truth = labels[:, None] == classes
    brier = np.sum((chances - truth) ** 2, axis=1).mean() / (2 if len(classes) == 2 else 1)
    return float(brier), float(-np.log(np.maximum(chances[truth], np.finfo(np.float32).eps)).mean())


def _scores_of_parts(estimator: Any, rows: Expanded, test: tuple[Any, Any], judge: Judge) -> list[float]:
    """Return the scores with a part of the new rows, the same share of each class."""
    made = np.asarray(rows.y)[rows.new_rows]
    order = judge.rng.permutation(len(made))
    scores = []
    for share in SHARES[1:-1]:
        kept = [order[made[order] == label] for label in np.unique(made)]
        part = np.concatenate([np.arange(0), *(places[: round(share * len(places))] for places in kept)])
        chosen = np.concatenate([np.arange(rows.n_originals), rows.new_rows[part.astype(np.intp)]])
        scores.append(score_of(judge.scorer, estimator, rows.taken(chosen), test))
    return scores
