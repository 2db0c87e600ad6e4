"""What an expansion costs as rows and columns grow: seconds of processor time and peak memory.

    python -m questions.performance

expands made-up tables of two classes with the defaults: ``fit_resample`` with "auto" makes 2,000 rows in all, or twice
the rows where there are more. Each figure is the median of a few runs.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from cost import measured
from markdown import to_markdown
from sklearn.datasets import make_classification

from questions.cases import Case, answer, cpu_seconds, new_axes
from skexpand import ExpansiveSynthesizer

SHAPES = [
    *((n_rows, 20) for n_rows in (20, 50, 200, 1_000, 5_000, 20_000)),
    *((200, n_columns) for n_columns in (5, 10, 50, 100, 200, 400)),
]


def cases(repeats: int) -> list[Case]:
    """List the tables."""
    shapes = [(rows, columns, repeat) for repeat in range(repeats) for rows, columns in SHAPES]
    return [{"rows": rows, "columns": columns, "repeat": repeat} for rows, columns, repeat in shapes]


def measure(case: Case) -> list[dict[str, Any]]:
    """Expand a table; return its cost."""
    n_informative = max(2, case["columns"] // 2)
    X, y = make_classification(
        case["rows"], case["columns"], n_informative=n_informative, n_redundant=0, random_state=case["repeat"]
    )
    sampler = ExpansiveSynthesizer(random_state=0)
    with cpu_seconds() as seconds:
        (result, _), cost = measured(sampler.fit_resample, X, y)
    return [{"made": len(result) - len(X), "seconds": seconds[0], "peak_mib": cost.peak_mib}]


def medians(table: pd.DataFrame) -> pd.DataFrame:
    """Return the median cost of each table."""
    return table.groupby(["rows", "columns"])[["made", "seconds", "peak_mib"]].median().clip(lower=0)


def page(table: pd.DataFrame) -> str:
    """Return the table."""
    lines = medians(table).rename(columns={"made": "new rows", "seconds": "CPU seconds", "peak_mib": "peak MiB"})
    lines.index = [f"{rows:,} × {columns}" for rows, columns in lines.index]
    formats = {"new": ",.0f", "CPU": ".2g", "peak": ".0f"}
    return to_markdown(lines.rename_axis("rows × columns"), special=formats)


def draw(table: pd.DataFrame) -> Any:
    """Draw the seconds against the rows and against the columns."""
    costs = medians(table).seconds
    figure, axes = new_axes(2, sharey=True)
    for ax, (level, fixed) in zip(axes, [("rows", 20), ("columns", 200)], strict=True):
        other = "columns" if level == "rows" else "rows"
        line = costs.xs(fixed, level=other)
        ax.plot(line.index, line, marker="o")
        ax.set(title=f"{fixed} {other}", xlabel=level, xscale="log", yscale="log")
        ax.set_xticks(line.index, labels=[f"{value:,}" for value in line.index])
        ax.minorticks_off()
    axes[0].set_ylabel("seconds of CPU")
    axes[0].set_yticks([0.05, 0.1, 0.2, 0.5, 1, 2, 5], labels=["0.05", "0.1", "0.2", "0.5", "1", "2", "5"])
    return figure


if __name__ == "__main__":
    answer(__doc__, "performance", cases, measure, page, draw, splits=3)
