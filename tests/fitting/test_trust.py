"""Signs that inferred labels cannot be trusted, on tables where it is known."""

import numpy as np
import pytest

from skexpand import UnsureLabelsWarning
from skexpand.base.types import UNLABELED
from skexpand.dynamics.neighbors import neighbor_graph
from skexpand.fitting.trust import measure_trust, warn_of
from skexpand.fitting.unlabeled import by_graph, held_out_hits


def clouds(rng, n_clouds=2, n_rows=200, width=12.0):
    classes = np.arange(n_rows) % n_clouds
    rows = rng.standard_normal((n_rows, 3))
    rows[:, 0] += width * classes
    return rows, classes


def trust_of(rows, codes, rng):
    candidate = by_graph(rows)
    accuracy = float(held_out_hits(candidate, codes, rng).mean())
    return measure_trust(neighbor_graph(rows), codes, candidate(codes, rng), accuracy)


def test_clouds_with_labels_are_trusted(rng):
    rows, classes = clouds(rng)
    codes = np.where(np.arange(200) < 20, classes, UNLABELED)
    trust = trust_of(rows, codes, rng)
    assert trust.unreached == 0
    assert trust.accuracy > 0.9
    assert trust.chance == 0.5
    assert not any([trust.is_cut_off, trust.is_chance, trust.is_flooded])


def test_a_piece_without_a_label(rng):
    rows, classes = clouds(rng, 3)
    codes = np.where((np.arange(200) < 30) & (classes < 2), classes, UNLABELED)
    trust = trust_of(rows, codes, rng)
    assert trust.is_cut_off
    np.testing.assert_allclose(trust.unreached, np.mean(classes[codes < 0] == 2))


def test_labels_that_have_nothing_to_do_with_the_rows(rng):
    rows = np.arange(200.0)[:, None] + 0.1 * rng.random((200, 1))
    codes = np.where(
        np.arange(200) % 5 == 0, np.arange(200) // 5 % 2, UNLABELED
    )  # by turns: the nearest label is wrong
    assert trust_of(rows, codes, rng).is_chance


def test_a_class_that_wins_everything(rng):
    rows, _ = clouds(rng, 1)
    codes = np.full(200, UNLABELED)
    codes[:2] = 0, 1
    distributions = np.eye(2)[np.where(codes == 1, 1, 0)]
    trust = measure_trust(neighbor_graph(rows), codes, distributions, None)
    assert trust.is_flooded
    assert (trust.largest, trust.largest_share, trust.labeled_share) == (0, 1, 0.5)
    assert np.isnan(trust.accuracy)
    assert not trust.is_chance
    with pytest.warns(UnsureLabelsWarning, match="class number 0 takes 100% of them, and has 50%"):
        warn_of(trust)
