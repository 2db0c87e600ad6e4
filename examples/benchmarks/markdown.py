"""Tables as Markdown, with a column's decimals following from what it holds."""

from __future__ import annotations

import numbers
from collections.abc import Mapping

import pandas as pd


def to_markdown(table: pd.DataFrame, decimals: int = 2, special: Mapping[str, str] | None = None) -> str:
    """Return a table, its index first; ``special`` gives a format for the columns whose name starts with the key."""
    formats = {column: _format_of(column, decimals, special or {}) for column in table}
    head = [str(table.index.name or ""), *map(str, table.columns)]
    rows = [
        [str(label), *(_cell(value, formats[column]) for column, value in zip(table, row, strict=True))]
        for label, row in zip(table.index, table.itertuples(index=False, name=None), strict=True)
    ]
    ruler = ["---", *["---:"] * len(table.columns)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, ruler, *rows]) + "\n"


def _format_of(column: object, decimals: int, special: Mapping[str, str]) -> str:
    return next((form for start, form in special.items() if str(column).startswith(start)), f".{decimals}f")


def _cell(value: object, form: str) -> str:
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return "–"
    return str(value) if isinstance(value, numbers.Integral) else format(value, form)
