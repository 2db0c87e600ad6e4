r"""The factors on flows and residuals (spread="auto", strength), chosen by cross-validation inside the training images.

Digits tolerate more bending than clothes, and no figure of the images predicts this. Therefore each candidate makes new
images, and a quick learner is scored on held-out images (see ``held_out.py``). A spread below 1 has to be better by a
standard error. (Flows that fit only by chance are already shortened, see ``dynamics/registration.py``.)

The strength of what flows do not explain (see ``appearance.py``) is chosen in the same way. With transition="auto" it
is 0 unless held-out images are better with it by three standard errors.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from skexpand.base.types import FloatArray
from skexpand.fitting.held_out import Change, held_out_errors

if TYPE_CHECKING:
    from skexpand.expansion.appearance import AppearanceExpansion
    from skexpand.expansion.flows import ImageExpansion


SMALLER = (0.5, 0.75)
DEFAULT = 1.0
STRENGTHS = (0.25, 0.5, 1.0)
BETTER, CLEARLY_BETTER = 1.0, 3.0  # standard errors


def choose_spread(expansion: ImageExpansion, rng: np.random.Generator) -> float:
    """Return the spread with the least error on held-out images, if it is better than 1."""
    errors = held_out_errors(expansion, [with_spread(spread) for spread in (*SMALLER, DEFAULT)], rng)
    best = best_column(errors, BETTER)
    return DEFAULT if best is None else SMALLER[best]


def choose_strength(expansion: AppearanceExpansion, rng: np.random.Generator, may_be_zero: bool) -> float:
    """Return the strength with the least error on held-out images; 0, if allowed, unless that is clearly less."""
    errors = held_out_errors(expansion, [with_strength(strength) for strength in (*STRENGTHS, 0.0)], rng)
    if may_be_zero:
        best = best_column(errors, CLEARLY_BETTER)
        return 0.0 if best is None else STRENGTHS[best]
    return STRENGTHS[int(np.argmin(errors[:, :-1].sum(axis=0)))]


def best_column(errors: FloatArray, margin: float) -> int | None:
    """Return the column with the least mean, or None unless the last's is higher by ``margin`` standard errors."""
    if len(errors) < 2:
        return None
    gains = errors[:, -1:] - errors[:, :-1]  # (n, n_candidates)
    best = int(np.argmax(gains.mean(axis=0)))
    standard_error = gains[:, best].std(ddof=1) / np.sqrt(len(gains))
    return best if gains[:, best].mean() > margin * standard_error else None


def with_spread(spread: float) -> Change:
    """Return what sets the spread of an expansion."""
    return lambda expansion: replace(expansion, spread=spread)


def with_strength(strength: float) -> Change:
    """Return what sets the strength of an expansion's residuals."""
    return lambda expansion: replace(expansion, strength=strength)
