r"""A core: codec and network learned from many rows without labels, from which a fit on few labelled rows continues.

Its parts belong together: what the columns are, their means and scales, the principal axes and the weights. A fit
uses it as a whole and never re-estimates a part, because a latent row has a meaning only with the codec and the encoder
that made it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from skexpand.codec import Column, Schema, TableCodec
from skexpand.codec.agreement import carried_over, refuse_varying
from skexpand.codec.centred import CentredImages
from skexpand.codec.image import schema_of
from skexpand.request.plan import Plan

if TYPE_CHECKING:
    from skexpand.network.model import Build, ExpansionNetwork

# parameters that a core is made with and that a fit cannot change
SETTINGS = ("n_heads", "latent_dim", "image_shape", "categorical_features", "missing", "bounds")

C = TypeVar("C", bound=TableCodec | CentredImages)


@dataclass(frozen=True)
class Core(Generic[C]):
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
        Seed of the split into training and held-out rows, so that it is the same when training continues.
    """

    settings: dict[str, Any]
    schema: Schema
    codec: C
    network: ExpansionNetwork
    seed: int

    def refuse_other_settings(self, plan: Plan) -> None:
        """Raise an error for parameters that the core was not made with."""
        for name, before in self.settings.items():
            now = getattr(plan, name)
            if _listed(now) != _listed(before):
                raise ValueError(
                    f"{name} was {before!r} in pretrain and is {now!r} now; set it back, or pretrain a new "
                    "synthesizer (sklearn.base.clone drops the pretraining)."
                )

    def schema_of(self, X: Any, plan: Plan) -> Schema:
        """Return the schema that reads another table of the same columns; refuse one of others."""
        self.refuse_other_settings(plan)
        return carried_over(self.schema, described(X, plan), X)

    def codec_of(self: Core[TableCodec], rows: NDArray[Any], columns: Sequence[Column], plan: Plan) -> TableCodec:
        """Return the codec for other rows of a table, as floats."""
        numbers = rows[:, self.codec.measures]
        refuse_varying(self.codec.numeric, numbers, [columns[j].name for j in self.codec.measures.tolist()])
        return self.codec.with_rows(rows, columns, model_gaps=plan.missing == "model")

    def start(self, n_classes: int) -> Build:
        """Return what builds the network that training starts from."""
        return lambda _: self.network.with_classes(n_classes)


def _listed(value: Any) -> Any:
    """Return a sequence as a list, so that (8, 8) and [8, 8] are the same, and so are arrays."""
    return list(value) if isinstance(value, list | tuple | np.ndarray) else value


def described(X: Any, plan: Plan) -> Schema:
    """Describe a table by itself."""
    return schema_of(X, plan.image_shape, plan.categorical_features, plan.bounds)
