"""Open question: do rows on demand follow the real rows that fulfil the wish?

    python -m questions.given

A wish that about 5 % of the rows of a table fulfil is given to ``sample``. In the other columns, new rows are told from
the real ones that fulfil it by a classifier (:func:`skexpand.metrics.two_sample_auc`; 0.5 is by chance), in two ways:

- fitted to all rows: half of the real rows against as many new ones, and against the other half;
- fitted to half of the rows: the *other* half against new rows, and against the real rows that these were made from,
  once each (``real``) or drawn with replacement (``repeats``).

``all sorts`` are new rows that nothing is asked of: what the test can see.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from markdown import to_markdown
from numpy.typing import NDArray
from sets import load_frame

from questions.cases import Case, answer, cpu_seconds, new_axes
from skexpand import ExpansiveSynthesizer
from skexpand.metrics import two_sample_auc

WISHES: dict[str, dict[str, Any]] = {
    "openml_credit_g": {"personal_status": "female div/dep/mar", "age": (24, 26)},
    "titanic": {"sex": "female", "age": (22, 28)},
    "openml_credit_approval": {"A1": "a", "A2": (20, 24)},
    "keel_abalone9_18": {"Sex": "I", "Length": (0.45, 0.5)},
    "imbl_thyroid_sick": {"sex": "F", "age": (60, 63)},
}
NEW_ROWS = 10_000
NAMES = {"new": "new rows", "real": "real rows", "repeats": "real rows, repeated", "all sorts": "new rows of all sorts"}


def cases(n_splits: int) -> list[Case]:
    """List the cases, split by split."""
    return [{"set": name, "split": split} for split in range(n_splits) for name in WISHES]


def fulfilling(frame: pd.DataFrame, wish: dict[str, Any]) -> NDArray[np.bool_]:
    """Return which rows fulfil a wish."""
    parts = [frame[c].between(*part) if isinstance(part, tuple) else frame[c] == part for c, part in wish.items()]
    return np.all(parts, axis=0)


def measure(case: Case) -> list[dict[str, Any]]:
    """Make rows from all rows, and from half of them; return a line for each comparison."""
    frame, y = load_frame(case["set"])
    wish, seed = WISHES[case["set"]], case["split"]
    found = fulfilling(frame, wish)
    others = [column for column in frame if column not in wish]
    synthesizer = ExpansiveSynthesizer(random_state=seed).fit(frame, y)
    with cpu_seconds() as seconds:
        new = synthesizer.sample(NEW_ROWS, given=wish)[0]
    assert fulfilling(new, wish).all()
    facts = {"rows": len(frame), "fulfilling": int(found.sum()), "seconds": seconds[0]}
    lines = []
    for what, rows in (("new", new), ("all sorts", synthesizer.sample(NEW_ROWS)[0])):
        figure = two_sample_auc(frame[found][others], rows[others], random_state=seed)
        lines += [{"fit": "all", "against": what, "auc": figure.matched, **facts}]
    lines += [{"fit": "all", "against": "real", "auc": figure.reference, **facts}]
    for what, rows, unseen in halves(frame, y, wish, seed):
        auc = two_sample_auc(unseen[others], rows[others], random_state=seed).value
        lines.append({"fit": "half", "against": what, "auc": auc, **facts})
    return lines


def halves(frame: pd.DataFrame, y: NDArray[np.intp], wish: dict[str, Any], seed: int) -> list[tuple[str, Any, Any]]:
    """Return what stands for the unseen rows that fulfil the wish, made from the other half of the table; and these."""
    rng = np.random.default_rng(seed)
    found = fulfilling(frame, wish)
    seen = np.zeros(len(frame), bool)
    for part in (np.flatnonzero(found), np.flatnonzero(~found)):
        seen[rng.permutation(part)[: len(part) // 2]] = True
    real, unseen = frame[found & seen].reset_index(drop=True), frame[found & ~seen].reset_index(drop=True)
    synthesizer = ExpansiveSynthesizer(random_state=seed).fit(frame[seen].reset_index(drop=True), y[seen])
    new = synthesizer.sample(NEW_ROWS, given=wish)[0]
    repeats = real.sample(NEW_ROWS, replace=True, random_state=seed, ignore_index=True)
    return [("new", new, unseen), ("real", real, unseen), ("repeats", repeats, unseen)]


def means(table: pd.DataFrame, fit: str) -> pd.DataFrame:
    """Return the mean AUC by set and what is told from the real rows, and the mean of all sets."""
    found = table[table.fit == fit].pivot_table(index="set", columns="against", values="auc", sort=False)
    found = found.loc[list(WISHES), [name for name in NAMES if name in found]]
    return pd.concat([found, found.mean().to_frame("mean").T])


def excess(table: pd.DataFrame, fit: str) -> str:
    """Return by how much new rows are told better than real ones are, with the standard error over sets and splits."""
    paired = table[table.fit == fit].pivot(index=["set", "split"], columns="against", values="auc")
    gap = paired["new"] - paired["real"]
    return f"{gap.mean():+.3f} ± {gap.sem():.3f}"


def page(table: pd.DataFrame) -> str:
    """Return the tables."""
    facts = table.groupby("set", sort=False)[["rows", "fulfilling", "seconds"]].median().loc[list(WISHES)]
    facts.insert(2, "%", 100 * facts.fulfilling / facts.rows)
    facts.insert(0, "wish", [", ".join(f"{c}: {part}" for c, part in wish.items()) for wish in WISHES.values()])
    parts = [
        f"{len(WISHES)} sets, {table.split.nunique()} splits, {NEW_ROWS:,} new rows; seconds of processor time.\n",
        to_markdown(facts, special={"rows": ",.0f", "fulfilling": ",.0f", "%": ".1f", "seconds": ".2f"}),
        "AUC of a classifier that tells these from half of the real rows that fulfil the wish, in the other columns. "
        f"New rows less real rows: {excess(table, 'all')}.\n",
        to_markdown(means(table, "all").rename(columns=NAMES), special=dict.fromkeys(NAMES.values(), ".3f")),
        "The same for real rows that were not seen, by a synthesizer that was fitted to the other half of the table. "
        f"New rows less real rows: {excess(table, 'half')}.\n",
        to_markdown(means(table, "half").rename(columns=NAMES), special=dict.fromkeys(NAMES.values(), ".3f")),
    ]
    return "\n".join(parts)


def draw(table: pd.DataFrame) -> Any:
    """Draw the AUC by set, a panel for each way to fit."""
    figure, axes = new_axes(2, width=9.0, sharey=True, sharex=True)
    marks = {"new": ("#1f6feb", "o"), "real": ("#222222", "|"), "repeats": ("#d9822b", "x"), "all sorts": ("#999", "s")}
    titles = {"all": "the real rows it was fitted to", "half": "real rows it has not seen"}
    for ax, (fit, title) in zip(axes, titles.items(), strict=True):
        found = means(table, fit)[::-1]
        ax.axvline(0.5, color="#bbbbbb", linewidth=1)
        for name in found:
            color, mark = marks[name]
            ax.plot(found[name], np.arange(len(found)), mark, color=color, label=NAMES[name], markersize=8)
        ax.set_yticks(range(len(found)), [name.split("_", 1)[-1] for name in found.index])
        ax.set(title=f"told from {title}", xlabel="AUC (0.5: not at all)")
        ax.legend(frameon=False, fontsize=8)
    return figure


if __name__ == "__main__":
    answer(__doc__, "given", cases, measure, page, draw, splits=5)
