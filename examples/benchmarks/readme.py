"""Write the results table of the README from the summaries of the runs.

    python readme.py

reads ``results/summaries/*.csv`` (see ``tables.py``) and replaces what stands between the README's two result marks.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).parent
README = FOLDER.parents[1] / "README.md"
RUNS = {
    "A_500": "7 sets of TabEBM's protocol, 500 new rows",
    "A_2000": "the same, 2,000 new rows",
    "small_500": "16 other small sets, 500 new rows",
    "small_2000": "the same, 2,000 new rows",
    "mixed_500": "4 tables with categories and gaps, 500 new rows",
}
CONTROLS = ("smote_balanced", "smotenc")
HEAD = """
Gain in balanced accuracy over real rows only, in points: mean over sets and five learners (logistic regression, nearest
neighbours, perceptron, random forest, XGBoost), 5 splits (10 in the first line and the last), new rows class-balanced.
SMOTE (SMOTENC where there are categories) saw the same splits.

| bench | {sizes} rows you have | mean | SMOTE | cases improved | worst case | seconds |
|---|{ruler}---:|---:|---:|---:|---:|
"""
TAIL = """
A *case* is one learner on one set and size. The [benchmarks](docs/benchmarks.rst) have the tables of each learner and
set, and how to run them.
"""


def line(name: str, sizes: list[str]) -> str:
    """Return the table's line of one run."""
    summary = pd.read_csv(FOLDER / "results" / "summaries" / f"{name}.csv", index_col="sampler")
    ours = summary.loc["skexpand"]
    controls = summary["mean"].reindex(CONTROLS).dropna()
    smote = f"{controls.iloc[0]:+.2f}" if len(controls) else "not run"
    gains = [f"{ours[size]:+.2f}" if size in summary else "–" for size in [*sizes, "mean"]]
    tail = [smote, f"{ours['improved %']:.0f} %", f"{ours['worst case']:.1f}", f"{ours['seconds']:.2g}"]
    return "| " + " | ".join([RUNS[name], *gains, *tail]) + " |"


def main() -> None:
    """Replace the table in the README."""
    found = [name for name in RUNS if (FOLDER / "results" / "summaries" / f"{name}.csv").exists()]
    sizes = ["20", "50", "100", "200", "500"]
    head = HEAD.format(sizes=" | ".join(sizes), ruler="---:|" * len(sizes))
    text = head + "\n".join(line(name, sizes) for name in found) + "\n" + TAIL
    marks = r"(<!-- RESULTS[^>]*-->\n)(.*?)(\n<!-- END RESULTS -->)"
    readme = README.read_text(encoding="utf-8")
    README.write_text(re.sub(marks, lambda m: m[1] + text + m[3], readme, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
