"""The table's codec: spans of numeric, categorical and gap directions side by side, ``encode`` and ``decode``.

.. code-block:: text

   numbers, dates, ranks  ──NumericCodec──▶ ┐          (one-hot columns are decoded together, see OneHot)
   categories             ──CategoryCodec─▶ ├──▶ encoded row
   gaps                   ──GapCodec──────▶ ┘

A table of numbers without gaps has only the numeric span.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import BoolArray, FloatArray, IntArray
from skexpand.codec.category import CategoryCodec
from skexpand.codec.choices import OneHot, exclusive_columns
from skexpand.codec.codec import Origin
from skexpand.codec.columns import Column
from skexpand.codec.gaps import GapCodec
from skexpand.codec.numeric import NumericCodec


@dataclass(frozen=True)
class TableCodec:
    """Codec of all columns together.

    Attributes
    ----------
    numeric, categories, gaps
        The codecs of the spans; gaps is None where none is modelled.
    measures, nominal : ndarray
        Which columns the first and the second take.
    choices : list of OneHot
        Indicator columns that exclude each other.
    codes : ndarray of shape (n, n_nominal)
        Categories of the training rows, NaN where missing.
    missing : ndarray of shape (n, n_columns) or None
        Gaps of the training rows.
    """

    numeric: NumericCodec
    categories: list[CategoryCodec]
    gaps: GapCodec | None
    measures: IntArray
    nominal: IntArray
    choices: list[OneHot]
    codes: FloatArray
    missing: BoolArray | None

    @classmethod
    def fit(cls, rows: NDArray[Any], columns: Sequence[Column], model_gaps: bool = True) -> TableCodec:
        """Learn from rows (n, n_columns), as floats, codes and NaN."""
        is_nominal = np.array([column.kind == "categorical" for column in columns])
        measures, nominal = np.flatnonzero(~is_nominal), np.flatnonzero(is_nominal)
        numeric = NumericCodec.fit(
            rows[:, measures] if len(nominal) else rows, [columns[j].domain for j in measures.tolist()]
        )
        categories = [CategoryCodec.fit(rows[:, j], len(columns[j].categories or ())) for j in nominal.tolist()]
        missing = np.isnan(rows) if any(column.n_missing for column in columns) and model_gaps else None
        gaps = None if missing is None else GapCodec.fit(missing)
        codes = rows[:, nominal].astype(np.float64)
        return cls(numeric, categories, gaps, measures, nominal, [], codes, missing)._with_choices(rows)

    def without_rows(self) -> TableCodec:
        """Return the codec of the columns alone."""
        return replace(self, choices=[], codes=self.codes[:0], missing=None)

    def with_rows(self, rows: NDArray[Any], columns: Sequence[Column], model_gaps: bool = True) -> TableCodec:
        """Return the same codec for other training rows: encodings are kept, and all values of these rows are valid."""
        gaps = self.gaps
        if gaps is None and model_gaps and any(column.n_missing for column in columns):
            gaps = GapCodec.without_patterns(rows.shape[1])
        return replace(
            self,
            numeric=replace(self.numeric, domains=[columns[j].domain for j in self.measures.tolist()]),
            gaps=gaps,
            codes=rows[:, self.nominal].astype(np.float64),
            missing=None if gaps is None else np.isnan(rows),
        )._with_choices(rows)

    def _with_choices(self, rows: NDArray[Any]) -> TableCodec:
        """Return the same codec with the choices among the columns of these training rows."""
        varying = self.measures[self.numeric.varying]
        found = exclusive_columns(rows, varying)
        if not found:
            return replace(self, choices=[])
        encoded = self.numeric.encode(rows[:, self.measures])
        choices = [OneHot.fit(rows, columns, encoded, np.searchsorted(varying, columns)) for columns in found]
        return replace(self, choices=choices)

    @property
    def is_numeric(self) -> bool:
        """Whether the table has numbers and no gaps, so that encoded rows have a span of numbers only."""
        return not self.categories and self.gaps is None

    def encode(self, rows: NDArray[Any]) -> FloatArray:
        """Map rows (n, n_columns) to encoded rows (n, width)."""
        if self.is_numeric:
            return self.numeric.encode(rows)
        spans = [self.numeric.encode(rows[:, self.measures])]
        spans += [codec.encode(rows[:, j]) for codec, j in zip(self.categories, self.nominal, strict=True)]
        if self.gaps is not None:
            spans.append(self.gaps.encode(np.isnan(rows)))
        return np.concatenate(spans, axis=1)

    def decode(
        self,
        encoded: NDArray[np.floating],
        dtype: np.dtype[Any],
        out: NDArray[Any] | None = None,
        origin: Origin | None = None,
    ) -> NDArray[Any]:
        """Map encoded rows back to valid rows, as one array of ``dtype``, or into ``out``.

        With an origin, categories and gaps are decided as for new rows; without one, ``decode`` inverts ``encode``.
        """
        rows = self._spans(encoded, dtype, out, origin)
        for choice in self.choices:
            rows[:, choice.columns] = _chosen(choice, encoded, origin)
        return rows

    def _spans(
        self, encoded: NDArray[np.floating], dtype: np.dtype[Any], out: NDArray[Any] | None, origin: Origin | None
    ) -> NDArray[Any]:
        """Decode span by span."""
        if self.is_numeric:
            return self.numeric.decode(encoded, dtype, out)
        rows = np.empty((len(encoded), len(self.measures) + len(self.nominal)), dtype) if out is None else out
        widths = [len(self.numeric.varying), *(codec.width for codec in self.categories)]
        measures, *blocks, gaps = np.split(encoded, np.cumsum(widths), axis=1)
        rows[:, self.measures] = self.numeric.decode(measures, dtype)
        for k, (j, block) in enumerate(zip(self.nominal, blocks, strict=True)):
            rows[:, j] = self._category(k, block, origin)
        if self.gaps is not None:
            rows[self.gaps.decode(gaps) if origin is None else self._inherited(origin)] = np.nan
        return rows

    def _category(self, k: int, block: NDArray[np.floating], origin: Origin | None) -> NDArray[Any]:
        """Decide on the categories of one column."""
        codec = self.categories[k]
        if origin is None:
            return codec.likeliest(block)
        codes = self.codes[origin.anchors, k]
        if not origin.apart:
            return codec.decided(block, codes, origin.rng)
        lost = np.flatnonzero(np.isnan(codes))
        if len(lost):  # the anchor has none, and the new row may need one
            codes[lost] = codec.decided(block[lost], codes[lost], origin.rng)
        return codes

    def _inherited(self, origin: Origin) -> BoolArray:
        """Return the gaps of the anchors."""
        assert self.missing is not None
        return self.missing[origin.anchors]


def _chosen(choice: OneHot, encoded: NDArray[np.floating], origin: Origin | None) -> NDArray[Any]:
    """Decide on the cells of one choice."""
    if origin is None:
        return choice.likeliest(encoded)
    return choice.inherited(origin.anchors) if origin.apart else choice.decided(encoded, origin.anchors)
