r"""The branch for images: convolutions reduce them to patches, followed by self-attention over the patches.

.. math:: \mathrm{attend}(x) = R\,\mathrm{vec}\bigl(\mathrm{attention}(\mathrm{conv}(x))\bigr), \qquad
   \mathrm{attend}'(y) = \mathrm{conv}^\top\bigl(\mathrm{attention}'(R' y)\bigr)

Each stride of two halves the image, until at most 8 by 8 patches are left; each patch is a token. As in the method's
paper no position is encoded: the convolutions are the same everywhere, and position only matters when the tokens are
flattened again. Any size is supported: an odd side is padded by the encoder and cropped by the decoder.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from skexpand.codec.image import ImageShape
from skexpand.network.attention import SelfAttention

WIDTH = 32  # of a token
MAX_PATCHES = 8  # along a side
PORTION = 1_024  # images at a time without gradients: limits the memory


def n_halvings(shape: ImageShape) -> int:
    """Return how often images are halved: at least once, and until each side has at most 8 patches."""
    longest = max(shape[1:])
    return next(k for k in range(1, longest) if -(-longest // 2**k) <= MAX_PATCHES)


def patch_grid(shape: ImageShape) -> tuple[int, int]:
    """Return the number of patches along height and width."""
    size = 2 ** n_halvings(shape)
    return -(-shape[1] // size), -(-shape[2] // size)


def _channels(shape: ImageShape) -> list[int]:
    """Return the channels before, between and after the halvings."""
    k = n_halvings(shape)
    return [shape[0], *(WIDTH >> (k - step) for step in range(1, k + 1))]


class ConvolutionalEncoder(nn.Module):
    """Map flat images to vectors: convolutions, self-attention over patches, linear readout.

    Parameters
    ----------
    shape : tuple
        Channels, height and width.
    out_features : int
        Size of the vectors.
    n_heads : int
        Number of attention heads.
    """

    def __init__(self, shape: ImageShape, out_features: int, n_heads: int) -> None:
        super().__init__()
        self.shape = shape
        self.halvings = nn.ModuleList(
            nn.Conv2d(a, b, 3, 2, 1, dtype=torch.float32) for a, b in pairwise(_channels(shape))
        )
        self.attention = SelfAttention(WIDTH, n_heads)
        rows, columns = patch_grid(shape)
        self.readout = nn.Linear(rows * columns * WIDTH, out_features, dtype=torch.float32)

    def forward(self, x: Tensor) -> Tensor:
        if not torch.is_grad_enabled() and len(x) > PORTION:
            return torch.cat([self(part) for part in x.split(PORTION)])
        images = x.view(len(x), *self.shape)
        for halve in self.halvings:
            images = F.gelu(halve(images))
        tokens = images.flatten(2).transpose(1, 2)  # (batch, patches, width)
        return self.readout(self.attention(tokens).flatten(1))  # (batch, out_features)


class ConvolutionalDecoder(nn.Module):
    """Map vectors to flat images: linear, self-attention over patches, transposed convolutions.

    Parameters
    ----------
    in_features : int
        Size of the vectors.
    shape : tuple
        Channels, height and width.
    n_heads : int
        Number of attention heads.
    """

    def __init__(self, in_features: int, shape: ImageShape, n_heads: int) -> None:
        super().__init__()
        self.shape, self.grid = shape, patch_grid(shape)
        rows, columns = self.grid
        self.spread = nn.Linear(in_features, rows * columns * WIDTH, dtype=torch.float32)
        self.attention = SelfAttention(WIDTH, n_heads)
        channels = reversed(_channels(shape))
        self.doublings = nn.ModuleList(
            nn.ConvTranspose2d(a, b, 4, 2, 1, dtype=torch.float32) for a, b in pairwise(channels)
        )

    def forward(self, y: Tensor) -> Tensor:
        if not torch.is_grad_enabled() and len(y) > PORTION:
            return torch.cat([self(part) for part in y.split(PORTION)])
        tokens = F.gelu(self.spread(y)).view(len(y), self.grid[0] * self.grid[1], WIDTH)  # (batch, patches, width)
        images = self.attention(tokens).transpose(1, 2).reshape(len(y), WIDTH, *self.grid)
        for double in self.doublings:
            images = double(F.gelu(images))
        return images[..., : self.shape[1], : self.shape[2]].flatten(1)  # (batch, c * h * w)
