"""Fit an expansion: each line of :func:`fit_expansion` is one arrow of the way of a row."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import FloatArray, IntArray
from skexpand.codec import Column
from skexpand.dynamics.apart import without_labels
from skexpand.dynamics.components import COMPONENTS, Component, fit_component, stated_mixture
from skexpand.dynamics.graph import Graph, expander_edges, local_edges
from skexpand.dynamics.latents import Latents
from skexpand.dynamics.law import with_gaussian_map
from skexpand.dynamics.selection import choose_mixture
from skexpand.dynamics.transport import MarginalMap
from skexpand.expansion.latent import Expansion
from skexpand.fitting.start import Start, table_start
from skexpand.request.plan import Plan

if TYPE_CHECKING:
    from skexpand.expansion.core import Core


_MARGINAL_ROWS = 2_000  # drawn per class to learn how the law's marginals differ from the real ones


def fit_expansion(
    X: NDArray[Any],
    labels: IntArray,
    columns: list[Column],
    plan: Plan,
    rng: np.random.Generator,
    apart: bool,
    core: Core | None = None,
) -> Expansion:
    """Fit codec, network, graph and law to rows X of shape (n, n_columns), as floats, with class codes.

    With ``apart``, no new row is given the residuals of others (see ``dynamics/apart.py``). With a core, codec and
    network go on from there.
    """
    return fit_latent_law(table_start(X, labels, columns, plan, core), labels, plan, rng, apart)


def fit_latent_law(start: Start, labels: IntArray, plan: Plan, rng: np.random.Generator, apart: bool) -> Expansion:
    """Fit network, graph and law to encoded rows."""
    from skexpand.training.loop import train  # imports torch

    codec, encoded = start.codec, start.encoded
    steps = local_edges(start.latents, labels, plan.n_neighbors)  # before training: the starting network's guess
    network, history = train(encoded, labels, steps, start.build, plan, rng, start.exact)

    latents = Latents.of(network.encode(encoded).astype(np.float64), labels)
    moved = history.best_epoch > 0  # otherwise the latents are those of the start, and so are the neighbours
    local = local_edges(latents.rows, labels, plan.n_neighbors) if moved else steps
    graph = Graph(local, *expander_edges(labels, plan.degree, rng))
    if plan.law == "auto":
        mixture = choose_mixture(latents, plan.n_neighbors, plan.degree, rng)
    else:
        mixture = stated_mixture(plan.law)
    components = fit_components(latents, graph, plan, rng)
    if apart:
        components = {name: without_labels(c, latents, plan.n_neighbors) for name, c in components.items()}
    spread = 1.0 if plan.spread == "auto" else float(plan.spread)  # 1 keeps the variance
    expansion = Expansion(codec, network, labels, graph, components, mixture, history, plan.degree, spread, apart=apart)
    return with_marginals(expansion, encoded, rng) if plan.transport == "marginal" else expansion


def fit_components(latents: Latents, graph: Graph, plan: Plan, rng: np.random.Generator) -> dict[str, Component]:
    """Fit every component of the law, also those without weight: their operator is worth looking at."""
    components = {}
    for name, setting in COMPONENTS.items():
        if plan.pooling != "auto":
            setting = replace(setting, own_share=1 - float(plan.pooling))
        component = fit_component(latents, graph.local, graph.expander, setting, rng)
        components[name] = component if plan.transport is None else with_gaussian_map(component, latents)
    return components


def with_marginals(expansion: Expansion, encoded: FloatArray, rng: np.random.Generator) -> Expansion:
    """Return the expansion with a monotone map per class from the columns it makes to the real ones."""
    maps = []
    for label in range(int(expansion.labels.max()) + 1):
        made = np.concatenate([rows for _, rows, _ in expansion.draw_encoded(label, _MARGINAL_ROWS, rng)])
        real = encoded[expansion.labels == label]
        maps.append(MarginalMap.fit(made, real if len(real) > 1 else made))  # one row tells no distribution
    return replace(expansion, marginals=maps)
