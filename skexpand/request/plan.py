"""The parameters of a fit, checked together and resolved, before any training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from numbers import Real
from typing import Any

import numpy as np

from skexpand.dynamics.components import COMPONENTS

LOSS_WEIGHTS = {
    "reconstruction": 1.0,
    "classification": 0.0,  # training does better without it (see the ablation)
    "koopman": 0.1,
    "transport": 0.1,
    "covariance": 0.1,
}

# images reconstruct no better with the other parts, which take twice the time
IMAGE_LOSS_WEIGHTS = dict.fromkeys(LOSS_WEIGHTS, 0.0) | {"reconstruction": 1.0}

# parameters that images cannot follow, and their defaults: at all, without a law in latent space, without a network
_TABLES_ONLY = {"categorical_features": "auto", "missing": "model", "bounds": None}
_LAW_ONLY = {"law": "auto", "transport": None}
_NETWORK_ONLY = {"latent_dim": None, "loss_weights": None}
_REFUSED = {
    "latent": _TABLES_ONLY,
    "both": _TABLES_ONLY | _LAW_ONLY,
    "deformation": _TABLES_ONLY | _LAW_ONLY | _NETWORK_ONLY,
}
TRANSITIONS = ("auto", *_REFUSED)


@dataclass(frozen=True)
class Plan:
    """The parameters of a fit, resolved as far as they can be without the table."""

    n_heads: int
    latent_dim: int | None
    degree: int
    n_neighbors: int
    law: str | Mapping[str, float]
    pooling: str | float
    spread: str | float
    image_shape: str | Sequence[int] | None
    transition: str
    transport: str | None
    missing: str
    max_epochs: int
    learning_rate: float
    loss_weights: dict[str, float]
    early_stopping: bool
    validation_fraction: float
    device: str
    verbose: int

    @classmethod
    def of(cls, parameters: Any, pretrained: bool = False) -> Plan:
        """Take the parameters of an :class:`skexpand.ExpansiveSynthesizer` and check what its constraints cannot.

        ``pretrained`` says that there is, or will be, an autoencoder that transition="auto" may use.
        """
        values = {field.name: getattr(parameters, field.name) for field in fields(cls)}
        values["loss_weights"] = complete_loss_weights(values["loss_weights"], values["image_shape"] is not None)
        values["device"] = resolve_device(values["device"])
        if not isinstance(values["law"], str):
            values["law"] = normalized_mixture(values["law"])
        if values["image_shape"] is not None:
            refuse_for_images(parameters, pretrained)
        elif values["transition"] != "auto":
            raise ValueError(
                f"transition={values['transition']!r} is for images; state image_shape, or leave transition at 'auto'."
            )
        return cls(**values)


def refuse_for_images(parameters: Any, pretrained: bool) -> None:
    """Refuse what says how the columns of a table are, and what the transition does not use."""
    transition = parameters.transition
    if transition == "auto":
        transition = "both" if pretrained else "deformation"
    for name, default in _REFUSED[transition].items():
        value = getattr(parameters, name)
        if (value is None or isinstance(value, str)) and value == default:
            continue
        raise ValueError(f"{name}={value!r} {_why_refused(name, parameters)}; leave {name} at {default!r}.")


def _why_refused(name: str, parameters: Any) -> str:
    """Say what a parameter is for."""
    if name in _TABLES_ONLY:
        return f"is for tables, but rows are images by image_shape={parameters.image_shape!r}"
    wanted = "transition='latent'" if name in _LAW_ONLY else "transition='latent' or 'both'"
    return f"is for tables, or for images with {wanted}, but transition={parameters.transition!r}"


def complete_loss_weights(given: Mapping[str, float] | None, images: bool = False) -> dict[str, float]:
    """Fill in the default weights, of images or of tables; refuse unknown names and negative weights."""
    given = dict(given or {})
    unknown = sorted(set(given) - set(LOSS_WEIGHTS))
    if unknown:
        raise ValueError(f"loss_weights has the unknown name(s) {unknown}; known are {sorted(LOSS_WEIGHTS)}.")
    for name, weight in given.items():
        if not isinstance(weight, Real) or not 0 <= weight < np.inf:
            raise ValueError(f"loss_weights[{name!r}] must be a finite number and not negative, got {weight!r}.")
    return (IMAGE_LOSS_WEIGHTS if images else LOSS_WEIGHTS) | given


def resolve_device(device: str) -> str:
    """Return a torch device that works here, "auto" being a GPU if there is one."""
    import torch

    available = torch.cuda.is_available()
    if device == "auto":
        return "cuda" if available else "cpu"
    try:
        torch.zeros(1, device=device).cpu()
    except (AssertionError, NotImplementedError, RuntimeError) as error:  # what torch raises for a missing device
        raise ValueError(
            f"device={device!r} does not work here ({str(error).splitlines()[0]}); use 'auto', 'cpu' or 'cuda'."
        ) from error
    return device


def normalized_mixture(law: Mapping[str, float]) -> dict[str, float]:
    """Return the weights of a mixture so that they sum to 1."""
    unknown = sorted(set(law) - set(COMPONENTS))
    if unknown:
        raise ValueError(f"law has the unknown component(s) {unknown}; known are {sorted(COMPONENTS)}.")
    if not all(isinstance(w, Real) and 0 <= w < np.inf for w in law.values()) or not sum(law.values()) > 0:
        raise ValueError(f"The weights of law must be finite, not negative, and not all zero, got {dict(law)}.")
    total = sum(law.values())
    return {name: weight / total for name, weight in law.items()}
