"""Turn the raw rows of a run into the Markdown tables of the documentation, and a small CSV file of the summary.

    python tables.py results/A_500.csv

writes ``results/A_500.md`` and ``results/summaries/A_500.csv``. Every figure is computed here; none is typed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
import published
from controls import CONTROLS
from gains import (
    REAL,
    SPLIT,
    by_size,
    complete_splits,
    gains,
    over_bases,
    per_base,
    per_case,
    rank_by_size,
    read_results,
    signed_rank_p,
    summary,
)
from markdown import to_markdown
from peers.catalogue import PEERS
from protocol import LEARNERS
from sets import is_mixed

TITLES = {
    "A": "TabEBM's protocol",
    "small": "Small sets",
    "mixed": "Mixed tables",
    "mixed_all": "Mixed tables, eight sets",
}
FORMATS = {"improved": ".0f", "worst": ".1f", "peak": ".0f", "p, ": ".2g", "seconds": ".2g"}
NAMES = {
    "lr": "logistic regression",
    "knn": "nearest neighbours",
    "mlp": "perceptron",
    "rf": "random forest",
    "xgb": "XGBoost",
}
OURS = "skexpand"
ALL_ROWS = 10**6  # training rows that no set has: a run with so many takes all
NOTE = """
Balanced accuracy, in points, by the number of training rows; mean over learners and sets.

- *s.e.*: standard error of the mean, over sets.
- *improved*: percent of the cases (set, size, learner; mean over splits) with a gain above 0; *worst case*: the lowest.
- *seconds* (median) and *peak MiB* (highest): the cost of making the new rows.
- *failed*: runs without a score.
- *p*: Wilcoxon's signed-rank test over sets, against real rows only and against the sampler that is named.
"""


def page(table: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """Return the page of one run and its summary."""
    gained = gains(complete_splits(table))
    overview = summary(gained, control_of(table))
    if _against_others(table):
        bases = per_base(per_case(gained))
        overview[f"p, {OURS}"] = bases.sub(bases[OURS], axis=0).apply(signed_rank_p)
    parts = [_title(table), _facts(table, gained), _overview(overview, table), _ranks(gained)]
    parts += [_more_real_rows(table), _learners(gained, table), _sets(gained)]
    if is_mixed(table.protocol.iloc[0]):
        parts.append(_margins(gained, control_of(table)))
    if _is_protocol_a(table) and not _against_others(table) and published.available():
        parts.append(published.page(complete_splits(table)))
    return "\n".join(parts), overview


def control_of(table: pd.DataFrame) -> str:
    """Return the sampler that others are tested against."""
    return "smotenc" if is_mixed(table.protocol.iloc[0]) else "smote_balanced"


def _is_protocol_a(table: pd.DataFrame) -> bool:
    return set(table.protocol) == {"A"} and set(table.training) == {"both"}


def _against_others(table: pd.DataFrame) -> bool:
    names = {name.partition("@")[0] for name in table.sampler.unique()}
    return not names.isdisjoint({*CONTROLS, *PEERS})


def _title(table: pd.DataFrame) -> str:
    trained = ", trained on the new rows alone" if table.training.iloc[0] == "new" else ""
    others = ", against other samplers" if _against_others(table) else ""
    if table.sampler.str.contains("@").any():
        others = ", against samplers that are given so many seconds of CPU (@)"
    return f"## {TITLES[table.protocol.iloc[0]]}{others}, {table.rows.iloc[0]:,} new rows{trained}\n"


def _facts(table: pd.DataFrame, gained: pd.DataFrame) -> str:
    sizes = ", ".join(map(str, sorted(gained.N.unique())))
    per_case = gained.groupby(["set", "N"]).split.nunique()
    splits = " to ".join(map(str, sorted({per_case.min(), per_case.max()})))
    text = (
        f"{gained.set.nunique()} sets, {sizes} training rows (fewer where a set has no more), "
        f"{splits} split{'' if splits == '1' else 's'}, {gained.learner.nunique()} learners."
    )
    started = table.loc[table.N.isin(gained.N), SPLIT].drop_duplicates()
    compared = gained[SPLIT].drop_duplicates()
    if len(compared) < len(started):
        text += f" The run is not finished: {len(started) - len(compared)} of {len(started)} splits are left out."
    return text + "\n"


def _overview(overview: pd.DataFrame, table: pd.DataFrame) -> str:
    lines = ["### Gain over real rows only", NOTE, to_markdown(overview.rename_axis("sampler"), special=FORMATS)]
    if _is_protocol_a(table) and published.available():
        lines += [published.METHODS_NOTE, to_markdown(published.gains_by_size(set(table.set), set(table.N)))]
    return "\n".join(lines)


def _more_real_rows(table: pd.DataFrame) -> str:
    """Return what real rows would have added in place of new ones, if the run has trained on all that there are."""
    real = table[table.sampler == REAL]
    key = ["set", "split", "learner"]
    most = real[real.N == ALL_ROWS].set_index(key).score.rename("most")
    if most.empty:
        return ""
    less = real[real.N < ALL_ROWS].join(most, on=key)
    gain = by_size(per_case(less.assign(gain=less.most - less.score))).rename(index={REAL: "all real rows"})
    text = "Gain of training on all remaining real rows instead of making new ones."
    return f"### More real rows\n\n{text}\n\n" + to_markdown(gain.rename_axis("training on"))


def _ranks(gained: pd.DataFrame) -> str:
    """Return mean ranks, and where another sampler is ahead of ours."""
    ranks = rank_by_size(gained).rename_axis("sampler")
    parts = ["### Mean rank\n", "Among all samplers and real rows only; 1 is best, and a failure ranks last.\n"]
    parts.append(to_markdown(ranks))
    if OURS in ranks.index:
        parts.append(_ahead(gained, ranks))
    return "\n".join(parts)


def _ahead(gained: pd.DataFrame, ranks: pd.DataFrame) -> str:
    """Say where another sampler has a higher mean gain than ours, or a better mean rank."""
    cases = per_case(gained)
    lines = [f"Where another sampler is ahead of {OURS}:\n", _leaders("rank, by size", -ranks.drop(columns="mean").T)]
    for what, by in (("gain, by size", "N"), ("gain, by learner", "learner"), ("gain, by set", "base")):
        means = cases.groupby(["sampler", by])["mean"].mean() if by == "base" else over_bases(cases, ["sampler", by])
        lines.append(_leaders(what, means.unstack("sampler")))
    return "\n".join(lines) + "\n"


def _leaders(what: str, means: pd.DataFrame) -> str:
    """Name, for each row, the sampler with the highest value, where it is another than ours (or its own variants)."""
    rivals = means[[name for name in means if not name.startswith(OURS)]]
    behind = means.index[rivals.max(axis=1) > means[OURS]]
    named = [f"{NAMES.get(row, row)}: {rivals.loc[row].idxmax()}" for row in behind]
    return f"- {what} ({len(means)} in all): {', '.join(named) or 'none'}."


def _learners(gained: pd.DataFrame, table: pd.DataFrame) -> str:
    """Return one table per learner: the score with real rows only, then the gains."""
    parts = ["### Each learner\n", "First row: balanced accuracy, in percent. Other rows: gains.\n"]
    real = table[table.sampler == REAL].merge(gained[["set", "N", "split"]].drop_duplicates())
    for learner in LEARNERS:
        scores = per_case(real[real.learner == learner], "score")
        first = by_size(scores).rename(index={REAL: "real rows only (score)"})
        rest = by_size(per_case(gained[gained.learner == learner]))
        parts.append(f"**{NAMES[learner]}**\n\n" + to_markdown(pd.concat([first, rest]).rename_axis("sampler")))
    return "\n".join(parts)


def _sets(gained: pd.DataFrame) -> str:
    cases = per_case(gained)
    return "### Each set\n\nMean gain over sizes and learners.\n\n" + to_markdown(per_base(cases).rename_axis("set"), 1)


def _margins(gained: pd.DataFrame, control: str) -> str:
    """Return by how much each sampler gains more than the control: per set and learner, and over all."""
    key = ["set", "N", "split", "learner"]
    theirs = gained[gained.sampler == control].set_index(key).gain.rename("control")
    compared = gained[gained.sampler != control].join(theirs, on=key)
    compared["margin"] = compared.gain - compared.control
    parts = [f"### Against {control}\n", f"Mean gain over sizes and splits, minus that of {control}.\n"]
    for sampler, rows in compared.groupby("sampler", sort=False):
        table = per_case(rows, "margin").pivot_table("mean", "set", "learner", sort=False)[list(LEARNERS)]
        table.loc["mean"] = table.mean()
        parts.append(f"**{sampler}**\n\n" + to_markdown(table.assign(mean=table.mean(axis=1))))
    return "\n".join(parts)


def main() -> None:
    """Read the command line, write the page and the summary."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path, help="the CSV file of a run")
    path = parser.parse_args().results
    text, overview = page(read_results(path))
    path.with_suffix(".md").write_text(text, encoding="utf-8")
    folder = path.parent / "summaries"
    folder.mkdir(exist_ok=True)
    overview.round(4).to_csv(folder / path.name, index_label="sampler")
    print(text)


if __name__ == "__main__":
    main()
