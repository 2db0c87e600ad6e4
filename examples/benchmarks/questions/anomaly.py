"""Open question: does expansion help a detector of anomalies that is trained on normal rows alone?

    python -m questions.anomaly

trains one-class learners on a few normal rows, and on these and new ones; scores are areas under the ROC curve, on the
other normal rows and all anomalies. The sampler asks for at least two classes, and here there is one. So classes are
made up: "halves" deals the rows to two at random, "clusters" takes two of k-means.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from markdown import to_markdown
from sklearn.cluster import KMeans
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import LocalOutlierFactor, NearestNeighbors
from sklearn.preprocessing import StandardScaler
from sklearn.svm import OneClassSVM

from questions.cases import Case, answer, complete, cpu_seconds, draw_gains, mean_over_sets, summary
from skexpand import ExpansiveSynthesizer

SETS = ("cardio", "glass", "letter", "pima", "stamps", "thyroid", "vowels", "wbc")
SIZES = (20, 50, 100)
NEW_ROWS = 500
MAX_TEST = 500  # normal rows in the test set
NOISE = 0.3  # standard deviations
DETECTORS = {
    "svm": lambda seed: OneClassSVM(),
    "forest": lambda seed: IsolationForest(n_estimators=50, random_state=seed),
    "lof": lambda seed: LocalOutlierFactor(novelty=True),
    "lof_5": lambda seed: LocalOutlierFactor(n_neighbors=5, novelty=True),  # the default of 20 is many for 20 rows
}
NAMES = {
    "svm": "one-class SVM",
    "forest": "isolation forest",
    "lof": "local outlier factor (20)",
    "lof_5": "local outlier factor (5)",
}


def no_rows(X: Any, rng: np.random.Generator) -> Any:
    """Make nothing."""
    return X[:0]


def noise(X: Any, rng: np.random.Generator) -> Any:
    """Repeat rows and add Gaussian noise."""
    return X[rng.integers(len(X), size=NEW_ROWS)] + NOISE * rng.standard_normal((NEW_ROWS, X.shape[1]))


def interpolation(X: Any, rng: np.random.Generator) -> Any:
    """Interpolate between a row and one of its 5 nearest, as SMOTE does inside a class."""
    nearest = NearestNeighbors(n_neighbors=6).fit(X).kneighbors(X, return_distance=False)[:, 1:]
    anchors = rng.integers(len(X), size=NEW_ROWS)
    others = nearest[anchors, rng.integers(5, size=NEW_ROWS)]
    return X[anchors] + rng.random((NEW_ROWS, 1)) * (X[others] - X[anchors])


def expanded(labels: Any, X: Any, rng: np.random.Generator) -> Any:
    """Expand rows under made-up labels, each class by its share."""
    ratio = 1 + NEW_ROWS / len(X)
    seed = int(rng.integers(2**31))
    sampler = ExpansiveSynthesizer(sampling_strategy="stratified", expansion_ratio=ratio, random_state=seed)
    return sampler.fit_resample(X, labels)[0][len(X) :]


def dealt(X: Any, rng: np.random.Generator) -> Any:
    """Deal the rows to two classes at random."""
    return rng.permutation(np.arange(len(X)) % 2)


def halves(X: Any, rng: np.random.Generator) -> Any:
    """Expand with the rows dealt to two classes at random."""
    return expanded(dealt(X, rng), X, rng)


def clusters(X: Any, rng: np.random.Generator) -> Any:
    """Expand with two clusters as classes."""
    return expanded(KMeans(2, n_init=5, random_state=int(rng.integers(2**31))).fit_predict(X), X, rng)


SAMPLERS = {
    "real": no_rows,
    "noise": noise,
    "interpolation": interpolation,
    "skexpand, halves": halves,
    "skexpand, clusters": clusters,
}


@cache
def load(name: str) -> tuple[Any, Any]:
    """Return the rows of a set, and which are anomalies."""
    with np.load(Path(os.environ["SKEXPAND_DATA"]) / "anomaly" / f"{name}.npz") as file:
        return file["X"].astype(float), file["y"].ravel() == 1


def draw_split(name: str, n_train: int, split: int) -> tuple[Any, Any, Any]:
    """Return scaled normal rows for training, test rows, and which of these are anomalies."""
    X, anomalous = load(name)
    normal = np.random.default_rng(split).permutation(np.flatnonzero(~anomalous))
    test = np.concatenate([normal[n_train:][:MAX_TEST], np.flatnonzero(anomalous)])
    scaler = StandardScaler().fit(X[normal[:n_train]])
    return scaler.transform(X[normal[:n_train]]), scaler.transform(X[test]), anomalous[test]


def cases(n_splits: int) -> list[Case]:
    """List the cases, split by split."""
    return [
        {"set": name, "N": n_train, "split": split} for split in range(n_splits) for n_train in SIZES for name in SETS
    ]


def measure(case: Case) -> list[dict[str, Any]]:
    """Train every detector with every sampler; return a line for each sampler."""
    X, *test = draw_split(case["set"], case["N"], case["split"])
    lines = []
    for name, sampler in SAMPLERS.items():
        with cpu_seconds() as seconds:
            new = sampler(X, np.random.default_rng(case["split"]))
        found = scores(np.concatenate([X, new]), test, case["split"])
        lines.append({"sampler": name, "seconds": seconds[0], **found})
    return lines


def scores(rows: Any, test: Sequence[Any], seed: int) -> dict[str, float]:
    """Train every detector; return its area under the ROC curve on the test rows."""
    X_test, anomalous = test
    return {
        detector: 100 * roc_auc_score(anomalous, -make(seed).fit(rows).score_samples(X_test))
        for detector, make in DETECTORS.items()
    }


def long(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row per detector, with the gain over the real rows only."""
    key = ["set", "N", "split", "detector"]
    rows = table.melt([*key[:3], "sampler"], list(DETECTORS), "detector", "auc")
    real = rows[rows.sampler == "real"].set_index(key).auc.rename("real")
    return rows.join(real, on=key).eval("gain = auc - real")


def page(table: pd.DataFrame) -> str:
    """Return the tables."""
    table = complete(table)
    rows = long(table)
    gained = rows[rows.sampler != "real"]
    parts = [
        f"{rows.set.nunique()} sets, {rows.split.nunique()} splits, {NEW_ROWS} new rows. ROC AUC in points: with the "
        "real rows only (first line of each detector), and what new rows add to it.\n"
    ]
    for detector, name in NAMES.items():
        first = by_size(rows[(rows.detector == detector) & (rows.sampler == "real")], "auc")
        first.index = ["real rows only (score)"]
        rest = by_size(gained[gained.detector == detector], "gain")
        parts.append(f"**{name}**\n\n" + to_markdown(pd.concat([first, rest]).rename_axis("normal rows")))
    parts += ["**All four**\n", to_markdown(overview(gained), special={"p": ".2g", "improved": ".0f", "worst": ".1f"})]
    return "\n".join(parts)


def by_size(rows: pd.DataFrame, value: str) -> pd.DataFrame:
    """Return the mean over sets per sampler and size."""
    lines = mean_over_sets(rows, ["sampler", "N"], value)["mean"].unstack()
    return lines.assign(mean=lines.mean(axis=1)).loc[pd.unique(rows.sampler)]


def overview(gained: pd.DataFrame) -> pd.DataFrame:
    """Return one line per sampler: its gain, and how often and how far it goes wrong."""
    found = {name: summary(rows, "detector") for name, rows in gained.groupby("sampler", sort=False)}
    return pd.DataFrame(found).T.rename_axis("sampler")


def draw(table: pd.DataFrame) -> Any:
    """Draw the gain of each sampler against the number of normal rows, one panel per detector."""
    rows = long(complete(table)).query("sampler != 'real'")
    panels = {
        NAMES[detector]: by_size(rows[rows.detector == detector], "gain").drop(columns="mean") for detector in DETECTORS
    }
    return draw_gains(panels, SIZES, "normal", "ROC AUC")


if __name__ == "__main__":
    answer(__doc__, "anomaly", cases, measure, page, draw)
