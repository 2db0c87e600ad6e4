"""The unit of gains: points, which are hundredths, or that of the metric itself, as for errors of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

_WIDE = 0.02  # upper end of an interval that leaves a gain open: of the score 1, or of that of real rows
_NEGATED = "neg "  # begins the names of scikit-learn's metrics of which smaller is better
_DIGITS = 3  # that a score has in its own unit; its gains have as many decimals


class Unit(NamedTuple):
    """How scores and gains are told.

    Attributes
    ----------
    metric
        Name of the metric; "neg mean absolute error" is told as a mean absolute error that is to be small.
    decimals
        Decimals in the unit of the metric; None for points.
    """

    metric: str
    decimals: int | None = None

    @classmethod
    def own(cls, metric: str, scores: Sequence[float]) -> Unit:
        """Return the unit of a metric itself, with decimals for scores as large as these."""
        scale = np.max(np.abs(scores), initial=0.0)
        known = np.isfinite(scale) and scale > 0
        return cls(metric, max(0, _DIGITS - 1 - int(np.floor(np.log10(scale)))) if known else _DIGITS)

    @property
    def in_points(self) -> bool:
        """Whether gains are told in points."""
        return self.decimals is None

    @property
    def title(self) -> str:
        """The metric for people."""
        return {"r2": "R²"}.get(self.metric, self.metric.removeprefix(_NEGATED))

    @property
    def better(self) -> str:
        """Which scores are better."""
        return "smaller" if self.metric.startswith(_NEGATED) else "larger"

    @property
    def heading(self) -> str:
        """What columns and axes of gains are headed by."""
        return "gain, points" if self.in_points else "gain"

    def gain(self, difference: float) -> str:
        """Return a difference of scores with its sign."""
        text = f"{100 * difference:+.1f}" if self.in_points else self._told(difference, "+")
        return text.replace("-", "−")

    def score(self, value: float) -> str:
        """Return a score: in hundredths, or in its own unit, an error as a positive number."""
        if self.in_points:
            return f"{100 * value:.1f}"
        return self._told(-value if self.better == "smaller" else value).replace("-", "−")

    def _told(self, value: float, sign: str = "") -> str:
        return f"{value:{sign},.{self.decimals}f}" if np.isfinite(value) else "–"

    def leaves_open(self, high: float, score: float) -> bool:
        """Return whether an interval that ends so high leaves a gain open, by the score of the real rows."""
        return high > (_WIDE if self.in_points else _WIDE * abs(score))
