r"""Confidence in a difference of cross-validated scores.

Scores of folds are not independent: any two training sets share most of their rows. The plain t interval assumes
independence and is far too narrow. Nadeau and Bengio's correction widens it by the overlap,

.. math:: \bar d \pm t_{J-1} \sqrt{\Big(\frac1J + \frac{n_\text{test}}{n_\text{train}}\Big) s^2_d}

for J paired folds, and holds for repeated folds as well (Bouckaert and Frank). More repeats therefore narrow it only to
a limit, since n rows hold limited information.

Nadeau, C. and Bengio, Y., "Inference for the Generalization Error", Machine Learning 52, 2003. Bouckaert, R. and
Frank, E., "Evaluating the Replicability of Significance Tests for Comparing Learning Algorithms", PAKDD 2004.
"""

from __future__ import annotations

from numbers import Real
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t


class Interval(NamedTuple):
    """A mean difference and its confidence interval."""

    mean: float
    low: float
    high: float


def check_confidence(confidence: float) -> None:
    """Raise a ValueError for an invalid confidence."""
    if not (isinstance(confidence, Real) and 0 < confidence < 1):
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence!r}; 0.95 is usual.")


def corrected_interval(
    differences: NDArray[np.float64], test_to_train: float, confidence: float, sides: int = 2
) -> Interval:
    """Return the mean of paired differences and its corrected t interval; folds without a score are left out.

    Parameters
    ----------
    differences
        One difference for each fold.
    test_to_train
        Size of a test fold over that of its training rows.
    confidence
        Confidence of the interval, or of each bound if sides is 1.
    sides
        Two for an interval, one for bounds.
    """
    known = differences[np.isfinite(differences)]
    if len(known) < 2:
        return Interval(float(known.mean()) if len(known) else np.nan, np.nan, np.nan)
    error = float(np.sqrt((1 / len(known) + test_to_train) * known.var(ddof=1)))
    width = float(t.ppf(1 - (1 - confidence) / sides, len(known) - 1) * error)
    mean = float(known.mean())
    return Interval(mean, mean - width, mean + width)
