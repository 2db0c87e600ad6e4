"""Checks of counts: rows, splits, panels."""

from __future__ import annotations

from numbers import Integral
from typing import Any


def check_counts(least: int, **counts: Any) -> None:
    """Raise a ValueError for a count that is not an integer, or is too small."""
    for name, count in counts.items():
        if not isinstance(count, Integral) or count < least:
            raise ValueError(f"{name} must be an integer of at least {least}, got {count!r}.")
