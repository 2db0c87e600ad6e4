"""The within-class graph against brute force and against graphs whose spectrum is known."""

import networkx as nx
import numpy as np
import pytest

from skexpand.dynamics.graph import (
    Graph,
    expander_edges,
    local_edges,
    ramanujan_gap,
    rows_by_class,
    spectral_gap,
    spectral_gap_of_complete,
    to_networkx,
)


def pairs_of(graph):
    return np.array(graph.edges, dtype=np.intp)


def test_rows_by_class(rng):
    labels = rng.permutation(np.repeat([0, 1, 2], [5, 1, 8]))
    groups = rows_by_class(labels)
    assert [len(rows) for rows in groups] == [5, 1, 8]
    for label, rows in enumerate(groups):
        np.testing.assert_array_equal(rows, np.flatnonzero(labels == label))


@pytest.mark.parametrize("n_neighbors", [1, 5])
def test_local_edges_are_the_nearest_neighbours(rng, n_neighbors):
    labels = rng.integers(0, 3, 60)
    latents = rng.standard_normal((60, 4))
    edges = local_edges(latents, labels, n_neighbors)
    found = set(zip(edges.sources.tolist(), edges.targets.tolist(), strict=True))
    expected = set()
    for i in range(60):
        others = [j for j in range(60) if labels[j] == labels[i] and j != i]
        others.sort(key=lambda j: np.linalg.norm(latents[i] - latents[j]))
        expected |= {(i, j) for j in others[:n_neighbors]}
    assert found == expected
    assert len(edges) == len(found), "an edge comes twice"


def test_local_edges_among_equal_rows_never_join_a_row_to_itself(rng):
    latents = np.repeat(rng.standard_normal((4, 3)), 5, axis=0)
    edges = local_edges(latents, np.zeros(20, np.intp), 4)
    assert (edges.sources != edges.targets).all()
    np.testing.assert_array_equal(latents[edges.sources], latents[edges.targets])


def test_local_edges_of_small_classes(rng):
    labels = np.repeat([0, 1, 2], [1, 2, 4])
    edges = local_edges(rng.standard_normal((7, 2)), labels, 5)
    found = sorted(zip(edges.sources.tolist(), edges.targets.tolist(), strict=True))
    assert found == [(1, 2), (2, 1)] + [(i, j) for i in range(3, 7) for j in range(3, 7) if i != j]


def expected_degree(n_rows, degree):
    """Return the degree of a class's expander: complete where the class is small, else with an even sum of degrees."""
    return n_rows - 1 if n_rows <= degree + 1 else degree + degree * n_rows % 2


def check_expander(rows, edges, degree):
    """Check that the edges among ``rows`` are a simple regular undirected graph."""
    own = set(rows.tolist())
    directed = [(i, j) for i, j in zip(edges.sources.tolist(), edges.targets.tolist(), strict=True) if i in own]
    assert all(j in own for _, j in directed), "an edge leaves the class"
    assert len(set(directed)) == len(directed), "an edge comes twice"
    assert {(j, i) for i, j in directed} == set(directed), "an edge has no way back"
    graph = nx.Graph(directed)
    graph.add_nodes_from(own)
    assert nx.number_of_selfloops(graph) == 0
    assert {d for _, d in graph.degree} == {expected_degree(len(rows), degree)}
    return graph


@pytest.mark.parametrize("degree", [3, 4, 7])
def test_expander_is_regular_and_its_gap_is_that_of_a_dense_eigendecomposition(rng, degree):
    labels = rng.permutation(np.repeat(np.arange(4), [20, 33, 5, 60]))
    edges, gaps = expander_edges(labels, degree, rng)
    for rows, gap in zip(rows_by_class(labels), gaps, strict=True):
        graph = check_expander(rows, edges, degree)
        assert nx.is_connected(graph)
        values = np.sort(np.abs(np.linalg.eigvalsh(nx.to_numpy_array(graph))))
        assert gap == pytest.approx(1 - values[-2] / values[-1], abs=1e-9)


@pytest.mark.parametrize("degree", range(1, 9))
def test_expander_of_every_small_class(rng, degree):
    counts = np.arange(1, 13)
    labels = np.repeat(np.arange(len(counts)), counts)
    edges, gaps = expander_edges(labels, degree, rng)
    assert gaps[0] == 0
    for rows, gap in zip(rows_by_class(labels), gaps, strict=True):
        graph = check_expander(rows, edges, degree)
        assert 0 <= gap <= 1
        assert nx.is_connected(graph) or gap == pytest.approx(0, abs=1e-9)


def test_expander_of_a_large_class_is_close_to_ramanujan(rng):
    edges, gaps = expander_edges(np.zeros(900, np.intp), 4, rng)  # large enough for the iterative solver
    graph = check_expander(np.arange(900), edges, 4)
    values = np.sort(np.abs(np.linalg.eigvalsh(nx.to_numpy_array(graph))))
    assert gaps[0] == pytest.approx(1 - values[-2] / 4, abs=1e-3)
    # Friedman: the second eigenvalue is below 2 sqrt(d - 1) + o(1) with high probability
    assert gaps[0] > 0.9 * ramanujan_gap(4)


def test_expander_differs_from_draw_to_draw(rng):
    first, _ = expander_edges(np.zeros(50, np.intp), 4, rng)
    second, _ = expander_edges(np.zeros(50, np.intp), 4, rng)
    assert set(zip(first.sources, first.targets, strict=True)) != set(zip(second.sources, second.targets, strict=True))


@pytest.mark.parametrize("n", [3, 4, 7, 20, 450])
def test_gap_of_the_complete_graph(n):
    assert spectral_gap(pairs_of(nx.complete_graph(n)), n, n - 1) == pytest.approx(1 - 1 / (n - 1), abs=1e-4)
    assert spectral_gap_of_complete(n) == pytest.approx(1 - 1 / (n - 1))


@pytest.mark.parametrize("n", [5, 9, 33])
def test_gap_of_the_odd_ring(n):
    # eigenvalues 2 cos(2 pi k / n); the largest in size but one is -2 cos(pi / n)
    assert spectral_gap(pairs_of(nx.cycle_graph(n)), n, 2) == pytest.approx(1 - np.cos(np.pi / n))


def test_gap_of_the_petersen_graph():
    # eigenvalues 3, 1 and -2
    assert spectral_gap(pairs_of(nx.petersen_graph()), 10, 3) == pytest.approx(1 / 3)


@pytest.mark.parametrize("graph", [nx.cycle_graph(8), nx.disjoint_union(nx.complete_graph(5), nx.complete_graph(5))])
def test_gap_of_a_graph_on_which_no_walk_mixes(graph):
    degree = graph.degree[0]
    assert spectral_gap(pairs_of(graph), len(graph), degree) == pytest.approx(0, abs=1e-9)


def test_to_networkx(rng):
    labels = np.repeat([0, 1], [12, 9])
    local = local_edges(rng.standard_normal((21, 3)), labels, 2)
    graph = to_networkx(labels, Graph(local, *expander_edges(labels, 3, rng)))
    assert dict(graph.nodes(data="label")) == dict(enumerate(labels.tolist()))
    kinds = nx.get_edge_attributes(graph, "kind")
    assert {tuple(sorted(e)) for e, kind in kinds.items() if kind == "local"} == {
        tuple(sorted(e)) for e in zip(local.sources.tolist(), local.targets.tolist(), strict=True)
    }
    assert set(kinds.values()) == {"local", "expander"}
    assert all(labels[i] == labels[j] for i, j in graph.edges)
