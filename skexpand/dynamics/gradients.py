r"""Gradients of images as rows: how strong the edges of each direction are, in overlapping cells.

.. math:: h_{k, \mathrm{cell}} = \sum_{p \in \mathrm{cell}} \lVert \nabla f(p) \rVert\,
   \max(0,\, 1 - \lvert \theta(p) - \theta_k \rvert)

with :math:`\theta` the direction of the gradient in units of the distance between two of the 8 directions
:math:`\theta_k`, after Dalal and Triggs, "Histograms of Oriented Gradients for Human Detection", CVPR 2005. A stroke
that moves within a cell leaves the histogram as it is, so near rows are images of the same shape, where near pixels are
of the same ink. Square roots keep a few strong edges from drowning the rest.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from skexpand.base.types import SampleArray

N_DIRECTIONS = 8
_STEP = 3 / 28  # from cell to cell, in lengths of the shorter side; a cell is twice as wide
_PORTION = 1_024  # images at a time: bounds the memory


@torch.no_grad()
def gradient_rows(images: SampleArray) -> SampleArray:
    """Return histograms of directions of images (n, c, h, w), as rows of length 1."""
    return np.concatenate([_histograms(part).numpy() for part in torch.as_tensor(images).split(_PORTION)])


def _histograms(images: Tensor) -> Tensor:
    """Return the histograms of all cells, flat."""
    padded = F.pad(images, (1, 1, 1, 1), mode="replicate")
    down = padded[:, :, 2:, 1:-1] - padded[:, :, :-2, 1:-1]  # (n, c, h, w)
    right = padded[:, :, 1:-1, 2:] - padded[:, :, 1:-1, :-2]
    strength = torch.hypot(down, right)
    channel = strength.argmax(dim=1, keepdim=True)  # the channel with the strongest edge speaks
    down, right, strength = (part.gather(1, channel) for part in (down, right, strength))
    angle = torch.atan2(down, right) * (N_DIRECTIONS / (2 * np.pi))  # (n, 1, h, w)
    away = angle - torch.arange(N_DIRECTIONS, dtype=angle.dtype).view(-1, 1, 1)
    half = N_DIRECTIONS / 2
    share = (1 - ((away + half).remainder(N_DIRECTIONS) - half).abs()).clamp_min(0)  # (n, 8, h, w)
    step = max(1, round(min(images.shape[2:]) * _STEP))
    cells = F.avg_pool2d(strength * share, 2 * step, step).sqrt()
    return F.normalize(cells.flatten(1), eps=1e-6)
