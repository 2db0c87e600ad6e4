"""The verdict: one plain sentence, and a caveat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skexpand.report.comparison import Comparison

WORSE = 1.1  # log loss after over before, from which the page warns


@dataclass(frozen=True)
class Verdict:
    """What to do, and why.

    Attributes
    ----------
    expand : bool
        Whether the interval of the gain lies above zero.
    headline, reason, caveat : str
        Texts; the caveat may be empty.
    ratio : float
        Rows after, over rows before.
    gain, low, high : float
        The gain and its interval, in units of the metric.
    seconds : float
        Time to make the rows from the whole table.
    """

    expand: bool
    headline: str
    reason: str
    caveat: str
    ratio: float
    gain: float
    low: float
    high: float
    seconds: float

    @classmethod
    def of(cls, comparison: Comparison, ratio: float, seconds: float, confidence: float) -> Verdict:
        """Return the verdict of a comparison."""
        gain = comparison.subject.gain
        headline = f"Do not expand: {'it harms' if gain.high < 0 else 'no gain shown'}"
        if gain.low > 0:
            headline = f"Expand ×{ratio:.3g}: {_headed(comparison)}"
        told = _in_points if comparison.unit.in_points else _in_own_unit
        reason = told(comparison, f"×{ratio:.3g}", f"{seconds:.1f} s", f"{confidence:.0%}".replace("%", " %"))
        caveat = _caveat(comparison, gain.low > 0)
        return cls(gain.low > 0, headline, reason, caveat, ratio, gain.mean, gain.low, gain.high, seconds)


def _headed(comparison: Comparison) -> str:
    """Return a gain for the headline."""
    unit, gain = comparison.unit, comparison.subject.gain.mean
    return f"{unit.gain(gain)} points" if unit.in_points else f"{unit.title} {unit.better} by {unit.gain(gain)[1:]}"


def _in_points(comparison: Comparison, times: str, cost: str, confidence: str) -> str:
    """Return the reason where gains are points of a metric."""
    unit, gain = comparison.unit, comparison.subject.gain
    interval = f"{confidence} CI {unit.gain(gain.low)} to {unit.gain(gain.high)}"
    if gain.low > 0:
        return f"{interval} points of {unit.metric}; cost {cost}."
    return f"{unit.gain(gain.mean)} points of {unit.metric} at {times}, {interval}."


def _in_own_unit(comparison: Comparison, times: str, cost: str, confidence: str) -> str:
    """Return the reason where gains have the unit of the metric, which means little without a score beside it."""
    unit, gain = comparison.unit, comparison.subject.gain
    interval = f"{confidence} CI {unit.gain(gain.low)} to {unit.gain(gain.high)}"
    scale = f"(a {unit.better} {unit.title}, {unit.score(comparison.real.mean)} on real rows only)"
    if gain.low > 0:
        return f"Gain {interval} {scale}; cost {cost}."
    return f"Gain {unit.gain(gain.mean)} at {times}, {interval} {scale}."


def _caveat(comparison: Comparison, expand: bool) -> str:
    """Return the caveat."""
    return " ".join(filter(None, [_simpler(comparison, expand), _open(comparison), _worse_probabilities(comparison)]))


def _simpler(comparison: Comparison, expand: bool) -> str:
    """Return a caveat that names a simpler remedy that does as well."""
    others = [result for result in comparison.results[1:-1] if result.competed]
    if not others:
        return ""
    best = max(others, key=lambda result: result.gain.mean)
    gain = comparison.unit.gain(best.gain.mean)
    named = f"{best.contender.title}: {gain} points on the same folds."
    if expand and best.gain.mean >= comparison.subject.gain.mean:
        return f"A simpler remedy does as well. {named}"
    return f"Another remedy helps. {named}" if not expand and best.gain.low > 0 else ""


def _open(comparison: Comparison) -> str:
    """Return a caveat that a gain is not ruled out, if the interval is wide."""
    unit, gain = comparison.unit, comparison.subject.gain
    wide = gain.low <= 0 and unit.leaves_open(gain.high, comparison.real.mean)
    points = " points" if unit.in_points else ""
    return f"A gain is not ruled out: the interval reaches {unit.gain(gain.high)}{points}." if wide else ""


def _worse_probabilities(comparison: Comparison) -> str:
    """Return a caveat that probabilities may be worse."""
    losses = [result.aside.get("log_loss", [np.nan]) for result in (comparison.real, comparison.subject)]
    before, after = (float(np.mean(values)) for values in losses)
    if not after > WORSE * before:
        return ""
    return f"Probabilities get worse (log loss {before:.2f} before, {after:.2f} after): calibrate before you use them."
