"""Spreading against closed forms, scikit-learn and the package graphlearning, on the same graph."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.semi_supervised import LabelSpreading

from skexpand.base.types import UNLABELED
from skexpand.dynamics.neighbors import joined, neighbor_graph
from skexpand.dynamics.spreading import (
    conjugate_gradients,
    diffused,
    label_spreading,
    mixing_time,
    one_hot,
    poisson_scores,
    spread_labels,
    threshold_dynamics,
)


def path(n_rows):
    """Return the graph 0 - 1 - 2 - ... with weights 1."""
    ends = np.arange(n_rows - 1)
    upper = csr_array((np.ones(n_rows - 1), (ends, ends + 1)), shape=(n_rows, n_rows))
    return csr_array(upper + upper.T)


def clouds(rng, n_classes=3, n_rows=120, n_labels=3, width=5.0):
    """Return rows in clouds, their classes, and codes of which ``n_labels`` per class are known."""
    classes = np.arange(n_rows) % n_classes
    rows = rng.standard_normal((n_rows, 4))
    rows[:, 0] += width * classes
    codes = np.full(n_rows, UNLABELED)
    codes[: n_labels * n_classes] = classes[: n_labels * n_classes]
    return rows, classes, codes


def test_one_hot():
    assert one_hot(np.array([1, UNLABELED, 0]), 2).tolist() == [[0, 1], [0, 0], [1, 0]]


def test_conjugate_gradients_solve_each_column(rng):
    factor = rng.standard_normal((30, 30))
    matrix = factor @ factor.T + 30 * np.eye(30)
    targets = np.column_stack([rng.standard_normal((30, 2)), np.zeros(30)])
    found = conjugate_gradients(lambda u: matrix @ u, targets)
    np.testing.assert_allclose(found, np.linalg.solve(matrix, targets), atol=1e-6)
    assert not found[:, 2].any()


def test_poisson_falls_evenly_along_a_path_between_two_labels():
    codes = np.array([0, -1, -1, -1, 1])
    scores = poisson_scores(path(5), codes, 2, lifetime=np.inf)
    # a unit of current, half a unit per class, through edges of weight 1
    np.testing.assert_allclose(scores[:, 0], [1, 0.5, 0, -0.5, -1], atol=1e-6)
    np.testing.assert_allclose(scores[:, 1], -scores[:, 0], atol=1e-6)


def test_poisson_solves_its_equation(rng):
    rows, _, codes = clouds(rng, width=2.0)
    weights = neighbor_graph(rows)
    scores = poisson_scores(weights, codes, 3, lifetime=np.inf)
    degrees = np.asarray(weights.sum(axis=1))
    sources = one_hot(codes, 3)
    sources[codes >= 0] -= sources[codes >= 0].mean(axis=0)
    np.testing.assert_allclose(degrees[:, None] * scores - weights @ scores, sources, atol=1e-5)
    np.testing.assert_allclose(degrees @ scores, 0, atol=1e-5)
    np.testing.assert_allclose(scores.sum(axis=1), 0, atol=1e-5)


@pytest.mark.parametrize("lifetime", [0.5, 20, 300])
def test_poisson_sums_walks_that_end(rng, lifetime):
    rows, _, codes = clouds(rng, width=2.0)
    weights = neighbor_graph(rows)
    degrees = np.asarray(weights.sum(axis=1))[:, None]
    sources = one_hot(codes, 3)
    sources[codes >= 0] -= sources[codes >= 0].mean(axis=0)
    lives = lifetime / (1 + lifetime)
    walkers, total = lives * sources / degrees, np.zeros_like(sources)
    for _ in range(int(40 * (1 + lifetime))):
        total += walkers
        walkers = lives * (weights @ walkers) / degrees
    np.testing.assert_allclose(poisson_scores(weights, codes, 3, lifetime), total, atol=1e-6)


@pytest.mark.parametrize(("n_rows", "n_steps"), [(16, 50), (40, 128), (60, 287)])
def test_walks_on_a_circle_are_mixed_as_its_eigenvalues_tell(n_rows, n_steps):
    step = np.eye(n_rows)
    weights = csr_array(2 * step + np.roll(step, 1, axis=1) + np.roll(step, -1, axis=1))
    values = (1 + np.cos(2 * np.pi * np.arange(1, n_rows) / n_rows)) / 2
    assert (values**n_steps).sum() <= 1
    assert n_steps == 50 or (values ** (n_steps - 1)).sum() > 1
    assert mixing_time(weights, np.arange(n_rows) == 0) == n_steps


def test_walks_in_pieces_last_longest():
    weights = csr_array(np.kron(np.eye(3), np.ones((20, 20))))
    assert mixing_time(weights, np.arange(60) == 0) == 1_000


def test_poisson_is_that_of_graphlearning(rng):
    ssl = pytest.importorskip("graphlearning").ssl
    rows, _, codes = clouds(rng, width=2.0)
    weights, known = neighbor_graph(rows), np.flatnonzero(codes >= 0)
    expected = ssl.poisson(weights, tol=1e-10)._fit(known, codes[known])
    np.testing.assert_allclose(poisson_scores(weights, codes, 3, lifetime=np.inf), expected, atol=1e-5)


@pytest.mark.parametrize("alpha", [0.2, 0.8, 0.99])
def test_label_spreading_is_that_of_scikit_learn(rng, alpha):
    rows, _, codes = clouds(rng, width=2.0)
    weights = neighbor_graph(rows)
    reference = LabelSpreading(kernel=lambda a, b: weights.toarray(), alpha=alpha, max_iter=20_000, tol=1e-9)
    reference.fit(rows, codes)
    np.testing.assert_allclose(label_spreading(weights, codes, 3, alpha), reference.label_distributions_, atol=1e-5)


@pytest.mark.parametrize("n_labels", [1, 40])
def test_clouds_that_hardly_touch_keep_their_class_whatever_the_numbers_of_labels(rng, n_labels):
    classes = np.repeat(np.arange(6), 60)
    rows = rng.standard_normal((360, 10)) + 4 * rng.standard_normal((6, 10))[classes]
    codes = np.full(360, UNLABELED)
    codes[::60] = np.arange(6)
    codes[: 1 + n_labels] = 0
    weights = joined(neighbor_graph(rows), rows)
    np.testing.assert_array_equal(poisson_scores(weights, codes, 6).argmax(axis=1), classes)


def test_label_spreading_says_nothing_of_what_no_label_reaches():
    weights = csr_array(np.kron(np.eye(2), np.ones((2, 2)) - np.eye(2)))
    found = label_spreading(weights, np.array([1, -1, -1, -1]), 3)
    np.testing.assert_allclose(found[:2], [[0, 1, 0]] * 2)
    np.testing.assert_allclose(found[2:], 1 / 3)


def test_diffusion_keeps_distributions_and_holds_labels(rng):
    rows, _, codes = clouds(rng)
    found = diffused(neighbor_graph(rows), codes, rng.dirichlet(np.ones(3), len(rows)))
    np.testing.assert_allclose(found.sum(axis=1), 1)
    known = codes >= 0
    np.testing.assert_array_equal(found[known], one_hot(codes, 3)[known])


def test_threshold_dynamics_moves_a_border_to_where_the_shares_are(rng):
    rows = np.arange(100.0)[:, None]
    codes = np.full(100, UNLABELED)
    codes[[0, 99]] = 0, 1
    start = (np.arange(100) >= 20).astype(int)
    found = threshold_dynamics(neighbor_graph(rows), codes, start, np.array([0.4, 0.6])).argmax(axis=1)
    assert (np.diff(found) >= 0).all(), "more than one border"
    assert abs(np.count_nonzero(found == 0) - 40) <= 1


def test_clouds_are_told_apart_by_one_label_each(rng):
    rows, classes, codes = clouds(rng, n_labels=1, width=8.0)
    weights = neighbor_graph(rows)
    found = spread_labels(weights, codes, np.full(3, 1 / 3), 0.5)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert np.mean(found.argmax(axis=1) == classes) > 0.95


def test_known_shares_mend_what_few_labels_get_wrong(rng):
    classes = (np.arange(400) % 10 == 0).astype(int)
    rows = rng.standard_normal((400, 2))
    rows[:, 0] += 3 * classes
    codes = np.full(400, UNLABELED)
    codes[[*np.flatnonzero(classes == 0)[:3], *np.flatnonzero(classes)[:3]]] = [0, 0, 0, 1, 1, 1]
    weights = neighbor_graph(rows)
    known = spread_labels(weights, codes, np.array([0.9, 0.1])).argmax(axis=1)
    assert abs(known.mean() - 0.1) < 0.03
    unknown = spread_labels(weights, codes, np.full(2, 0.5), 0.5).argmax(axis=1)
    assert np.mean(known == classes) > np.mean(unknown == classes)


def test_labels_do_not_depend_on_the_order_of_rows(rng):
    rows, _, codes = clouds(rng)
    order = rng.permutation(len(rows))
    shares = np.full(3, 1 / 3)
    found = spread_labels(neighbor_graph(rows), codes, shares, 0.5)
    shuffled = spread_labels(neighbor_graph(rows[order]), codes[order], shares, 0.5)
    np.testing.assert_allclose(shuffled, found[order], atol=1e-4)


def test_known_labels_stay(rng):
    rows, _, codes = clouds(rng, width=0.0)
    known = codes >= 0
    found = spread_labels(neighbor_graph(rows), codes, np.full(3, 1 / 3))
    np.testing.assert_array_equal(found[known], one_hot(codes, 3)[known])
