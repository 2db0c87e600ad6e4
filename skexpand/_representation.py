"""What a transition is: a residual between latent rows, a flow between images, or both. This is where it is chosen.

All expansions are fitted by a function of the same signature and do the same things (see ``BlockMaker``), so whatever
comes after need not ask.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from skexpand._expansion import BlockMaker
from skexpand._fitting import fit_expansion
from skexpand.codec import Schema
from skexpand.codec.image import pixel_schema

Fit = Callable[..., BlockMaker]


def schema_and_fit(X: Any, parameters: Any) -> tuple[Schema, Fit]:
    """Describe a table, and return the function that fits an expansion to its rows."""
    if parameters.image_shape is None:
        return Schema.of(X, parameters.categorical_features, parameters.bounds), fit_expansion
    return pixel_schema(X), image_fit(parameters.transition)


def image_fit(transition: str) -> Fit:
    """Return the function that fits an expansion with one kind of transition to images; all import torch."""
    from skexpand._appearance import fit_appearance
    from skexpand._image_expansion import fit_image_expansion
    from skexpand._image_latents import fit_image_latents

    return {"latent": fit_image_latents, "both": fit_appearance}.get(transition, fit_image_expansion)
