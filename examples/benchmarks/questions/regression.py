"""Open question: what does expansion do for regression?

    python -m questions.regression

The sampler knows classes. So y joins the columns, the classes are bins of its ranks, and each new row brings its own y:
:class:`skexpand.ExpandedRegressor` with ``target_law="recombined"`` (``target_law.py`` compares the other laws). Beside
it, on the same splits: noise on copies, C-Mixup (pairs of rows of similar y are mixed) and SMOTE for regression (rows
and y are interpolated between neighbours).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from markdown import to_markdown
from protocol import numbers_scaler
from sets import _as_numbers, data_folder
from sklearn.datasets import make_friedman1
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.neighbors import KNeighborsRegressor, NearestNeighbors
from sklearn.svm import SVR

from questions.cases import Case, answer, complete, cpu_seconds, draw_gains, mean_over_sets, summary
from skexpand import ExpandedRegressor, ExpansiveSynthesizer

TABLES = (
    "concrete",
    "yacht",
    "diabetes442",
    "auto_mpg",
    "energy_heating",
    "airfoil",
    "real_estate",
    "auto_imports_price",
)
SETS = (*TABLES, "friedman1")
SIZES = (20, 50, 100, 200, 500)
NEW_ROWS = 500
MAX_TEST = 500
NOISE = 0.5  # standard deviations
LEARNERS = {
    "ridge": lambda seed: Ridge(),
    "knn": lambda seed: KNeighborsRegressor(),
    "svr": lambda seed: SVR(),
    "forest": lambda seed: RandomForestRegressor(40, random_state=seed),
}
NAMES = {"ridge": "ridge regression", "knn": "nearest neighbours", "svr": "support vectors", "forest": "random forest"}

Rows = tuple[Any, Any]


def no_rows(X: Any, y: Any, seed: int) -> Rows:
    """Make nothing."""
    return X[:0], y[:0]


def noise(X: Any, y: Any, seed: int) -> Rows:
    """Repeat rows and add Gaussian noise to the columns."""
    rng = np.random.default_rng(seed)
    anchors = rng.integers(len(X), size=NEW_ROWS)
    return X[anchors] + NOISE * rng.standard_normal((NEW_ROWS, X.shape[1])), y[anchors]


def c_mixup(X: Any, y: Any, seed: int, bandwidth: float = 0.3, concentration: float = 2.0) -> Rows:
    """Mix pairs of rows; the second is drawn the more often the nearer its y."""
    rng = np.random.default_rng(seed)
    closeness = np.exp(-((y[:, None] - y) ** 2) / (2 * bandwidth**2)) * (1 - np.eye(len(y))) + 1e-12
    first = rng.integers(len(X), size=NEW_ROWS)
    second = np.array([rng.choice(len(X), p=closeness[row] / closeness[row].sum()) for row in first])
    share = rng.beta(concentration, concentration, NEW_ROWS)
    return X[first] + share[:, None] * (X[second] - X[first]), y[first] + share * (y[second] - y[first])


def smote(X: Any, y: Any, seed: int) -> Rows:
    """Interpolate between a row and one of its 5 nearest, columns and y alike."""
    rng = np.random.default_rng(seed)
    nearest = NearestNeighbors(n_neighbors=6).fit(X).kneighbors(X, return_distance=False)[:, 1:]
    first = rng.integers(len(X), size=NEW_ROWS)
    second = nearest[first, rng.integers(5, size=NEW_ROWS)]
    share = rng.random(NEW_ROWS)
    return X[first] + share[:, None] * (X[second] - X[first]), y[first] + share * (y[second] - y[first])


class Keeper(Ridge):
    """A regressor that keeps what it is trained on."""

    def fit(self, X: Any, y: Any) -> Keeper:
        """Keep the rows."""
        self.rows_ = X, y
        return self


def expanded(X: Any, y: Any, seed: int, target_law: str = "recombined") -> Rows:
    """Return the rows that :class:`skexpand.ExpandedRegressor` trains on, less the real ones."""
    rows, targets = regressor(Keeper(), X, seed, target_law).fit(X, y).estimator_.rows_
    return rows[len(X) :], targets[len(X) :]


def regressor(learner: Any, X: Any, seed: int, target_law: str) -> ExpandedRegressor:
    """Return a learner that makes its own new rows."""
    law = {"local": 1, "global": 1}
    sampler = ExpansiveSynthesizer(law=law, expansion_ratio=1 + NEW_ROWS / len(X), random_state=seed)
    return ExpandedRegressor(learner, sampler, target_law=target_law)


SAMPLERS = {"real": no_rows, "noise": noise, "c_mixup": c_mixup, "smote": smote, "recombined": expanded}


@cache
def load(name: str) -> Rows:
    """Return the columns of a set as numbers, and its target."""
    if name == "friedman1":
        return make_friedman1(1500, noise=1.0, random_state=0)
    folder = data_folder()
    if folder is None:
        raise FileNotFoundError("set SKEXPAND_DATA to the folder of the tables")
    schema = json.loads((folder / "tabular" / "schema.json").read_text(encoding="utf-8"))[f"reg_{name}"]
    types = dict.fromkeys(schema["categorical"], "object") | dict.fromkeys(schema["numeric"], "float64")
    table = pd.read_csv(folder / "tabular" / f"reg_{name}.csv", dtype=types, keep_default_na=False, na_values=[""])
    columns = table.drop(columns="target")
    return np.column_stack([_as_numbers(columns[column]) for column in columns]), table["target"].to_numpy(float)


def n_test(name: str) -> int:
    """Return the number of test rows of a set."""
    return min(len(load(name)[1]) // 2, MAX_TEST)


def draw_split(name: str, n_train: int, split: int) -> tuple[Any, Any, Any, Any, float]:
    """Return training and test rows, scaled by the training rows, and the error of always saying their median."""
    X, y = load(name)
    order = np.random.default_rng(split).permutation(len(y))
    test, train = order[: n_test(name)], order[n_test(name) :][:n_train]
    scaler = numbers_scaler().fit(X[train])
    scaled = (y - y[train].mean()) / y[train].std()
    usual = np.mean(np.abs(scaled[test] - np.median(scaled[train])))
    return scaler.transform(X[train]), scaled[train], scaler.transform(X[test]), scaled[test], usual


def cases(n_splits: int) -> list[Case]:
    """List the cases, split by split; sizes that a set does not have are left out."""
    return [
        {"set": name, "N": n_train, "split": split}
        for split in range(n_splits)
        for n_train in SIZES
        for name in SETS
        if n_train <= len(load(name)[1]) - n_test(name)
    ]


def measure(case: Case) -> list[dict[str, Any]]:
    """Train every learner with every sampler; return a line for each pair."""
    X, y, *test = draw_split(case["set"], case["N"], case["split"])
    lines = []
    for name, sampler in SAMPLERS.items():
        with cpu_seconds() as seconds:
            new, targets = sampler(X, y, case["split"])
        found = scores((np.concatenate([X, new]), np.concatenate([y, targets])), test, case["split"])
        lines += [{"sampler": name, "learner": learner, "seconds": seconds[0], **found[learner]} for learner in found]
    return lines


def scores(rows: Rows, test: Sequence[Any], seed: int) -> dict[str, dict[str, float]]:
    """Train every learner; return its scores on the test rows, whose last part is the error of a constant."""
    X_test, y_test, usual = test
    lines = {}
    for learner, make in LEARNERS.items():
        found = make(seed).fit(*rows).predict(X_test)
        mae = 100 * mean_absolute_error(y_test, found) / usual
        lines[learner] = {"r2": 100 * r2_score(y_test, found), "mae": mae}
    return lines


def gains(table: pd.DataFrame) -> pd.DataFrame:
    """Add what is gained over the real rows only: R² that rises and an error that falls are above 0."""
    key = ["set", "N", "split", "learner"]
    table = table.assign(r2=table.r2.clip(lower=-100))
    real = table[table.sampler == "real"].set_index(key)[["r2", "mae"]].add_prefix("real_")
    return table.join(real, on=key).eval("gain_r2 = r2 - real_r2").eval("gain_mae = real_mae - mae")


def by(rows: pd.DataFrame, column: str, value: str) -> pd.DataFrame:
    """Return the mean over sets per sampler and size, or learner, and over all of these."""
    lines = mean_over_sets(rows, ["sampler", column], value)["mean"].unstack()
    return lines.assign(mean=lines.mean(axis=1)).loc[pd.unique(rows.sampler)]


def overview(gained: pd.DataFrame) -> pd.DataFrame:
    """Return one line per sampler: its gains, and how often and how far it goes wrong."""
    found = {}
    for name, rows in gained.groupby("sampler", sort=False):
        figures = summary(rows, "learner", "gain_mae")
        found[name] = {
            "gain in R²": rows.groupby("set").gain_r2.mean().mean(),
            "gain in MAE": figures.pop("gain"),
            **figures,
            "seconds": rows.seconds.median(),
        }
    return pd.DataFrame(found).T.rename_axis("sampler")


def page(table: pd.DataFrame) -> str:
    """Return the tables."""
    table = gains(complete(table))
    gained = table[table.sampler != "real"]
    formats = {"improved": ".0f", "worst": ".1f", "p": ".2g", "seconds": ".2g"}
    parts = [
        f"{table.set.nunique()} sets, {', '.join(map(str, SIZES))} real rows where a set has so many, "
        f"{table.split.nunique()} splits, {NEW_ROWS} new rows, four learners.\n",
        to_markdown(overview(gained), special=formats),
        "Gain in MAE by the number of real rows:\n",
        to_markdown(by(gained, "N", "gain_mae")),
        "And by learner, the mean absolute error with the real rows only in the first line:\n",
    ]
    first = by(table[table.sampler == "real"], "learner", "mae").rename(index={"real": "real rows only (MAE)"})
    lines = pd.concat([first, by(gained, "learner", "gain_mae")])[[*LEARNERS, "mean"]]
    parts += [to_markdown(lines.rename(columns=NAMES).rename_axis("sampler")), "Of skexpand, by both:\n"]
    ours = gained[gained.sampler == "recombined"]
    both = mean_over_sets(ours, ["learner", "N"], "gain_mae")["mean"].unstack().loc[list(LEARNERS)]
    return "\n".join([*parts, to_markdown(both.rename(index=NAMES).rename_axis("learner"))])


def draw(table: pd.DataFrame) -> Any:
    """Draw the gain in the mean absolute error against the number of real rows, one panel per learner."""
    gained = gains(complete(table)).query("sampler != 'real'")
    panels = {
        NAMES[learner]: by(gained[gained.learner == learner], "N", "gain_mae").drop(columns="mean")
        for learner in LEARNERS
    }
    return draw_gains(panels, SIZES, "real", "MAE")


if __name__ == "__main__":
    answer(__doc__, "regression", cases, measure, page, draw)
