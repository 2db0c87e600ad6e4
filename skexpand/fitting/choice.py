"""What a transition is: a residual between latent rows, a flow between images, or both. This is where it is chosen.

All expansions are fitted by a function of the same signature and do the same things (see ``BlockMaker``), so whatever
comes after need not ask.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from skexpand.codec import Schema
from skexpand.codec.image import schema_alone
from skexpand.expansion.blocks import BlockMaker
from skexpand.fitting.tables import fit_expansion

Fit = Callable[..., BlockMaker]


def schema_and_fit(X: Any, parameters: Any) -> tuple[Schema, Fit]:
    """Describe a table, and return the function that fits an expansion to its rows; both go on from a core, if any."""
    core = vars(parameters).get("_core")
    if parameters.image_shape is None:
        fit: Fit = fit_expansion
    else:
        fit = image_fit(parameters.transition, core is not None)
    if core is not None:
        return core.schema_of(X, parameters), partial(fit, core=core)
    return schema_alone(X, parameters), fit


def image_fit(transition: str, pretrained: bool) -> Fit:
    """Return the function that fits an expansion with one kind of transition to images; all import torch.

    An autoencoder of a few images does not pay (see the benchmarks), so "auto" looks at one only if it is pretrained.
    """
    from skexpand.fitting.appearance import fit_appearance
    from skexpand.fitting.flows import fit_image_expansion
    from skexpand.fitting.image_latents import fit_image_latents

    fits = {"deformation": fit_image_expansion, "latent": fit_image_latents, "both": fit_appearance}
    return fits[transition] if transition != "auto" else fits["both" if pretrained else "deformation"]
