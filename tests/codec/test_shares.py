"""Levels and atoms keep their shares, and the order of the scores."""

import numpy as np
import pytest

from skexpand.codec import Origin, TableCodec, infer_columns
from skexpand.codec.domain import Domain
from skexpand.codec.shares import allotted, smoothed


def test_levels_come_as_often_as_among_the_anchors_and_rise_with_the_scores(rng):
    anchors = rng.choice([1.0, 2.0, 5.0], 1000, p=[0.9, 0.08, 0.02])
    scores = anchors + rng.standard_normal(1000)
    ascending = np.sort(anchors)
    new = allotted(scores, anchors, ascending, ascending, Domain(levels=np.array([1.0, 2.0, 5.0])))
    assert np.array_equal(np.sort(new), ascending)
    assert (np.diff(new[np.argsort(scores)]) >= 0).all()


def test_atoms_keep_their_share_and_the_rest_is_continuous(rng):
    own = np.sort(np.where(rng.random(200) < 0.6, 0.0, rng.lognormal(3, 1, 200)))
    anchors = np.repeat(own, 10)
    new = allotted(anchors + rng.standard_normal(2000), anchors, own, own, Domain(0, 1e9, atoms=(0.0,)))
    assert np.mean(new == 0) == np.mean(own == 0)
    assert new.max() <= own.max()
    assert new[new > 0].min() >= own[own > 0].min()
    assert len(np.unique(new)) > 1.5 * len(np.unique(own))
    assert new.mean() == pytest.approx(own.mean(), rel=0.02)


def test_an_atom_within_parts_the_values_below_and_above(rng):
    own = np.sort(np.where(rng.random(300) < 0.3, 5.0, rng.normal(5, 2, 300)))
    new = allotted(own + rng.standard_normal(300), own, own, own, Domain(atoms=(5.0,)))
    for part in (np.less, np.equal, np.greater):
        assert abs(np.sum(part(new, 5)) - np.sum(part(own, 5))) <= 1


def test_shares_are_drawn_to_those_of_all_rows_within_their_error():
    own, everyone = np.array([0.9, 0.1]), np.array([0.5, 0.5])
    for n in (10, 20, 100, 10_000):
        shares = smoothed(own, everyone, n)
        assert shares.sum() == pytest.approx(1)
        assert 0.1 < shares[1] <= 0.1 + 1 / np.sqrt(n)
    np.testing.assert_array_equal(smoothed(own, own, 10), own)


def test_a_value_that_a_whole_class_shares_stays_theirs():
    own = np.array([1.0, 0.0])
    np.testing.assert_array_equal(smoothed(own, np.array([0.5, 0.5]), 10), own)


@pytest.mark.parametrize("apart", [False, True])
def test_rows_of_a_table(rng, apart):
    amounts = np.where(rng.random(80) < 0.5, 0, rng.exponential(size=80))
    rows = np.column_stack([rng.standard_normal(80), rng.integers(0, 3, 80), amounts])
    codec = TableCodec.fit(rows, infer_columns(rows))
    anchors = np.repeat(np.arange(80), 5)
    encoded = codec.encode(rows)[anchors] + 0.5 * rng.standard_normal((400, 3))
    new = codec.decode(encoded, np.dtype(float), origin=Origin(anchors, rng, apart))
    np.testing.assert_array_equal(np.bincount(new[:, 1].astype(int)), 5 * np.bincount(rows[:, 1].astype(int)))
    assert np.sum(new[:, 2] == 0) == 5 * np.sum(rows[:, 2] == 0)
    if apart:
        np.testing.assert_array_equal(new[:, 1], rows[anchors, 1])
        np.testing.assert_array_equal(new[:, 2] == 0, rows[anchors, 2] == 0)
    np.testing.assert_allclose(codec.decode(codec.encode(rows), np.dtype(float)), rows)


def test_a_sentinel_is_inherited_as_a_gap_is(rng):
    rows = rng.normal(170, 8, (60, 2))
    rows[:6, 0] = -999
    for dtype in (float, int):
        cells = rows.astype(dtype)
        codec = TableCodec.fit(cells, infer_columns(cells))
        encoded = codec.encode(cells)
        np.testing.assert_array_equal(codec.decode(encoded, cells.dtype)[:6, 0], -999)
        anchors = rng.integers(0, 60, 200)
        moved = encoded[anchors] + rng.standard_normal((200, encoded.shape[1]))
        new = codec.decode(moved, cells.dtype, origin=Origin(anchors, rng))
        np.testing.assert_array_equal(new[:, 0] == -999, anchors < 6)
        assert new[new[:, 0] != -999, 0].min() > 100
