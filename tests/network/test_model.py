"""The autoencoder starts as PCA and can only gain from its branch."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from torch.autograd import gradcheck

from skexpand.network.autoencoder import GatedMap, principal_axes, vector_branch
from skexpand.network.model import ExpansionNetwork


def centred(rng, n_rows, n_columns):
    rows = rng.standard_normal((n_rows, n_columns)) @ rng.standard_normal((n_columns, n_columns))
    rows -= rows.mean(axis=0)
    return rows / rows.std()


def network_of(rows, latent_dim, n_heads=2, n_classes=3):
    return ExpansionNetwork(principal_axes(rows, latent_dim), n_classes, n_heads)


@pytest.mark.parametrize(("n_rows", "n_columns"), [(50, 1), (50, 7), (6, 20), (300, 40), (5, 300)])
@pytest.mark.parametrize("n_heads", [1, 4])
def test_decoding_inverts_encoding_at_full_rank(rng, n_rows, n_columns, n_heads):
    rows = centred(rng, n_rows, n_columns)
    network = network_of(rows, n_columns, n_heads)
    latents = network.encode(rows)
    assert latents.shape == (n_rows, n_columns)
    np.testing.assert_allclose(network.decode(latents), rows, atol=1e-4)
    elsewhere = rng.standard_normal((20, n_columns))  # and not only on the rows it has seen
    np.testing.assert_allclose(network.decode(network.encode(elsewhere)), elsewhere, atol=1e-4)


@pytest.mark.parametrize(("n_rows", "n_columns", "latent_dim"), [(50, 7, 1), (50, 7, 3), (8, 20, 5), (12, 20, 11)])
def test_starts_as_pca(rng, n_rows, n_columns, latent_dim):
    rows = centred(rng, n_rows, n_columns)
    network = network_of(rows, latent_dim)
    pca = PCA(latent_dim, svd_solver="full").fit(rows)
    expected = pca.inverse_transform(pca.transform(rows))
    np.testing.assert_allclose(network.decode(network.encode(rows)), expected, atol=1e-4)
    variances = network.encode(rows).var(axis=0)
    np.testing.assert_allclose(variances, pca.explained_variance_ * (n_rows - 1) / n_rows, rtol=1e-3)


@pytest.mark.parametrize(
    ("n_rows", "n_columns", "latent_dim"), [(30, 6, 6), (30, 6, 2), (4, 9, 9), (4, 9, 6), (4, 9, 3)]
)
def test_principal_axes_are_orthonormal(rng, n_rows, n_columns, latent_dim):
    rows = centred(rng, n_rows, n_columns)
    axes = principal_axes(rows, latent_dim)
    assert axes.shape == (latent_dim, n_columns)
    np.testing.assert_allclose(axes @ axes.T, np.eye(latent_dim), atol=1e-10)
    np.testing.assert_array_equal(axes, principal_axes(rows, latent_dim))
    along = np.sum((rows @ axes.T) ** 2, axis=0)
    assert (np.diff(along) <= 1e-9).all(), "not in the order of the variance"


def test_principal_axes_of_a_very_wide_table(rng):
    rows = rng.standard_normal((20, 12_000))  # whose covariance would not fit into memory
    axes = principal_axes(rows, 128)
    np.testing.assert_allclose(axes @ axes.T, np.eye(128), atol=1e-10)
    np.testing.assert_allclose(rows @ axes.T @ axes, rows, atol=1e-10)


def test_the_gates_are_closed_at_the_start_and_get_a_gradient(rng):
    rows = centred(rng, 40, 6)
    network = network_of(rows, 2)
    assert float(network.encoder.gate.detach()) == float(network.decoder.gate.detach()) == 0
    x = torch.as_tensor(rows, dtype=torch.float32)
    (network(x).reconstruction - x).square().mean().backward()
    assert float(network.encoder.gate.grad) != 0
    assert float(network.decoder.gate.grad) != 0


def test_an_open_gate_adds_the_branch(rng):
    rows = centred(rng, 10, 4)
    part = GatedMap(torch.as_tensor(principal_axes(rows, 4)), vector_branch(2)).double()
    x = torch.as_tensor(rows)
    closed = part(x)
    with torch.no_grad():
        part.gate.fill_(0.5)
    torch.testing.assert_close(part(x), closed + 0.5 * part.branch(x))


def test_forward_gives_latents_reconstruction_and_logits(rng):
    rows = centred(rng, 10, 6)
    network = network_of(rows, 2, n_classes=5)
    output = network(torch.as_tensor(rows, dtype=torch.float32))
    assert [tuple(t.shape) for t in output] == [(10, 2), (10, 6), (10, 5)]
    np.testing.assert_allclose(output.latents.detach(), network.encode(rows), atol=1e-6)
    np.testing.assert_allclose(output.reconstruction.detach(), network.decode(network.encode(rows)), atol=1e-6)


def test_encode_and_decode_give_plain_arrays_in_eval_mode(rng):
    rows = centred(rng, 10, 6)
    network = network_of(rows, 3).train()
    latents = network.encode(rows)
    assert not network.training
    assert isinstance(latents, np.ndarray)
    assert latents.dtype == network.decode(latents).dtype == np.float32
    assert network.encode(rows[:0]).shape == (0, 3)


def test_gradient(rng, seed):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = network_of(centred(rng, 10, 5), 3).double()
    with torch.no_grad():
        network.encoder.gate.fill_(0.3)
        network.decoder.gate.fill_(-0.4)
    x = torch.as_tensor(rng.standard_normal((3, 5))).requires_grad_()
    assert gradcheck(lambda rows: tuple(network(rows)), (x,))
