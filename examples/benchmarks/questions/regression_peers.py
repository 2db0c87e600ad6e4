"""Open question: what do other packages do for regression?

    python -m peers.install older
    python -m questions.regression_peers

On the same splits: noise on copies, C-Mixup, SMOGN, and the methods of ImbalancedLearningRegression that add rows, each
with its defaults; and skexpand, as a sampler (``target="numbers"``) and as :class:`skexpand.ExpandedRegressor`. Gains
are in percent of the mean absolute error with the real rows only. A method that fails has no score.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from markdown import to_markdown
from peers.catalogue import REGRESSION
from peers.client import Peer, PeerError
from sklearn.metrics import mean_absolute_error

from questions import regression
from questions.cases import (
    CELL,
    Case,
    answer,
    complete,
    cpu_seconds,
    draw_gains,
    mean_over_sets,
    percent_gains,
    summary,
)
from questions.regression import NEW_ROWS, Rows, c_mixup, draw_split, noise, regressor
from questions.target_law import HARM, LEARNERS, NAMES
from skexpand import ExpansiveSynthesizer

SIZES = (20, 50, 100, 200)
OURS = ("skexpand", "skexpand, auto")
CONTROLS = {"noise": noise, "c_mixup": c_mixup}  # they return new rows only


def cases(n_splits: int) -> list[Case]:
    """List the cases, split by split."""
    return [case for case in regression.cases(n_splits) if case["N"] in SIZES]


def measure(case: Case) -> list[dict[str, Any]]:
    """Train every learner with every method; return a line for each pair."""
    X, y, X_test, y_test, _ = draw_split(case["set"], case["N"], case["split"])
    seed, lines = case["split"], []

    def line(method: str, learner: str, fitted: Any, seconds: float, error: str = "") -> None:
        mae = np.nan if fitted is None else mean_absolute_error(y_test, fitted.predict(X_test))
        lines.append({"method": method, "learner": learner, "mae": mae, "seconds": seconds, "error": error})

    for method in ("real", *CONTROLS, *REGRESSION, "skexpand"):
        try:
            rows, seconds = training_rows(method, X, y, seed)
        except PeerError as error:
            for name in LEARNERS:
                line(method, name, None, np.nan, str(error))
            continue
        for name, make in LEARNERS.items():
            line(method, name, make(seed).fit(*rows), seconds)
    for name, make in LEARNERS.items():
        with cpu_seconds() as spent:
            fitted = regressor(make(seed), X, seed, "auto").fit(X, y)
        line("skexpand, auto", name, fitted, spent[0])
    return lines


def training_rows(method: str, X: Any, y: Any, seed: int) -> tuple[Rows, float]:
    """Return what to train on, and the seconds of processor time that it took."""
    if method in REGRESSION:
        rows, targets, cost = Peer(method).make(X, y, np.array([NEW_ROWS]), seed)
        return (rows, targets), cost.seconds
    with cpu_seconds() as seconds:
        if method == "skexpand":
            ratio = 1 + NEW_ROWS / len(X)
            sampler = ExpansiveSynthesizer(target="numbers", expansion_ratio=ratio, random_state=seed)
            rows = sampler.fit_resample(X, y)
        else:
            new, targets = CONTROLS.get(method, regression.no_rows)(X, y, seed)
            rows = np.concatenate([X, new]), np.concatenate([y, targets])
    return rows, seconds[0]


def overview(gained: pd.DataFrame) -> pd.DataFrame:
    """Return one line per method: its gain, how often it harms and fails, and ours on the cells where it does not."""
    found = {}
    ours = gained[gained.method == OURS[0]].set_index(CELL).gain.rename("ours")
    for method, rows in gained.groupby("method", sort=False):
        done = rows.dropna(subset=["gain"]).join(ours, on=CELL)
        figures = summary(done, "learner")
        found[method] = {
            "gain": figures["gain"],
            "s.e.": figures["s.e."],
            "skexpand there": done.groupby("set").ours.mean().mean(),
            "harmed %": 100 * (done.gain < HARM).mean(),
            "failed %": 100 * rows.gain.isna().mean(),
            "sets": done.set.nunique(),
            "p": figures["p"],
            "seconds": done[done.N == 100].seconds.median(),
        }
    return pd.DataFrame(found).T.rename_axis("method")


def by(gained: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the mean gain over sets per method and size, or learner."""
    lines = mean_over_sets(gained.dropna(subset=["gain"]), ["method", column], "gain")["mean"].unstack()
    return lines.loc[pd.unique(gained.method), [name for name in (*SIZES, *LEARNERS) if name in lines]]


def failures(table: pd.DataFrame) -> pd.DataFrame:
    """Count what the failed methods said, by method."""
    failed = table[table.error.fillna("") != ""].drop_duplicates(["method", "set", "N", "split"])
    text = failed.error.str.replace(r"\d+", "…", regex=True)
    counts = pd.crosstab(text, failed.method).reindex(
        columns=[name for name in REGRESSION if name in set(failed.method)]
    )
    return counts.rename_axis("error").rename_axis(columns=None)


def page(table: pd.DataFrame) -> str:
    """Return the tables."""
    table = complete(table)
    gained = percent_gains(table, "method")
    parts = [
        f"{table.set.nunique()} sets, {', '.join(map(str, SIZES))} real rows where a set has so many, "
        f"{table.split.nunique()} splits, five learners; gain in percent of the error with the real rows only.\n",
        to_markdown(overview(gained), special={"sets": ".0f", "p": ".2g", "seconds": ".2g"}),
        "By the number of real rows:\n",
        to_markdown(by(gained, "N")),
        "By learner:\n",
        to_markdown(by(gained, "learner").rename(columns=NAMES)),
        "What the failed ones said, and in how many splits:\n",
        to_markdown(failures(table)),
    ]
    return "\n".join(parts)


def draw(table: pd.DataFrame) -> Any:
    """Draw the gain against the number of real rows, one panel per learner."""
    gained = percent_gains(complete(table), "method")
    panels = {NAMES[learner]: by(gained[gained.learner == learner], "N") for learner in LEARNERS}
    return draw_gains(panels, SIZES, "real", "MAE, % of it")


if __name__ == "__main__":
    answer(__doc__, "regression_peers", cases, measure, page, draw, splits=5)
