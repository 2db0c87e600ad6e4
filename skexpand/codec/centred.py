"""Encoded images as an autoencoder takes them: each pixel centred, and all in a unit that makes their variance 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import FloatArray, SampleArray
from skexpand.codec.codec import Origin
from skexpand.codec.image import ImageCodec


@dataclass(frozen=True)
class CentredImages:
    """Codec between raw rows and centred images; the order of pixels is that of :class:`ImageCodec`.

    Attributes
    ----------
    images
        Raw rows to encoded images and back.
    centre : ndarray of shape (n_columns,)
        The mean encoded image.
    unit : float
        Root mean squared deviation from it over all pixels.
    """

    images: ImageCodec
    centre: SampleArray
    unit: float

    @classmethod
    def fit(cls, images: ImageCodec, encoded: SampleArray) -> CentredImages:
        """Learn from encoded images of shape (n, n_columns)."""
        centre = encoded.mean(axis=0)
        unit = float(np.sqrt(np.mean((encoded - centre) ** 2))) or 1.0
        return cls(images, centre, unit)

    def without_rows(self) -> CentredImages:
        """Return the same without training rows, of which it holds none."""
        return self

    def centred(self, encoded: NDArray[np.floating]) -> FloatArray:
        """Map encoded images to centred ones."""
        return (encoded.astype(np.float64) - self.centre) / self.unit

    def encoded(self, centred: NDArray[np.floating]) -> SampleArray:
        """Map centred images to encoded ones."""
        return (centred * self.unit + self.centre).astype(np.float32)

    def encode(self, rows: NDArray[Any]) -> FloatArray:
        """Map raw rows to centred images."""
        return self.centred(self.images.encode(rows))

    def decode(
        self,
        encoded: NDArray[np.floating],
        dtype: np.dtype[Any],
        out: NDArray[Any] | None = None,
        origin: Origin | None = None,
    ) -> NDArray[Any]:
        """Map centred images to raw rows, legal values each; their origin is ignored."""
        return self.images.decode(self.encoded(encoded), dtype, out, origin)
