r"""Adam [1]_: steps along the mean gradient, in units of its mean size.

.. math:: m \gets \beta_1 m + (1 - \beta_1) g, \quad v \gets \beta_2 v + (1 - \beta_2) g^2, \quad
   \theta \gets \theta - \eta \, \hat m / (\sqrt{\hat v} + \epsilon)

with :math:`\hat m, \hat v` the means corrected for their start at zero. The arithmetic is torch's own, in its
functional form; the class ``torch.optim.Adam`` does the same, but imports torch's compiler: 2 seconds before the first
step.

.. [1] Kingma, D. P. and Ba, J., "Adam: A Method for Stochastic Optimization", ICLR 2015.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor
from torch.optim.adam import adam


class Adam:
    """Bitwise the same as ``torch.optim.Adam`` with its defaults."""

    def __init__(self, parameters: Iterable[Tensor], learning_rate: float) -> None:
        self.parameters = list(parameters)
        self.learning_rate = learning_rate
        self._means = [torch.zeros_like(parameter) for parameter in self.parameters]
        self._squares = [torch.zeros_like(parameter) for parameter in self.parameters]
        self._steps = [torch.zeros((), dtype=torch.float32) for _ in self.parameters]

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Move the parameters that have a gradient."""
        states = zip(self.parameters, self._means, self._squares, self._steps, strict=True)
        moving = [(p, p.grad, mean, square, step) for p, mean, square, step in states if p.grad is not None]
        parameters, gradients, means, squares, steps = (list(part) for part in zip(*moving, strict=True))
        adam(
            *(parameters, gradients, means, squares, [], steps),
            amsgrad=False,
            beta1=0.9,
            beta2=0.999,
            lr=self.learning_rate,
            weight_decay=0.0,
            eps=1e-8,
            maximize=False,
        )
