"""One method on one fold: rows are made, the learner is trained and scored on the test rows."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from skexpand.base.warnings import ExpansionWarning
from skexpand.comparison.folds import Expanded, Fold, expanded, ignore_rare_classes, score_of
from skexpand.report.contenders import Contender

Rows = tuple[Any, Any]  # a table and its labels

SHARES = (0.0, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)  # of the new rows, for the curve


class Trial(NamedTuple):
    """The results of a method on a fold.

    Attributes
    ----------
    score, brier, log_loss
        On the test rows: the metric, the Brier score and the log loss. The latter two are better if smaller, and NaN if
        the learner has no probabilities.
    seconds
        Time to make the rows and to train.
    failure
        Why it failed, if it did.
    ratio, parts
        For the sampler under test: new rows per real row, and the scores with parts of the new rows.
    """

    score: float = np.nan
    brier: float = np.nan
    log_loss: float = np.nan
    seconds: float = np.nan
    failure: str = ""
    ratio: float = np.nan
    parts: tuple[float, ...] = ()


@dataclass(frozen=True)
class Judge:
    """What every contender is judged by; the groups are for the sampler in question."""

    X: Any
    labels: NDArray[Any]
    scorer: Any
    groups: NDArray[Any] | None = None

    def trial(self, contender: Contender, fold: Fold, seed: int) -> Trial:
        """Train a method on a fold. The failure of a remedy is recorded; any other failure is raised."""
        train, test = fold.parts(self.X, self.labels)
        with warnings.catch_warnings():
            for category in (ConvergenceWarning, ExpansionWarning):  # signs of failure are measured on all rows
                warnings.simplefilter("ignore", category)
            ignore_rare_classes()
            if contender.key == "real":
                return self._judged(contender.estimator, train, test)
            if contender.key == "expanded":
                return self._subject(contender, fold, np.random.default_rng(seed))
            try:
                return self._remedy(contender, train, test)
            except Exception as error:  # shown as the failure of this remedy; the others go on
                return Trial(failure=f"It failed: {type(error).__name__}: {str(error).splitlines()[0]}")

    def _judged(self, estimator: Any, rows: Rows, test: Rows, seconds: float = 0.0) -> Trial:
        """Fit on rows, given the seconds to make them, and score."""
        started = perf_counter()
        fitted = clone(estimator).fit(*rows)
        seconds += perf_counter() - started
        return Trial(float(self.scorer(fitted, *test)), *calibration(fitted, test, np.unique(self.labels)), seconds)

    def _remedy(self, contender: Contender, train: Rows, test: Rows) -> Trial:
        if contender.sampler is None:
            return self._judged(contender.estimator, train, test)
        rows = expanded(contender.sampler, *train)
        return self._judged(contender.estimator, (rows.X, rows.y), test, rows.seconds)

    def _subject(self, contender: Contender, fold: Fold, rng: np.random.Generator) -> Trial:
        """Score the sampler under test, with all of its new rows and with parts of them."""
        train, test = fold.parts(self.X, self.labels)
        rows = expanded(contender.sampler, *train, groups=fold.train_groups(self.groups))
        whole = self._judged(contender.estimator, (rows.X, rows.y), test, rows.seconds)
        parts = tuple(score_of(self.scorer, contender.estimator, part, test) for part in parts_of(rows, rng))
        return whole._replace(ratio=len(rows.new_rows) / rows.n_originals, parts=parts)


def parts_of(rows: Expanded, rng: np.random.Generator) -> Iterator[Rows]:
    """Yield the originals with a part of the new rows, the same share of each class."""
    made = np.asarray(rows.y)[rows.new_rows]
    order = rng.permutation(len(made))
    of_class = [order[made[order] == label] for label in np.unique(made)]
    for share in SHARES[1:-1]:
        part = np.concatenate([np.arange(0), *(places[: round(share * len(places))] for places in of_class)])
        yield rows.taken(np.concatenate([np.arange(rows.n_originals), rows.new_rows[part.astype(np.intp)]]))


def calibration(fitted: Any, test: Rows, classes: NDArray[Any]) -> tuple[float, float]:
    """Return the Brier score (halved for two classes, as usual) and the log loss, NaN without probabilities."""
    if not hasattr(fitted, "predict_proba"):
        return np.nan, np.nan
    X, labels = test
    chances = np.zeros((len(labels), len(classes)))
    chances[:, np.searchsorted(classes, fitted.classes_)] = fitted.predict_proba(X)
    truth = labels[:, None] == classes
    brier = np.sum((chances - truth) ** 2, axis=1).mean() / (2 if len(classes) == 2 else 1)
    return float(brier), float(-np.log(np.maximum(chances[truth], np.finfo(np.float32).eps)).mean())
