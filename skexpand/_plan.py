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

# parameters that images cannot follow, and their defaults
_TABLES_ONLY = {
    "latent_dim": None,
    "law": "auto",
    "transport": None,
    "categorical_features": "auto",
    "missing": "model",
    "bounds": None,
    "loss_weights": None,
}


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
    def of(cls, parameters: Any) -> Plan:
        """Take the parameters of an :class:`skexpand.ExpansiveSynthesizer` and check what its constraints cannot."""
        values = {field.name: getattr(parameters, field.name) for field in fields(cls)}
        values["loss_weights"] = complete_loss_weights(values["loss_weights"])
        values["device"] = resolve_device(values["device"])
        if not isinstance(values["law"], str):
            values["law"] = normalized_mixture(values["law"])
        if values["image_shape"] is not None:
            refuse_for_images(parameters)
        return cls(**values)


def refuse_for_images(parameters: Any) -> None:
    """Refuse what says how the columns of a table are, or how its rows recombine."""
    for name, default in _TABLES_ONLY.items():
        value = getattr(parameters, name)
        if not (value is None or isinstance(value, str)) or value != default:
            raise ValueError(
                f"{name}={value!r} is for tables, but rows are images by image_shape={parameters.image_shape!r}; leave "
                f"{name} at {default!r}, or image_shape at None."
            )


def complete_loss_weights(given: Mapping[str, float] | None) -> dict[str, float]:
    """Fill in the default weights; refuse unknown names and negative weights."""
    given = dict(given or {})
    unknown = sorted(set(given) - set(LOSS_WEIGHTS))
    if unknown:
        raise ValueError(f"loss_weights has the unknown name(s) {unknown}; known are {sorted(LOSS_WEIGHTS)}.")
    for name, weight in given.items():
        if not isinstance(weight, Real) or not 0 <= weight < np.inf:
            raise ValueError(f"loss_weights[{name!r}] must be a finite number and not negative, got {weight!r}.")
    return LOSS_WEIGHTS | given


def resolve_device(device: str) -> str:
    """Return a torch device that works here, "auto" being a GPU if there is one."""
    import torch

    available = torch.cuda.is_available()
    if device == "auto":
        return "cuda" if available else "cpu"
    try:
        torch.zeros(1, device=device).cpu()
    except (AssertionError, NotImplementedError, RuntimeError) as error:
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
