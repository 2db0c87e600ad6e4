"""What a transition is: a residual between latent rows, or a flow between images. This is where it is chosen.

Both expansions are fitted by a function of the same signature and do the same things (see ``BlockMaker``), so whatever
comes after need not ask.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from skexpand._expansion import BlockMaker
from skexpand._fitting import fit_expansion
from skexpand.codec import Schema
from skexpand.codec.image import pixel_schema

Fit = Callable[..., BlockMaker]


def schema_and_fit(X: Any, parameters: Any) -> tuple[Schema, Fit]:
    """Describe a table, and return the function that fits an expansion to its rows; both go on from a core, if any."""
    core = vars(parameters).get("_core")
    if core is not None:
        return core.schema_of(X, parameters), partial(fit_expansion, core=core)
    if parameters.image_shape is None:
        return Schema.of(X, parameters.categorical_features, parameters.bounds), fit_expansion
    from skexpand._image_expansion import fit_image_expansion  # imports torch

    return pixel_schema(X), fit_image_expansion
