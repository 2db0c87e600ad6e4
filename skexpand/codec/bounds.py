"""Bounds of new values: those seen, in a DataFrame; or as the user states them, by column or ``"data"`` or ``"open"``.

By column they are ``(low, high)``, None being an open end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from skexpand.base.types import FloatArray
from skexpand.codec.domain import Domain
from skexpand.codec.fields import Field, NumberField
from skexpand.codec.moment import ZoneError

Bounds = str | Mapping[Any, tuple[Any, Any]] | None
Bound = str | tuple[Any, Any] | None  # of one column; None where nothing is stated, in an array
OPEN, DEFAULT = "open", "default"  # the latter of DataFrames: within the range seen, where that says anything


def bound_of_each(bounds: Bounds, names: Sequence[Any], default: Bound) -> list[Bound]:
    """Return the bound of each column: "open", "data" or a pair, or ``default`` where nothing is stated."""
    if bounds is None or isinstance(bounds, str):
        return [bounds or default] * len(names)
    unknown = [name for name in bounds if name not in names]
    if unknown:
        raise ValueError(f"bounds names the unknown column(s) {unknown}; choose from {list(names)[:20]}.")
    for name, bound in bounds.items():
        if not (isinstance(bound, Sequence) and not isinstance(bound, str) and len(bound) == 2):
            raise ValueError(f"bounds[{name!r}] must be a pair (low, high), None for an open end, got {bound!r}.")
    return [tuple(bounds[name]) if name in bounds else default for name in names]


def bounded(
    domain: Domain,
    bound: Bound,
    name: Any,
    field: Field,
    values: FloatArray,
    tolerance: float = 0.0,
    instead: str = "leave these rows out",
) -> Domain:
    """Return a column's domain within its bound; ``values`` are those seen, missing ones left out.

    ``tolerance`` is how inexactly they are known, and ``instead`` what to do if the bound leaves some out.
    """
    if bound is None or bound == OPEN or not len(values):
        return domain
    is_score = domain.decimals is None and float(values.min()) < 0 < float(values.max())
    if bound == DEFAULT and isinstance(field, NumberField) and is_score:
        return domain  # of either sign and with all digits: no range to speak of, as the entries of an array
    if isinstance(bound, str):
        low, high = domain.core or (float(values.min()), float(values.max()))
        return domain._replace(low=low, high=high)
    low, high = _position(bound[0], -np.inf, name, field), _position(bound[1], np.inf, name, field)
    if not low <= high:
        raise ValueError(f"bounds[{name!r}] must be a pair (low, high) with low <= high, got {bound!r}.")
    outside = values[(values < low - tolerance) | (values > high + tolerance)]
    if len(outside):
        raise ValueError(
            f"bounds[{name!r}] is {bound!r}, but the table itself has {field.shown(float(outside[0]))!r}, and "
            f"{len(outside)} such value(s) in all; widen the bounds or {instead}."
        )
    if domain.decimals == 0:
        low, high = np.ceil(low), np.floor(high)
    limits = field.domain
    return domain._replace(low=max(low, limits.low), high=min(high, limits.high), levels=None)


def _position(end: Any, open_end: float, name: Any, field: Field) -> float:
    """Return the float that an end of a bound stands for."""
    if end is None:
        return open_end
    try:
        return field.position(end)
    except ZoneError as error:
        raise ValueError(
            f"bounds[{name!r}] has the end {end!r} with a time zone, and the column has none; leave the zone out."
        ) from error
    except ValueError as error:
        raise ValueError(
            f"bounds[{name!r}] has the end {end!r}, which is no value of this column; give one, or None."
        ) from error
