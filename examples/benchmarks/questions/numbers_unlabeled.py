"""Open question: what do rows without a number add to expansion?

    python -m questions.numbers_unlabeled

The training rows of ``regression.py``, and up to 300 further rows of the same table whose y is hidden. Beside
:class:`skexpand.ExpansiveSynthesizer` with and without these rows, on the same splits: its inferred numbers without new
rows; self-training, where each learner labels the rows for itself (scikit-learn has that for classifiers only); and the
true y, which bounds from above what inferring can gain. All columns are scaled by all rows. What numbers are inferred
by, and what new rows start from, was chosen on the splits 100 and 101.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from markdown import to_markdown
from protocol import numbers_scaler
from sklearn.metrics import mean_absolute_error

import skexpand.expansion.smoothing as room
from questions.cases import CELL, Case, answer, complete, cpu_seconds, draw_gains, harm, percent_gains
from questions.regression import NEW_ROWS, SETS, Rows, load, n_test
from questions.target_law import HARM, LEARNERS, NAMES, SIZES, once
from skexpand import ExpandedRegressor, ExpansiveSynthesizer

MAX_HIDDEN, MIN_HIDDEN = 300, 50
TITLES = {
    "self_training": "self-training",
    "skexpand": "skexpand without these rows",
    "skexpand_auto": 'the same, "auto"',
    "inferred": "inferred numbers, no new rows",
    "unlabeled": "skexpand with these rows",
    "unlabeled_auto": 'the same, "auto"',
    "truth": "true numbers, no new rows",
}


def cases(n_splits: int) -> list[Case]:
    """List the cases, split by split; sizes that leave hardly any other row are left out."""
    return [
        {"set": name, "N": n, "split": split}
        for split in range(n_splits)
        for n in SIZES
        for name in SETS
        if n + MIN_HIDDEN <= len(load(name)[1]) - n_test(name)
    ]


def draw_split(name: str, n_train: int, split: int) -> tuple[Rows, Rows, Rows]:
    """Return training rows, those whose y is to be hidden, and test rows."""
    X, y = load(name)
    order = np.random.default_rng(split).permutation(len(y))
    test, rest = order[: n_test(name)], order[n_test(name) :][: n_train + MAX_HIDDEN]
    scaler, known = numbers_scaler().fit(X[rest]), y[rest[:n_train]]
    parts = (rest[:n_train], rest[n_train:], test)
    first, second, third = ((scaler.transform(X[part]), (y[part] - known.mean()) / known.std()) for part in parts)
    return first, second, third


def sampler(n_train: int, n_new: int, seed: int) -> ExpansiveSynthesizer:
    """Return the synthesizer of :class:`skexpand.ExpandedRegressor`, which makes so many new rows."""
    ratio = 1 + n_new / n_train
    law = {"local": 1, "global": 1}
    return ExpansiveSynthesizer(
        target="numbers", unlabeled="missing", law=law, expansion_ratio=ratio, random_state=seed
    )


def measure(case: Case) -> list[dict[str, Any]]:
    """Train every learner by every method; return a line for each pair."""
    known, hidden, test = draw_split(case["set"], case["N"], case["split"])
    seed, lines = case["split"], []
    all_rows = np.concatenate([known[0], hidden[0]])
    marked = np.concatenate([known[1], np.full(len(hidden[1]), np.nan)])

    def judge(method: str, learner: str, fitted: Any, seconds: float, **more: Any) -> None:
        mae = mean_absolute_error(test[1], fitted.predict(test[0]))
        lines.append({"method": method, "learner": learner, "mae": mae, "seconds": seconds, **more})

    def by_rows(method: str, rows: Rows, seconds: float = 0.0, **more: Any) -> None:
        for name, make in LEARNERS.items():
            judge(method, name, make(seed).fit(*rows), seconds, **more)

    def by_sampler(method: str, rows: Rows, n_new: int = NEW_ROWS) -> None:
        made = sampler(len(known[1]), n_new, seed)
        with cpu_seconds() as seconds:
            found = made.fit_resample(*rows)
        by_rows(method, found, seconds[0], clearness=clearness(made) if method == "unlabeled" else np.nan)

    def by_itself(method: str, rows: Rows) -> None:
        for name, make in LEARNERS.items():
            with cpu_seconds() as seconds:
                fitted = ExpandedRegressor(make(seed), sampler(len(known[1]), NEW_ROWS, seed)).fit(*rows)
            judge(method, name, fitted, seconds[0])

    by_rows("real", known)
    by_rows("truth", (all_rows, np.concatenate([known[1], hidden[1]])))
    for name, make in LEARNERS.items():
        own = make(seed).fit(*known).predict(hidden[0])
        judge("self_training", name, make(seed).fit(all_rows, np.concatenate([known[1], own])), 0.0)
    by_sampler("skexpand", known)
    by_itself("skexpand_auto", known)
    by_sampler("inferred", (all_rows, marked), 0)
    by_sampler("unlabeled", (all_rows, marked))
    by_itself("unlabeled_auto", (all_rows, marked))
    return lines


def clearness(fitted: ExpansiveSynthesizer) -> float:
    """Return by how many standard errors held-out numbers are predicted better than by their mean."""
    found, usual = fitted._source.smoothing.errors()
    difference = usual - found
    return float(difference.mean() / difference.std() * np.sqrt(len(difference)))


def by(gained: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the mean gain per method and learner, or size."""
    order = [name for name in (*LEARNERS, *SIZES) if name in set(gained[column])]
    return gained.pivot_table(index="method", columns=column, values="gain").loc[list(TITLES), order]


def overview(gained: pd.DataFrame) -> pd.DataFrame:
    """Return one line per method: mean gain, how often it goes wrong, in single splits and in their mean, and seconds.

    The methods that share a smoother are not billed for it twice, so "auto" has no seconds of its own.
    """
    seconds = gained.query("N == 100").groupby("method").seconds.median()
    found = harm(gained, "method", HARM) | {"seconds, 100 rows": seconds[["skexpand", "inferred"]]}
    return pd.DataFrame(found).loc[list(TITLES)]


def warned(gained: pd.DataFrame) -> pd.DataFrame:
    """Return how often numbers are predicted no better than by their mean, and what is gained there."""
    rows = gained[gained.method == "unlabeled"]
    without = gained[gained.method == "skexpand"].set_index(CELL).gain.rename("without")
    rows = rows.join(without, on=CELL)
    kinds = pd.cut(rows.clearness, [-np.inf, 1, 2, np.inf], labels=["below 1, a warning", "1 to 2", "above 2"])
    found = rows.groupby(kinds, observed=False).agg(
        draws=("gain", lambda part: len(part) // len(LEARNERS)), gain=("gain", "mean"), without=("without", "mean")
    )
    found.index.name = "standard errors better than the mean"
    return found.rename(columns={"without": "gain without these rows"})


def page(table: pd.DataFrame) -> str:
    """Return the tables."""
    table = complete(table)
    gained = percent_gains(table, "method")
    parts = [
        f"{table.set.nunique()} sets, {', '.join(map(str, SIZES))} rows with a number, {MIN_HIDDEN} to {MAX_HIDDEN} "
        f"without, {table.split.nunique()} splits, {NEW_ROWS} new rows, five learners; gain in percent of the error "
        "with the rows with a number only.\n",
        to_markdown(overview(gained).rename(index=TITLES)),
        "By learner:\n",
        to_markdown(by(gained, "learner").rename(index=TITLES, columns=NAMES)),
        "By the number of rows with a number:\n",
        to_markdown(by(gained, "N").rename(index=TITLES)),
        "By how clearly held-out numbers are predicted:\n",
        to_markdown(warned(gained)),
    ]
    return "\n".join(parts)


def draw(table: pd.DataFrame) -> Any:
    """Draw the gain against the number of rows with a number, one panel per learner."""
    gained = percent_gains(complete(table), "method")
    shown = ["skexpand", "inferred", "unlabeled", "self_training"]
    panels = {
        NAMES[learner]: by(gained[gained.learner == learner], "N").loc[shown].rename(index=TITLES)
        for learner in LEARNERS
    }
    return draw_gains(panels, SIZES, "real", "MAE, % of it")


if __name__ == "__main__":
    room.fit_smoother = once(room.fit_smoother)  # which methods and learners share
    answer(__doc__, "numbers_unlabeled", cases, measure, page, draw, splits=5)
