"""Which kind of expansion a table gets: residuals between latent rows, flows between images, or both.

All are fitted by a function of the same signature and do the same things (see ``BlockMaker``), so the code after
this does not depend on which it is. To add a transition, add a line here and a file beside this one.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from skexpand.base.types import UNLABELED, FloatArray
from skexpand.expansion.core import Core
from skexpand.fitting.numbers import infer_numbers
from skexpand.fitting.rows import Fitted, Labeled, Rows
from skexpand.request.plan import Plan

Fit = Callable[[Rows, Plan, np.random.Generator, Core[Any] | None], Fitted]

# by transition: module and function, imported when needed since they import torch
FITS = {
    None: ("tables", "fit_table"),
    "deformation": ("flows", "fit_flows"),
    "latent": ("image_latents", "fit_image_latents"),
    "both": ("appearance", "fit_appearance"),
}


def fit_expansion(rows: Rows, plan: Plan, rng: np.random.Generator, core: Core[Any] | None = None) -> Fitted:
    """Fit the kind of expansion that the plan's transition names; with a core, codec and network are taken from it."""
    module, name = FITS[plan.transition]
    fit: Fit = getattr(import_module(f"skexpand.fitting.{module}"), name)
    return fit(rows, plan, rng, core)


def label_rows(
    rows: Rows, class_shares: FloatArray | None, plan: Plan, rng: np.random.Generator, core: Core[Any] | None
) -> Labeled:
    """Return the labels or numbers of all rows: those known, and for rows with the code -1 what is inferred.

    ``class_shares`` (n_classes,) are known shares of the classes among all rows, or None.
    """
    if (rows.labels != UNLABELED).all():
        return Labeled(rows.labels, None, np.arange(len(rows.labels)))
    if rows.n_targets:
        return infer_numbers(rows, plan, rng)
    from skexpand.fitting.labels import infer_missing  # imports torch

    return infer_missing(rows, class_shares, plan, rng, core)
