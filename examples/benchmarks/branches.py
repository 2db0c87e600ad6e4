"""What the ablation puts in place of the network's attention."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Perceptron(nn.Module):
    """One hidden layer over the whole vector."""

    def __init__(self, in_features: int, out_features: int, width: int = 64) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(in_features, width), nn.GELU(), nn.Linear(width, out_features))

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


class Nothing(nn.Module):
    """Zeros: the gate gets no gradient, so the autoencoder stays linear."""

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        self.out_features = out_features

    def forward(self, x: Tensor) -> Tensor:
        return torch.zeros(len(x), self.out_features, dtype=x.dtype, device=x.device)
