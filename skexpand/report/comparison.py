"""The comparison: score, calibration and cost of every method on the same folds; and the gain by number of new rows.

The curve needs no further sampling. Each fold's new rows are taken in part: none, a sixteenth, an eighth, …, all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from skexpand.base.parallel import each
from skexpand.base.random import draw_seed
from skexpand.base.types import FloatArray
from skexpand.comparison.folds import Fold, held_out_ratio
from skexpand.comparison.interval import Interval, corrected_interval
from skexpand.report.contenders import Contender
from skexpand.report.trial import SHARES, Judge, Trial
from skexpand.report.unit import Unit

_UNKNOWN = Interval(np.nan, np.nan, np.nan)


@dataclass
class Result:
    """The results of one method, a number for each fold.

    Attributes
    ----------
    contender
        Who.
    scores, seconds
        As in :class:`skexpand.report.trial.Trial`.
    aside
        Further figures by name, as there.
    failure
        Why it failed, if it did.
    gain
        Mean difference of the scores from those of the real rows.
    gains
        The same of the further figures of numbers.
    """

    contender: Contender
    scores: list[float] = field(default_factory=list)
    aside: dict[str, list[float]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    failure: str = ""
    gain: Interval = _UNKNOWN
    gains: dict[str, Interval] = field(default_factory=dict)

    @classmethod
    def of(cls, contender: Contender, trials: Sequence[Trial]) -> Result:
        """Collect the trials of a method; one that failed on a fold is excluded."""
        failure = contender.why_not or next((trial.failure for trial in trials if trial.failure), "")
        if failure:
            return cls(contender, failure=failure)
        aside = {name: [trial.aside[name] for trial in trials] for name in (trials[0].aside if trials else ())}
        return cls(contender, [trial.score for trial in trials], aside, [trial.seconds for trial in trials])

    @property
    def competed(self) -> bool:
        """Whether it has scores."""
        return not self.failure

    @property
    def mean(self) -> float:
        """Mean of the scores."""
        return mean_of(self.scores)


@dataclass
class Comparison:
    """All results, the curve (new rows per real row, and each fold's score there), and the unit of the gains."""

    results: list[Result]
    ratios: list[float]
    curve: FloatArray  # (n_folds, n_ratios)
    gains: list[Interval]  # at each ratio, against none
    unit: Unit

    @property
    def real(self) -> Result:
        """The rows as they are."""
        return self.results[0]

    @property
    def subject(self) -> Result:
        """The sampler under test."""
        return self.results[-1]


def mean_of(scores: Sequence[float]) -> float:
    """Return the mean over the folds on which a metric is defined."""
    return float(np.nanmean(scores)) if np.isfinite(scores).any() else np.nan


def compare(
    contenders: Sequence[Contender],
    folds: Sequence[Fold],
    judge: Judge,
    confidence: float,
    rng: np.random.Generator,
    n_jobs: int | None,
    step: Callable[[], Any],
) -> Comparison:
    """Train every applicable method on every fold; ``step`` is called after each."""
    seeds = [draw_seed(rng) for _ in folds]
    competing = [contender for contender in contenders if not contender.why_not]
    tasks = [(who, fold, seed) for fold, seed in zip(folds, seeds, strict=True) for who in competing]
    trials = each(judge.trial, tasks, n_jobs, step)
    of_each = {who.key: trials[place :: len(competing)] for place, who in enumerate(competing)}
    results = [Result.of(contender, of_each.get(contender.key, [])) for contender in contenders]
    overlap = held_out_ratio(folds)
    for result in results:
        if result.competed:
            result.gain = corrected_interval(np.subtract(result.scores, results[0].scores), overlap, confidence)
            result.gains = {
                name: corrected_interval(np.subtract(result.aside[name], results[0].aside[name]), overlap, confidence)
                for name in (result.aside if judge.kind == "numbers" else ())
            }
    parts = np.array([trial.parts for trial in of_each["expanded"]])
    curve = np.column_stack([results[0].scores, parts, results[-1].scores])
    gains = [corrected_interval(column - curve[:, 0], overlap, confidence) for column in curve.T]
    ratio = float(np.mean([trial.ratio for trial in of_each["expanded"]]))
    unit = judge.unit_of([results[0].mean, results[-1].mean])
    return Comparison(results, [share * ratio for share in SHARES], curve, gains, unit)
