"""Images to tensors and back: which column is which pixel, what the background is, and which values are valid.

The rows of a table are flattened images. Encoded, they have channels first, the background is 0, and the range of the
values seen has length 1; decoded, they are back in their layout and within that range, whole if they were whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt, prod
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import FloatArray
from skexpand.codec.bounds import Bounds
from skexpand.codec.codec import Origin
from skexpand.codec.columns import CategoricalFeatures, Column, columns_of_numbers
from skexpand.codec.fields import NumberField
from skexpand.codec.frame import columns_of, is_frame, names_of
from skexpand.codec.schema import Schema, dense

ImageShape = tuple[int, int, int]  # channels, height, width

MIN_SIDE = 4  # pixels
CHANNELS = (1, 3)
_SURROUNDED = 0.5  # share of border pixels at one level from which on that is the background
_REACH = 1e25  # the largest range that single precision can represent with a margin; its inverse is the smallest


@dataclass(frozen=True)
class Layout:
    """How a row holds an image."""

    channels: int
    height: int
    width: int
    axes: int  # 2: (h, w); 3: with channels
    channels_last: bool

    @classmethod
    def of(cls, image_shape: Any, rows: NDArray[Any]) -> Layout:
        """Read ``image_shape``; "auto" looks at the rows. Refuse what does not fit their number of columns."""
        if isinstance(image_shape, str):
            return guessed_layout(rows)
        layout = stated_layout(image_shape)
        if prod(layout.shape) != rows.shape[1]:
            raise ValueError(
                f"image_shape={tuple(image_shape)} has {prod(layout.shape)} pixels (channels counted), but X has "
                f"{rows.shape[1]} columns; X must hold one flattened image per row (see skexpand.images.to_rows)."
            )
        return layout

    @property
    def shape(self) -> ImageShape:
        """Channels, height, width."""
        return self.channels, self.height, self.width

    @property
    def image_shape(self) -> tuple[int, ...]:
        """The shape of an image as the user has it."""
        if self.axes == 2:
            return self.height, self.width
        return (self.height, self.width, self.channels) if self.channels_last else self.shape

    def channels_first(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Return rows (n, n_columns) as images (n, c, h, w)."""
        images = rows.reshape(-1, *self.image_shape)
        return np.moveaxis(images, -1, 1) if self.channels_last else images.reshape(-1, *self.shape)

    def as_rows(self, images: NDArray[Any]) -> NDArray[Any]:
        """Return images (n, c, h, w) as rows (n, n_columns)."""
        images = np.moveaxis(images, 1, -1) if self.channels_last else images
        return images.reshape(len(images), prod(self.shape))


def stated_layout(image_shape: Any) -> Layout:
    """Return the layout for (h, w), (c, h, w) or (h, w, c)."""
    sides = tuple(image_shape)
    whole = all(isinstance(side, Integral) for side in sides)
    if whole and len(sides) == 2 and min(sides) >= MIN_SIDE:
        return Layout(1, int(sides[0]), int(sides[1]), axes=2, channels_last=False)
    if whole and len(sides) == 3:
        first, last = sides[0] in CHANNELS, sides[2] in CHANNELS
        height, width = sides[1:] if first else sides[:2]
        if first != last and min(height, width) >= MIN_SIDE:
            return Layout(int(sides[0 if first else 2]), int(height), int(width), axes=3, channels_last=last)
    raise ValueError(
        f"image_shape={image_shape!r} is not the shape of an image: use (h, w), (c, h, w) or (h, w, c) with 1 or 3 "
        f"channels and sides of at least {MIN_SIDE} pixels, or 'auto' for square images."
    )


def guessed_layout(rows: NDArray[Any]) -> Layout:
    """Return the layout of square images: grey, or in colours, channels where neighbouring pixels are most alike."""
    n_columns = rows.shape[1]
    side, side_of_three = isqrt(n_columns), isqrt(n_columns // 3)
    if side**2 == n_columns and side >= MIN_SIDE:
        return stated_layout((side, side))
    if 3 * side_of_three**2 != n_columns or side_of_three < MIN_SIDE:
        raise ValueError(
            f"image_shape='auto' takes square images with 1 or 3 channels, but X has {n_columns} columns; state the "
            "shape: (h, w), (c, h, w) or (h, w, c)."
        )
    layouts = [stated_layout(shape) for shape in ((3, side_of_three, side_of_three), (side_of_three, side_of_three, 3))]
    return min(layouts, key=lambda layout: _roughness(layout.channels_first(rows)))


def _roughness(images: NDArray[Any]) -> float:
    """Return the mean squared difference of neighbouring pixels."""
    values = images.astype(np.float64)
    return sum(float(np.mean(np.diff(values, axis=axis) ** 2)) for axis in (2, 3))


@dataclass(frozen=True)
class ImageCodec:
    """Codec of images.

    Attributes
    ----------
    layout : Layout
        How a row holds an image.
    background : ndarray of shape (c, 1, 1)
        The level of each channel that becomes 0: the median of the border.
    surrounded : bool
        Whether most of the border is at this level, so that it goes on outside.
    low, high : float
        The range of the values seen.
    whole : ndarray of shape (n_columns,)
        Which columns hold whole numbers.
    """

    layout: Layout
    background: FloatArray
    surrounded: bool
    low: float
    high: float
    whole: NDArray[np.bool_]

    @classmethod
    def fit(cls, rows: NDArray[Any], columns: Sequence[Column], image_shape: Any) -> ImageCodec:
        """Learn from rows (n, n_columns) of finite numbers."""
        _refuse_not_finite(rows, [column.name for column in columns])
        layout = Layout.of(image_shape, rows)
        low, high = float(rows.min()), float(rows.max())
        _refuse_extreme(low, high)
        images = layout.channels_first(rows)
        edge = np.ones(layout.shape[1:], bool)
        edge[1:-1, 1:-1] = False
        border = images[:, :, edge].astype(np.float64)  # (n, c, n_border)
        background = np.median(border, axis=(0, 2))
        surrounded = bool(np.mean(border == background[:, None]) >= _SURROUNDED)
        whole = np.array([column.domain.decimals == 0 for column in columns])
        high = min(high, max(column.domain.high for column in columns))  # the largest 64-bit integers are no floats
        return cls(layout, background[:, None, None], surrounded, low, high, whole)

    @property
    def padding(self) -> str:
        """What is outside an image: the background ("zeros"), or the repeated border."""
        return "zeros" if self.surrounded else "border"

    @property
    def unit(self) -> float:
        """Length of the range of the values seen, which is encoded as 1."""
        return self.high - self.low or 1.0

    def encode(self, rows: NDArray[Any]) -> NDArray[np.float32]:
        """Map rows of finite numbers to encoded ones, channels first, both (n, n_columns)."""
        _refuse_not_finite(rows, range(rows.shape[1]))
        images = (self.layout.channels_first(rows) - self.background) / self.unit
        return images.reshape(len(rows), rows.shape[1]).astype(np.float32)

    def decode(
        self,
        encoded: NDArray[np.floating],
        dtype: np.dtype[Any],
        out: NDArray[Any] | None = None,
        origin: Origin | None = None,
    ) -> NDArray[Any]:
        """Map encoded rows back to valid values, as one array of ``dtype`` or into ``out``, whatever the origin."""
        images = encoded.reshape(-1, *self.layout.shape) * self.unit + self.background
        values = self.layout.as_rows(images).clip(self.low, self.high)
        if self.whole.all():
            np.rint(values, out=values)
        elif self.whole.any():
            values[:, self.whole] = np.rint(values[:, self.whole])
        if out is None:
            return values.astype(dtype)
        out[:] = values
        return out


def pixel_schema(X: Any) -> Schema:
    """Describe a table of pixels: all columns are numbers."""
    like = X[:0]
    if not is_frame(X) and X.dtype.kind in "biuf":
        return Schema(columns_of_numbers(dense(X)), None, like)
    columns, fields = [], []
    for name, series in zip(names_of(X), columns_of(X), strict=True):
        kind, n_missing = series.family(), int(series.gaps().sum())
        if kind not in ("float", "integer", "boolean"):
            raise ValueError(
                f"image_shape takes a table of pixels, but column {name!r} is {kind} ({series.dtype}); leave it out, "
                "or make it numeric."
            )
        if n_missing:
            raise ValueError(_gap_message(name))
        field = NumberField.of(series)
        domain = field.domain
        columns.append(Column(name, kind, series.dtype, 0, decimals=domain.decimals, domain=domain))
        fields.append(field)
    return Schema(columns, list(fields), like)


def _refuse_extreme(low: float, high: float) -> None:
    """Raise an error for pixels whose range is too large or too small for single precision."""
    if high > low and not 1 / _REACH <= high - low <= _REACH:
        raise ValueError(
            f"Pixels from {low:g} to {high:g} are too {'far apart' if high - low > 1 else 'close together'} for single "
            "precision, in which images are made; scale them, to [0, 1] for example."
        )


def _refuse_not_finite(rows: NDArray[Any], names: Sequence[Any]) -> None:
    wrong = np.flatnonzero(~np.isfinite(rows).all(axis=0))
    if len(wrong):
        raise ValueError(_gap_message(names[wrong[0]]))


def _gap_message(name: Any) -> str:
    return f"Images have no gaps, but column {name!r} has missing or infinite values; fill them, or leave the rows out."


def schema_of(X: Any, image_shape: Any, categorical_features: CategoricalFeatures, bounds: Bounds) -> Schema:
    """Describe a table: columns of pixels, if rows are images, or columns that may be of any kind."""
    return Schema.of(X, categorical_features, bounds) if image_shape is None else pixel_schema(X)
