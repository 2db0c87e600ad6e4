"""Numeric columns: standardized on the way in, legal values of their type on the way out."""

import numpy as np
import pytest

from skexpand.codec import NumericCodec
from skexpand.codec.domain import Domain, domain_of_type, skewness
from skexpand.codec.numeric import bring_inside

FLOAT = np.dtype(np.float64)


def fit(X, kinds=None):
    return NumericCodec.fit(X, [domain_of_type(kind) for kind in kinds or [X.dtype] * X.shape[1]])


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e-5, 1.0, 1e5, 1e160, 1e300])
def test_standardizes_and_returns(rng, scale):
    X = scale * (rng.standard_normal((50, 4)) + 3)
    codec = fit(X)
    encoded = codec.encode(X)
    np.testing.assert_allclose(encoded.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(encoded.std(axis=0), 1, rtol=1e-9)
    np.testing.assert_allclose(codec.decode(encoded, FLOAT), X, rtol=1e-9, atol=1e-9 * scale)


def test_columns_of_very_different_size(rng):
    scales = 10.0 ** np.arange(-300, 301, 100)
    X = rng.standard_normal((40, 7)) * scales
    codec = fit(X)
    np.testing.assert_allclose(codec.encode(X).std(axis=0), 1, rtol=1e-9)
    np.testing.assert_allclose(codec.decode(codec.encode(X), FLOAT) / scales, X / scales, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("value", [0.0, 0.1, -7.0, 1e300, 1e-300])
def test_constant_columns_come_back_exactly(rng, value):
    X = rng.standard_normal((30, 3))
    X[:, 1] = value
    codec = fit(X)
    assert codec.encode(X).shape == (30, 2)
    decoded = codec.decode(rng.standard_normal((100, 2)), FLOAT)
    assert (decoded[:, 1] == value).all()
    np.testing.assert_allclose(codec.decode(codec.encode(X), FLOAT), X)


def test_constant_whole_numbers_come_back_exactly_even_where_floats_are_too_coarse(rng):
    X = np.column_stack([np.full(20, 2**60 + 1), rng.integers(0, 9, 20)])
    assert (fit(X).decode(rng.standard_normal((50, 1)), X.dtype)[:, 0] == 2**60 + 1).all()


def test_all_columns_constant():
    X = np.full((10, 3), 0.1)
    codec = fit(X)
    encoded = codec.encode(X)
    assert encoded.shape == (10, 1)
    np.testing.assert_array_equal(encoded, 0)
    np.testing.assert_array_equal(codec.decode(encoded, FLOAT), X)


def test_a_small_spread_on_a_large_value_is_not_constant(rng):
    X = 1e6 + rng.standard_normal((30, 2))
    assert fit(X).encode(X).shape == (30, 2)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.int64, np.uint64])
def test_integers_are_rounded_into_the_range_of_their_type(rng, dtype):
    limits = np.iinfo(dtype)
    X = np.array([[limits.min, 1], [limits.max, 2], [limits.max // 2, 3]], dtype=dtype)
    codec = fit(X)
    far = np.array([[-1e3, -1e3], [1e3, 0.0], [0.0, 1e-3]])
    decoded = codec.decode(far, np.dtype(dtype))
    assert decoded.dtype == dtype
    assert 0 <= int(decoded[0, 0]) - limits.min <= 1e-3 * limits.max
    assert decoded[1, 0] >= limits.max * (1 - 1e-3)
    assert decoded[1, 1] == decoded[2, 1] == 2  # the mean, and a little more: rounded


def test_integers_are_rounded_not_cut(rng):
    X = rng.integers(0, 10, (40, 2))
    codec = fit(X)
    values = rng.uniform(0, 9, (200, 2))
    encoded = (values - X.mean(axis=0)) / X.std(axis=0)
    np.testing.assert_array_equal(codec.decode(encoded, np.dtype(np.int64)), np.rint(values))


def test_booleans_are_true_from_one_half_on(rng):
    X = rng.integers(0, 2, (40, 1)).astype(bool)
    codec = fit(X)
    values = np.array([[-3.0], [0.4], [0.6], [1.0], [9.0]])
    decoded = codec.decode((values - X.mean()) / X.std(), np.dtype(bool))
    assert decoded.dtype == bool
    assert decoded.ravel().tolist() == [False, False, True, True, True]


def test_each_column_has_its_own_domain(rng):
    X = np.column_stack([rng.integers(0, 9, 30), rng.integers(0, 2, 30), rng.standard_normal(30)]).astype(float)
    codec = fit(X, [np.dtype(np.int64), np.dtype(bool), FLOAT])
    decoded = codec.decode(3 * rng.standard_normal((200, 3)), FLOAT)
    assert (decoded[:, 0] == np.rint(decoded[:, 0])).all()
    assert set(decoded[:, 1]) == {0.0, 1.0}
    assert len(np.unique(decoded[:, 2])) == 200


def test_float32_in_float32_out(rng):
    X = rng.standard_normal((30, 3)).astype(np.float32)
    codec = fit(X)
    decoded = codec.decode(codec.encode(X), X.dtype)
    assert decoded.dtype == np.float32
    np.testing.assert_allclose(decoded, X, atol=1e-5)


def test_missing_cells_change_neither_mean_nor_scale_and_are_encoded_as_the_mean(rng):
    X = rng.standard_normal((30, 3))
    complete = fit(X[5:])
    X[:5, 1] = np.nan
    codec = fit(X)
    assert codec.mean[1] == pytest.approx(complete.mean[1])
    assert codec.scale[1] == pytest.approx(complete.scale[1])
    np.testing.assert_array_equal(codec.encode(X)[:5, 1], 0)
    np.testing.assert_allclose(codec.decode(codec.encode(X), FLOAT)[5:], X[5:])


def test_columns_without_a_value_stay_without_one(rng):
    X = np.column_stack([np.full(9, np.nan), rng.standard_normal(9), np.where(np.arange(9) < 3, np.nan, 7.0)])
    codec = fit(X)
    decoded = codec.decode(rng.standard_normal((20, 1)), FLOAT)
    assert np.isnan(decoded[:, 0]).all()
    assert (decoded[:, 2] == 7).all()


def test_a_bounded_column_stays_inside_and_the_others_are_free(rng):
    X = rng.uniform(0, 1, (30, 2))
    codec = NumericCodec.fit(X, [Domain(0.0, 1.0), Domain()])
    decoded = codec.decode(9 * rng.standard_normal((200, 2)), FLOAT)
    assert decoded[:, 0].min() >= 0
    assert decoded[:, 0].max() <= 1
    assert len(np.unique(decoded[:, 0])) == 200, "no pile at the ends"
    assert decoded[:, 1].min() < 0


def test_what_is_outside_comes_close_to_the_end(rng):
    values = np.array([[-1.0], [-1e-16], [0.0], [0.5], [1.0], [1 + 1e-15], [1.1], [1.3], [1e9]])
    before = values.copy()
    bring_inside(values, np.array([0.0]), np.array([1.0]), np.array([0.1]))
    assert (values >= 0).all()
    assert (values <= 1).all()
    inside = (before >= 0) & (before <= 1)
    np.testing.assert_array_equal(values[inside], before[inside])
    assert np.minimum(values, 1 - values)[~inside].max() <= 0.1 + 1e-12
    np.testing.assert_allclose(values[[1, 5, 8]].ravel(), [0, 1, 1], atol=1e-9)


def test_an_outlier_is_encoded_as_the_end_of_the_others_and_no_row_goes_there(rng):
    X = rng.normal(170, 8, (60, 1))
    core = float(X[1:].min()), float(X[1:].max())
    X[0] = 17_000
    codec = NumericCodec.fit(X, [Domain(*core, core=core)])
    encoded = codec.encode(X)
    assert encoded[0] == encoded[1:].max()
    assert codec.decode(9 * rng.standard_normal((100, 1)), FLOAT).max() <= core[1]


def test_a_logged_column_is_less_skewed_and_comes_back(rng):
    X = np.column_stack([np.exp(2 * rng.standard_normal(200)), rng.standard_normal(200)])
    codec = NumericCodec.fit(X, [Domain(0.0, 1e4, log_unit=1.0), Domain()])
    encoded = codec.encode(X)
    np.testing.assert_allclose(encoded.std(axis=0), 1)
    assert skewness(encoded[:, 0]) < 0.5 * skewness(X[:, 0])
    np.testing.assert_allclose(codec.decode(encoded, FLOAT), X, rtol=1e-12)
    far = codec.decode(9 * rng.standard_normal((100, 2)), FLOAT)
    assert far[:, 0].min() >= 0
    assert far[:, 0].max() <= 1e4
