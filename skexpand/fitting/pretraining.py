r"""A core learned from many rows without labels, from which a fit on few labelled rows continues.

.. code-block:: text

   X_large --pretrain--> codec + encoder + decoder --fit--> edges, Koopman, law of the few labelled rows
                              (the core)          fine-tuned

Pretraining minimizes the reconstruction alone, since rows without labels have neither edges nor classes. The parts of
the core belong together: what the columns are, their means and scales, the principal axes and the weights. A fit uses
it as a whole and never re-estimates a part, because a latent row has a meaning only with the codec and the encoder that
made it. Fine-tuning starts there (its epoch 0 is the pretrained network), and early stopping may keep it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from skexpand.base.random import draw_seed
from skexpand.dynamics.graph import NO_EDGES
from skexpand.expansion.core import SETTINGS, Core, described
from skexpand.fitting.rows import Rows
from skexpand.fitting.start import Start, image_start, pixel_codec, table_start
from skexpand.request.plan import LOSS_WEIGHTS, Plan
from skexpand.training.history import History
from skexpand.training.loop import train

_RECONSTRUCTION = dict.fromkeys(LOSS_WEIGHTS, 0.0) | {"reconstruction": 1.0}


def pretrain(X: Any, plan: Plan, rng: np.random.Generator, core: Core[Any] | None) -> tuple[Core[Any], History]:
    """Train a core on a checked table, or continue to train one; return it and the record of training."""
    if plan.transition == "deformation":
        raise ValueError(
            "transition='deformation' uses no autoencoder, so there is nothing to pretrain; use 'auto', 'both' or "
            "'latent', or do not call pretrain."
        )
    schema = described(X, plan) if core is None else core.schema_of(X, plan)
    table = schema.read(X)
    rows = Rows(table, np.zeros(len(table), np.intp), schema.columns)
    start = _start(rows, plan, core)
    seed = draw_seed(rng) if core is None else core.seed
    plan = replace(plan, loss_weights=_RECONSTRUCTION)
    network, history = train(start.encoded, rows.labels, NO_EDGES, start.build, plan, np.random.default_rng(seed))
    settings = {name: getattr(plan, name) for name in SETTINGS}
    return Core(settings, schema, start.codec.without_rows(), network, seed), history


def _start(rows: Rows, plan: Plan, core: Core[Any] | None) -> Start[Any]:
    """Return where training starts: at PCA, or at the core."""
    if plan.image_shape is None:
        return table_start(rows, plan, core)
    pixels = pixel_codec(rows, plan, core)
    return image_start(pixels, pixels.encode(rows.X), rows.labels, plan, core)
