r"""An encoder whose latents persist along transitions, and its losses.

.. code-block:: text

   image (c, h, w) --3 convolutions--> patches (64 each) --attention blocks--> flat --linear--> latent, of length 1

With (x, x+) both ends of a transition, and x' any other row,

- "infonce": :math:`-\log \frac{\exp(f(x)^\top f(x^+) / \tau)}{\sum_{x'} \exp(f(x)^\top f(x') / \tau)}`, where
  :math:`\tau = 0.2` (van den Oord et al. 2018);
- "spectral": :math:`-2\, \mathbb{E} f(x)^\top f(x^+) + \mathbb{E} (f(x)^\top f(x'))^2` (HaoChen et al. 2021). Its
  minimum are the slowest eigenfunctions of the Koopman operator of the transitions, as for the VAMP-2 score.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from skexpand.codec.image import ImageShape
from skexpand.network.attention import SelfAttention

LATENT_DIM = 64
TEMPERATURE = 0.2
N_BLOCKS = 2  # of attention, where there are heads
_CHANNELS = (32, 64, 64)
_PORTION = 1_024  # images at a time where no gradient is needed


class ContrastiveEncoder(nn.Module):
    """Map flat images to latents of length 1.

    Parameters
    ----------
    shape : tuple
        Channels, height and width.
    latent_dim : int
        Size of a latent.
    n_heads : int
        Number of attention heads in each of two blocks over the patches; 0 for none.
    """

    def __init__(self, shape: ImageShape, latent_dim: int = LATENT_DIM, n_heads: int = 0) -> None:
        super().__init__()
        self.shape = shape
        before = (shape[0], *_CHANNELS[:-1])
        parts: list[nn.Module] = []
        for width, channels in zip(before, _CHANNELS, strict=True):
            convolution = nn.Conv2d(width, channels, 3, padding=1, bias=False)
            # channels last, as the images: a third of the time less
            convolution.weight.data = convolution.weight.data.to(memory_format=torch.channels_last)
            parts += [convolution, nn.BatchNorm2d(channels), nn.ReLU(), nn.MaxPool2d(2, ceil_mode=True)]
        self.convolutions = nn.Sequential(*parts[:-1])
        self.attention = nn.Sequential(
            *(SelfAttention(_CHANNELS[-1], n_heads) for _ in range(N_BLOCKS if n_heads else 0))
        )
        patches = -(-shape[1] // 4) * -(-shape[2] // 4)
        self.readout = nn.Linear(patches * _CHANNELS[-1], latent_dim)

    def forward(self, x: Tensor) -> Tensor:
        if not torch.is_grad_enabled() and len(x) > _PORTION:
            return torch.cat([self(part) for part in x.split(_PORTION)])
        images = x.view(len(x), *self.shape).contiguous(memory_format=torch.channels_last)
        patches = self.convolutions(images)  # (batch, 64, h / 4, w / 4)
        tokens = self.attention(patches.flatten(2).transpose(1, 2))  # (batch, patches, 64)
        return F.normalize(self.readout(tokens.flatten(1)), dim=1)  # (batch, latent_dim)


def infonce(here: Tensor, there: Tensor) -> Tensor:
    """Return the loss of identifying each row's other end in the batch, both ways; inputs (batch, dim)."""
    likeness = here @ there.T / TEMPERATURE
    target = torch.arange(len(here), device=here.device)
    return (F.cross_entropy(likeness, target) + F.cross_entropy(likeness.T, target)) / 2


def spectral(here: Tensor, there: Tensor) -> Tensor:
    """Return the spectral contrastive loss of a batch, for latents of length sqrt(dim)."""
    likeness = here @ there.T * here.shape[1]
    others = likeness.square().sum() - likeness.diagonal().square().sum()
    return (others / (len(here) * (len(here) - 1)) - 2 * likeness.diagonal().mean()) / here.shape[1]


LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {"infonce": infonce, "spectral": spectral}
