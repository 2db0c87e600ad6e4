"""Turn the raw rows of protocol D into the page of the documentation.

    python imbalance_tables.py results/imbalance.csv

writes ``results/imbalance.md`` and ``results/summaries/imbalance.csv``. Every figure and every sentence with one is
computed here; none is typed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from gains import REAL, signed_rank_p
from imbalance import LEARNERS, METRICS
from markdown import to_markdown
from tables import NAMES

OURS = "skexpand"
FAMILY = ("smote", "borderline", "svm_smote", "adasyn", "polynom_fit", "prowsyn", "smote_ipf")
TITLES = {
    "roc_auc": "ROC AUC",
    "average_precision": "average precision",
    "balanced_accuracy": "balanced accuracy, tuned threshold",
}
ALLOWED = 0.5  # points under real rows with a tuned threshold, from which a set is named
FORMATS = {"p, ": ".2g", "seconds": ".2g"}
NOTE = """
In percent; mean over learners, halves and sets, sets of the same origin counting as one.

- *rank*: mean rank among the samplers, over sets and learners; 1 is best, a failure ranks last.
- *sets above real*: percent of the sets; *worst set*: the lowest mean difference of a set to real rows only.
- *p*: Wilcoxon's signed-rank test over sets: against real rows only, and against {best}, the SMOTE variant with the
  highest mean.
- *seconds*: of CPU, median; *failed*: learners without a score (nearest neighbours take no class weights, so
  `class_weights` is a mean over the other learners).
- `real` is also trained on the real rows with a tuned threshold: every line's threshold is tuned alike.
"""


def complete(table: pd.DataFrame) -> pd.DataFrame:
    """Keep the halves that every sampler has run on."""
    seen = table.groupby(["set", "split"]).sampler.nunique()
    kept = seen.index[seen == table.sampler.nunique()]
    return table[pd.MultiIndex.from_frame(table[["set", "split"]]).isin(kept)]


def per_base(table: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return the mean per base (rows) and sampler (columns), each set and learner counting alike."""
    cases = table.groupby(["sampler", "base", "set", "learner"], sort=False)[metric].mean()
    return cases.groupby(["sampler", "base"], sort=False).mean().unstack("sampler")[pd.unique(table.sampler)]


def per_set(table: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return the mean per set (rows, the most unequal classes last) and sampler (columns)."""
    cases = table.groupby(["set", "sampler", "learner"], sort=False)[metric].mean()
    facts = table.groupby("set")[["n_train", "n_rare"]].mean()
    ratio = (facts.n_train / facts.n_rare - 1).sort_values()
    means = cases.groupby(["set", "sampler"], sort=False).mean().unstack("sampler")[pd.unique(table.sampler)]
    return means.loc[ratio.index].rename(index=lambda name: f"{name} ({ratio[name]:.0f} : 1)").rename_axis("set")


def ranks(table: pd.DataFrame, metric: str) -> pd.Series:
    """Return the mean rank of each sampler, over sets and learners."""
    cases = table.groupby(["set", "learner", "sampler"], sort=False)[metric].mean().unstack("sampler")
    return cases.rank(axis=1, ascending=False, na_option="bottom").mean()


def best_of_family(bases: pd.DataFrame) -> str:
    """Return the SMOTE variant with the highest mean."""
    return bases[[name for name in FAMILY if name in bases]].mean().idxmax()


def overview(table: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return one row per sampler for one metric."""
    bases, best = per_base(table, metric), best_of_family(per_base(table, metric))
    above = per_set(table, metric).sub(per_set(table, metric)[REAL], axis=0)
    frame = pd.DataFrame({"mean": bases.mean(), "rank": ranks(table, metric)}).loc[bases.columns]
    others = above.columns != REAL
    frame["sets above real"] = (100 * (above > 0).mean()).where(others).round()
    frame["worst set"] = above.min().where(others)
    frame["p, real"] = bases.sub(bases[REAL], axis=0).apply(signed_rank_p)
    frame[f"p, {best}"] = bases.sub(bases[best], axis=0).apply(signed_rank_p)
    return frame.rename_axis("sampler")


def costs(table: pd.DataFrame) -> pd.DataFrame:
    """Return what each sampler costs, and how often a learner has no score."""
    once = table.drop_duplicates(["sampler", "set", "split"]).groupby("sampler", sort=False)
    failed = table[METRICS[0]].isna().groupby(table.sampler, sort=False).sum()
    return pd.DataFrame({"seconds": once.seconds.median(), "peak MiB": once.peak_mib.max().round(), "failed": failed})


def verdicts(table: pd.DataFrame) -> str:
    """Say, for each metric, how skexpand stands: against the family, on which sets and learners others are ahead."""
    lines = []
    for metric in METRICS:
        bases, sets = per_base(table, metric), per_set(table, metric)
        best = best_of_family(bases)
        p = signed_rank_p(bases[OURS] - bases[best])
        difference = bases[OURS].mean() - bases[best].mean()
        line = f"- **{TITLES[metric]}**: {OURS} {difference:+.2f} points against {best} (p = {p:.2g})."
        family = [name for name in FAMILY if name in sets]
        behind = sets.index[sets[family].max(axis=1) > sets[OURS]]
        line += f" A SMOTE variant is ahead on {len(behind)} of {len(sets)} sets"
        line += f" ({', '.join(name.split(' ')[0] for name in behind)})." if len(behind) else "."
        means = table.groupby(["learner", "sampler"])[metric].mean().unstack("sampler")
        first = means.idxmax(axis=1)
        ahead = [f"{first[name]} with {NAMES[name]}" for name in LEARNERS if first[name] != OURS]
        line += f" The highest mean belongs to {', '.join(ahead)}." if ahead else ""
        lines.append(line)
    sets = per_set(table, "balanced_accuracy")
    under = (sets[OURS] - sets[REAL]).loc[lambda difference: difference < -ALLOWED]
    named = ", ".join(f"{name} {value:+.1f}" for name, value in under.items()) or "none"
    lines.append(f"- Sets where {OURS} is more than {ALLOWED} points under real rows with a tuned threshold: {named}.")
    return "\n".join(lines) + "\n"


def page(table: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """Return the page, and the summary for the file."""
    kept = complete(table)
    halves = kept.groupby("set").split.nunique()
    splits = " to ".join(map(str, sorted({halves.min(), halves.max()})))
    parts = [
        f"## Classes of unequal size\n\n{len(halves)} sets, {splits} halves each (a set is halved up to five times, "
        f"and each half trains once), {len(LEARNERS)} learners.\n",
        verdicts(kept),
    ]
    tables = {metric: overview(kept, metric) for metric in METRICS}
    for metric, frame in tables.items():
        best = frame.columns[-1].removeprefix("p, ")
        parts.append(f"### {TITLES[metric].capitalize() if metric != 'roc_auc' else TITLES[metric]}\n")
        parts.append((NOTE.format(best=best) if metric == METRICS[0] else "") + "\n" + to_markdown(frame, 2, FORMATS))
        parts.append(learners_table(kept, metric) + "\n" + to_markdown(per_set(kept, metric), 1))
    parts.append("### Cost\n\n" + to_markdown(costs(kept).rename_axis("sampler"), special=FORMATS))
    summary = pd.concat({metric: frame["mean"] for metric, frame in tables.items()}, axis=1)
    return "\n".join(parts), summary


def learners_table(table: pd.DataFrame, metric: str) -> str:
    """Return the mean of each learner."""
    means = table.groupby(["sampler", "base", "learner"], sort=False)[metric].mean()
    frame = means.groupby(["sampler", "learner"], sort=False).mean().unstack("learner")[list(LEARNERS)]
    return to_markdown(frame.rename(columns=NAMES).rename_axis("sampler"))


def main() -> None:
    """Read the command line, write the page and the summary."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path, help="the CSV file of a run")
    path = parser.parse_args().results
    text, summary = page(pd.read_csv(path))
    path.with_suffix(".md").write_text(text, encoding="utf-8")
    summary.round(4).to_csv(path.parent / "summaries" / path.name, index_label="sampler")
    print(text)


if __name__ == "__main__":
    main()
