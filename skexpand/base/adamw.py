r"""AdamW [1]_: Adam, with decoupled weight decay, and the one-cycle schedule of its learning rate [2]_.

.. math:: \theta \gets (1 - \eta \lambda)\, \theta, \quad \text{then Adam's step}

.. [1] Loshchilov, I. and Hutter, F., "Decoupled Weight Decay Regularization", ICLR 2019.
.. [2] Smith, L. N. and Topin, N., "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning
   Rates", 2019.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import Tensor

from skexpand.base.adam import Adam

_WARM_UP = 0.3  # share of the steps in which the rate rises
_START, _END = 1 / 25, 1 / 250_000  # of the peak


class AdamW(Adam):
    """Bitwise the same as ``torch.optim.AdamW`` with its defaults."""

    def __init__(self, parameters: Iterable[Tensor], learning_rate: float, weight_decay: float = 0.01) -> None:
        super().__init__(parameters, learning_rate)
        self.weight_decay = weight_decay

    @torch.no_grad()
    def step(self) -> None:
        """Apply weight decay and a step to the parameters that have a gradient."""
        for parameter in self.parameters:
            if parameter.grad is not None:
                parameter.mul_(1 - self.learning_rate * self.weight_decay)
        super().step()


def one_cycle(step: int, n_steps: int, peak: float) -> float:
    """Return the rate of a step (from 0 on): up to the peak in 30 % of the steps, then down, along half cosines."""
    top = max(_WARM_UP * n_steps - 1, 1e-9)
    if step <= top:
        return _between(_START * peak, peak, step / top)
    return _between(peak, _END * peak, (step - top) / max(n_steps - 1 - top, 1e-9))


def _between(start: float, end: float, way: float) -> float:
    """Return the value on a half cosine from ``start`` to ``end``."""
    return end + (start - end) * (1 + math.cos(math.pi * min(way, 1.0))) / 2
