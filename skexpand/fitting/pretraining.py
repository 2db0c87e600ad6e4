r"""A core learned from many rows without labels, and what a fit on few labelled rows goes on from.

.. code-block:: text

   X_large --pretrain--> codec + encoder + decoder --fit--> edges, Koopman, law of the few labelled rows
                              (the core)          fine-tuned

Pretraining minimizes the reconstruction alone, since rows without labels have neither edges nor classes. What the core
holds belongs together: what the columns are, their means and scales, the principal axes and the weights. A fit takes it
as a whole and never estimates a part anew, because a latent row has a meaning only under the codec and the encoder
it was made with. Fine-tuning starts there (its epoch 0 is the pretrained network), and early stopping may stay there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from skexpand.base.random import draw_seed
from skexpand.base.types import IntArray
from skexpand.codec import Column
from skexpand.codec.image import schema_alone
from skexpand.dynamics.graph import NO_EDGES
from skexpand.expansion.core import SETTINGS, Core
from skexpand.fitting.start import Start, image_start, pixel_codec, table_start
from skexpand.request.plan import LOSS_WEIGHTS, Plan

if TYPE_CHECKING:
    from skexpand.training.history import History


_RECONSTRUCTION = dict.fromkeys(LOSS_WEIGHTS, 0.0) | {"reconstruction": 1.0}


def pretrain(X: Any, parameters: Any, plan: Plan, rng: np.random.Generator, core: Core | None) -> tuple[Core, History]:
    """Train a core on a checked table, or train one further; return it and the record of training."""
    from skexpand.training.loop import train  # imports torch

    if parameters.image_shape is not None and parameters.transition == "deformation":
        raise ValueError(
            "transition='deformation' passes no autoencoder, so there is nothing to pretrain; use 'auto', 'both' or "
            "'latent', or leave pretrain out."
        )
    schema = schema_alone(X, parameters) if core is None else core.schema_of(X, parameters)
    rows = schema.read(X)
    unlabelled = np.zeros(len(rows), np.intp)
    start = _start(rows, schema.columns, unlabelled, plan, core)
    seed = draw_seed(rng) if core is None else core.seed
    plan = replace(plan, loss_weights=_RECONSTRUCTION)
    network, history = train(start.encoded, unlabelled, NO_EDGES, start.build, plan, np.random.default_rng(seed))
    settings = {name: getattr(parameters, name) for name in SETTINGS}
    return Core(settings, schema, start.codec.without_rows(), network, seed), history


def _start(rows: NDArray[Any], columns: list[Column], unlabelled: IntArray, plan: Plan, core: Core | None) -> Start:
    """Return where training starts: at PCA, or at the core."""
    if plan.image_shape is None:
        return table_start(rows, unlabelled, columns, plan, core)
    pixels = pixel_codec(rows, columns, plan, core)
    return image_start(pixels, pixels.encode(rows), unlabelled, plan, core)
