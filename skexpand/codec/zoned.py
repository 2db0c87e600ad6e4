"""Moments of pandas with a time zone: of these, narwhals knows the plainest names only (none with ``_`` or digits)."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from skexpand.codec.series import FrameSeries


class ZonedSeries(FrameSeries):
    """A pandas column of moments with a time zone."""

    @staticmethod
    def fits(column: Any) -> bool:
        """Return whether a pandas Series is such a column."""
        return zone_of(column.dtype) is not None

    def family(self) -> str:
        return "datetime"

    def present(self) -> NDArray[Any]:
        return _ticks(self.native.dropna().dt.tz_convert(None), self.unit())

    def unit(self) -> str:
        dtype = self.native.dtype
        return dtype.unit if hasattr(dtype, "unit") else dtype.pyarrow_dtype.unit

    def built(self, values: NDArray[Any]) -> ZonedSeries:
        dtype = self.native.dtype
        column = type(self.native)(values).dt.tz_localize("UTC").dt.tz_convert(zone_of(dtype)).astype(dtype)
        return ZonedSeries(nw.from_native(column, series_only=True))

    def zoned(self) -> bool:
        return True

    def wall(self) -> NDArray[np.int64]:
        return _ticks(self.native.dropna().dt.tz_localize(None), self.unit())


def zone_of(dtype: Any) -> Any:
    """Return the time zone of a pandas type, Arrow's included, or None."""
    zone = getattr(dtype, "tz", None)
    return zone if zone is not None else getattr(getattr(dtype, "pyarrow_dtype", None), "tz", None)


def _ticks(column: Any, unit: str) -> NDArray[np.int64]:
    return column.to_numpy(f"M8[{unit}]").view(np.int64)  # without the type, older pandas makes objects of Arrow's
