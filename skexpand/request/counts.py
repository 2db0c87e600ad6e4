"""Numbers of things: rows, splits, panels."""

from __future__ import annotations

from numbers import Integral
from typing import Any


def check_counts(least: int, **counts: Any) -> None:
    """Raise a ValueError that names the parameter for what is no whole number, or is too small."""
    for name, count in counts.items():
        if not isinstance(count, Integral) or count < least:
            raise ValueError(f"{name} must be a whole number, {least} or more, got {count!r}.")
