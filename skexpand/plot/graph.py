"""The rows that the graph of neighbours joins, and where a picture puts them."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.manifold import TSNE

from skexpand.base.types import FloatArray, RowArray
from skexpand.request.input import check_table

_PERPLEXITY = 20.0  # neighbours that t-SNE looks at; about twice those of the graph
_SEED = 0


def rows_of_graph(synthesizer: Any, X: Any) -> RowArray:
    """Return rows as neighbours are found among them: encoded columns of tables, gradients of images."""
    source = synthesizer._source
    schema, expansion = source.schema, source.expansion
    rows = schema.read(check_table(synthesizer, X, reset=False, numbers=schema.fields is None))
    pixels = getattr(expansion, "pixels", None)
    if pixels is None:
        return np.asarray(expansion.codec.encode(rows))
    from skexpand.dynamics.gradients import gradient_rows  # imports torch

    return gradient_rows(pixels.encode(rows).reshape(-1, *pixels.layout.shape))


def laid_out(rows: RowArray) -> FloatArray:
    """Return places (n, 2) by t-SNE, from the principal plane on."""
    perplexity = min(_PERPLEXITY, (len(rows) - 1) / 3)
    start = "pca" if min(rows.shape) > 1 else "random"
    return np.asarray(TSNE(2, init=start, perplexity=perplexity, random_state=_SEED).fit_transform(rows), np.float64)
