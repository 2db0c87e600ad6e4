"""Neighbours against brute force; the graph against the package graphlearning and graphs known by hand."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.neighbors import NearestNeighbors

from skexpand.dynamics.neighbors import joined, nearest_rows, neighbor_graph, pieces


def by_hand(rows, queries, k):
    distances = cdist(queries, rows)
    order = np.argsort(distances, axis=1, kind="stable")[:, :k]
    return order, np.take_along_axis(distances, order, axis=1)


@pytest.mark.parametrize("n_columns", [2, 30])
def test_nearest_rows_of_queries(rng, n_columns):
    rows, queries = rng.standard_normal((300, n_columns)), rng.standard_normal((70, n_columns))
    found, distances = nearest_rows(rows, 7, queries)
    order, expected = by_hand(rows, queries, 7)
    np.testing.assert_array_equal(found, order)
    np.testing.assert_allclose(distances, expected, rtol=1e-12)


@pytest.mark.parametrize(("n_rows", "n_columns"), [(60, 3), (60, 12), (6_000, 12)])
def test_nearest_others(rng, n_rows, n_columns):
    rows = 1e3 + rng.standard_normal((n_rows, n_columns))
    found, distances = nearest_rows(rows, 5)
    expected, order = NearestNeighbors(n_neighbors=5, algorithm="brute").fit(rows - rows.mean(axis=0)).kneighbors()
    np.testing.assert_array_equal(found, order)
    np.testing.assert_allclose(distances, expected, rtol=1e-6)


@pytest.mark.parametrize("n_columns", [1, 20])
def test_a_sorted_table_has_the_same_neighbours_as_a_shuffled_one(rng, n_columns):
    rows = np.sort(rng.standard_normal((5_000, 1)), axis=0) * np.ones(n_columns)
    order = rng.permutation(5_000)
    _, distances = nearest_rows(rows, 4)
    _, shuffled = nearest_rows(rows[order], 4)
    np.testing.assert_allclose(shuffled, distances[order], rtol=1e-9)


@pytest.mark.parametrize("n_columns", [2, 20])
def test_a_row_among_its_equals_is_not_its_own_neighbour(n_columns):
    found, distances = nearest_rows(np.zeros((50, n_columns)), 6)
    assert found.shape == (50, 6)
    assert (found != np.arange(50)[:, None]).all()
    assert (distances == 0).all()


def test_there_are_no_more_neighbours_than_other_rows(rng):
    found, distances = nearest_rows(rng.standard_normal((4, 2)), 10)
    assert found.shape == distances.shape == (4, 3)
    assert np.isfinite(distances).all()


@pytest.mark.parametrize("n_columns", [3, 15])
def test_weights_are_those_of_graphlearning(rng, n_columns):
    weightmatrix = pytest.importorskip("graphlearning").weightmatrix
    rows = rng.standard_normal((120, n_columns))
    found, distances = by_hand(rows, rows, 11)  # there, each row comes first among its own neighbours
    expected = weightmatrix.knn(rows, 10, knn_data=(found, distances))
    np.testing.assert_allclose(neighbor_graph(rows).toarray(), expected.toarray(), atol=1e-12)


def test_equal_rows_are_joined_with_weight_one():
    weights = neighbor_graph(np.repeat(np.eye(2), 5, axis=0), 3)
    assert weights.max() == 1
    assert np.isfinite(weights.data).all()
    np.testing.assert_array_equal(pieces(weights), np.repeat([0, 1], 5))


def test_pieces_are_joined_where_they_are_nearest():
    rows = np.array([[0.0], [1], [2], [10], [11], [12], [30], [31], [32]])
    weights = neighbor_graph(rows, 2)
    assert pieces(weights).tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    added = (joined(weights, rows) - weights).tocoo()
    links = {(i, j) for i, j, value in zip(added.row, added.col, added.data, strict=True) if value}
    assert links == {(2, 3), (3, 2), (5, 6), (6, 5)}
    np.testing.assert_allclose(added.data[added.data != 0], np.exp(-4))


def test_a_connected_graph_stays_as_it_is(rng):
    rows = rng.standard_normal((80, 2))
    weights = joined(neighbor_graph(rows), rows)
    assert not pieces(weights).any()
    assert (joined(weights, rows) != weights).nnz == 0
