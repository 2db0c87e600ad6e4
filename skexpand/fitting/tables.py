"""Fit the expansion of a table: each line of :func:`fit_latent_law` is one step of the path of a row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from skexpand.base.types import FloatArray, IntArray
from skexpand.codec import TableCodec
from skexpand.dynamics.apart import without_labels
from skexpand.dynamics.components import COMPONENTS, Component, Kin, fit_component
from skexpand.dynamics.graph import Graph, expander_edges, local_edges
from skexpand.dynamics.latents import Latents
from skexpand.dynamics.law import with_gaussian_map
from skexpand.dynamics.selection import choose_mixture
from skexpand.dynamics.transport import MarginalMap
from skexpand.expansion.core import Core
from skexpand.expansion.latent import Expansion
from skexpand.fitting.rows import Fitted, Rows
from skexpand.fitting.start import Start, table_start
from skexpand.request.plan import Plan
from skexpand.training.loop import train

_MARGINAL_ROWS = 2_000  # drawn per class to learn how the law's marginals differ from the real ones


def fit_table(rows: Rows, plan: Plan, rng: np.random.Generator, core: Core[TableCodec] | None = None) -> Fitted:
    """Fit codec, network, graph and law to rows of a table; with a core, codec and network are taken from it."""
    start = table_start(rows, plan, core)
    return Fitted(fit_latent_law(start, rows.labels, plan, rng, rows.kin), start.encoded)


def fit_latent_law(start: Start, labels: IntArray, plan: Plan, rng: np.random.Generator, kin: Kin = None) -> Expansion:
    """Fit network, graph and law to encoded rows."""
    codec, encoded = start.codec, start.encoded
    steps = local_edges(start.latents, labels, plan.n_neighbors)  # before training: the starting network's guess
    network, history = train(encoded, labels, steps, start.build, plan, rng, start.exact)

    latents = Latents.of(network.encode(encoded).astype(np.float64), labels)
    moved = history.best_epoch > 0  # otherwise the latents are those of the start, and so are the neighbours
    local = local_edges(latents.rows, labels, plan.n_neighbors) if moved else steps
    graph = Graph(local, *expander_edges(labels, plan.degree, rng))
    mixture = plan.mixture
    if mixture is None:
        mixture = choose_mixture(latents, plan.n_neighbors, plan.degree, rng)
    components = fit_components(latents, graph, plan, rng, kin)
    spread = 1.0 if plan.spread is None else plan.spread  # 1 keeps the variance
    expansion = Expansion(
        codec, network, labels, graph, components, mixture, history, plan.degree, spread, apart=plan.apart
    )
    return with_marginals(expansion, encoded, rng) if plan.transport == "marginal" else expansion


def fit_components(
    latents: Latents, graph: Graph, plan: Plan, rng: np.random.Generator, kin: Kin = None
) -> dict[str, Component]:
    """Fit every component of the law, also those without weight, since their operator is a fitted attribute."""
    components = {}
    for name, setting in COMPONENTS.items():
        if plan.own_share is not None:
            setting = replace(setting, own_share=plan.own_share)
        component = fit_component(latents, graph.local, graph.expander, setting, rng, kin)
        if plan.transport is not None:
            component = with_gaussian_map(component, latents)
        components[name] = without_labels(component, latents, plan.n_neighbors) if plan.apart else component
    return components


def with_marginals(expansion: Expansion, encoded: FloatArray, rng: np.random.Generator) -> Expansion:
    """Return the expansion with a monotone map per class from the columns it makes to the real ones."""
    maps = []
    for label in range(int(expansion.labels.max()) + 1):
        made = np.concatenate([rows for _, rows, _ in expansion.draw_encoded(label, _MARGINAL_ROWS, rng)])
        real = encoded[expansion.labels == label]
        maps.append(MarginalMap.fit(made, real if len(real) > 1 else made))  # one row has no distribution
    return replace(expansion, marginals=maps)
