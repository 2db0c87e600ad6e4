"""What decides whether expansion helps: the gain by rows, learner, columns, classes, balance and present score.

    python -m questions.will_it_help

reads ``results/A_500.csv``, ``small_500.csv`` and ``mixed_500.csv`` and writes ``will_it_help.md``, ``.csv`` and
``.svg``. ``--describe`` first writes ``results/sets.csv``, the columns and classes of each set, which needs the sets.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import sets
from gains import complete_splits, gains, per_case, read_results
from markdown import to_markdown

RESULTS = Path(__file__).parents[1] / "results"
TARGET = RESULTS / "questions"
RUNS = ("A_500", "small_500", "mixed_500")
BRANCHES = (0, 10, 50, np.inf)  # rows of a class, where the tree branches: round numbers, not fitted ones
BANDS = ("fewer than 10", "10 to 49", "50 or more")
NEAR = ("knn", "rf", "xgb")  # learners that look at single rows
LEARNERS = {"knn": "nearest neighbours", "xgb": "XGBoost", "rf": "random forest"}
LEARNERS |= {"lr": "logistic regression", "mlp": "perceptron"}
BINS = {
    "rows of a class": ("per_class", [0, 5, 10, 25, 50, 100, np.inf]),
    "columns": ("columns", [0, 10, 20, 40, np.inf]),
    "classes": ("classes", [1, 2, 4, 8, np.inf]),
    "rows of the smallest class for each of the largest": ("balance", [0, 0.2, 0.5, 0.8, 1]),
    "score with the real rows only (0: guessing, 100: perfect)": ("level", [-np.inf, 20, 40, 60, 80, np.inf]),
}


def describe() -> None:
    """Write the columns and classes of each set."""
    lines = []
    for name in [*sets.TABEBM, *sets.SMALL, *(name for name in sets.MIXED if name not in sets.SMALL)]:
        frame, classes = sets.load_frame(name)
        counts = np.bincount(classes)
        lines.append((name, len(frame), frame.shape[1], len(counts), round(counts.min() / counts.max(), 3)))
    table = pd.DataFrame(lines, columns=["set", "rows", "columns", "classes", "smallest class / largest"])
    table.to_csv(RESULTS / "sets.csv", index=False)


def read_cases() -> pd.DataFrame:
    """Return the mean gain of each set, size and learner, with what is known of it before any row is made."""
    found = []
    for run in RUNS:
        table = read_results(RESULTS / f"{run}.csv")
        cases = per_case(gains(complete_splits(table)))
        real = table[table.sampler == "real"].groupby(["set", "N", "learner"]).score.mean().rename("real")
        found.append(cases[cases.sampler == "skexpand"].join(real, on=["set", "N", "learner"]).assign(run=run))
    described = pd.read_csv(RESULTS / "sets.csv").rename(columns={"smallest class / largest": "balance"})
    cases = pd.concat(found, ignore_index=True).merge(described, on="set", validate="many_to_one")
    chance = 100 / cases.classes
    return cases.assign(per_class=cases.N / cases.classes, level=100 * (cases.real - chance) / (100 - chance))


def summary(cases: pd.DataFrame) -> dict[str, Any]:
    """Return the figures of some cases."""
    gain = cases["mean"]
    figures = {"mean gain": gain.mean(), "improved %": 100 * (gain > 0).mean(), "worst case": gain.min()}
    return figures | {"cases": len(cases), "sets": cases.base.nunique()}


def branches(cases: pd.DataFrame) -> pd.DataFrame:
    """Return the figures at each leaf of the tree."""
    band = pd.cut(cases.per_class, BRANCHES, right=False, labels=BANDS)
    kind = np.where(cases.learner.isin(NEAR), "near", "smooth")
    return pd.DataFrame({key: summary(part) for key, part in cases.groupby([band, kind], observed=True)}).T


def explained(cases: pd.DataFrame) -> float:
    """Return the share of the variance of gains that the leaves explain on bases that are left out."""
    leaf = pd.cut(cases.per_class, BRANCHES, right=False).astype(str) + cases.learner.isin(NEAR).astype(str)
    guess = pd.Series(index=cases.index, dtype=float)
    for base in cases.base.unique():
        out = cases.base == base
        guess[out] = leaf[out].map(cases["mean"][~out].groupby(leaf[~out]).mean())
    return float(1 - np.mean((cases["mean"] - guess) ** 2) / cases["mean"].var(ddof=0))


def by_bins(cases: pd.DataFrame) -> str:
    """Return a table for each thing known beforehand."""
    parts = []
    for title, (column, edges) in BINS.items():
        groups = cases.groupby(pd.cut(cases[column], edges, right=column != "per_class"), observed=True)
        parts.append((title, {spelled(key, column): summary(part) for key, part in groups}))
    kinds = {LEARNERS[name]: summary(cases[cases.learner == name]) for name in LEARNERS}
    parts.append(("learner", dict(sorted(kinds.items(), key=lambda item: -item[1]["mean gain"]))))
    runs = {"numbers only": cases[cases.run != "mixed_500"], "categories, gaps": cases[cases.run == "mixed_500"]}
    parts.append(("table", {name: summary(part) for name, part in runs.items()}))
    return "\n".join(shown(lines, title) for title, lines in parts)


def spelled(interval: pd.Interval, column: str) -> str:
    """Return a bin in words."""
    low, high = interval.left, interval.right
    if column in ("columns", "classes") and np.isfinite(high):
        return f"{low + 1:g} to {high:g}" if low + 1 < high else f"{high:g}"
    if np.isinf(high):
        return f"more than {low:g}" if column in ("columns", "classes") else f"{low:g} or more"
    return f"less than {high:g}" if low <= 0 else f"{low:g} to {high:g}"


def shown(lines: dict[str, dict[str, Any]], title: str) -> str:
    """Return figures as a table."""
    formats = {"mean gain": "+.1f", "worst case": "+.1f", "improved": ".0f", "cases": ".0f", "sets": ".0f"}
    return to_markdown(pd.DataFrame(lines).T.rename_axis(title), special=formats)


def draw(leaves: pd.DataFrame) -> None:
    """Draw the tree: rows of a class, then the learner, then what to expect."""
    plt.rcParams.update({"font.size": 10, "svg.hashsalt": "skexpand"})
    figure, axes = plt.subplots(figsize=(9.4, 4.6), layout="constrained")
    axes.set(xlim=(0, 6), ylim=(0, 3.1))
    axes.axis("off")
    box(axes, 3, 2.75, 2.0, 0.5, "How many real rows\nper class?", "#eef1f4")
    colors = plt.get_cmap("YlGn")
    for place, band in enumerate(BANDS):
        middle = 2 * place + 1
        join(axes, (3, 2.5), (middle, 2.1))
        box(axes, middle, 1.85, 1.5, 0.5, f"{band}\nWhich learner?", "#eef1f4")
        for side, kind in enumerate(("near", "smooth")):
            figures, x = leaves.loc[(band, kind)], middle - 0.5 + side
            join(axes, (middle, 1.6), (x, 1.15))
            names = "neighbours,\nforest, boosting" if kind == "near" else "linear,\nperceptron"
            text = f"{names}\n\n{figures['mean gain']:+.1f} points\n{figures['improved %']:.0f} % improve\n"
            text += f"worst {figures['worst case']:+.1f}"
            box(axes, x, 0.6, 0.92, 1.1, text, colors(0.06 + 0.045 * max(figures["mean gain"], 0)))
    figure.savefig(TARGET / "will_it_help.svg", metadata={"Date": None})


def box(axes: Any, x: float, y: float, width: float, height: float, text: str, color: Any) -> None:
    """Draw a box around its middle."""
    style = {"boxstyle": "round,pad=0,rounding_size=0.06", "facecolor": color, "edgecolor": "#8a94a0"}
    axes.add_patch(plt.matplotlib.patches.FancyBboxPatch((x - width / 2, y - height / 2), width, height, **style))
    axes.text(x, y, text, ha="center", va="center", linespacing=1.25)


def join(axes: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw a branch."""
    axes.plot(*zip(start, end, strict=True), color="#8a94a0", linewidth=1.2, zorder=0)


def main() -> None:
    """Write the tables and the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--describe", action="store_true", help="write results/sets.csv first")
    if parser.parse_args().describe:
        describe()
    cases = read_cases()
    leaves = branches(cases)
    leaves.rename_axis(["rows of a class", "learner"]).round(4).to_csv(TARGET / "will_it_help.csv")
    draw(leaves)
    head = (
        f"{len(cases)} cases (a learner on one of {cases.base.nunique()} data sets at one size; 500 new rows; mean of "
        f"the splits). Gains are points of balanced accuracy. On a data set that is left out, the branches of the "
        f"picture explain {100 * explained(cases):.0f} % of the variance of gains."
    )
    (TARGET / "will_it_help.md").write_text(f"{head}\n\n{by_bins(cases)}", encoding="utf-8")


if __name__ == "__main__":
    main()
