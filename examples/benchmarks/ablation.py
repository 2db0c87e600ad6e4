"""The ablation: each part of the method alone removed or replaced, and what that does to the gain.

    python ablation.py --out results/ablation.csv

runs what the file lacks and writes ``results/ablation.md`` beside it. The variants are in ``variants.py``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from cells import run_cells
from gains import complete_splits, gains, per_base, per_case, read_results, signed_rank_p, standard_error
from markdown import to_markdown
from run import add_options, check, comma_separated, plan
from variants import VARIANTS

SETS = ["openml_protein", "openml_qsar_biodeg", "openml_stock", "openml_steel_plates_fault_7class", "pmlb_texture"]
TITLES = {"A": "Ablation", "small": "Ablation on other sets"}
FORMATS = {"worse": ".0f", "p": ".2g"}
CLEAR = 2.0  # standard errors, from which a difference counts
NOTE = f"""
Each row changes one part of the method.

- *gain*: over real rows only, in points, mean over sets.
- *difference*: to the gain of what it is compared with, on the same splits. Below 0, the change harms.
- *s.e.*: standard error of the difference, over sets. *worse on*: percent of the sets that the change harms.
  *p*: Wilcoxon's signed-rank test over sets.
- *the change*: harms or helps where the difference exceeds {CLEAR:g} standard errors (with few sets, a hint and no
  proof); is idle where it makes no difference at all. A part pays for itself where its removal harms.
"""
OF_THE_NETWORK = """
The network is kept only if it beats PCA on held-out rows, and at full latent dimension PCA is exact. Therefore the rows
that change the network or its losses are compared with a method in which the network is trained: half the latent
dimensions, without early stopping.
"""


def page(table: pd.DataFrame) -> str:
    """Return the ablation's page: one table per law."""
    gained = gains(complete_splits(table))
    bases = per_base(per_case(gained))
    failed = gained[gained.gain.isna()].groupby("sampler").size()
    sizes, splits = ", ".join(map(str, sorted(gained.N.unique()))), gained.split.nunique()
    parts = [
        f"## {TITLES[table.protocol.iloc[0]]}\n",
        f"{len(bases)} sets, {sizes} training rows, {splits} splits, {table.rows.iloc[0]:,} new rows.\n{NOTE}",
    ]
    if table.sampler.str.endswith(":trained").any():
        parts.append(OF_THE_NETWORK)
    for law in dict.fromkeys(name.split(":")[0] for name in bases):
        parts.append(f"### law: {law}\n\n" + to_markdown(compared(bases, law, failed), special=FORMATS))
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def compared(bases: pd.DataFrame, law: str, failed: pd.Series) -> pd.DataFrame:
    """Return one row per variant: its gain, and its difference to what it is compared with."""
    rows = {}
    for name, variant in VARIANTS.items():
        if (sampler := f"{law}:{name}") not in bases:
            continue
        row = {"gain": bases[sampler].mean(), "compared with": "–", "failed": int(failed.get(sampler, 0))}
        if (reference := f"{law}:{variant.against}") in bases:
            row |= {"compared with": VARIANTS[variant.against].change} | _difference(bases[sampler] - bases[reference])
        rows[variant.change] = row
    columns = ["gain", "compared with", "difference", "s.e.", "worse on", "p", "the change", "failed"]
    return pd.DataFrame(rows).T.reindex(columns=columns).rename_axis("change")


def _difference(by_base: pd.Series) -> dict[str, object]:
    return {
        "difference": by_base.mean(),
        "s.e.": standard_error(by_base),
        "worse on": 100 * (by_base < 0).mean(),
        "p": signed_rank_p(by_base),
        "the change": verdict(by_base),
    }


def verdict(differences: pd.Series) -> str:
    """Say in a word what a change does that makes these differences."""
    if not differences.any():
        return "idle"
    difference = differences.mean()
    if not abs(difference) > CLEAR * standard_error(differences):
        return "undecided"
    return "harms" if difference < 0 else "helps"


def main() -> None:
    """Read the command line, run what is missing, write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser)
    parser.set_defaults(sets=SETS, n=[20, 100], splits=3)
    parser.add_argument("--laws", type=comma_separated(str), default=["auto"], help="as auto,shrunk")
    of_numbers = [name for name in VARIANTS if not name.startswith("category")]
    parser.add_argument("--variants", type=comma_separated(str), default=of_numbers, help=", ".join(VARIANTS))
    parser.add_argument("--out", type=Path, required=True, help="CSV file; one run at a time may write to it")
    options = parser.parse_args()
    options.synthetic_only = False
    options.samplers = [f"{law}:{variant}" for law in options.laws for variant in options.variants]
    check(parser, options)
    run_cells(plan(options), options.out, options.jobs)
    text = page(read_results(options.out))
    options.out.with_suffix(".md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
