"""Turn the raw rows of protocol U into Markdown tables.

    python -m unlabeled.page results/unlabeled_tables.csv

writes the page beside the CSV file. Only draws that every method has finished count.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from markdown import to_markdown
from scipy.stats import wilcoxon
from sets import GROUPS

from .methods import METHODS

CASE = ["set", "labeled", "number"]
OURS, WITHOUT = "skexpand_unlabeled", "skexpand"
LEAST_SETS = 6  # of which a signed-rank test can say something
HARMED = -0.5  # points, of the mean over labels, draws and learners


def page(results: pd.DataFrame) -> str:
    """Return the page of one kind of sets."""
    results = complete(results)
    kind = results.kind.iloc[0]
    draws = results.groupby(["set", "labeled"]).number.nunique()
    number = f"{draws.min()}" if draws.min() == draws.max() else f"{draws.min()} to {draws.max()}"
    judged = not results.score.isna().all()
    title = "Rows without labels" if judged else "Labels of rows that had none"
    parts = [f"## {title}: {kind}\n", f"{number} draws for each set and number of labels.\n", legend(results)]
    parts += ["Share of the rows without labels that were given their class, in %:\n", to_markdown(found(results), 1)]
    if not judged:
        return "\n".join(parts)
    parts += [
        "Balanced accuracy on unseen rows, in % (a convolutional network: accuracy):\n",
        to_markdown(scores(results), 1),
    ]
    if {OURS, WITHOUT} <= set(results.method):
        parts += [f"Gain of {OURS} over {WITHOUT}, in points, and its standard error over sets:\n", gains(results)]
        parts += [harmed(results)]
    return "\n".join(parts)


def legend(results: pd.DataFrame) -> str:
    """Return what each method does, in its own words."""
    names = [name for name in METHODS if name in set(results.method)]
    lines = [f"- *{name}*: {(METHODS[name].__doc__ or '').splitlines()[0]}" for name in names]
    return "\n".join(lines) + "\n"


def complete(results: pd.DataFrame) -> pd.DataFrame:
    """Keep the draws that every method has finished."""
    n_methods = results.groupby(CASE).method.transform("nunique")
    return results[n_methods == results.method.nunique()].assign(group=results.set.map(group_of))


def group_of(name: str) -> str:
    """Return the group of a table, or the name of another set."""
    return "tabebm" if name in GROUPS["A"] else "small" if name in GROUPS["small"] else name


def found(results: pd.DataFrame) -> pd.DataFrame:
    """Return the share of rows given their class: a line per group and number of labels."""
    once = results.drop_duplicates([*CASE, "method"]).dropna(subset="found")
    return _wide(once.groupby(["group", "labeled", "method"]).found.mean())


def scores(results: pd.DataFrame) -> pd.DataFrame:
    """Return the scores: a line per group, number of labels and learner."""
    return _wide(results.groupby(["group", "labeled", "learner", "method"]).score.mean())


def _wide(means: pd.Series) -> pd.DataFrame:
    """Put methods side by side."""
    table = means.unstack("method")
    table = table[[name for name in METHODS if name in table]]
    table.index = [", ".join(map(str, names)) for names in table.index]
    return table


def _paired(results: pd.DataFrame) -> pd.Series:
    """Return the gain of each case and learner."""
    wide = results.pivot_table(index=["group", *CASE, "learner"], columns="method", values="score")
    return wide[OURS] - wide[WITHOUT]


def gains(results: pd.DataFrame) -> str:
    """Return the mean gain per group and number of labels, over sets, draws and learners."""
    by_set = _paired(results).groupby(["group", "labeled", "set"]).mean().groupby(["group", "labeled"])
    several = by_set.count().min() > 1
    cells = by_set.mean().map("{:+.2f}".format) + (by_set.sem().map(" ± {:.2f}".format) if several else "")
    return to_markdown(cells.unstack("labeled"))


def harmed(results: pd.DataFrame) -> str:
    """Return a sentence on the sets that lose, and a test over sets."""
    means = _paired(results).groupby("set").mean()
    losers = means[means < HARMED].sort_values()
    named = "".join(f" {name} {value:.1f}." for name, value in losers.items())
    share = 100 * len(losers) / len(means)
    lines = f"Sets that lose more than {-HARMED} points: {len(losers)} of {len(means)} ({share:.0f} %).{named}"
    if len(means) < LEAST_SETS:
        return f"{lines}\n"
    p_value = wilcoxon(means).pvalue
    return f"{lines} Sets that gain: {(means > 0).sum()}; Wilcoxon signed-rank test over sets: p = {p_value:.1g}.\n"


def main() -> None:
    """Read the command line and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path, help="the CSV file of a run")
    path = parser.parse_args().results
    text = page(pd.read_csv(path, keep_default_na=False, na_values=["", "nan"]))
    path.with_suffix(".md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
