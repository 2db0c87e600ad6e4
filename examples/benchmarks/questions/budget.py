"""Open question: against generative models at the same computing budget.

    python run.py --samplers ctgan@1,ctgan@10,... --n 50 --splits 1 --out results/questions/equal_budget.csv
    python -m questions.budget results/questions/equal_budget.csv

The first line trains each peer for so many seconds of CPU (see ``peers``); the second draws the gain against the
seconds, and writes the page beside the CSV file. Every figure, and every sentence with one, is computed here.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pandas as pd
from gains import REAL, SPLIT, complete_splits, gains, over_bases, per_case, read_results, signed_rank_p
from markdown import to_markdown

from questions.cases import new_axes, write

OURS = "skexpand"
NOTE = """
Gain in balanced accuracy over real rows only, in points, with 500 new rows: mean over five learners and the sets.

- *gain*: of the peer; *skexpand*: on the same sets, sizes, splits and learners, whatever the budget; *difference* and
  *p* (Wilcoxon's signed-rank test over sets) between the two.
- *cases*: sets × sizes × splits that the peer ran on; *seconds*: of CPU that were used, median (a peer that cannot stop
  where the budget ends uses more; skexpand: {seconds:.2g}); *failed*: learners without a score, since the peer did not
  end within four times the budget (30 seconds at least), or for another reason.
"""


def with_budgets(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with columns ``peer`` and ``budget``, which is missing for real rows and skexpand."""
    parts = table.sampler.str.split("@", expand=True).reindex(columns=[0, 1])
    return table.assign(peer=parts[0], budget=pd.to_numeric(parts[1]))


def compared(table: pd.DataFrame, budget: float) -> pd.DataFrame:
    """Return a row for each peer: its gain with this budget, beside that of skexpand."""
    names = table.sampler[table.budget == budget].unique()
    frame = pd.DataFrame({name.split("@")[0]: beside_ours(table, name) for name in names}).T
    return frame.astype({"cases": int, "failed": int}).sort_values("difference", ascending=False).rename_axis("peer")


def beside_ours(table: pd.DataFrame, name: str) -> dict[str, float]:
    """Compare one peer with skexpand, on the splits and learners for which it has a score."""
    gained = gains(complete_splits(table[table.sampler.isin([REAL, OURS, name])]))
    gain = gained.pivot(index=["base", *SPLIT, "learner"], columns="sampler", values="gain")
    bases = gain.dropna().groupby("base").mean()
    difference = bases[name] - bases[OURS]
    runs = gained[gained.sampler == name].drop_duplicates(SPLIT)
    return {
        "cases": len(runs),
        "gain": bases[name].mean(),
        OURS: bases[OURS].mean(),
        "difference": difference.mean(),
        "p": signed_rank_p(difference) if len(difference) > 1 else float("nan"),
        "seconds": runs.seconds.median(),
        "failed": int(gain[name].isna().sum()),
    }


def verdict(tables: dict[float, pd.DataFrame]) -> str:
    """Say who is ahead of skexpand with which budget."""
    lines = []
    for budget, frame in tables.items():
        ahead = [f"{peer} ({row.difference:+.1f} points)" for peer, row in frame.iterrows() if row.difference > 0]
        closest = frame.difference.idxmax()
        said = f"ahead of {OURS}: {', '.join(ahead)}"
        if not ahead:
            said = f"none is ahead of {OURS}; closest is {closest} ({frame.difference[closest]:+.1f} points)"
        lines.append(f"- With {budget:g} s of CPU, {said}.")
    return "\n".join(lines) + "\n"


def page(table: pd.DataFrame) -> tuple[str, Any]:
    """Return the page and the picture."""
    table = with_budgets(table)
    ours = table[table.sampler == OURS].merge(table[table.budget.notna()][SPLIT].drop_duplicates())
    tables = {budget: compared(table, budget) for budget in sorted(table.budget.dropna().unique())}
    parts = [verdict(tables), NOTE.format(seconds=ours.drop_duplicates(SPLIT).seconds.median())]
    for budget, frame in tables.items():
        sets = table[table.budget == budget]
        facts = f"{sets.set.nunique()} sets, {', '.join(map(str, sorted(sets.N.unique())))} training rows"
        parts.append(f"**{budget:g} s of CPU** ({facts})\n\n{to_markdown(frame, special={'p': '.2g'})}")
    return "\n".join(parts), picture(table)


def picture(table: pd.DataFrame) -> Any:
    """Draw the gain against the seconds, on the splits where every peer ran with every budget that is drawn."""
    from matplotlib.ticker import ScalarFormatter

    gained = gains(complete_splits(table))
    points = pd.DataFrame(
        {
            "gain": over_bases(per_case(gained), ["sampler"]),
            "seconds": gained.drop_duplicates(["sampler", *SPLIT]).groupby("sampler").seconds.median(),
        }
    )
    points = with_budgets(points.reset_index())
    figure, (axes,) = new_axes(1)
    for peer, line in points[points.budget.notna()].groupby("peer", sort=False):
        line = line.sort_values("seconds")
        axes.plot(line.seconds, line.gain, "o-", markersize=4, label=peer)
    ours = points[points.sampler == OURS].iloc[0]
    axes.plot(ours.seconds, ours.gain, "*", color="black", markersize=12, label=OURS)
    axes.axhline(ours.gain, color="black", linewidth=0.8, linestyle=":")
    axes.axhline(0, color="gray", linewidth=0.8)
    axes.set(xscale="log", xlabel="seconds of CPU", ylabel="gain, points")
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    cases = gained[SPLIT].drop_duplicates()
    axes.set_title(f"{cases.set.nunique()} sets, {len(cases)} splits in which all of these ran", fontsize=9)
    return figure


def main() -> None:
    """Read the command line; write the page and the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path, help="the CSV file of a run")
    path = parser.parse_args().results
    write(path, *page(read_results(path)))


if __name__ == "__main__":
    main()
