"""Turn the raw rows of protocol D into the page of the documentation.

    python -m questions.imbalance_tables results/questions/imbalance.csv

writes the page and the picture beside the CSV file. Every figure, and every sentence with one, is computed here.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pandas as pd
from gains import REAL, signed_rank_p
from markdown import to_markdown
from sets import IMBALANCED
from tables import NAMES

from questions.cases import new_axes, write
from questions.imbalance import LEARNERS, METRICS, N_SPLITS, WEIGHTS

OURS = "skexpand"
STRATEGIES = ("skexpand_once", "skexpand_halfway")
FAMILY = ("smote", "borderline", "svm_smote", "svm_smote_halfway", "adasyn", "polynom_fit", "prowsyn", "smote_ipf")
TITLES = {
    "roc_auc": "ROC AUC",
    "average_precision": "Average precision",
    "balanced_accuracy": "Balanced accuracy, tuned threshold",
}
ALLOWED = 0.5  # points under real rows with a tuned threshold, from which a set is named
FORMATS = {"p, ": ".2g", "seconds": ".2g", "sets above": ".0f", "peak": ".0f"}
NOTE = """
In percent; mean over learners, halves (draws) and sets, sets of the same origin counting as one.

- *gain*: over real rows only, of the same learner.
- *rank*: mean rank among the samplers, over sets and learners; 1 is best, a failure ranks last.
- *sets above real*: percent of the sets; *worst set*: the lowest mean difference of a set to real rows only.
- *p*: Wilcoxon's signed-rank test over sets: against real rows only, and against {best}, the SMOTE variant with the
  highest gain.
- A sampler that failed somewhere has no mean (nearest neighbours take no class weights); its gain is of the other
  cases.
- `real` is also trained on the real rows with a tuned threshold: every line's threshold is tuned alike.
"""


def complete(table: pd.DataFrame) -> pd.DataFrame:
    """Keep the halves that every sampler has run on."""
    seen = table.groupby(["set", "split"]).sampler.nunique()
    kept = seen.index[seen == table.sampler.nunique()]
    return table[pd.MultiIndex.from_frame(table[["set", "split"]]).isin(kept)]


def scores(table: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return the mean over halves: a row per base, set and learner, a column per sampler."""
    means = table.groupby(["base", "set", "learner", "sampler"], sort=False)[metric].mean()
    return means.unstack("sampler")[pd.unique(table.sampler)]


def above(values: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Return the differences to one sampler: of the same set and learner, so that a missing learner moves no mean."""
    return values.sub(values[reference], axis=0)


def per_base(values: pd.DataFrame) -> pd.DataFrame:
    """Average over sets and learners within each base."""
    return values.groupby("base", sort=False).mean()


def per_set(table: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    """Average over learners within each set; the most unequal classes come last."""
    ratio = ratios(table)
    named = values.groupby("set").mean().loc[ratio.index]
    return named.rename(index=lambda name: f"{name} ({ratio[name]:.0f} : 1)")


def ratios(table: pd.DataFrame) -> pd.Series:
    """Return how many common rows there are for each rare one, ascending."""
    facts = table.groupby("set")[["n_train", "n_rare"]].mean()
    return (facts.n_train / facts.n_rare - 1).sort_values()


def best_of_family(values: pd.DataFrame) -> str:
    """Return the SMOTE variant with the highest gain; a set on which one failed counts for none of its means."""
    return per_base(above(values, REAL))[[name for name in FAMILY if name in values]].mean().idxmax()


def overview(table: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return one row per sampler for one metric."""
    values = scores(table, metric)
    best = best_of_family(values)
    gains, sets = per_base(above(values, REAL)), per_set(table, above(values, REAL))
    frame = pd.DataFrame(
        {
            "mean": per_base(values).mean().where(values.notna().all()),
            "gain": gains.mean(),
            "rank": values.rank(axis=1, ascending=False, na_option="bottom").mean(),
            "sets above real": 100 * (sets > 0).mean(),
            "worst set": sets.min(),
            "p, real": gains.apply(signed_rank_p),
            f"p, {best}": per_base(above(values, best)).apply(signed_rank_p),
        }
    )
    frame.loc[REAL, ["gain", "sets above real", "worst set"]] = float("nan")
    return frame.loc[values.columns].rename_axis("sampler")


def costs(table: pd.DataFrame) -> pd.DataFrame:
    """Return what each sampler costs, and how often a learner has no score."""
    once = table.drop_duplicates(["sampler", "set", "split"]).groupby("sampler", sort=False)
    failed = table[METRICS[0]].isna().groupby(table.sampler, sort=False).sum()
    return pd.DataFrame({"seconds": once.seconds.median(), "peak MiB": once.peak_mib.max(), "failed": failed})


def verdicts(table: pd.DataFrame) -> str:
    """Say how skexpand stands: against the family, and on which sets and learners others are ahead."""
    lines = [verdict(table, metric) for metric in METRICS]
    lines += [against_default(table, name) for name in STRATEGIES if name in set(table.sampler)]
    margin = per_set(table, above(scores(table, "balanced_accuracy"), REAL))[OURS]
    named = ", ".join(f"{name} {value:+.1f}" for name, value in margin[margin < -ALLOWED].items()) or "none"
    lines.append(f"- Sets where {OURS} is more than {ALLOWED} points under real rows with a tuned threshold: {named}.")
    return "\n".join(lines) + "\n"


def verdict(table: pd.DataFrame, metric: str) -> str:
    """Say how skexpand stands by one metric."""
    values = scores(table, metric)
    best, sets = best_of_family(values), per_set(table, values)
    margin = per_base(above(values, best))[OURS]
    behind = sets.index[sets[[name for name in FAMILY if name in sets]].max(axis=1) > sets[OURS]]
    first = above(values, REAL).groupby("learner").mean().idxmax(axis=1)
    ahead = [f"{first[name]} with {NAMES[name]}" for name in LEARNERS if first[name] != OURS]
    line = f"- **{TITLES[metric]}**: {OURS} {margin.mean():+.2f} points against {best}, the best SMOTE variant "
    line += f"(p = {signed_rank_p(margin):.2g}). A SMOTE variant is ahead on {len(behind)} of {len(sets)} sets"
    line += f": {', '.join(name.split(' ')[0] for name in behind)}." if len(behind) else "."
    return line + (f" The highest gain belongs to {', '.join(ahead)}." if ahead else "")


def against_default(table: pd.DataFrame, name: str) -> str:
    """Say what another number of new rows does, by each metric."""
    margins = {metric: per_base(above(scores(table, metric), OURS))[name] for metric in METRICS}
    parts = [f"{TITLES[metric]} {m.mean():+.2f} (p = {signed_rank_p(m):.2g})" for metric, m in margins.items()]
    return f"- {name} against {OURS}: {'; '.join(parts)}."


def facts(table: pd.DataFrame) -> str:
    """Say what was run."""
    splits = table.groupby("set").split.nunique()
    each = " to ".join(map(str, sorted({splits.min(), splits.max()})))
    one, many = ("half", "halves") if set(table.set) <= set(IMBALANCED) else ("draw", "draws")
    learners = ", ".join(NAMES[name] for name in LEARNERS)
    return f"{len(splits)} sets, {each} {one if each == '1' else many} of each (of {N_SPLITS}); {learners}.\n"


def page(kept: pd.DataFrame) -> str:
    """Return the page."""
    parts = [facts(kept), verdicts(kept)]
    tables = {metric: overview(kept, metric) for metric in METRICS}
    for metric, frame in tables.items():
        best = frame.columns[-1].removeprefix("p, ")
        parts.append(f"### {TITLES[metric]}\n")
        parts.append((NOTE.format(best=best) if metric == METRICS[0] else "") + "\n" + to_markdown(frame, 2, FORMATS))
        parts.append(learners_table(kept, metric))
        parts.append(to_markdown(per_set(kept, scores(kept, metric).dropna(axis=1)).rename_axis("set"), 1))
    parts.append("### Cost\n\n" + to_markdown(costs(kept).rename_axis("sampler"), special=FORMATS))
    return "\n".join(parts)


def learners_table(table: pd.DataFrame, metric: str) -> str:
    """Return the mean of each learner."""
    means = scores(table, metric).groupby(["base", "learner"]).mean().groupby("learner").mean().T[list(LEARNERS)]
    return to_markdown(means.rename(columns=NAMES).rename_axis("sampler"))


def picture(table: pd.DataFrame) -> Any:
    """Draw, for each set, what samplers add to real rows only, against the imbalance."""
    from matplotlib.ticker import NullFormatter, ScalarFormatter

    figure, axes = new_axes(2)
    for axis, metric in zip(axes, METRICS, strict=False):
        values, ratio = scores(table, metric), ratios(table)
        gains = above(values, REAL).groupby("set").mean().loc[ratio.index]
        shown = {OURS: "*", best_of_family(values): "o", WEIGHTS: "s"}
        for sampler, style in ((name, style) for name, style in shown.items() if name in gains):
            axis.plot(ratio, gains[sampler], style, markersize=9 if style == "*" else 4, label=sampler)
        axis.axhline(0, color="gray", linewidth=0.8)
        axis.set(xscale="log", xticks=[3, 5, 10, 20, 40], title=TITLES[metric])
        axis.set_xlabel("common rows for each rare one")
        axis.xaxis.set_major_formatter(ScalarFormatter())
        axis.xaxis.set_minor_formatter(NullFormatter())
        axis.legend(frameon=False)
    axes[0].set_ylabel("points above real rows only")
    return figure


def main() -> None:
    """Read the command line, write the page and the summary."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path, help="the CSV file of a run")
    path = parser.parse_args().results
    table = complete(pd.read_csv(path))
    write(path, page(table), picture(table))


if __name__ == "__main__":
    main()
