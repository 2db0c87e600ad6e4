"""One method on one fold: rows are made, the learner is trained and scored on the test rows."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import mean_absolute_error, r2_score

from skexpand.base.warnings import ExpansionWarning
from skexpand.comparison.folds import Expanded, Fold, expanded, for_learners, ignore_rare_classes, score_of
from skexpand.comparison.kinds import strata_of
from skexpand.comparison.scoring import Metric
from skexpand.report.contenders import Contender
from skexpand.report.unit import Unit

Rows = tuple[Any, Any]  # a table and its labels

SHARES = (0.0, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)  # of the new rows, for the curve


class Trial(NamedTuple):
    """The results of a method on a fold.

    Attributes
    ----------
    score
        The metric on the test rows.
    aside
        Further figures on the test rows by name. For classes "brier" and "log_loss", which are better if smaller, and
        NaN if the learner has no probabilities; for numbers "neg_mean_absolute_error" and "r2", as in scikit-learn.
    seconds
        Time to make the rows and to train.
    failure
        Why it failed, if it did.
    ratio, parts
        For the sampler under test: new rows per real row, and the scores with parts of the new rows.
    """

    score: float = np.nan
    aside: dict[str, float] = {}  # noqa: RUF012  - never written to; of a failure, there are no figures
    seconds: float = np.nan
    failure: str = ""
    ratio: float = np.nan
    parts: tuple[float, ...] = ()


@dataclass(frozen=True)
class Judge:
    """What every contender is judged by; the groups are for the sampler in question."""

    kind: str
    X: Any
    y: Any
    metric: Metric
    groups: NDArray[Any] | None = None

    def unit_of(self, scores: Sequence[float]) -> Unit:
        """Return the unit of gains, by mean scores."""
        return Unit.own(self.metric.name, scores) if self.kind == "numbers" else Unit(self.metric.name)

    def trial(self, contender: Contender, fold: Fold, seed: int) -> Trial:
        """Train a method on a fold. The failure of a remedy is recorded; any other failure is raised."""
        train, test = fold.parts(self.X, self.y)
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
        fitted = clone(estimator).fit(*for_learners(*rows))
        seconds += perf_counter() - started
        test = for_learners(*test)
        return Trial(float(self.metric.scorer(fitted, *test)), self._aside(fitted, test), seconds)

    def _aside(self, fitted: Any, test: Rows) -> dict[str, float]:
        """Return the further figures of a kind of target."""
        if self.kind == "numbers":
            return errors(fitted, test)
        if self.kind == "label_sets":
            return {}
        return calibration(fitted, test, np.unique(self.y))

    def _remedy(self, contender: Contender, train: Rows, test: Rows) -> Trial:
        if contender.sampler is None:
            return self._judged(contender.estimator, train, test)
        rows = expanded(contender.sampler, *train)
        return self._judged(contender.estimator, (rows.X, rows.y), test, rows.seconds)

    def _subject(self, contender: Contender, fold: Fold, rng: np.random.Generator) -> Trial:
        """Score the sampler under test, with all of its new rows and with parts of them."""
        train, test = fold.parts(self.X, self.y)
        rows = expanded(contender.sampler, *train, groups=fold.train_groups(self.groups))
        whole = self._judged(contender.estimator, (rows.X, rows.y), test, rows.seconds)
        taken = parts_of(rows, strata_of(self.kind, np.asarray(rows.y)[rows.new_rows]), rng)
        parts = tuple(score_of(self.metric.scorer, contender.estimator, part, test) for part in taken)
        return whole._replace(ratio=len(rows.new_rows) / rows.n_originals, parts=parts)


def parts_of(rows: Expanded, made: NDArray[Any], rng: np.random.Generator) -> Iterator[Rows]:
    """Yield the originals with a part of the new rows, the same share of each stratum of these (n_new,)."""
    order = rng.permutation(len(made))
    of_class = [order[made[order] == label] for label in np.unique(made)]
    for share in SHARES[1:-1]:
        part = np.concatenate([np.arange(0), *(places[: round(share * len(places))] for places in of_class)])
        yield rows.taken(np.concatenate([np.arange(rows.n_originals), rows.new_rows[part.astype(np.intp)]]))


def errors(fitted: Any, test: Rows) -> dict[str, float]:
    """Return the negated mean absolute error and R², NaN on a single row; of several numbers, the mean."""
    X, y = test
    predicted = fitted.predict(X)
    return {
        "neg_mean_absolute_error": -float(mean_absolute_error(y, predicted)),
        "r2": float(r2_score(y, predicted)) if len(y) > 1 else np.nan,
    }


def calibration(fitted: Any, test: Rows, classes: NDArray[Any]) -> dict[str, float]:
    """Return the Brier score (halved for two classes, as usual) and the log loss, NaN without probabilities."""
    if not hasattr(fitted, "predict_proba"):
        return {"brier": np.nan, "log_loss": np.nan}
    X, labels = test
    chances = np.zeros((len(labels), len(classes)))
    chances[:, np.searchsorted(classes, fitted.classes_)] = fitted.predict_proba(X)
    truth = labels[:, None] == classes
    brier = np.sum((chances - truth) ** 2, axis=1).mean() / (2 if len(classes) == 2 else 1)
    log_loss = -np.log(np.maximum(chances[truth], np.finfo(np.float32).eps)).mean()
    return {"brier": float(brier), "log_loss": float(log_loss)}
