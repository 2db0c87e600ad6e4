"""Hints on columns that may be misinterpreted, and what to do: shown by ``skexpand inspect``."""

from __future__ import annotations

import re
import shlex
from typing import Any

import numpy as np
import pandas as pd

from skexpand.cli._cells import LIKELY_GAPS, Text, recognize
from skexpand.cli._numbers import MARKS, Number
from skexpand.cli._table import Table
from skexpand.cli._text_table import TextTable

_DATE_FORMATS = {8: "%Y%m%d", 14: "%Y%m%d%H%M%S"}  # by the number of digits
_YEARS = (1900, 2100)
_DATE = re.compile(
    r"\d{1,4}([-./ ])\d{1,2}\1\d{1,4}([T ,].*)?|(\d{1,2}[-. ]+)?[A-Za-z]{3,9}[-. ,]+(\d{1,2}[, ]+)?\d{2,4}|\d{8}"
)
_NAMES = {".": "point", ",": "comma"}
_MOST_WORDS = 3  # odd words that are shown


def hint(table: Table, name: str, kind: str) -> str:
    """Return the hint on a column, "" if there is none.

    Parameters
    ----------
    table
        The table.
    name
        The column.
    kind
        What it is taken for, a kind of :class:`skexpand.codec.Column`.
    """
    values = table.frame[name].dropna()
    if kind in ("integer", "float", "categorical") and pd.api.types.is_numeric_dtype(values.dtype):
        return _hint_on_numbers(values.to_numpy(), name)
    if kind in ("categorical", "ordinal", "constant"):
        if isinstance(table, TextTable) and isinstance(table.columns[name].spelling, Text):
            cells = {cell.strip() for cell in values.tolist()}
            said = _hint_on_text(cells, table.mark)
            if said:
                return said
        if len(values) > 1 and values.nunique() == len(values):
            return f"every value differs: --drop {shlex.quote(name)}?"
    return ""


def _hint_on_numbers(values: Any, name: str) -> str:
    """Return the hint if numbers look like row numbers or dates."""
    if len(values) < 2 or (values.dtype.kind == "f" and (values != np.floor(values)).any()):
        return ""
    if _are_dates(values):
        return "looks like dates (YYYYMMDD), taken for numbers; write them as YYYY-MM-DD"
    ordered, drop = np.sort(values), f"--drop {shlex.quote(name)}?"
    if (ordered[1:] == ordered[:-1] + 1).all():  # no differences: those of unsigned integers have no sign
        return f"every value differs, as row numbers do: {drop}"
    return f"every value differs, in rising order: {drop}" if (values[1:] > values[:-1]).all() else ""


def _are_dates(values: Any) -> bool:
    """Return whether all whole numbers are dates of our time, as in 20210203."""
    digits = {len(str(int(value))) for value in (values.min(), values.max())}
    if len(digits) > 1 or not digits <= set(_DATE_FORMATS):
        return False
    size = digits.pop()
    text = pd.Series([str(int(value)) for value in np.unique(values).tolist()])
    dates = pd.to_datetime(text, format=_DATE_FORMATS[size], errors="coerce")
    return bool(dates.dt.year.between(*_YEARS).all())


def _hint_on_text(cells: set[str], mark: str) -> str:
    """Return the hint if text looks like dates, or like numbers except for its decimal mark or some words."""
    if not cells:
        return ""
    if all(map(_DATE.fullmatch, cells)):
        return "looks like dates, taken for text; write them all as YYYY-MM-DD, times in one zone"
    other = MARKS.replace(mark, "")
    if Number.of(cells, other):
        return f"looks like numbers with a decimal {_NAMES[other]}, taken for text; --decimal {other} takes these"
    words = sorted(cell for cell in cells if isinstance(recognize([cell], mark), Text))
    rest = cells - set(words)
    marks = sorted(cells.intersection(LIKELY_GAPS))
    if marks:
        return f"{_listed(marks)} taken for text; {_gaps(marks)}"
    if words and len(words) <= _MOST_WORDS and len(rest) > len(words) and not isinstance(recognize(rest, mark), Text):
        return f"taken for text because of {_listed(words)}; {_gaps(words)}"
    return ""


def _listed(words: list[str]) -> str:
    return ", ".join(map(repr, words))


def _gaps(words: list[str]) -> str:
    """Return the options that make gaps of words."""
    return " ".join(f"--gap {shlex.quote(word)}" for word in words) + " if that is a gap"
