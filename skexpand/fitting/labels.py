"""Infer the labels of rows that have none: the candidate methods, and which rows are used afterwards.

Tables are labelled by learners on expanded rows, or along the graph of nearest encoded rows; images along the graph of
their gradients, or of a core that is trained on them. See ``unlabeled.py`` for the candidates and how they are chosen.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array

from skexpand.base.types import UNLABELED, FloatArray, IntArray, RowArray
from skexpand.codec import TableCodec
from skexpand.dynamics.gradients import gradient_rows
from skexpand.dynamics.neighbors import neighbor_graph
from skexpand.expansion.core import Core
from skexpand.fitting.contrast import Contrast, graph_rows, near_images, train_encoder
from skexpand.fitting.latent_dim import resolve_latent_dim
from skexpand.fitting.rows import Labeled, Rows, anchors_of
from skexpand.fitting.start import pixel_codec, start_at_pca, table_start
from skexpand.fitting.tables import fit_latent_law
from skexpand.fitting.trust import measure_trust, warn_of
from skexpand.fitting.unlabeled import (
    Candidate,
    Expand,
    by_graph,
    by_learners,
    held_out_hits,
    infer_labels,
    sure_enough,
)
from skexpand.request.plan import Plan

EMBEDDING_COLUMNS = 128  # from which on a table of floats is taken for embeddings
LEARNERS = "learners"  # the candidate that takes longest
CORE_IMAGES = 2_000  # from which on a core is trained on them


def infer_missing(
    rows: Rows, class_shares: FloatArray | None, plan: Plan, rng: np.random.Generator, core: Core[Any] | None
) -> Labeled:
    """Infer the labels of rows whose code is -1; ``class_shares`` (n_classes,) are known shares, or None."""
    candidates, weights = (_of_table if plan.image_shape is None else _of_images)(rows, class_shares, plan, rng, core)
    inferred = infer_labels(candidates, rows.labels, rng)
    codes = inferred.distributions.argmax(axis=1)
    accuracy = inferred.accuracy.get(inferred.candidate)
    known = rows.labels != UNLABELED
    if accuracy is None and inferred.candidate != LEARNERS and np.bincount(rows.labels[known]).min() > 1:
        accuracy = float(held_out_hits(candidates[inferred.candidate], rows.labels, rng.spawn(1)[0]).mean())
    trust = measure_trust(weights, rows.labels, inferred.distributions, accuracy)
    warn_of(trust)
    others = np.flatnonzero(~known & sure_enough(inferred.distributions))
    return Labeled(codes, inferred.distributions, anchors_of(known, others, rng), trust.accuracy)


def _of_table(
    rows: Rows,
    class_shares: FloatArray | None,
    plan: Plan,
    rng: np.random.Generator,
    core: Core[TableCodec] | None,
) -> tuple[dict[str, Candidate], csr_array]:
    """Return the candidate methods for tables, the preferred one first, and the neighbour graph.

    Embeddings are compared as they are: after PCA, columns of equal variance would be mostly noise.
    """
    if looks_embedded(rows):
        weights = neighbor_graph(rows.X)
        return {"graph": by_graph(rows.X, class_shares, weights)}, weights
    start = table_start(rows, plan, core)
    weights = neighbor_graph(start.encoded)
    learners = by_learners(start.encoded, _expand_with(start.codec, plan), class_shares)
    return {LEARNERS: learners, "graph": by_graph(start.encoded, class_shares, weights)}, weights


def looks_embedded(rows: Rows) -> bool:
    """Return whether rows are embeddings: many columns, all of them floats that are no decimals of a measurement.

    A trained core has made them, so near rows are alike, and the graph labels them better than learners do.
    """
    return len(rows.columns) >= EMBEDDING_COLUMNS and all(
        column.kind == "float" and column.decimals is None and not column.n_missing for column in rows.columns
    )


def _expand_with(codec: TableCodec, plan: Plan) -> Expand:
    """Return what expands encoded rows by the law, evenly over classes."""

    def expand(encoded: RowArray, codes: IntArray, n_new: int, rng: np.random.Generator) -> tuple[RowArray, IntArray]:
        rows = np.asarray(encoded, np.float64)
        start = start_at_pca(codec, rows, codes, resolve_latent_dim(rows, plan.latent_dim), plan)
        law, n_classes = fit_latent_law(start, codes, plan, rng), int(codes.max()) + 1
        counts = np.full(n_classes, -(-n_new // n_classes))
        blocks = [rows for c, n in enumerate(counts.tolist()) for _, rows, _ in law.draw_encoded(c, n, rng)]
        return np.concatenate(blocks), np.repeat(np.arange(n_classes), counts)

    return expand


def _of_images(
    rows: Rows, class_shares: FloatArray | None, plan: Plan, rng: np.random.Generator, core: Core[Any] | None
) -> tuple[dict[str, Candidate], csr_array]:
    """Return the candidate for images, the graph of a core trained on them or of gradients if few, and the graph."""
    codec = pixel_codec(rows, plan, core)
    images = codec.encode(rows.X).reshape(-1, *codec.layout.shape)
    if len(images) < CORE_IMAGES or not plan.max_epochs:
        gradients = gradient_rows(images)
        weights = neighbor_graph(gradients)
        return {"gradients": by_graph(gradients, class_shares, weights)}, weights
    near = near_images(images)
    encoder = train_encoder(images, near, codec.padding, Contrast(), rng, plan.device, plan.verbose)
    latents = graph_rows(images, encoder)
    weights = neighbor_graph(latents)
    return {"core": by_graph(latents, class_shares, weights)}, weights
