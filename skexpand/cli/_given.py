"""``--given NAME=VALUE``: what all new rows have in common, each value read as its column is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from skexpand.cli._table import Table
from skexpand.codec.series import is_gap

_SHOWN = 9  # values that an error names


def read_given(stated: Sequence[str], table: Table, taken: Mapping[str, str]) -> dict[str, Any]:
    """Read values and ranges by column; a column that is named several times may have any of its values.

    ``taken`` are the columns of a target that cannot be stated, and why.
    """
    found: dict[str, list[Any]] = {}
    for text in stated:
        name, value = _parted(text, table)
        if name in taken:
            raise ValueError(f"--given {text!r} names the target; leave it out ({taken[name]})")
        found.setdefault(name, []).append(_value(value, name, table, text))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _parted(text: str, table: Table) -> tuple[str, str]:
    """Return name and value; either may have equals signs of its own."""
    places = [place for place, mark in enumerate(text) if mark == "="]
    if not places or places[0] == 0:
        raise ValueError(f"--given {text!r} is not understood; write NAME=VALUE or NAME=LOW:HIGH, as in age=30:40")
    place = next((place for place in places if text[:place] in table.names), places[0])
    try:
        table.check_name(text[:place])
    except ValueError as error:
        raise ValueError(f"--given {text!r}: {error}") from None
    return text[:place], text[place + 1 :]


def _value(text: str, name: str, table: Table, option: str) -> Any:
    """Read a cell of the file, another value of its column, or a range; None is a gap."""
    cells = table.frame[name]
    known = dict(zip(table.known(name, slice(None)), cells.tolist(), strict=True))
    if text in known:
        return None if is_gap(known[text]) else known[text]
    kinds = pd.api.types
    if kinds.is_bool_dtype(cells) or not (kinds.is_numeric_dtype(cells) or _are_moments(cells)):
        raise ValueError(f"--given {option!r}: no cell of {name!r} is {text!r}; it has {', '.join([*known][:_SHOWN])}")
    parts = [(text[:place], text[place + 1 :]) for place, mark in enumerate(text) if mark == ":"]
    for ends in [(text,), *parts]:
        try:
            found = tuple(table.value(name, end.strip()) if end.strip() or len(ends) == 1 else None for end in ends)
        except ValueError:
            continue
        return found if len(found) > 1 else found[0]
    raise ValueError(
        f"--given {option!r}: {text!r} is not a value of this column, nor a range LOW:HIGH of it; write either"
    )


def _are_moments(cells: pd.Series) -> bool:
    return pd.api.types.is_datetime64_any_dtype(cells) or pd.api.types.is_timedelta64_dtype(cells)
