"""Exact decimal numbers of Arrow: read as numbers to compute with, and new ones of the same precision and scale."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Context, Decimal
from math import isnan
from typing import Any

import pandas as pd
import pyarrow as pa

_MOST_DIGITS = 76  # of 256 bits


def numbers_of(values: Sequence[Decimal | None]) -> pd.Series:
    """Return exact numbers as the narrowest type that distinguishes them: 64-bit integers, floats, else text.

    Numbers that floats cannot distinguish, such as ids of 38 digits, are names rather than measurements.
    """
    present = [value for value in values if value is not None]
    has_gaps = len(present) < len(values)
    if all(value == value.to_integral_value() and abs(value) < 2**63 for value in present) and _is_whole(present):
        whole = [None if value is None else int(value) for value in values]
        return pd.Series(whole, dtype="Int64" if has_gaps else "int64")
    if len(set(map(float, present))) == len(set(present)):
        return pd.Series([float("nan") if value is None else float(value) for value in values], dtype=float)
    return pd.Series([None if value is None else format(value, "f") for value in values], dtype="string")


def exact_values(values: pd.Series, kind: pa.DataType, known: Iterable[Decimal | None]) -> pa.Array:
    """Return new numbers (integers, floats or text) as exact ones; those that are known ones, as they are known."""
    exact = {float(number): number for number in known if number is not None}
    step, limit = Decimal(1).scaleb(-kind.scale), Decimal(10**kind.precision - 1).scaleb(-kind.scale, _WIDE)
    return pa.array([_exact(value, exact, step, limit) for value in values.tolist()], kind)


def exact_type(numbers: Sequence[Decimal | None], column: str, file: str) -> pa.DataType:
    """Return the type of exact numbers that holds all of these; refuse what none holds."""
    parts = [number.as_tuple() for number in numbers if number is not None]
    scale = max((-int(part.exponent) for part in parts), default=0)
    whole = max((len(part.digits) + int(part.exponent) for part in parts), default=0)
    scale, precision = max(scale, 0), max(whole, 1) + max(scale, 0)
    if precision > _MOST_DIGITS:
        raise ValueError(
            f"column {column!r} has numbers of {precision} digits, which {file} cannot hold; write a text file, or "
            f"--drop {column}"
        )
    return pa.decimal128(precision, scale) if precision <= 38 else pa.decimal256(precision, scale)


_WIDE = Context(prec=2 * _MOST_DIGITS)


def _is_whole(numbers: Iterable[Decimal]) -> bool:
    """Return whether no number has a place for decimals."""
    return all(int(number.as_tuple().exponent) >= 0 for number in numbers)


def _exact(value: Any, known: dict[float, Decimal], step: Decimal, limit: Decimal) -> Decimal | None:
    """Round a number to the step, within limits."""
    if value is None or value is pd.NA or (isinstance(value, float) and isnan(value)):
        return None
    if isinstance(value, float) and value in known:
        return known[value]
    exact = Decimal(value) if isinstance(value, str | int) else Decimal(repr(value))
    return min(max(exact, limit.copy_negate()), limit).quantize(step, context=_WIDE)
