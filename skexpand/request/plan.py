"""The parameters of a fit, checked together and resolved, before any training."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from numbers import Real
from typing import Any

import numpy as np

from skexpand.dynamics.components import COMPONENTS, stated_mixture
from skexpand.request.rules import checked_rules

LOSS_WEIGHTS = {
    "reconstruction": 1.0,
    "classification": 0.0,  # training does better without it (see the ablation)
    "koopman": 0.1,
    "transport": 0.1,
    "covariance": 0.1,
}

# images reconstruct no better with the other parts, which take twice the time
IMAGE_LOSS_WEIGHTS = dict.fromkeys(LOSS_WEIGHTS, 0.0) | {"reconstruction": 1.0}

# parameters that do not apply to images, with their defaults: in any case, without a law in latent space, without a
# network
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
    """The parameters of a fit, resolved as far as they can be without the table. Nothing else reads the estimator's.

    Attributes
    ----------
    mixture : dict or None
        Weights of the law's components, which sum to 1; None where the rows choose.
    own_share : float or None
        Share of edges from the row's own class; None leaves it to each component.
    spread : float or None
        Factor on the recombined residuals; None where images choose it (1 for tables).
    degree, n_neighbors, transport
        As in :class:`skexpand.ExpansiveSynthesizer`.
    apart : bool
        Whether rows of different groups are kept apart: nothing but statistics goes from one row to another's children.
    transition : {"deformation", "latent", "both"} or None
        What changes an image; None for tables.
    may_omit_appearance : bool
        Whether what flows leave over is recombined only where held-out images clearly gain by it.
    image_shape, categorical_features, missing, bounds, rules
        What is known of the columns and of new rows.
    n_heads, latent_dim, max_epochs, learning_rate, loss_weights, early_stopping, validation_fraction, device, verbose
        The network and its training; the weights are complete, the device works here.
    target, target_law
        What y is, and where new rows have it from, if it is numbers.
    """

    mixture: dict[str, float] | None
    own_share: float | None
    spread: float | None
    degree: int
    n_neighbors: int
    transport: str | None
    apart: bool
    transition: str | None
    may_omit_appearance: bool
    image_shape: str | Sequence[int] | None
    categorical_features: Any
    missing: str
    bounds: Any
    rules: tuple[Callable[[Any], Any], ...]
    n_heads: int
    latent_dim: int | None
    max_epochs: int
    learning_rate: float
    loss_weights: dict[str, float]
    early_stopping: bool
    validation_fraction: float
    device: str
    verbose: int
    target: str
    target_law: str

    @classmethod
    def of(cls, parameters: Any, pretrained: bool = False, apart: bool = False) -> Plan:
        """Take the parameters of an :class:`skexpand.ExpansiveSynthesizer` and check what its constraints cannot.

        ``pretrained`` says that there is, or will be, an autoencoder that transition="auto" may use, ``apart`` that
        there are groups.
        """
        images = parameters.image_shape is not None
        transition = resolve_transition(parameters, pretrained)
        resolved = {
            "mixture": resolve_mixture(parameters.law, apart),
            "own_share": None if parameters.pooling == "auto" else 1 - float(parameters.pooling),
            "spread": (None if images else 1.0) if parameters.spread == "auto" else float(parameters.spread),
            "apart": apart,
            "transition": transition,
            "may_omit_appearance": parameters.transition == "auto",
            "rules": checked_rules(parameters.rules),
            "loss_weights": complete_loss_weights(parameters.loss_weights, images),
            "device": resolve_device(parameters.device),
        }
        stated = {field.name: getattr(parameters, field.name) for field in fields(cls) if field.name not in resolved}
        return cls(**stated, **resolved)


def resolve_transition(parameters: Any, pretrained: bool) -> str | None:
    """Return what changes an image, or None for tables; refuse parameters that it does not use.

    An autoencoder trained on few images does not help (see the benchmarks), so "auto" uses one only if it is
    pretrained.
    """
    transition: str = parameters.transition
    if parameters.image_shape is None:
        if transition != "auto":
            raise ValueError(
                f"transition={transition!r} is for images; set image_shape, or leave transition at 'auto'."
            )
        return None
    if transition == "auto":
        transition = "both" if pretrained else "deformation"
    for name, default in _REFUSED[transition].items():
        value = getattr(parameters, name)
        if (value is None or isinstance(value, str)) and value == default:
            continue
        raise ValueError(f"{name}={value!r} {_why_refused(name, parameters)}; leave {name} at {default!r}.")
    return transition


def _why_refused(name: str, parameters: Any) -> str:
    """Return what a parameter is for."""
    if name in _TABLES_ONLY:
        return f"is for tables, but rows are images by image_shape={parameters.image_shape!r}"
    wanted = "transition='latent'" if name in _LAW_ONLY else "transition='latent' or 'both'"
    return f"is for tables, or for images with {wanted}, but transition={parameters.transition!r}"


def resolve_mixture(law: str | Mapping[str, float], apart: bool) -> dict[str, float] | None:
    """Return the weight of each component, or None where the rows choose.

    If groups are kept apart, the mixture is "local": the class means of the others would reveal labels of other groups.
    """
    if law == "auto":
        return stated_mixture("local") if apart else None
    return stated_mixture(law if isinstance(law, str) else normalized_mixture(law))


def complete_loss_weights(given: Mapping[str, float] | None, images: bool = False) -> dict[str, float]:
    """Fill in the default weights, of images or of tables; refuse unknown names and negative weights."""
    given = dict(given or {})
    unknown = sorted(set(given) - set(LOSS_WEIGHTS))
    if unknown:
        raise ValueError(f"loss_weights has the unknown name(s) {unknown}; choose from {sorted(LOSS_WEIGHTS)}.")
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
        raise ValueError(f"law has the unknown component(s) {unknown}; choose from {sorted(COMPONENTS)}.")
    if not all(isinstance(w, Real) and 0 <= w < np.inf for w in law.values()) or not sum(law.values()) > 0:
        raise ValueError(f"The weights of law must be finite, not negative, and not all zero, got {dict(law)}.")
    total = sum(law.values())
    return {name: weight / total for name, weight in law.items()}
