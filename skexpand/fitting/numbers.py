"""Infer the numbers of rows that have none: the smoother predicts them (see ``target/smoother.py``).

It is trained on the rows that have a number only; those without one serve the scale and the categories of its columns.
All rows are anchors then. Trained again on inferred or new rows, it does no better: these tell it what it knows.
"""

from __future__ import annotations

import numpy as np

from skexpand.base.random import draw_seed
from skexpand.base.types import UNLABELED
from skexpand.expansion.smoothing import Smoothing
from skexpand.fitting.rows import InferredNumbers, Labeled, Rows, anchors_of
from skexpand.fitting.trust import error_of_numbers
from skexpand.request.plan import Plan
from skexpand.target.numbers import level_bins
from skexpand.target.smoother import LEAST_ROWS


def smoothing_of(rows: Rows, plan: Plan, rng: np.random.Generator) -> Smoothing | None:
    """Return what smooths the targets of new rows; None for labels, few rows, and recombined targets."""
    if not rows.n_targets or plan.target_law != "smooth" or len(rows.X) < LEAST_ROWS:
        return None
    return Smoothing.of(rows.X, rows.columns, rows.n_targets, draw_seed(rng.spawn(1)[0]))


def infer_numbers(rows: Rows, plan: Plan, rng: np.random.Generator) -> Labeled:
    """Infer the numbers of rows whose code is -1; there are enough of the others, and their law is "smooth"."""
    smoothing = smoothing_of(rows, plan, rng)
    assert smoothing is not None
    missing, table = rows.labels == UNLABELED, rows.X[:, : -rows.n_targets]
    values = rows.X[:, -rows.n_targets :].copy()
    values[missing] = smoothing.infer(table[missing], rows.columns)
    numbers = InferredNumbers(values, missing, smoothing, error_of_numbers(*smoothing.errors()))
    n_levels = int(rows.labels.max()) + 1
    anchors = anchors_of(~missing, np.flatnonzero(missing), rng)
    return Labeled(level_bins(values, n_levels), None, anchors, numbers=numbers)
