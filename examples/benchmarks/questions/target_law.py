"""Open question: where should the target of a new row come from?

    python -m questions.target_law

Three laws of :class:`skexpand.ExpandedRegressor` on the same splits: the target recombined as another column, the one
of a smoother, and "auto", which asks of each learner whether it is expected to gain. Gains are in percent of the mean
absolute error with the real rows only. The allowance of "auto" and the smoother's candidates were chosen on the
splits 100 to 102.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from markdown import to_markdown
from sklearn.metrics import mean_absolute_error
from xgboost import XGBRegressor

import skexpand.expansion.smoothing as room
from questions import regression
from questions.cases import Case, answer, complete, cpu_seconds, draw_gains, harm, percent_gains
from questions.regression import SETS, draw_split, regressor

SIZES = (20, 50, 100)
LEARNERS = regression.LEARNERS | {"xgboost": lambda seed: XGBRegressor(random_state=seed, n_jobs=1)}
NAMES = regression.NAMES | {"xgboost": "XGBoost"}
LAWS = ("recombined", "smooth")
HARM = -1.0  # percent


def once(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the same function, which remembers its last result, since five learners share a smoother."""
    last: dict[Any, Any] = {}

    def remembered(X: Any, y: Any, folds: Any, seed: int) -> Any:
        key = X.tobytes(), y.tobytes(), seed
        if key not in last:
            last.clear()
            last[key] = function(X, y, folds, seed)
        return last[key]

    return remembered


def cases(n_splits: int) -> list[Case]:
    """List the cases, split by split."""
    return [{"set": name, "N": n, "split": split} for split in range(n_splits) for n in SIZES for name in SETS]


def measure(case: Case) -> list[dict[str, Any]]:
    """Train every learner by every law; return a line for each pair."""
    X, y, X_test, y_test, _ = draw_split(case["set"], case["N"], case["split"])
    seed, lines = case["split"], []

    def line(law: str, learner: str, fitted: Any, seconds: float) -> None:
        mae = mean_absolute_error(y_test, fitted.predict(X_test))
        lines.append({"law": law, "learner": learner, "mae": mae, "seconds": seconds})

    for law in LAWS:
        with cpu_seconds() as seconds:
            new, targets = regression.expanded(X, y, seed, law)
        rows = np.concatenate([X, new]), np.concatenate([y, targets])
        for name, make in LEARNERS.items():
            line(law, name, make(seed).fit(*rows), seconds[0])
    for name, make in LEARNERS.items():
        with cpu_seconds() as seconds:
            line("real", name, make(seed).fit(X, y), 0.0)
        with cpu_seconds() as seconds:
            fitted = regressor(make(seed), X, seed, "auto").fit(X, y)
        line("auto", name, fitted, seconds[0])
        lines[-1]["expanded"] = fitted.expanded_
    return lines


def by(gained: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the mean gain per law and learner, or size."""
    order = [name for name in (*LEARNERS, *SIZES) if name in set(gained[column])]
    return gained.pivot_table(index="law", columns=column, values="gain").loc[[*LAWS, "auto"], order]


def overview(gained: pd.DataFrame) -> pd.DataFrame:
    """Return one line per law: mean gain, how often it goes wrong, in single splits and in their mean, and seconds."""
    seconds = gained.query("N == 100").groupby("law").seconds.median()
    seconds["auto"] += seconds["smooth"]  # the smoother is shared, see above
    found = harm(gained, "law", HARM) | {"seconds, 100 rows": seconds}
    return pd.DataFrame(found).loc[[*LAWS, "auto"]]


def page(table: pd.DataFrame) -> str:
    """Return the tables."""
    table = complete(table)
    gained = percent_gains(table, "law")
    used = 100 * gained[gained.law == "auto"].expanded.astype(bool).mean()
    parts = [
        f"{table.set.nunique()} sets, {', '.join(map(str, SIZES))} real rows, {table.split.nunique()} splits, "
        f"{regression.NEW_ROWS} new rows, five learners; gain in percent of the error with the real rows only. "
        f'"auto" made new rows in {used:.0f} % of the cases.\n',
        to_markdown(overview(gained)),
        "By learner:\n",
        to_markdown(by(gained, "learner").rename(columns=NAMES)),
        "By the number of real rows:\n",
        to_markdown(by(gained, "N")),
    ]
    return "\n".join(parts)


def draw(table: pd.DataFrame) -> Any:
    """Draw the gain against the number of real rows, one panel per learner."""
    gained = percent_gains(complete(table), "law")
    panels = {NAMES[learner]: by(gained[gained.learner == learner], "N") for learner in LEARNERS}
    return draw_gains(panels, SIZES, "real", "MAE, % of it")


if __name__ == "__main__":
    room.fit_smoother = once(room.fit_smoother)
    answer(__doc__, "target_law", cases, measure, page, draw, splits=5)
