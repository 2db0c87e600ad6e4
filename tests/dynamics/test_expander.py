"""The expander map: biregular, with weights uniform on the unit sphere."""

import numpy as np
import pytest

from skexpand.dynamics.expander import draw_expander_map

N_ANCHORS = 7
OWN_EDGES = np.arange(10, 23)
N_EDGES = 50


def draw(rng, n_new=100, own_share=0.5, degree=4, **options):
    return draw_expander_map(n_new, N_ANCHORS, OWN_EDGES, N_EDGES, own_share, degree, rng, **options)


def even(counts, total):
    """Tell whether counts are total / len(counts) each, rounded up or down."""
    return counts.sum() == total and counts.max() - counts.min() <= 1


@pytest.mark.parametrize("n_new", [1, 7, 100, 1001])
def test_every_anchor_comes_equally_often(rng, n_new):
    anchors = draw(rng, n_new).anchors
    assert even(np.bincount(anchors, minlength=N_ANCHORS), n_new)


@pytest.mark.parametrize("n_new", [1, 30, 1001])
@pytest.mark.parametrize(("own_share", "among"), [(0.0, np.arange(N_EDGES)), (1.0, OWN_EDGES)])
def test_every_edge_comes_equally_often(rng, n_new, own_share, among):
    edges = draw(rng, n_new, own_share).edges
    assert edges.shape == (n_new, 4)
    assert even(np.bincount(edges.ravel(), minlength=N_EDGES)[among], 4 * n_new)


@pytest.mark.parametrize("own_share", [0.2, 0.5, 0.9])
def test_own_and_pooled_edges_each_come_equally_often(rng, own_share):
    counts = np.bincount(draw(rng, 997, own_share).edges.ravel(), minlength=N_EDGES)
    n_own = round(own_share * 4 * 997)
    foreign = np.setdiff1d(np.arange(N_EDGES), OWN_EDGES)
    pooled = (4 * 997 - n_own) / N_EDGES
    own = n_own / len(OWN_EDGES)
    assert counts.sum() == 4 * 997
    assert set(counts[foreign]) <= {np.floor(pooled), np.ceil(pooled)}
    assert counts[OWN_EDGES].min() >= np.floor(pooled) + np.floor(own)
    assert counts[OWN_EDGES].max() <= np.ceil(pooled) + np.ceil(own)


@pytest.mark.parametrize("degree", [1, 2, 4, 9])
def test_weights_are_uniform_on_the_unit_sphere(rng, degree):
    n_new = 20_000
    weights = draw(rng, n_new, degree=degree).weights
    np.testing.assert_allclose(np.linalg.norm(weights, axis=1), 1, rtol=1e-5)
    # E[w w'] = I/d; per node the variance of w_i^2 is 2 (d - 1) / (d^2 (d + 2)), that of w_i w_j 1 / (d (d + 2))
    moment = weights.T @ weights / n_new
    error = np.full((degree, degree), np.sqrt(1 / (degree * (degree + 2)) / n_new))
    np.fill_diagonal(error, np.sqrt(2 * (degree - 1) / (degree**2 * (degree + 2)) / n_new))
    assert (np.abs(moment - np.eye(degree) / degree) <= 5 * error + 1e-12).all()
    # and E[w] = 0: the signs are free; per node the variance of w_i is 1/d
    assert (np.abs(weights.mean(axis=0)) <= 5 / np.sqrt(degree * n_new)).all()


@pytest.mark.parametrize("degree", [1, 4])
def test_recombine_is_the_weighted_sum(rng, degree):
    links = draw(rng, 60, degree=degree)
    moves = rng.standard_normal((N_EDGES, 3), dtype=np.float32)
    expected = np.einsum("nd,ndk->nk", links.weights, moves[links.edges])
    np.testing.assert_allclose(links.recombine(moves), expected, atol=1e-5)


def test_without_own_edges_all_are_pooled(rng):
    links = draw_expander_map(200, 1, OWN_EDGES[:0], N_EDGES, 0.5, 4, rng)
    assert even(np.bincount(links.edges.ravel(), minlength=N_EDGES), 800)


def test_without_any_edge_nodes_keep_their_anchor(rng):
    links = draw_expander_map(20, N_ANCHORS, OWN_EDGES[:0], 0, 0.5, 4, rng)
    assert even(np.bincount(links.anchors, minlength=N_ANCHORS), 20)
    np.testing.assert_array_equal(links.recombine(np.empty((0, 3))), np.zeros((20, 3)))
