"""Fit what flows leave over, and how much of it to recombine (transition="both")."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from skexpand.codec import Column
from skexpand.expansion.appearance import AppearanceExpansion
from skexpand.fitting.flows import fit_image_expansion
from skexpand.fitting.spread import choose_strength
from skexpand.fitting.start import image_start, train_core
from skexpand.request.plan import Plan

if TYPE_CHECKING:
    from skexpand.expansion.core import Core
from typing import TYPE_CHECKING

from skexpand.base.types import IntArray

if TYPE_CHECKING:
    from skexpand.expansion.core import Core


def fit_appearance(
    X: NDArray[Any],
    labels: IntArray,
    columns: list[Column],
    plan: Plan,
    rng: np.random.Generator,
    apart: bool,
    core: Core | None = None,
) -> AppearanceExpansion:
    """Find the flows between flattened images X of shape (n, n_columns), with class codes, and what they leave over.

    With transition="auto", what is left over may be left out, where held-out images do not clearly gain by it.
    """
    flows = fit_image_expansion(X, labels, columns, plan, rng, apart, core)
    encoded, ends = flows.images.reshape(len(X), -1), flows.flows.edges
    start = image_start(flows.codec, encoded, labels, plan, core)
    trained = train_core(start, labels, flows.graph.local, plan, rng)
    moved = flows.moved(ends.sources, flows.flows.moves)
    residuals = trained.encode(encoded)[ends.targets] - trained.encode(moved)
    expansion = AppearanceExpansion(**vars(flows), core=trained, residuals=residuals, strength=1.0)
    return replace(expansion, strength=choose_strength(expansion, rng, may_be_zero=plan.transition == "auto"))
