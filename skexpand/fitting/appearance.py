"""Fit what flows do not explain, and how much of it to recombine (transition="both")."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from skexpand.codec.centred import CentredImages
from skexpand.expansion.appearance import AppearanceExpansion
from skexpand.expansion.core import Core
from skexpand.fitting.flows import find_expansion
from skexpand.fitting.rows import Fitted, Rows
from skexpand.fitting.spread import choose_strength
from skexpand.fitting.start import image_start, train_core
from skexpand.request.plan import Plan


def fit_appearance(rows: Rows, plan: Plan, rng: np.random.Generator, core: Core[CentredImages] | None = None) -> Fitted:
    """Fit the flows between flattened images, and what they do not explain.

    With transition="auto", the latter is left out unless held-out images clearly gain from it.
    """
    flows, labels = find_expansion(rows, plan, rng, core), rows.labels
    encoded, ends = flows.images.reshape(len(labels), -1), flows.flows.edges
    start = image_start(flows.codec, encoded, labels, plan, core)
    trained = train_core(start, labels, flows.graph.local, plan, rng)
    moved = flows.moved(ends.sources, flows.flows.moves)
    residuals = trained.encode(encoded)[ends.targets] - trained.encode(moved)
    expansion = AppearanceExpansion(**vars(flows), core=trained, residuals=residuals, strength=1.0)
    strength = choose_strength(expansion, rng, may_be_zero=plan.may_omit_appearance)
    return Fitted(replace(expansion, strength=strength), encoded)
