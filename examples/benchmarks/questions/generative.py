"""Protocol E against generative models: regression and anomaly detection, ten seconds of CPU for each model.

    python -m questions.generative regression --splits 3
    python -m questions.generative anomaly --splits 3

Sets, splits and learners are those of ``regression.py`` and ``anomaly.py``, with 50 rows for training. The models know
classes. For regression the target joins the columns, as it does for skexpand, and the classes are its lower and its
upper half; for anomaly detection they are halves of the rows dealt at random, the same for every model and skexpand.
A model that fails is counted as failed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from gains import signed_rank_p
from markdown import to_markdown
from peers.catalogue import GENERATIVE
from peers.client import find_peer
from protocol import describe
from run import check_samplers, comma_separated

from questions import anomaly, regression
from questions.cases import FOLDER, Case, cpu_seconds, mean_over_sets, run, summary
from skexpand.target.numbers import level_bins

N_TRAIN = 50
BUDGET = 10  # seconds of CPU
OURS = "skexpand"
NEW_ROWS = regression.NEW_ROWS
MODELS = tuple(f"{peer}@{BUDGET}" for peer in GENERATIVE)


class Draw(NamedTuple):
    """One draw of a set: what the models learn from, and what new rows are worth."""

    table: Any
    classes: Any
    expanded: Callable[[], Any]  # the new rows of skexpand
    scores: Callable[[Any], list[dict[str, Any]]]  # of the learners, trained on the real and on these new rows


class Question(NamedTuple):
    """What is asked of the models, and how their answers become gains."""

    sets: Sequence[str]
    draw: Callable[[str, int, int], Draw]
    columns: Sequence[str]  # of the scores
    gains: Callable[[pd.DataFrame], pd.DataFrame]  # from scores to "learner" and "gain"
    learners: Mapping[str, str]
    unit: str


def regression_draw(name: str, n_train: int, split: int) -> Draw:
    """Join the target to the columns."""
    X, y, *test = regression.draw_split(name, n_train, split)

    def scores(new: Any) -> list[dict[str, Any]]:
        rows = np.concatenate([X, new[:, :-1]]), np.concatenate([y, new[:, -1]])
        return [{"learner": learner, **found} for learner, found in regression.scores(rows, test, split).items()]

    def expanded() -> Any:
        return np.column_stack(regression.expanded(X, y, split))

    return Draw(np.column_stack([X, y]), level_bins(y[:, None], 2), expanded, scores)


def anomaly_draw(name: str, n_train: int, split: int) -> Draw:
    """Deal the normal rows to two classes."""
    X, *test = anomaly.draw_split(name, n_train, split)

    def scores(new: Any) -> list[dict[str, Any]]:
        return [anomaly.scores(np.concatenate([X, new]), test, split)]

    def expanded() -> Any:
        return anomaly.halves(X, np.random.default_rng(split))

    return Draw(X, anomaly.dealt(X, np.random.default_rng(split)), expanded, scores)


QUESTIONS = {
    "regression": Question(
        regression.SETS,
        regression_draw,
        ("learner", "r2", "mae"),
        lambda table: regression.gains(table).rename(columns={"gain_mae": "gain"}),
        regression.NAMES,
        "mean absolute error, in percent of that of always predicting the median",
    ),
    "anomaly": Question(
        anomaly.SETS,
        anomaly_draw,
        tuple(anomaly.DETECTORS),
        lambda table: anomaly.long(table).rename(columns={"detector": "learner"}),
        anomaly.NAMES,
        "ROC AUC, in points",
    ),
}


def measure(question: Question, case: Case) -> list[dict[str, Any]]:
    """Run one sampler on one draw; return its lines, or one that says why there are none."""
    draw = question.draw(case["set"], case["N"], case["split"])
    try:
        new, seconds = new_rows(case["sampler"], draw, case["split"])
        return [{"error": "", "seconds": seconds} | line for line in draw.scores(new)]
    except Exception as error:  # recorded as a failure of this case, and counted
        return [{"error": describe(error), "seconds": np.nan} | dict.fromkeys(question.columns)]


def new_rows(sampler: str, draw: Draw, seed: int) -> tuple[Any, float]:
    """Make the rows, as many of both classes; return them, and seconds of CPU."""
    if sampler == "real":
        return draw.table[:0], 0.0
    if sampler == OURS:
        with cpu_seconds() as seconds:
            new = draw.expanded()
        return new, seconds[0]
    new, _, cost = find_peer(sampler).make(draw.table, draw.classes, np.full(2, NEW_ROWS // 2), seed)
    return new, cost.seconds


def page(question: Question, table: pd.DataFrame) -> str:
    """Return the tables."""
    failed = table.seconds.isna()
    gained = question.gains(table[~failed]).query("sampler != 'real'")
    facts = (
        f"{table.set.nunique()} sets, {N_TRAIN} real rows, {table.split.nunique()} draws of each, {NEW_ROWS} new rows, "
        f"{failed.sum() or 'no'} failures; the number after @ is a model's budget in CPU seconds.\n\n"
        f"Gain over the real rows only in {question.unit}:\n"
    )
    lines = overview(gained).assign(seconds=table.groupby("sampler").seconds.median())
    learners = mean_over_sets(gained, ["sampler", "learner"], "gain")["mean"].unstack()[list(question.learners)]
    formats = {"improved": ".0f", "worst": ".1f", "p, ": ".2g", "seconds": ".2g"}
    return "\n".join(
        [
            facts,
            to_markdown(lines, special=formats),
            "And by learner:\n",
            to_markdown(learners.loc[lines.index].rename(columns=question.learners)),
        ]
    )


def overview(gained: pd.DataFrame) -> pd.DataFrame:
    """Return one line per sampler, the best first: its gain, and how often and how far it goes wrong."""
    found, sets = {}, gained.groupby(["sampler", "set"]).gain.mean().unstack("sampler")
    for name, rows in gained.groupby("sampler", sort=False):
        figures = summary(rows, "learner")
        figures["p, real"] = figures.pop("p")
        figures[f"p, {OURS}"] = np.nan if name == OURS else signed_rank_p(sets[name] - sets[OURS])
        found[name] = figures
    return pd.DataFrame(found).T.rename_axis("sampler").sort_values("gain", ascending=False)


def main() -> None:
    """Read the command line, run what is missing, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("question", choices=QUESTIONS)
    parser.add_argument("--splits", type=int, default=3)
    parser.add_argument(
        "--models", type=comma_separated(str), default=list(MODELS), help="real rows and skexpand run too"
    )
    parser.add_argument("--out", type=Path, help="CSV file; the page is beside it")
    options = parser.parse_args()
    check_samplers(parser, options.models, find_peer, ", ".join(MODELS))
    question, path = QUESTIONS[options.question], options.out or FOLDER / f"{options.question}_generative.csv"
    cases = [
        {"set": name, "N": N_TRAIN, "split": split, "sampler": sampler}
        for split in range(options.splits)
        for name in question.sets
        for sampler in dict.fromkeys(["real", OURS, *options.models])
    ]
    table = run(cases, partial(measure, question), path)
    text = page(question, table)
    path.with_suffix(".md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
