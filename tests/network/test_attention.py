"""Self-attention over patches: against a naive implementation, its symmetries and its gradient."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.autograd import gradcheck
from torch.func import functional_call

from skexpand.network.attention import HEAD_DIM, MAX_TOKENS, TokenAttention, zero_gate


def make(seed, in_features, out_features=3, n_heads=2):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return TokenAttention(in_features, out_features, n_heads).double()


def normal(rng, *shape):
    return torch.as_tensor(rng.standard_normal(shape))


@pytest.mark.parametrize("in_features", [1, 2, 15, 16, 17, 33, 200])
@pytest.mark.parametrize("n_heads", [1, 3, 64])
def test_any_number_of_heads_suits_any_number_of_columns(rng, seed, in_features, n_heads):
    branch = make(seed, in_features, 5, n_heads)
    assert branch.n_tokens <= MAX_TOKENS
    out = branch(normal(rng, 7, in_features))
    assert out.shape == (7, 5)
    assert torch.isfinite(out).all()
    assert out.std(dim=0).min() > 0, "the output does not depend on the input"


@pytest.mark.parametrize("in_features", [5, 16, 40])
def test_every_column_is_seen(rng, seed, in_features):
    branch = make(seed, in_features)
    x = normal(rng, 1, in_features).requires_grad_()
    branch(x).sum().backward()
    assert (x.grad != 0).all()


def test_attention_is_softmax_attention_per_head(rng, seed):
    branch = make(seed, 6, n_heads=3)
    tokens = normal(rng, 4, 6, 3 * HEAD_DIM)
    query, key, value = branch.attention.query_key_value(tokens).chunk(3, dim=-1)
    expected = torch.empty_like(tokens)
    for row in range(4):
        for head in range(3):
            part = slice(head * HEAD_DIM, (head + 1) * HEAD_DIM)
            scores = query[row, :, part] @ key[row, :, part].T / np.sqrt(HEAD_DIM)
            expected[row, :, part] = scores.softmax(dim=1) @ value[row, :, part]
    torch.testing.assert_close(branch.attention._attend(tokens), expected)


@pytest.mark.parametrize("in_features", [8, 16, 48])
def test_permuting_patches_permutes_tokens(rng, seed, in_features):
    """No position is encoded before the tokens are flattened."""
    branch = make(seed, in_features)
    branch.readout = nn.Identity()
    n_tokens = branch.n_tokens
    assert branch.padding == 0
    x = normal(rng, 5, in_features)
    order = torch.as_tensor(rng.permutation(n_tokens))
    permuted = x.view(5, n_tokens, -1)[:, order].reshape(5, in_features)
    tokens = branch(x).view(5, n_tokens, -1)
    torch.testing.assert_close(branch(permuted).view(5, n_tokens, -1), tokens[:, order])


def test_place_matters_once_the_tokens_are_flattened(rng, seed):
    branch = make(seed, 8)
    x = normal(rng, 5, 8)
    assert not torch.allclose(branch(x), branch(x.flip(1)))


def test_tokens_look_at_each_other(rng, seed):
    branch = make(seed, 8)
    branch.readout = nn.Identity()
    x = normal(rng, 5, 8)
    other = x.clone()
    other[:, 0] += 1
    changed = (branch(other) - branch(x)).view(5, 8, -1).abs().amax(dim=2)
    assert (changed > 1e-8).all()


def test_rows_do_not_look_at_each_other(rng, seed):
    branch = make(seed, 20)
    x = normal(rng, 6, 20)
    torch.testing.assert_close(branch(x)[2:3], branch(x[2:3]))


@pytest.mark.parametrize("in_features", [5, 19])
def test_gradient(rng, seed, in_features):
    branch = make(seed, in_features)
    x = normal(rng, 2, in_features).requires_grad_()
    assert gradcheck(branch, (x,))
    names, values = zip(*branch.named_parameters(), strict=True)

    def of_parameters(*parameters):
        return functional_call(branch, dict(zip(names, parameters, strict=True)), (x.detach(),))

    assert gradcheck(of_parameters, tuple(v.detach().requires_grad_() for v in values), fast_mode=True)


def test_the_gate_starts_closed_and_can_be_learned():
    gate = zero_gate()
    assert gate.item() == 0
    assert gate.requires_grad
