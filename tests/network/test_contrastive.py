"""The encoder of the core, and its losses against what they are known to be at simple latents."""

import math

import pytest
import torch
from torch.nn import functional as F

from skexpand.network.contrastive import LOSSES, TEMPERATURE, ContrastiveEncoder, infonce, spectral


@pytest.mark.parametrize("shape", [(1, 28, 28), (1, 16, 16), (3, 32, 32), (1, 5, 9)])
@pytest.mark.parametrize("n_heads", [0, 1, 2, 4, 8])
def test_latents_have_length_one(shape, n_heads):
    encoder = ContrastiveEncoder(shape, latent_dim=7, n_heads=n_heads).eval()
    latents = encoder(torch.rand(6, math.prod(shape)))
    assert latents.shape == (6, 7)
    torch.testing.assert_close(latents.norm(dim=1), torch.ones(6))


def test_many_images_are_encoded_as_few():
    encoder, images = ContrastiveEncoder((1, 8, 8)).eval(), torch.rand(1_100, 64)
    with torch.no_grad():
        torch.testing.assert_close(encoder(images)[-3:], encoder(images[-3:]))


@pytest.mark.parametrize("n_heads", [1, 2, 4, 8])
def test_every_head_is_used(n_heads):
    encoder = ContrastiveEncoder((1, 8, 8), n_heads=n_heads)
    latents = encoder(torch.rand(4, 64, generator=torch.Generator().manual_seed(0)))
    (latents * torch.arange(64)).sum().backward()
    for block in encoder.attention:
        values = block.query_key_value.weight.grad.view(3, n_heads, -1)[2]  # of queries and keys, it may vanish
        assert (values.abs().amax(dim=1) > 0).all()
    assert not [name for name, _ in ContrastiveEncoder((1, 8, 8)).named_parameters() if name.startswith("attention")]


def test_infonce_of_latents_all_alike_is_chance():
    latents = F.normalize(torch.ones(16, 5), dim=1)
    assert float(infonce(latents, latents)) == pytest.approx(math.log(16), rel=1e-5)


def test_infonce_of_orthogonal_latents():
    expected = math.log(1 + 7 * math.exp(-1 / TEMPERATURE))
    assert float(infonce(torch.eye(8), torch.eye(8))) == pytest.approx(expected, rel=1e-5)


def test_spectral_loss_is_least_where_latents_are_eigenfunctions():
    # two states that never mix: the eigenfunctions of the step are constant on each
    states = torch.tensor([0, 1]).repeat(200)
    latents = torch.eye(2)[states]
    assert float(spectral(latents, latents)) == pytest.approx(-1, abs=0.02)
    assert float(spectral(torch.full((400, 2), 0.5**0.5), torch.full((400, 2), 0.5**0.5))) > -1
    mixed = F.normalize(torch.randn(400, 2, generator=torch.Generator().manual_seed(0)), dim=1)
    assert float(spectral(mixed, mixed.roll(1, 0))) > -0.5


@pytest.mark.parametrize("loss", LOSSES)
def test_losses_do_not_depend_on_the_order_of_rows(loss):
    generator = torch.Generator().manual_seed(1)
    here, there = (F.normalize(torch.randn(12, 4, generator=generator), dim=1) for _ in range(2))
    order = torch.randperm(12, generator=generator)
    torch.testing.assert_close(LOSSES[loss](here[order], there[order]), LOSSES[loss](here, there))
