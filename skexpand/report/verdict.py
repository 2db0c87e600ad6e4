"""The verdict: one plain sentence, and a caveat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skexpand.report.comparison import Comparison

WIDE = 0.02  # upper end of an interval that leaves a gain open
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
    def of(cls, comparison: Comparison, ratio: float, seconds: float, scoring: str, confidence: float) -> Verdict:
        """Return the verdict of a comparison."""
        gain = comparison.subject.gain
        interval = f"{confidence:.0%} CI {points(gain.low)} to {points(gain.high)}".replace("%", " %")
        if gain.low > 0:
            headline = f"Expand ×{ratio:.3g}: {points(gain.mean)} points"
            reason = f"{interval} points of {scoring}; cost {seconds:.1f} s."
        else:
            shown = "it harms" if gain.high < 0 else "no gain shown"
            headline = f"Do not expand: {shown}"
            reason = f"{points(gain.mean)} points of {scoring} at ×{ratio:.3g}, {interval}."
        caveat = _caveat(comparison, gain.low > 0)
        return cls(gain.low > 0, headline, reason, caveat, ratio, gain.mean, gain.low, gain.high, seconds)


def points(difference: float) -> str:
    """Return a difference of scores in hundredths, with its sign."""
    return f"{100 * difference:+.1f}".replace("-", "−")


def _caveat(comparison: Comparison, expand: bool) -> str:
    """Return the caveat."""
    return " ".join(filter(None, [_simpler(comparison, expand), _open(comparison), _worse_probabilities(comparison)]))


def _simpler(comparison: Comparison, expand: bool) -> str:
    """Return a caveat that names a simpler remedy that does as well."""
    others = [result for result in comparison.results[1:-1] if result.competed]
    if not others:
        return ""
    best = max(others, key=lambda result: result.gain.mean)
    named = f"{best.contender.title}: {points(best.gain.mean)} points on the same folds."
    if expand and best.gain.mean >= comparison.subject.gain.mean:
        return f"A simpler remedy does as well. {named}"
    return f"Another remedy helps. {named}" if not expand and best.gain.low > 0 else ""


def _open(comparison: Comparison) -> str:
    """Return a caveat that a gain is not ruled out, if the interval is wide."""
    gain = comparison.subject.gain
    wide = gain.low <= 0 and gain.high > WIDE
    return f"A gain is not ruled out: the interval reaches {points(gain.high)} points." if wide else ""


def _worse_probabilities(comparison: Comparison) -> str:
    """Return a caveat that probabilities may be worse."""
    before, after = (float(np.mean(result.log_loss)) for result in (comparison.real, comparison.subject))
    if not after > WORSE * before:
        return ""
    return f"Probabilities get worse (log loss {before:.2f} before, {after:.2f} after): calibrate before you use them."
