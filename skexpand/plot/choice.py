"""Columns chosen for a picture, by name or position, and how they are named there."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any


def chosen_columns(features: Sequence[Any], names: Sequence[Any]) -> list[int]:
    """Return the positions of columns that are given by name or, where no column has that name, by position.

    Raises
    ------
    ValueError
        If one is unknown, or none is given.
    """
    if isinstance(features, str) or not len(features):
        raise ValueError(f"features must be a list of columns, such as {list(names)[:2]!r}, got {features!r}.")
    known = {name: place for place, name in enumerate(names)}
    places = []
    for feature in features:
        if feature in known:
            places.append(known[feature])
        elif isinstance(feature, Integral) and -len(names) <= int(feature) < len(names):
            places.append(int(feature) % len(names))
        else:
            raise ValueError(f"features names the unknown column {feature!r}; choose from {list(names)[:20]}.")
    return places


def shown_name(name: Any) -> str:
    """Return the name of a column as a picture shows it."""
    return f"column {name}" if isinstance(name, int) else str(name)
