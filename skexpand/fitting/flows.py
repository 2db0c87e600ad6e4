"""Fit the flows between images of a class (transition="deformation")."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from skexpand.base.random import split_evenly
from skexpand.base.types import IntArray
from skexpand.codec.centred import CentredImages
from skexpand.dynamics.deformation import FlowSpace
from skexpand.dynamics.graph import Edges, Graph, expander_edges, local_edges, rows_by_class
from skexpand.dynamics.mirror import mirror_holds
from skexpand.dynamics.registration import find_flows
from skexpand.expansion.core import Core
from skexpand.expansion.flows import ImageExpansion
from skexpand.fitting.rows import Fitted, Rows
from skexpand.fitting.spread import choose_spread
from skexpand.fitting.start import pixel_codec
from skexpand.request.plan import Plan

OWN_SHARE = 0.3  # of the flows; the same hands wrote all digits
MAX_EDGES = 2_000  # for which a flow is fitted


def fit_flows(rows: Rows, plan: Plan, rng: np.random.Generator, core: Core[CentredImages] | None = None) -> Fitted:
    """Fit the flows between flattened images; with a core, its codec encodes them."""
    expansion = find_expansion(rows, plan, rng, core)
    return Fitted(expansion, expansion.images.reshape(len(expansion.images), -1))


def find_expansion(
    rows: Rows, plan: Plan, rng: np.random.Generator, core: Core[CentredImages] | None
) -> ImageExpansion:
    """Return the expansion whose moves are the flows between flattened images."""
    codec, labels = pixel_codec(rows, plan, core), rows.labels
    encoded = codec.encode(rows.X)
    images = encoded.reshape(-1, *codec.layout.shape)
    local = local_edges(encoded.astype(np.float64), labels, plan.n_neighbors)
    graph = Graph(local, *expander_edges(labels, plan.degree, rng))
    edges = thinned(distinct(graph.local + graph.expander), labels, rng)
    space = FlowSpace.of(codec.layout.shape, codec.padding, plan.device)
    flows = find_flows(images, edges, space)
    own_share = OWN_SHARE if plan.own_share is None else plan.own_share
    spread = 1.0 if plan.spread is None else plan.spread
    expansion = ImageExpansion(codec, images, labels, graph, space, flows, own_share, plan.degree, spread, plan.apart)
    expansion = replace(expansion, mirror=mirror_holds(images, labels))
    return replace(expansion, spread=choose_spread(expansion, rng)) if plan.spread is None else expansion


def distinct(edges: Edges) -> Edges:
    """Return each edge once."""
    pairs = np.unique(np.column_stack([edges.sources, edges.targets]), axis=0)
    return Edges(pairs[:, 0], pairs[:, 1])


def thinned(edges: Edges, labels: IntArray, rng: np.random.Generator) -> Edges:
    """Return at most ``MAX_EDGES`` edges, of each class in proportion to its own."""
    if len(edges) <= MAX_EDGES:
        return edges
    by_class = rows_by_class(labels[edges.sources])
    shares = np.array([len(rows) for rows in by_class]) / len(edges)
    counts = split_evenly(MAX_EDGES, shares, rng)
    kept = [rng.permutation(rows)[:count] for rows, count in zip(by_class, counts.tolist(), strict=True)]
    return edges.subset(np.sort(np.concatenate(kept)))
