"""Labels for rows that have none, by the graph and by learners, and the choice between them."""

import numpy as np
import pytest
from sklearn.datasets import load_digits, make_moons

from skexpand.base.types import UNLABELED
from skexpand.fitting.unlabeled import by_graph, by_learners, infer_labels, mean_probability, with_shares


def noisy_copies(rows, codes, n_new, rng):
    """Expand as simply as can be: copies of each class and noise."""
    new = np.resize(np.arange(int(codes.max()) + 1), n_new)
    anchors = np.array([rng.choice(np.flatnonzero(codes == code)) for code in new])
    return rows[anchors] + 0.5 * rng.standard_normal((n_new, rows.shape[1])), new


def clouds(rng, n_labels):
    """Return rows of two clouds, their classes, and codes of which ``n_labels`` per class are known."""
    classes = np.arange(400) % 2
    rows = rng.standard_normal((400, 5))
    rows[:, :2] += 2 * classes[:, None]
    codes = np.full(400, UNLABELED)
    codes[: 2 * n_labels] = classes[: 2 * n_labels]
    return rows, classes, codes


def share_found(distributions, classes, codes):
    hidden = codes == UNLABELED
    return np.mean(distributions[hidden].argmax(axis=1) == classes[hidden])


@pytest.mark.parametrize("kind", ["graph", "learners"])
def test_distributions_of_all_rows(rng, kind):
    rows, classes, codes = clouds(rng, 5)
    candidate = by_graph(rows) if kind == "graph" else by_learners(rows, noisy_copies)
    found = candidate(codes, rng)
    assert found.shape == (400, 2)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    np.testing.assert_array_equal(found[codes >= 0], np.eye(2)[codes[codes >= 0]])
    assert share_found(found, classes, codes) > 0.8


@pytest.mark.parametrize("kind", ["graph", "learners"])
def test_known_shares_are_imposed(rng, kind):
    rows, _, codes = clouds(rng, 5)
    shares = np.array([0.8, 0.2])
    candidate = by_graph(rows, shares) if kind == "graph" else by_learners(rows, noisy_copies, shares)
    labels = candidate(codes, rng).argmax(axis=1)
    hidden = codes == UNLABELED
    assert np.mean(labels[hidden] == 0) == pytest.approx(0.8, abs=0.03)


def test_unknown_shares_go_half_of_the_way(rng):
    distributions = rng.dirichlet([4.0, 2.0], 2_000)  # two thirds of the mean probability on class 0
    labels = with_shares(distributions, np.array([0, 1, 1, 1])).argmax(axis=1)
    assert np.mean(labels == 0) == pytest.approx((2 / 3 + 1 / 4) / 2, abs=0.02)


def test_the_graph_sees_what_a_few_labels_do_not_show(rng):
    rows, classes = make_moons(500, noise=0.06, random_state=int(rng.integers(1_000)))
    codes = np.full(500, UNLABELED)
    codes[[np.flatnonzero(classes == 0)[0], np.flatnonzero(classes == 1)[0]]] = 0, 1
    assert share_found(by_graph(rows)(codes, rng), classes, codes) > 0.95


def test_one_label_per_digit(rng):
    rows, classes = load_digits(return_X_y=True)
    codes = np.full(len(classes), UNLABELED)
    for digit in range(10):
        codes[rng.choice(np.flatnonzero(classes == digit))] = digit
    assert share_found(by_graph(rows)(codes, rng), classes, codes) > 0.75


def test_same_seed_same_labels(rng):
    rows, _, codes = clouds(rng, 5)
    one, other = (by_learners(rows, noisy_copies)(codes, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(one, other)


def test_probabilities_are_means_of_learners(rng):
    rows, classes, _ = clouds(rng, 5)
    found = mean_probability(rows[:200], classes[:200], rows[200:], rng)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert np.mean(found.argmax(axis=1) == classes[200:]) > 0.85


def knows(classes, share):
    """Return a candidate that gives a share of rows, the same ones each time, their class."""
    wrong = np.random.default_rng(0).random(len(classes)) > share

    def candidate(codes, rng):
        return np.eye(2)[np.where(wrong, 1 - classes, classes)]

    return candidate


def test_the_first_candidate_stands_where_labels_are_few(rng):
    _, classes, codes = clouds(rng, 2)
    found = infer_labels({"first": knows(classes, 0.5), "second": knows(classes, 1.0)}, codes, rng)
    assert found.candidate == "first"
    assert found.accuracy == {}


def test_held_out_labels_choose_a_candidate_that_is_clearly_better(rng):
    _, classes, codes = clouds(rng, 30)
    found = infer_labels({"first": knows(classes, 0.5), "second": knows(classes, 0.95)}, codes, rng)
    assert found.candidate == "second"
    assert found.accuracy["first"] < found.accuracy["second"]
    np.testing.assert_array_equal(found.distributions, knows(classes, 0.95)(codes, rng))
    even = infer_labels({"first": knows(classes, 0.9), "second": knows(classes, 0.9)}, codes, rng)
    assert even.candidate == "first"


def test_candidates_are_not_told_what_is_held_out(rng):
    _, _, codes = clouds(rng, 10)
    told = []

    def candidate(some, rng):
        told.append(np.flatnonzero(some >= 0))
        return np.full((len(some), 2), 0.5)

    infer_labels({"a": candidate, "b": candidate}, codes, rng)
    known = np.flatnonzero(codes >= 0)
    assert len(told) == 9  # four folds for each, and then all labels for the one that is chosen
    np.testing.assert_array_equal(told[-1], known)
    for first in (0, 4):
        held_out = [np.setdiff1d(known, rows) for rows in told[first : first + 4]]
        np.testing.assert_array_equal(np.sort(np.concatenate(held_out)), known)
