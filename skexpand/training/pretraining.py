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

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from skexpand._random import draw_seed
from skexpand.codec import Column, Schema, TableCodec
from skexpand.codec.agreement import carried_over, refuse_varying
from skexpand.codec.centred import CentredImages
from skexpand.dynamics.graph import NO_EDGES
from skexpand.expansion.fitting import Start, table_start
from skexpand.expansion.image_core import image_start, pixel_codec
from skexpand.expansion.representation import schema_alone
from skexpand.request.plan import LOSS_WEIGHTS, Plan

IntArray = NDArray[np.intp]

if TYPE_CHECKING:
    from skexpand.network.model import ExpansionNetwork
    from skexpand.training.loop import Build, History

# parameters that a core is made with and that a fit cannot change
SETTINGS = ("n_heads", "latent_dim", "image_shape", "categorical_features", "missing", "bounds")

_RECONSTRUCTION = dict.fromkeys(LOSS_WEIGHTS, 0.0) | {"reconstruction": 1.0}


@dataclass(frozen=True)
class Core:
    """What pretraining found.

    Attributes
    ----------
    settings
        The parameters in ``SETTINGS``.
    schema, codec
        The columns and how they are encoded; without rows.
    network
        Encoder and decoder; its classification head is not used.
    seed
        Where the division into training and held-out rows comes from, so that it is the same when training goes on.
    """

    settings: dict[str, Any]
    schema: Schema
    codec: TableCodec | CentredImages
    network: ExpansionNetwork
    seed: int

    def refuse_other_settings(self, parameters: Any) -> None:
        """Refuse parameters that the core was not made with."""
        for name, before in self.settings.items():
            now = getattr(parameters, name)
            if _listed(now) != _listed(before):
                raise ValueError(
                    f"{name} was {before!r} in pretrain and is {now!r} now; set it back, or pretrain a new "
                    "synthesizer (sklearn.base.clone leaves the pretraining behind)."
                )

    def schema_of(self, X: Any, parameters: Any) -> Schema:
        """Return the schema that reads another table of the same columns; refuse one of others."""
        self.refuse_other_settings(parameters)
        return carried_over(self.schema, schema_alone(X, parameters), X)

    def codec_of(self, rows: NDArray[Any], columns: list[Column], plan: Plan) -> TableCodec:
        """Return the codec for other rows of a table, as floats."""
        assert isinstance(self.codec, TableCodec)
        numbers = rows[:, self.codec.measures]
        refuse_varying(self.codec.numeric, numbers, [columns[j].name for j in self.codec.measures.tolist()])
        return self.codec.with_rows(rows, columns, model_gaps=plan.missing == "model")

    def start(self, n_classes: int) -> Build:
        """Return what builds the network that training starts from."""
        return lambda _: self.network.with_classes(n_classes)


def _listed(value: Any) -> Any:
    """Return a sequence as a list, so that (8, 8) and [8, 8] are the same, and so are arrays."""
    return list(value) if isinstance(value, list | tuple | np.ndarray) else value


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
