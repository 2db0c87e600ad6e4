r"""The terms of the training loss, each a pure function, and the table that names them.

.. math:: \mathcal{L} = \sum_\text{name} \lambda_\text{name}\, \mathcal{L}_\text{name}

The weights :math:`\lambda` are those of ``request/plan.py``; a term without weight is not computed. The parameters of a
term are attributes of a :class:`skexpand.training.batch.Batch`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from skexpand.dynamics.transport import sliced_wasserstein

_LEAST = 1e-6  # of what a term is relative to


class Loss(NamedTuple):
    """One term of the loss."""

    term: Callable[..., Tensor]
    takes: tuple[str, ...]  # attributes of a batch, in the order of the function's parameters
    needs_edges: bool
    always: bool = False  # computed, and recorded, even without weight


def reconstruction(decoded: Tensor, x: Tensor) -> Tensor:
    r"""Return :math:`\operatorname{mean} (\mathrm{dec}(\mathrm{enc}(x)) - x)^2`."""
    return F.mse_loss(decoded, x)


def classification(logits: Tensor, labels: Tensor) -> Tensor:
    r"""Return the cross entropy :math:`-\operatorname{mean} \log p(c \mid x)`."""
    return F.cross_entropy(logits, labels)


def koopman(residuals: Tensor, after: Tensor) -> Tensor:
    r"""Return :math:`\sum_e \lVert b_e - K a_e \rVert^2 / \sum_e \lVert b_e \rVert^2`.

    Here a and b are the deviations of the ends of edge e, and :math:`b_e - K a_e` is its residual.
    """
    return residuals.square().mean() / after.square().mean().clamp_min(_LEAST)


def covariance(expansion: Tensor, deviations: Tensor) -> Tensor:
    r"""Return :math:`\lVert S' - S \rVert_F^2 / \lVert S \rVert_F^2`.

    S' and S are the second moments of expanded and of real deviations from the class means.
    """
    target = deviations.T @ deviations / len(deviations)
    made = expansion.T @ expansion / len(deviations)
    return (made - target).square().sum() / target.square().sum().clamp_min(_LEAST)


def transport(expanded: Tensor, x: Tensor, labels: Tensor, directions: Tensor) -> Tensor:
    r"""Return the mean over classes of the squared sliced Wasserstein-2 distance from decoded expansions to real rows.

    .. math:: \operatorname{mean}_c \operatorname{mean}_\theta W_2^2(\theta^\top X'_c, \theta^\top X_c)
    """
    classes = labels.unique()
    distances = [sliced_wasserstein(expanded[labels == c], x[labels == c], directions) for c in classes]
    return torch.stack(distances).mean()


# in the order in which they are added up, and draw from the generator
LOSSES = {
    "reconstruction": Loss(reconstruction, ("reconstruction", "x"), needs_edges=False, always=True),
    "classification": Loss(classification, ("logits", "labels"), needs_edges=False),
    "koopman": Loss(koopman, ("residuals", "after"), needs_edges=True),
    "covariance": Loss(covariance, ("expansion", "deviations"), needs_edges=True),
    "transport": Loss(transport, ("expanded", "x", "labels", "directions"), needs_edges=True),
}
