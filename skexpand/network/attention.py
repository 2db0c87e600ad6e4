"""Multi-head self-attention over the patches of a vector, without positional encoding (Vaswani et al. 2017).

A vector is cut into patches, each patch becomes a token, and the heads capture dependencies between patches. As in the
method's paper no position is encoded: the embedding is shared by all patches, and position only matters when the tokens
are flattened again.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

HEAD_DIM = 8
MAX_TOKENS = 16


class SelfAttention(nn.Module):
    """Residual self-attention over tokens, without positions.

    Parameters
    ----------
    width : int
        Size of a token.
    n_heads : int
        Number of attention heads, each 8 wide, so any number of heads suits any width.
    """

    def __init__(self, width: int, n_heads: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        inner = n_heads * HEAD_DIM
        self.norm = nn.LayerNorm(width, dtype=torch.float32)
        self.query_key_value = nn.Linear(width, 3 * inner, dtype=torch.float32)
        self.mix = nn.Linear(inner, width, dtype=torch.float32)

    def forward(self, tokens: Tensor) -> Tensor:
        return tokens + self.mix(self._attend(self.norm(tokens)))  # (batch, tokens, width)

    def _attend(self, tokens: Tensor) -> Tensor:
        batch, n_tokens, _ = tokens.shape
        split = self.query_key_value(tokens).view(batch, n_tokens, 3, self.n_heads, HEAD_DIM)
        query, key, value = split.permute(2, 0, 3, 1, 4)  # each (batch, heads, tokens, head_dim)
        mixed = F.scaled_dot_product_attention(query, key, value)
        return mixed.transpose(1, 2).reshape(batch, n_tokens, self.n_heads * HEAD_DIM)


class TokenAttention(nn.Module):
    """Map vectors to vectors through patches, tokens, self-attention and a linear readout.

    Parameters
    ----------
    in_features, out_features : int
        Sizes of the vectors.
    n_heads : int
        Number of attention heads; the width of a token is ``n_heads * 8``.
    """

    def __init__(self, in_features: int, out_features: int, n_heads: int) -> None:
        super().__init__()
        self.patch = -(-in_features // MAX_TOKENS)
        self.n_tokens = -(-in_features // self.patch)
        self.padding = self.n_tokens * self.patch - in_features
        width = n_heads * HEAD_DIM
        self.embed = nn.Linear(self.patch, width, dtype=torch.float32)
        self.attention = SelfAttention(width, n_heads)
        self.readout = nn.Linear(self.n_tokens * width, out_features, dtype=torch.float32)

    def forward(self, x: Tensor) -> Tensor:
        patches = F.pad(x, (0, self.padding)).view(len(x), self.n_tokens, self.patch)  # (batch, tokens, patch)
        tokens = self.attention(F.gelu(self.embed(patches)))  # (batch, tokens, width)
        return self.readout(tokens.flatten(1))  # (batch, out_features)


def zero_gate() -> nn.Parameter:
    """Return a gate that closes its branch at the start (ReZero, Bachlechner et al. 2021)."""
    return nn.Parameter(torch.zeros((), dtype=torch.float32))
