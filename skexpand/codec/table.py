"""The table's codec: spans of numeric, categorical and gap directions side by side, ``encode`` and ``decode``.

.. code-block:: text

   numbers, dates, ranks  ──NumericCodec──▶ ┐          (one-hot columns are decoded together, see OneHot)
   categories             ──CategoryCodec─▶ ├──▶ encoded row
   gaps, sentinels        ──GapCodec──────▶ ┘

A table of numbers without gaps has the numeric span only, and its rows go straight through. A sentinel (see ``far.py``)
is a gap that is written as a number. New rows' levels and atoms come with their shares, see ``shares.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import BoolArray, FloatArray, IntArray
from skexpand.codec.category import CategoryCodec
from skexpand.codec.choices import OneHot, exclusive_columns
from skexpand.codec.codec import Origin
from skexpand.codec.columns import Column
from skexpand.codec.domain import Domain
from skexpand.codec.gaps import GapCodec
from skexpand.codec.numeric import NumericCodec
from skexpand.codec.shares import Shares


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
    missing : ndarray of shape (n, n_columns + n_sentinels) or None
        Gaps of the training rows, and then which of them have each sentinel.
    shares : Shares or None
        The columns of levels and atoms; None without training rows or such columns.
    """

    numeric: NumericCodec
    categories: list[CategoryCodec]
    gaps: GapCodec | None
    measures: IntArray
    nominal: IntArray
    choices: list[OneHot]
    codes: FloatArray
    missing: BoolArray | None
    shares: Shares | None = None

    @classmethod
    def fit(cls, rows: NDArray[Any], columns: Sequence[Column], model_gaps: bool = True) -> TableCodec:
        """Learn from rows (n, n_columns), as floats, codes and NaN."""
        is_nominal = np.array([column.kind == "categorical" for column in columns])
        measures, nominal = np.flatnonzero(~is_nominal), np.flatnonzero(is_nominal)
        domains = [columns[j].domain for j in measures.tolist()]
        sentinels = _sentinels(measures, domains)
        missing = np.isnan(rows) if any(column.n_missing for column in columns) and model_gaps else None
        if sentinels:
            missing, rows = _marked(rows, sentinels, missing is not None)
        numeric = NumericCodec.fit(rows[:, measures] if len(nominal) else rows, domains)
        categories = [CategoryCodec.fit(rows[:, j], len(columns[j].categories or ())) for j in nominal.tolist()]
        gaps = None if missing is None else GapCodec.fit(missing)
        codes = rows[:, nominal].astype(np.float64)
        return cls(numeric, categories, gaps, measures, nominal, [], codes, missing)._with_shares(rows)

    def without_rows(self) -> TableCodec:
        """Return the codec of the columns alone."""
        return replace(self, choices=[], codes=self.codes[:0], missing=None, shares=None)

    def with_rows(self, rows: NDArray[Any], columns: Sequence[Column], model_gaps: bool = True) -> TableCodec:
        """Return the same codec for other training rows: encodings are kept, and all values of these rows are valid."""
        gaps, missing = self.gaps, None
        if gaps is None and model_gaps and any(column.n_missing for column in columns):
            gaps = GapCodec.without_patterns(rows.shape[1])
        if gaps is not None:
            missing, rows = _marked(rows, self.sentinels, model_gaps)
        return replace(
            self,
            numeric=replace(self.numeric, domains=[columns[j].domain for j in self.measures.tolist()]),
            gaps=gaps,
            codes=rows[:, self.nominal].astype(np.float64),
            missing=missing,
        )._with_shares(rows)

    def _with_shares(self, rows: NDArray[Any]) -> TableCodec:
        """Return the same codec with what these training rows choose from, and how often each of them has it."""
        varying = self.measures[self.numeric.varying]
        found = exclusive_columns(rows, varying)
        choices = []
        if found:
            encoded = self.numeric.encode(rows[:, self.measures])
            choices = [OneHot.fit(rows, columns, encoded, np.searchsorted(varying, columns)) for columns in found]
        domains = [self.numeric.domains[k] for k in self.numeric.varying.tolist()]
        shared = np.array([domain.has_shares for domain in domains], bool) & ~np.isin(varying, _all_of(found))
        places = np.flatnonzero(shared)
        columns = varying[places]
        domains = [domains[k] for k in places.tolist()]
        shares = Shares.of(rows[:, columns], columns, places, domains) if len(columns) else None
        return replace(self, choices=choices, shares=shares)

    @cached_property
    def sentinels(self) -> list[tuple[int, float]]:
        """The column and the value of each sentinel."""
        return _sentinels(self.measures, self.numeric.domains)

    @property
    def is_numeric(self) -> bool:
        """Whether the table has numbers and no gaps, so that encoded rows have a span of numbers only."""
        return not self.categories and self.gaps is None

    def directions(self, column: int) -> IntArray:
        """Return the directions of an encoded row that a column has, one of its gaps included."""
        starts = np.cumsum([len(self.numeric.varying), *(codec.width for codec in self.categories)])
        numbers = np.flatnonzero(self.measures[self.numeric.varying] == column)
        blocks = [np.arange(starts[k], starts[k + 1]) for k in np.flatnonzero(self.nominal == column).tolist()]
        pattern = -1 if self.gaps is None else int(self.gaps.pattern[column])
        return np.concatenate([numbers, *blocks, [starts[-1] + pattern] if pattern >= 0 else []]).astype(np.intp)

    def encode(self, rows: NDArray[Any]) -> FloatArray:
        """Map rows (n, n_columns) to encoded rows (n, width)."""
        if self.is_numeric:
            return self.numeric.encode(rows)
        gaps = None
        if self.gaps is not None:
            gaps, rows = _marked(rows, self.sentinels)
        spans = [self.numeric.encode(rows[:, self.measures])]
        spans += [codec.encode(rows[:, j]) for codec, j in zip(self.categories, self.nominal, strict=True)]
        if self.gaps is not None and gaps is not None:
            spans.append(self.gaps.encode(gaps))
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
        if self.shares is not None and origin is not None and len(origin.anchors):
            domains = [self.numeric.domains[k] for k in self.numeric.varying[self.shares.places].tolist()]
            self.shares.decided(rows, encoded, domains, origin)
        if self.gaps is not None:
            self._write_gaps(rows, encoded, origin)
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
        measures, *blocks, _ = self._parts(encoded)
        rows[:, self.measures] = self.numeric.decode(measures, dtype)
        for k, (j, block) in enumerate(zip(self.nominal, blocks, strict=True)):
            rows[:, j] = self._category(k, block, origin)
        return rows

    def _parts(self, encoded: NDArray[np.floating]) -> list[NDArray[np.floating]]:
        """Return the spans of encoded rows: numbers, each category, gaps."""
        widths = [len(self.numeric.varying), *(codec.width for codec in self.categories)]
        return np.split(encoded, np.cumsum(widths), axis=1)

    def _write_gaps(self, rows: NDArray[Any], encoded: NDArray[np.floating], origin: Origin | None) -> None:
        """Write gaps and sentinels."""
        assert self.gaps is not None
        gaps = self.gaps.decode(self._parts(encoded)[-1]) if origin is None else self._inherited(origin)
        missing, *marks = np.split(gaps, rows.shape[1] + np.arange(len(self.sentinels)), axis=1)
        for (column, value), mark in zip(self.sentinels, marks, strict=True):
            rows[mark.ravel(), column] = value
        if missing.any():
            rows[missing] = np.nan

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


def _sentinels(measures: IntArray, domains: Sequence[Domain]) -> list[tuple[int, float]]:
    """Return the column and the value of each sentinel."""
    columns = zip(measures.tolist(), domains, strict=True)
    return [(column, value) for column, domain in columns for value in domain.far.sentinels]


def _marked(
    rows: NDArray[Any], sentinels: Sequence[tuple[int, float]], gaps: bool = True
) -> tuple[BoolArray, NDArray[Any]]:
    """Return which cells are gaps and which are each sentinel, and the rows with a gap for either."""
    missing = np.isnan(rows) if gaps else np.zeros(rows.shape, bool)
    if not sentinels:
        return missing, rows
    marks = [rows[:, column] == value for column, value in sentinels]
    rows = rows.astype(np.float64)  # a copy, also of whole numbers
    for (column, _), mark in zip(sentinels, marks, strict=True):
        rows[mark, column] = np.nan
    return np.column_stack([missing, *marks]), rows


def _all_of(choices: Sequence[IntArray]) -> IntArray:
    return np.concatenate([np.empty(0, np.intp), *choices])


def _chosen(choice: OneHot, encoded: NDArray[np.floating], origin: Origin | None) -> NDArray[Any]:
    """Decide on the cells of one choice."""
    if origin is None:
        return choice.likeliest(encoded)
    return choice.inherited(origin.anchors) if origin.apart else choice.decided(encoded, origin.anchors)
