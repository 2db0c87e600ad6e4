"""What the runs of the open questions share: rows that survive an interruption, a new figure, a page.

A *case* is a dict that says what is run (set, size, split, ...). Its lines are appended to the CSV file as soon as it
is done, and a case whose lines are there is not run again.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from gains import signed_rank_p
from threadpoolctl import threadpool_limits

from skexpand import ExpansiveSynthesizer

FOLDER = Path(__file__).parents[1] / "results" / "questions"
COLORS = {  # ours are blue
    "skexpand": "#1f6feb",
    "skexpand, halves": "#1f6feb",
    "auto": "#1f6feb",
    "smooth": "#7fb2ff",
    "recombined": "#0b3d91",
    "skexpand, clusters": "#7fb2ff",
    "noise": "#d9822b",
    "smote": "#2e9e6b",
    "mlsmote": "#2e9e6b",
    "repeated": "#d9822b",
    "interpolation": "#2e9e6b",
    "c_mixup": "#8a63d2",
    "skexpand, auto": "#7fb2ff",
    "smogn": "#2e9e6b",
    "ilr_ro": "#b08d57",
    "ilr_gn": "#c2477f",
    "ilr_adasyn": "#5f9ea0",
    "ilr_smote": "#6b7280",
    "skexpand with these rows": "#1f6feb",
    "skexpand without these rows": "#7fb2ff",
    "inferred numbers, no new rows": "#d9822b",
    "self-training": "#2e9e6b",
}
Case = dict[str, Any]
CELL = ["set", "N", "split", "learner"]  # what a method is compared with the real rows on


def run(cases: Iterable[Case], measure: Callable[[Case], list[dict[str, Any]]], path: Path) -> pd.DataFrame:
    """Run the cases that the CSV file at ``path`` lacks, one after the other; return all of its rows."""
    warm_up()
    path.parent.mkdir(parents=True, exist_ok=True)
    cases = list(cases)
    keys = list(cases[0])
    done = pd.read_csv(path) if path.exists() else pd.DataFrame(columns=keys)
    finished = set(done[keys].itertuples(index=False, name=None))
    for case in cases:
        if tuple(case.values()) in finished:
            continue
        with warnings.catch_warnings(), threadpool_limits(limits=1):
            warnings.simplefilter("ignore")  # convergence, and failure signs of small tables
            lines = pd.DataFrame([case | line for line in measure(case)]).round(5)
        lines.to_csv(path, mode="a", header=not path.exists(), index=False)
        print(*case.values(), flush=True)
    table = pd.read_csv(path)
    wanted = pd.MultiIndex.from_tuples([tuple(case.values()) for case in cases])
    return table[pd.MultiIndex.from_frame(table[keys]).isin(wanted)]


def warm_up() -> None:
    """Import what a first call imports, so that no case pays for it."""
    rng = np.random.default_rng(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ExpansiveSynthesizer(latent_dim=2, max_epochs=1).fit(rng.standard_normal((40, 4)), np.arange(40) % 2)


def complete(table: pd.DataFrame, split: str = "split") -> pd.DataFrame:
    """Keep the splits that every set, size and setting has finished, so that means compare alike."""
    sizes = table.groupby(split).size()
    return table[table[split].isin(sizes.index[sizes == sizes.max()])]


@contextmanager
def cpu_seconds() -> Iterator[list[float]]:
    """Measure the processor time of a block, which other programs on the machine do not lengthen."""
    found: list[float] = []
    start = time.process_time()
    yield found
    found.append(time.process_time() - start)


def answer(
    doc: str,
    name: str,
    cases: Callable[[int], Iterable[Case]],
    measure: Callable[[Case], list[dict[str, Any]]],
    page: Callable[[pd.DataFrame], str],
    draw: Callable[[pd.DataFrame], Any],
    splits: int = 10,
) -> None:
    """Run what is missing; write the page and the picture."""
    chosen = options(doc, name, splits)
    table = run(cases(chosen.splits), measure, chosen.out)
    write(chosen.out, page(table), draw(table))


def options(doc: str, name: str, splits: int) -> argparse.Namespace:
    """Read the command line that all of these scripts have."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--splits", type=int, default=splits)
    parser.add_argument("--out", type=Path, default=FOLDER / f"{name}.csv", help="CSV file; the page is beside it")
    return parser.parse_args()


def percent_gains(table: pd.DataFrame, methods: str) -> pd.DataFrame:
    """Add what is gained over the real rows only, in percent of their error; NaN for a failure.

    ``methods`` is the column that names the methods, of which one is "real".
    """
    real = table[table[methods] == "real"].set_index(CELL).mae.rename("real")
    return table[table[methods] != "real"].join(real, on=CELL).eval("gain = 100 * (real - mae) / real")


def harm(gained: pd.DataFrame, methods: str, limit: float) -> dict[str, pd.Series]:
    """Return by method the mean gain, and how often it is below a limit, in single splits and in their mean."""
    each = gained.groupby([methods, "set", "N", "learner"]).gain.mean()
    return {
        "mean": gained.groupby(methods).gain.mean(),
        "harmed %": 100 * (gained.gain < limit).groupby(gained[methods]).mean(),
        "harmed %, mean of splits": 100 * (each < limit).groupby(methods).mean(),
        "worst, mean of splits": each.groupby(methods).min(),
    }


def mean_over_sets(table: pd.DataFrame, by: list[str], value: str) -> pd.DataFrame:
    """Return the mean over sets of the means of each set, and its standard error over sets."""
    sets = table.groupby([*by, "set"], sort=False)[value].mean().groupby(by, sort=False)
    return pd.DataFrame({"mean": sets.mean(), "error": sets.std() / np.sqrt(sets.size())})


def summary(rows: pd.DataFrame, learner: str, value: str = "gain") -> dict[str, float]:
    """Return one sampler's gain over the sets, and how often and how far it goes wrong in the mean over splits."""
    each, sets = rows.groupby(["set", "N", learner])[value].mean(), rows.groupby("set")[value].mean()
    return {
        "gain": sets.mean(),
        "s.e.": sets.std() / np.sqrt(len(sets)),
        "improved %": 100 * (each > 0).mean(),
        "worst case": each.min(),
        "p": signed_rank_p(sets),
    }


def new_axes(n: int = 1, width: float = 7.0, height: float = 3.2, **shared: Any) -> tuple[Any, list[Any]]:
    """Return a figure and its axes side by side, without frames; saved twice, it is the same file."""
    import matplotlib.pyplot as plt

    plt.rcParams.update({"font.size": 9, "svg.hashsalt": "skexpand", "axes.spines.top": False})
    plt.rcParams.update({"axes.spines.right": False, "axes.grid": True, "grid.alpha": 0.3})
    figure, axes = plt.subplots(1, n, figsize=(width, height), layout="constrained", squeeze=False, **shared)
    return figure, list(axes[0])


def draw_gains(panels: dict[str, pd.DataFrame], sizes: Sequence[int], unit: str, what: str) -> Any:
    """Draw the gain of each sampler (a line of a panel's table) against the number of rows (its columns)."""
    figure, axes = new_axes(len(panels), width=9.0, sharey=True)
    for ax, (title, lines) in zip(axes, panels.items(), strict=True):
        for name, line in lines.iterrows():
            ax.plot(line.index, line, marker="o", markersize=4, color=COLORS[name], label=name)
        ax.axhline(0, color="0.4", linewidth=1)
        ax.set(title=title, xlabel=f"{unit} rows", xscale="log")
        ax.set_xticks(sizes, labels=map(str, sizes))
        ax.minorticks_off()
    axes[0].set_ylabel(f"gain in {what}, points")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=5, frameon=False)
    return figure


def write(path: Path, text: str, figure: Any) -> None:
    """Write the page's tables and its picture beside the CSV file."""
    path.with_suffix(".md").write_text(text, encoding="utf-8")
    figure.savefig(path.with_suffix(".svg"), metadata={"Date": None})
    print(text)
