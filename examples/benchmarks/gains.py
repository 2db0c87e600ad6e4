"""From raw rows to gains, and from gains to figures that can be compared.

The gain of a cell is its score less that of ``real`` for the same set, size, split and learner. Sets of the same base
count as one, and each base counts alike. A failure has no score: its cell counts as not improved, and failures are
counted beside the means.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import wilcoxon

REAL = "real"
SPLIT = ["set", "N", "split"]
CASE = ["base", "set", "N", "learner"]  # what is averaged over splits: one case


def read_results(path: Path) -> pd.DataFrame:
    """Read the CSV file of a run; refuse a mixture of runs, whose averages would mean nothing."""
    table = pd.read_csv(path, keep_default_na=False, na_values=["", "nan"])
    kinds = table[["protocol", "rows", "training"]].drop_duplicates()
    if len(kinds) != 1:
        raise ValueError(
            f"{path} holds rows of several runs; give each a file of its own:\n{kinds.to_string(index=False)}"
        )
    return table


def complete_splits(table: pd.DataFrame) -> pd.DataFrame:
    """Keep the splits that every sampler has run on: those of a run that goes on are compared fairly, too."""
    seen = table.groupby(SPLIT).sampler.nunique()
    kept = seen.index[seen == table.sampler.nunique()]
    return table[pd.MultiIndex.from_frame(table[SPLIT]).isin(kept)]


def gains(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of all samplers but ``real``, with columns ``real`` and ``gain`` (NaN for a failure)."""
    key = [*SPLIT, "learner"]
    real = table[table.sampler == REAL].set_index(key).score.rename(REAL)
    others = table[table.sampler != REAL].join(real, on=key)
    return others.assign(gain=others.score - others.real)


def per_case(table: pd.DataFrame, value: str = "gain") -> pd.DataFrame:
    """Average over splits: one row per sampler, set, size and learner; ``failed`` counts splits without a value."""
    grouped = table.groupby(["sampler", *CASE], sort=False)[value]
    return pd.DataFrame({"mean": grouped.mean(), "failed": grouped.size() - grouped.count()}).reset_index()


def over_bases(cases: pd.DataFrame, by: list[str]) -> pd.Series:
    """Average cases within each base, then over bases."""
    return cases.groupby([*by, "base"], sort=False)["mean"].mean().groupby(by, sort=False).mean()


def by_size(cases: pd.DataFrame) -> pd.DataFrame:
    """Return the mean per sampler (rows) and number of training rows (columns), and over all sizes."""
    table = over_bases(cases, ["sampler", "N"]).unstack()
    return table.assign(mean=table.mean(axis=1)).loc[pd.unique(cases.sampler)]


def rank_by_size(gained: pd.DataFrame) -> pd.DataFrame:
    """Return the mean rank among samplers per size, and over all; 1 is best, and a failure ranks last.

    Ranks are taken among the samplers on the same set, split and learner, real rows only (a gain of 0) included, and
    averaged within each base, then over bases.
    """
    cases = gained.pivot_table(index=["base", *SPLIT, "learner"], columns="sampler", values="gain", dropna=False)
    cases = cases[cases.index.isin(pd.MultiIndex.from_frame(gained[["base", *SPLIT, "learner"]]))]
    cases = cases[pd.unique(gained.sampler)].assign(**{REAL: 0.0})
    ranks = cases.rank(axis=1, ascending=False, na_option="bottom").groupby(["N", "base"]).mean()
    table = ranks.groupby("N").mean().T
    return table.assign(mean=table.mean(axis=1))


def per_base(cases: pd.DataFrame) -> pd.DataFrame:
    """Return the mean per base (rows) and sampler (columns), each size counting alike."""
    sizes = cases.groupby(["sampler", "base", "N"], sort=False)["mean"].mean()
    return sizes.groupby(["sampler", "base"], sort=False).mean().unstack("sampler")[pd.unique(cases.sampler)]


def standard_error(values: pd.Series) -> float:
    """Return the standard error of the mean of independent values."""
    values = values.dropna()
    return float(values.std() / np.sqrt(len(values)))


def signed_rank_p(differences: pd.Series) -> float:
    """Return the two-sided p-value of Wilcoxon's signed-rank test that differences are symmetric about 0."""
    differences = differences.dropna()
    if not differences.any():
        return float("nan")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # few bases, or ties: the test says so in its p-value
        return float(wilcoxon(differences).pvalue)


def _improved_percent(cases: pd.DataFrame) -> float:
    return 100 * float(((cases["mean"] > 0) & (cases.failed == 0)).mean())


def summary(gained: pd.DataFrame, control: str | None) -> pd.DataFrame:
    """Return one row per sampler: gains, how often and how far they go wrong, what they cost, and how sure they are."""
    cases = per_case(gained)
    bases = per_base(cases)
    groups = cases.groupby("sampler", sort=False)
    costs = gained.drop_duplicates(["sampler", *SPLIT]).groupby("sampler", sort=False)
    table = by_size(cases)
    table["s.e."] = bases.apply(standard_error)
    table["improved %"] = groups.apply(_improved_percent)
    table["worst case"] = groups["mean"].min()
    table["seconds"] = costs.seconds.median()
    table["peak MiB"] = costs.peak_mib.max()
    table["failed"] = groups.failed.sum()
    table["p, real"] = bases.apply(signed_rank_p)
    if control in bases:
        table[f"p, {control}"] = bases.sub(bases[control], axis=0).apply(signed_rank_p)
    return table
