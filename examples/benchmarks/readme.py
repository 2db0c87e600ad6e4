"""Write the results table of the README from the summaries of the runs, and draw its picture.

    python readme.py

reads ``results/summaries/*.csv`` (see ``tables.py``), replaces what stands between the README's two result marks, and
writes ``docs/_static/gains.svg``.
"""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

FOLDER = Path(__file__).parent
README = FOLDER.parents[1] / "README.md"
PICTURE = FOLDER.parents[1] / "docs" / "_static" / "gains.svg"
RUNS = {
    "A_500": "TabEBM's 7 data sets, 500 new rows",
    "A_2000": "the same, 2,000 new rows",
    "small_500": "16 other small data sets, 500 new rows",
    "small_2000": "the same, 2,000 new rows",
    "mixed_500": "4 tables with categories, 500 new rows",
}
DRAWN = ("A_500", "small_500")
CONTROLS = ("smote_balanced", "smotenc")
HEAD = """
Each figure is the gain over training on the real rows only, in points of balanced accuracy, averaged over data sets and
five learners.

| benchmark, by number of real rows | {sizes} | mean | SMOTE | cases improved | worst case | seconds |
|---|{ruler}---:|---:|---:|---:|---:|
"""
TAIL = """
*mean* is over the sizes in the row, and *SMOTE* the same mean for SMOTE (SMOTENC for categories). A *case* is one
learner on one data set at one size. *seconds* is the time of one expansion. [Benchmarks](docs/benchmarks.rst) has every
learner and data set.
"""


def summary_of(name: str) -> pd.DataFrame:
    """Return the summary of one run."""
    return pd.read_csv(FOLDER / "results" / "summaries" / f"{name}.csv", index_col="sampler")


def line(name: str, sizes: list[str]) -> str:
    """Return the table's line of one run."""
    summary = summary_of(name)
    ours = summary.loc["skexpand"]
    controls = summary["mean"].reindex(CONTROLS).dropna()
    smote = f"{controls.iloc[0]:+.2f}" if len(controls) else "not run"
    gains = [f"{ours[size]:+.2f}" if size in summary else "–" for size in [*sizes, "mean"]]
    tail = [smote, f"{ours['improved %']:.0f} %", f"{ours['worst case']:.1f}", f"{ours['seconds']:.2g}"]
    return "| " + " | ".join([RUNS[name], *gains, *tail]) + " |"


def draw(sizes: list[str]) -> None:
    """Draw the gains of skexpand and of SMOTE against the number of real rows."""
    plt.rcParams.update({"font.size": 10, "svg.hashsalt": "skexpand"})
    figure, axes = plt.subplots(1, len(DRAWN), figsize=(8, 3), sharey=True, layout="constrained")
    for ax, name in zip(axes, DRAWN, strict=True):
        summary = summary_of(name)
        present = [size for size in sizes if size in summary]
        for sampler, label, color in [("skexpand", "skexpand", "#1f6feb"), ("smote_balanced", "SMOTE", "#d9822b")]:
            ax.plot(range(len(present)), summary.loc[sampler, present], marker="o", color=color, label=label)
        ax.set_xticks(range(len(present)), labels=present)
        ax.set(title=RUNS[name], xlabel="real rows")
        ax.spines[["top", "right"]].set_visible(False)
        ax.grid(alpha=0.3)
    axes[0].set_ylabel("gain, points")
    axes[0].set_ylim(bottom=0)
    axes[0].legend(frameon=False)
    figure.savefig(PICTURE, metadata={"Date": None})


def main() -> None:
    """Replace the table in the README, and draw."""
    found = [name for name in RUNS if (FOLDER / "results" / "summaries" / f"{name}.csv").exists()]
    sizes = ["20", "50", "100", "200", "500"]
    draw(sizes)
    head = HEAD.format(sizes=" | ".join(sizes), ruler="---:|" * len(sizes))
    text = head + "\n".join(line(name, sizes) for name in found) + "\n" + TAIL
    marks = r"(<!-- RESULTS[^>]*-->\n)(.*?)(\n<!-- END RESULTS -->)"
    readme = README.read_text(encoding="utf-8")
    README.write_text(re.sub(marks, lambda m: m[1] + text + m[3], readme, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
