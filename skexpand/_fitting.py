"""Fit an expansion: each line of :func:`fit_expansion` is one arrow of the way of a row."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skexpand._expansion import Expansion
from skexpand._plan import Plan
from skexpand.codec import Column, TableCodec
from skexpand.codec.centred import CentredImages
from skexpand.codec.image import ImageShape
from skexpand.dynamics.components import COMPONENTS, Component, Latents, fit_component, stated_mixture
from skexpand.dynamics.graph import Graph, expander_edges, local_edges
from skexpand.dynamics.law import with_gaussian_map
from skexpand.dynamics.selection import choose_mixture
from skexpand.transport import MarginalMap

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

MAX_LATENT_DIM = 256
_RANK_TOLERANCE = 1e-6  # smallest standard deviation, in standardized units, that counts as variation
_MARGINAL_ROWS = 2_000  # drawn per class to learn how the law's marginals differ from the real ones


def fit_expansion(
    X: NDArray[Any], labels: IntArray, columns: list[Column], plan: Plan, rng: np.random.Generator, apart: bool
) -> Expansion:
    """Fit codec, network, graph and law to rows X of shape (n, n_columns), as floats, with class codes.

    With ``apart``, no new row is given the residuals of others (see ``_groups.py``).
    """
    codec = TableCodec.fit(X, columns, model_gaps=plan.missing == "model")
    encoded = codec.encode(X)
    return fit_latent_law(codec, encoded, labels, resolve_latent_dim(encoded, plan.latent_dim), plan, rng, apart)


def fit_latent_law(
    codec: TableCodec | CentredImages,
    encoded: FloatArray,
    labels: IntArray,
    latent_dim: int,
    plan: Plan,
    rng: np.random.Generator,
    apart: bool,
    shape: ImageShape | None = None,
) -> Expansion:
    """Fit network, graph and law to encoded rows; ``shape`` says that they are images."""
    from skexpand._training import linear_start, train  # imports torch
    from skexpand.network.autoencoder import principal_axes

    linear = encoded @ principal_axes(encoded, latent_dim).T
    steps = local_edges(linear, labels, plan.n_neighbors)  # before training, where neighbours are is PCA's guess
    start = linear_start(latent_dim, int(labels.max()) + 1, plan.n_heads, shape)
    network, history = train(encoded, labels, steps, start, plan, rng)

    latents = Latents.of(network.encode(encoded).astype(np.float64), labels)
    moved = history.best_epoch > 0  # otherwise the latents are PCA's, and so are the neighbours
    local = local_edges(latents.rows, labels, plan.n_neighbors) if moved else steps
    graph = Graph(local, *expander_edges(labels, plan.degree, rng))
    if plan.law == "auto":
        mixture = choose_mixture(latents, plan.n_neighbors, plan.degree, rng)
    else:
        mixture = stated_mixture(plan.law)
    components = fit_components(latents, graph, plan, rng)
    spread = 1.0 if plan.spread == "auto" else float(plan.spread)  # 1 keeps the variance
    expansion = Expansion(codec, network, labels, graph, components, mixture, history, plan.degree, spread, apart=apart)
    return with_marginals(expansion, encoded, rng) if plan.transport == "marginal" else expansion


def resolve_latent_dim(encoded: FloatArray, latent_dim: int | None) -> int:
    """Return the size of the latent space; None keeps every direction in which the columns vary.

    With more columns than rows, directions without variance are a matter of chance and are kept; otherwise they
    are rules of the table (repeated columns, shares that sum to 1) and are left out, so that new rows keep them.
    """
    n_rows, n_columns = encoded.shape
    if latent_dim is not None:
        if latent_dim > n_columns:
            raise ValueError(
                f"latent_dim={latent_dim} exceeds the number of columns that vary, {n_columns}; use at most that, "
                "or None for all."
            )
        return latent_dim
    if n_rows > n_columns:
        return max(1, int(np.linalg.matrix_rank(encoded, tol=_RANK_TOLERANCE * np.sqrt(n_rows))))
    return min(n_columns, max(MAX_LATENT_DIM, n_rows - 1))


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
