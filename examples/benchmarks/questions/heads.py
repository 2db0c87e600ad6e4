"""Open question: how many attention heads?

    python -m questions.heads

expands tables with 1, 2, 4, 8 and 16 heads. With the default latent size PCA is exact and nothing is trained, so a
latent space of an eighth of the columns stands beside it, in which the network has something to learn.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from markdown import to_markdown
from protocol import Split, draw_split, scaled
from samplers import balanced_counts, totals
from sets import load
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.neighbors import KNeighborsClassifier

from questions.cases import Case, answer, complete, cpu_seconds, mean_over_sets, new_axes
from skexpand import ExpansiveSynthesizer
from skexpand.metrics import clipped_coverage

HEADS = (1, 2, 4, 8, 16)
SETS = ("pmlb_texture", "openml_protein", "openml_satimage", "openml_segment")
N_TRAIN, N_FEW = 200, 50  # real rows; with few, training rarely beats PCA
NEW_ROWS = 500
SIDE_SPLITS = 2  # for what comes out alike each time: the default latent size, and few rows
LEARNERS = {
    "lr": LogisticRegression(max_iter=300),
    "knn": KNeighborsClassifier(),
    "trees": ExtraTreesClassifier(40, random_state=0),
}


def cases(n_splits: int) -> list[Case]:
    """List the cases, split by split."""
    return [
        {"set": name, "N": n_train, "split": split, "latent": latent}
        for split in range(n_splits)
        for n_train, latent in [(N_TRAIN, "all"), (N_FEW, "eighth"), (N_TRAIN, "eighth")]
        for name in SETS
        if (n_train, latent) == (N_TRAIN, "eighth") or split < SIDE_SPLITS
    ]


def measure(case: Case) -> list[dict[str, Any]]:
    """Expand the training rows with each number of heads; return a line for each."""
    split = scaled(draw_split(*load(case["set"]), case["N"], case["split"]))
    real = scores(split, split.X_train, split.y_train)
    latent_dim = max(2, split.X_train.shape[1] // 8) if case["latent"] == "eighth" else None
    found = [expanded(split, case["split"], n_heads=n_heads, latent_dim=latent_dim) for n_heads in HEADS]
    first = found[0][0]
    return [
        {"heads": n_heads, "same_rows": bool(np.array_equal(rows, first)), **line}
        | {f"gain_{name}": line[name] - real[name] for name in LEARNERS}
        for n_heads, (rows, line) in zip(HEADS, found, strict=True)
    ]


def expanded(split: Split, seed: int, **parameters: Any) -> tuple[Any, dict[str, Any]]:
    """Return new rows, and what is to be known of them."""
    strategy = totals(split.y_train, balanced_counts(split.y_train, NEW_ROWS))
    sampler = ExpansiveSynthesizer(sampling_strategy=strategy, random_state=seed, **parameters)
    with cpu_seconds() as seconds:
        X, y = sampler.fit_resample(split.X_train, split.y_train)
    new = X[len(split.X_train) :]
    line = {
        "epoch": sampler.n_iter_,
        "reconstruction_error": sampler.reconstruction_error_,
        "diversity": sampler.diversity_,
        "coverage": clipped_coverage(split.X_test, new, random_state=0).value,
        "seconds": seconds[0],
    }
    return new, line | scores(split, X, y)


def scores(split: Split, X: Any, y: Any) -> dict[str, float]:
    """Return the balanced accuracy of each learner on the test rows, in percent."""
    return {
        name: 100 * balanced_accuracy_score(split.y_test, clone(learner).fit(X, y).predict(split.X_test))
        for name, learner in LEARNERS.items()
    }


def gain(table: pd.DataFrame) -> pd.Series:
    """Return the mean gain over the learners."""
    return table[[f"gain_{name}" for name in LEARNERS]].mean(axis=1)


def in_question(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the table and the picture: those of the small latent space."""
    return complete(table[(table.latent == "eighth") & (table.N == N_TRAIN)])


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Return one line per number of heads, for the cases in which the network has something to learn."""
    table = against_default(table.assign(gain=gain(table), trained=100 * (table.epoch > 0)))
    columns = {"gain": "gain", "trained": "trained %", "reconstruction_error": "error", "diversity": "diversity"}
    columns |= {"coverage": "coverage", "seconds": "seconds"}
    lines = pd.DataFrame({shown: mean_over_sets(table, ["heads"], name)["mean"] for name, shown in columns.items()})
    difference = mean_over_sets(table, ["heads"], "difference")
    lines.insert(1, "difference from 4", difference["mean"])
    lines.insert(2, "s.e.", difference["error"])
    return lines


def against_default(table: pd.DataFrame) -> pd.DataFrame:
    """Add the difference in gain to that of 4 heads on the same split."""
    key = ["set", "N", "split"]
    default = table[table.heads == 4].set_index(key).gain.rename("default")
    return table.join(default, on=key).eval("difference = gain - default")


def page(table: pd.DataFrame) -> str:
    """Return the tables."""
    everything, few, eighth = table[table.latent == "all"], table[table.N == N_FEW], in_question(table)
    same = f"{int(everything.same_rows.sum())} of {len(everything)}"
    trained = f"{int((few.epoch > 0).sum())} of {len(few)}"
    return "\n".join(
        [
            f"With the default latent size, {same} expansions gave the same rows, bit for bit, as 1 head.\n",
            f"With a latent space of an eighth of the columns: {eighth.set.nunique()} sets, {N_TRAIN} real rows, "
            f"{eighth.split.nunique()} splits, {NEW_ROWS} new rows, three quick learners. "
            f"With {N_FEW} real rows, training beat PCA in {trained} expansions.\n",
            to_markdown(summary(eighth), special={"trained": ".0f", "error": ".3f", "seconds": ".2f"}),
        ]
    )


def draw(table: pd.DataFrame) -> Any:
    """Draw the gain, how often training pays, and the seconds against the number of heads."""
    lines = summary(in_question(table))
    figure, axes = new_axes(3)
    axes[0].errorbar(lines.index, lines["gain"], lines["s.e."], marker="o", capsize=3)
    axes[1].plot(lines.index, lines["trained %"], marker="o")
    axes[2].plot(lines.index, lines["seconds"], marker="o")
    titles = ("gain over real rows,\npoints", "tables where training\nbeat PCA, %", "seconds of CPU\n")
    for ax, title in zip(axes, titles, strict=True):
        ax.set(title=title, xlabel="heads", xscale="log")
        ax.set_xticks(HEADS, labels=map(str, HEADS))
        ax.minorticks_off()
        ax.set_ylim(bottom=0)
    return figure


if __name__ == "__main__":
    answer(__doc__, "heads", cases, measure, page, draw)
