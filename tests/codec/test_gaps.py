"""Patterns of gaps: shared, encoded, decoded."""

import numpy as np

from skexpand.codec.gaps import GapCodec


def test_columns_that_are_missing_together_share_a_direction(rng):
    gaps = np.zeros((50, 6), bool)
    gaps[:, 0] = gaps[:, 2] = rng.random(50) < 0.3
    gaps[:, 3] = rng.random(50) < 0.5
    gaps[:, 4] = True
    codec = GapCodec.fit(gaps)
    assert codec.width == 2
    assert codec.pattern[0] == codec.pattern[2] != codec.pattern[3]
    np.testing.assert_array_equal(codec.decode(codec.encode(gaps)), gaps)
    np.testing.assert_allclose(codec.encode(gaps).mean(axis=0), 0, atol=1e-12)
    assert codec.encode(gaps).std(axis=0).max() <= 1.0 + 1e-12


def test_no_gap_and_nothing_but_gaps(rng):
    gaps = np.zeros((10, 2), bool)
    gaps[:, 1] = True
    codec = GapCodec.fit(gaps)
    assert codec.encode(gaps).shape == (10, 0)
    np.testing.assert_array_equal(codec.decode(np.empty((3, 0))), [[False, True]] * 3)
