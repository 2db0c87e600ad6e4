"""From rows of which only some have a label to rows that all have one: what may say it, and who of them takes part.

Tables are labelled by learners on expanded rows, or along the graph of nearest encoded rows; images along the graph of
their gradients, or of a core that is trained on them. See ``unlabeled.py`` for the candidates and how they are chosen.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from skexpand.base.types import UNLABELED, FloatArray, IntArray, RowArray
from skexpand.codec import TableCodec
from skexpand.expansion.core import Core
from skexpand.fitting.latent_dim import resolve_latent_dim
from skexpand.fitting.rows import Labeled, Rows
from skexpand.fitting.start import pixel_codec, start_at_pca, table_start
from skexpand.fitting.tables import fit_latent_law
from skexpand.fitting.unlabeled import Candidate, Expand, by_graph, by_learners, infer_labels
from skexpand.request.plan import Plan

MAX_ANCHORS = 10_000  # rows with an inferred label that new rows may start from


def infer_missing(
    rows: Rows, class_shares: FloatArray | None, plan: Plan, rng: np.random.Generator, core: Core[Any] | None
) -> Labeled:
    """Infer the labels of rows whose code is -1; ``class_shares`` (n_classes,) are known shares, or None."""
    candidates = (_of_table if plan.image_shape is None else _of_images)(rows, class_shares, plan, core)
    inferred = infer_labels(candidates, rows.labels, rng)
    codes = inferred.distributions.argmax(axis=1)
    others = np.flatnonzero(rows.labels == UNLABELED)
    some = others if len(others) <= MAX_ANCHORS else rng.permutation(others)[:MAX_ANCHORS]
    anchors = np.sort(np.concatenate([np.flatnonzero(rows.labels != UNLABELED), some]))
    return Labeled(codes, inferred.distributions, anchors, np.arange(len(codes)))


def _of_table(
    rows: Rows, class_shares: FloatArray | None, plan: Plan, core: Core[TableCodec] | None
) -> dict[str, Candidate]:
    """Return what can say the labels of a table's rows, the usual one first."""
    start = table_start(rows, plan, core)
    expand = _expand_with(start.codec, plan)
    return {
        "learners": by_learners(start.encoded, expand, class_shares),
        "graph": by_graph(start.encoded, class_shares),
    }


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


def _of_images(rows: Rows, class_shares: FloatArray | None, plan: Plan, core: Core[Any] | None) -> dict[str, Candidate]:
    """Return what can say the labels of images."""
    from skexpand.fitting.held_out import rises

    codec = pixel_codec(rows, plan, core)
    images = codec.encode(rows.X).reshape(-1, *codec.layout.shape)
    return {"gradients": by_graph(rises(images), class_shares)}
