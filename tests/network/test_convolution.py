"""The convolutional branches: any size, patches without order, and an autoencoder that starts as PCA."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from torch.autograd import gradcheck

from skexpand import ExpansiveSynthesizer
from skexpand.dynamics.graph import local_edges
from skexpand.fitting.start import linear_start
from skexpand.network import convolution
from skexpand.network.attention import SelfAttention
from skexpand.network.autoencoder import principal_axes
from skexpand.network.convolution import MAX_PATCHES, ConvolutionalDecoder, ConvolutionalEncoder, patch_grid
from skexpand.network.model import ExpansionNetwork
from skexpand.request.plan import Plan
from skexpand.training.loop import train

SHAPES = [
    (1, 8, 8),
    (3, 8, 9),
    (1, 16, 16),
    (3, 11, 17),
    (1, 28, 28),
    (3, 32, 32),
    (1, 33, 5),
    (1, 63, 64),
    (3, 64, 64),
]


def seeded(seed, make):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return make()


def normal(rng, *shape):
    return torch.as_tensor(rng.standard_normal(shape), dtype=torch.float32)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("n_heads", [1, 3])
def test_every_pixel_counts_both_ways(rng, seed, shape, n_heads):
    encoder = seeded(seed, lambda: ConvolutionalEncoder(shape, 5, n_heads))
    x = normal(rng, 2, np.prod(shape)).requires_grad_()
    latents = encoder(x)
    assert latents.shape == (2, 5)
    (gradient,) = torch.autograd.grad(latents.square().sum(), x)
    assert (gradient.abs().reshape(2, *shape).sum(dim=1) > 0).all()

    decoder = seeded(seed, lambda: ConvolutionalDecoder(5, shape, n_heads))
    y = normal(rng, 2, 5)
    images = decoder(y)
    assert images.shape == x.shape
    assert (images[0] != images[1]).all(), "a pixel does not depend on the latents"


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_there_are_at_most_64_patches(shape):
    assert max(patch_grid(shape)) <= MAX_PATCHES
    assert max(patch_grid(shape)) > MAX_PATCHES // 2 or max(shape[1:]) <= MAX_PATCHES


@pytest.mark.parametrize("n_heads", [1, 4])
def test_attention_knows_no_order_of_patches(rng, seed, n_heads):
    attention = seeded(seed, lambda: SelfAttention(32, n_heads)).double()
    tokens = normal(rng, 3, 49, 32).double()
    order = torch.as_tensor(rng.permutation(49))
    torch.testing.assert_close(attention(tokens[:, order]), attention(tokens)[:, order])
    assert not torch.allclose(
        attention(tokens)[:, 0], attention(torch.cat([tokens[:, :1], tokens[:, 2:]], dim=1))[:, 0]
    )


@pytest.mark.parametrize("attends", [True, False])
def test_only_attention_joins_distant_patches(rng, seed, attends):
    encoder = seeded(seed, lambda: ConvolutionalEncoder((1, 32, 32), 64, 2))
    if not attends:
        encoder.attention = torch.nn.Identity()
    encoder.readout = torch.nn.Identity()  # 8 by 8 patches of 32 numbers
    x = normal(rng, 1, 1024)
    other = x.clone()
    other[0, 0] += 5.0  # the first pixel
    change = (encoder(other) - encoder(x)).detach().view(64, 32).abs().amax(dim=1)
    assert change[0] > 0
    assert bool(change[-1] > 0) is attends


def test_images_do_not_look_at_each_other(rng, seed):
    encoder = seeded(seed, lambda: ConvolutionalEncoder((1, 9, 9), 4, 2))
    x = normal(rng, 6, 81)
    torch.testing.assert_close(encoder(x)[2:3], encoder(x[2:3]))


def test_without_gradient_images_pass_in_portions(rng, seed, monkeypatch):
    encoder = seeded(seed, lambda: ConvolutionalEncoder((3, 8, 8), 4, 2))
    decoder = seeded(seed, lambda: ConvolutionalDecoder(4, (3, 8, 8), 2))
    x = normal(rng, 7, 192)
    latents = encoder(x)
    images = decoder(latents)
    monkeypatch.setattr(convolution, "PORTION", 3)
    with torch.no_grad():
        torch.testing.assert_close(encoder(x), latents)
        torch.testing.assert_close(decoder(latents), images)
        assert encoder(x[:0]).shape == (0, 4)


def test_gradient(rng, seed):
    encoder = seeded(seed, lambda: ConvolutionalEncoder((1, 8, 9), 2, 1)).double()
    decoder = seeded(seed, lambda: ConvolutionalDecoder(2, (1, 8, 9), 1)).double()
    assert gradcheck(encoder, (normal(rng, 1, 72).double().requires_grad_(),), fast_mode=True)
    assert gradcheck(decoder, (normal(rng, 1, 2).double().requires_grad_(),), fast_mode=True)


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 7, 10)], ids=str)
def test_epoch_zero_is_pca(rng, shape):
    rows = rng.standard_normal((40, np.prod(shape))) * np.linspace(0.1, 2, np.prod(shape))
    rows -= rows.mean(axis=0)
    network = ExpansionNetwork(principal_axes(rows, 6), 2, 4, shape)
    pca = PCA(6, svd_solver="full").fit(rows)
    expected = pca.inverse_transform(pca.transform(rows))
    np.testing.assert_allclose(network.decode(network.encode(rows)), expected, atol=1e-4)
    output = network.train()(torch.as_tensor(rows, dtype=torch.float32))  # the branch is there, its gate is closed
    np.testing.assert_allclose(output.reconstruction.detach(), expected, atol=1e-4)
    assert output.logits.shape == (40, 2)


def test_training_beats_pca_where_things_move(rng):
    """Blots that wander: PCA needs a direction for every place, a nonlinear decoder does not."""
    y, x = np.mgrid[:12, :12]
    places = rng.uniform(3, 8, (300, 2))
    images = np.exp(-((y - places[:, :1, None]) ** 2 + (x - places[:, 1:, None]) ** 2) / 4).reshape(300, 144)
    rows = (images - images.mean(axis=0)) / images.std()
    labels = np.zeros(300, int)
    weights = {"koopman": 0, "transport": 0, "covariance": 0}
    plan = Plan.of(ExpansiveSynthesizer(n_heads=2, max_epochs=12, learning_rate=5e-3, loss_weights=weights))
    start = linear_start(4, 1, plan.n_heads, (1, 12, 12))
    with pytest.warns(UserWarning, match="still improving"):
        _, history = train(rows, labels, local_edges(rows, labels, 2), start, plan, np.random.default_rng(0))
    errors = history.column("validation_reconstruction")
    assert min(errors) < 0.7 * errors[0]
