"""Images as rows: layouts, the background, ranges, types."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from skexpand.codec.columns import columns_of_numbers
from skexpand.codec.image import ImageCodec, Layout, pixel_schema

LAYOUTS = {(8, 9): (1, 8, 9), (1, 8, 9): (1, 8, 9), (8, 9, 1): (1, 8, 9), (3, 8, 9): (3, 8, 9), (8, 9, 3): (3, 8, 9)}


def codec_of(rows, image_shape):
    return ImageCodec.fit(rows, columns_of_numbers(rows), image_shape)


@pytest.mark.parametrize(("image_shape", "shape"), LAYOUTS.items())
def test_layouts_are_read_and_written(rng, image_shape, shape):
    rows = rng.integers(0, 256, (5, np.prod(shape)), dtype=np.uint8)
    layout = Layout.of(image_shape, rows)
    assert layout.shape == shape
    assert layout.image_shape == image_shape
    images = layout.channels_first(rows)
    assert images.shape == (5, *shape)
    original = rows.reshape(5, *image_shape)
    red = original[..., 0] if image_shape[-1] in (1, 3) else original[:, 0] if len(image_shape) == 3 else original
    np.testing.assert_array_equal(images[:, 0], red)
    np.testing.assert_array_equal(layout.as_rows(images), rows)


@pytest.mark.parametrize("image_shape", LAYOUTS)
@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float32, np.float64, bool])
def test_decode_inverts_encode(rng, image_shape, dtype):
    rows = (100 * rng.random((6, np.prod(image_shape)))).astype(dtype)
    codec = codec_of(rows, image_shape)
    encoded = codec.encode(rows)
    assert np.ptp(encoded) <= 1 + 1e-6 or len(np.unique(codec.background)) > 1
    back = codec.decode(encoded, rows.dtype)
    assert back.dtype == dtype
    np.testing.assert_allclose(back.astype(float), rows.astype(float), atol=2e-5)
    out = np.empty_like(rows)
    assert codec.decode(encoded, rows.dtype, out) is out
    np.testing.assert_array_equal(out, back)


def test_values_stay_in_range_and_whole(rng):
    rows = rng.integers(10, 200, (6, 64), dtype=np.uint8)
    made = codec_of(rows, (8, 8)).decode(10 * rng.standard_normal((50, 64)), rows.dtype)
    assert made.min() == rows.min()
    assert made.max() == rows.max()


def test_the_background_surrounds_the_image(rng):
    images = np.full((5, 10, 10), 7.0)
    images[:, 3:7, 3:7] += rng.random((5, 4, 4))
    codec = codec_of(images.reshape(5, -1), (10, 10))
    assert codec.padding == "zeros"
    assert codec.background.ravel().tolist() == [7.0]
    encoded = codec.encode(images.reshape(5, -1))
    assert not encoded.reshape(5, 10, 10)[:, 0].any()


def test_textures_have_no_background(rng):
    rows = rng.random((5, 3 * 64))
    assert codec_of(rows, (3, 8, 8)).padding == "border"


@pytest.mark.parametrize(("n_columns", "found"), [(64, (8, 8)), (784, (28, 28)), (65, None), (9, None), (27, None)])
def test_auto_takes_square_images(rng, n_columns, found):
    rows = rng.random((3, n_columns))
    if found is not None:
        assert Layout.of("auto", rows).image_shape == found
        return
    with pytest.raises(ValueError, match=f"X has {n_columns} columns"):
        Layout.of("auto", rows)


@pytest.mark.parametrize("last", [True, False])
def test_auto_tells_where_the_channels_are(rng, last):
    ramps = np.cumsum(np.cumsum(rng.random((4, 3, 8, 8)), axis=2), axis=3) + 50 * rng.random((4, 3, 1, 1))
    rows = (np.moveaxis(ramps, 1, -1) if last else ramps).reshape(4, -1)
    assert Layout.of("auto", rows).channels_last == last


@pytest.mark.parametrize(
    ("image_shape", "message"),
    [
        ((8, 9), r"image_shape=\(8, 9\) has 72 pixels.*X has 64 columns"),
        ((64,), "not the shape of an image"),
        ((4, 4, 4), "not the shape of an image"),
        ((2, 32), "sides of at least 4"),
        ((8.0, 8), "not the shape of an image"),
        ((1, 1, 8, 8), "not the shape of an image"),
        ((), "not the shape of an image"),
    ],
)
def test_wrong_shapes_are_refused(image_shape, message):
    with pytest.raises(ValueError, match=message):
        Layout.of(image_shape, np.zeros((2, 64)))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_gaps_are_refused(rng, bad):
    rows = rng.random((4, 64))
    rows[2, 5] = bad
    with pytest.raises(ValueError, match="column 5 has missing or infinite values"):
        codec_of(rows, (8, 8))


def test_gaps_are_refused_by_a_codec_of_other_images(rng):
    rows = rng.random((4, 64))
    codec = codec_of(rows, (8, 8))
    rows[2, 5] = np.nan
    with pytest.raises(ValueError, match="column 5 has missing or infinite values"):
        codec.encode(rows)


@pytest.mark.parametrize(("unit", "message"), [(1e300, "too far apart"), (1e-300, "too close")])
def test_ranges_that_single_precision_does_not_bear_are_refused(rng, unit, message):
    with pytest.raises(ValueError, match=f"{message}.* for single precision"):
        codec_of(unit * (rng.random((4, 64)) - 0.5), (8, 8))


@pytest.mark.parametrize("dtype", [np.int64, np.uint64])
def test_the_largest_integers_do_not_wrap_around(rng, dtype):
    rows = np.where(rng.random((4, 64)) < 0.5, np.iinfo(dtype).max, np.array(0, dtype))
    codec = codec_of(rows, (8, 8))
    made = codec.decode(2 * codec.encode(rows), rows.dtype)
    assert made.max() > np.iinfo(dtype).max - 4096
    np.testing.assert_array_equal(made == 0, rows == 0)


@pytest.mark.parametrize("container", [pd.DataFrame, pl.DataFrame, lambda X: np.array(X, dtype=object)])
def test_frames_of_pixels_are_read_as_they_are(rng, container):
    X = rng.integers(0, 256, (6, 64), dtype=np.uint8)
    X[:, 0] = 0  # a constant column is a pixel as any other
    frame = container(X) if container is not pl.DataFrame else pl.DataFrame(X, schema=[f"p{j}" for j in range(64)])
    schema = pixel_schema(frame)
    rows = schema.read(frame)
    np.testing.assert_array_equal(rows, X)
    written = schema.write(rows[::-1])
    assert type(written) is type(frame)
    np.testing.assert_array_equal(np.asarray(written).astype(int), X[::-1])


@pytest.mark.parametrize(("column", "message"), [("text", "categorical"), (pd.Timestamp("2025"), "datetime")])
def test_frames_of_other_things_are_refused(rng, column, message):
    frame = pd.DataFrame(rng.random((5, 64))).assign(extra=column)
    with pytest.raises(ValueError, match=f"column 'extra' is {message}"):
        pixel_schema(frame)


def test_frames_with_gaps_are_refused():
    with pytest.raises(ValueError, match="column 'a' has missing"):
        pixel_schema(pd.DataFrame({"a": [1.0, None]}))
