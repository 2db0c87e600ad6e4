"""What a gate keeps and what it saves: GatedSynthesizer against always and never expanding.

    python gate.py --out results/gate.csv

For each set, size, split and learner, one row: the differences on the gate's folds inside the training rows, and what
expansion gained on the test rows. The folds do not depend on ``confidence``, so ``summaries/gate.csv`` judges all
confidences by the same run. New rows are made once for all learners. A *case* is a set and a size: the mean over
splits and learners.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from protocol import Split, draw_split, scaled
from sets import load
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.neighbors import KNeighborsClassifier

from skexpand import ExpansiveSynthesizer
from skexpand._folds import held_out_ratio, paired_folds
from skexpand._interval import corrected_interval

SETS = (
    "openml_vehicle",
    "openml_heart_statlog",
    "openml_ionosphere",
    "openml_sonar",
    "openml_wdbc",
    "openml_phoneme",
    "openml_spambase",
    "openml_climate_model_simulation_crashes",
    "uci_vowel",
    "openml_qsar_biodeg",
    "openml_stock",
    "pmlb_mfeat_fourier",
)
SIZES = (50, 200)
N_SPLITS = 2
N_FOLDS = 5  # drawn twice
CONFIDENCES = (0.5, 0.65, 0.8, 0.95)
LEARNERS = {
    "lr": LogisticRegression(max_iter=300),
    "knn": KNeighborsClassifier(),
    "rf": RandomForestClassifier(40, random_state=0),
}
DIFFERENCES = [f"fold_{place}" for place in range(2 * N_FOLDS)]

Rows = tuple[Any, Any]


def gains(train: Rows, test: Rows, seed: int) -> dict[str, float]:
    """Return what each learner gains on test rows by expanding its training rows."""
    larger = ExpansiveSynthesizer(random_state=seed).fit_resample(*train)
    return {name: score(learner, larger, test) - score(learner, train, test) for name, learner in LEARNERS.items()}


def score(learner: Any, train: Rows, test: Rows) -> float:
    """Return the balanced accuracy in percent."""
    return 100 * balanced_accuracy_score(test[1], clone(learner).fit(*train).predict(test[0]))


def judged(split: Split, seed: int) -> Iterator[dict[str, Any]]:
    """Yield, for each learner, the differences inside the training rows and the gain outside."""
    X, y = split.X_train, split.y_train
    folds = paired_folds(X, y, N_FOLDS, np.random.default_rng(seed))
    inside = [gains((X[train], y[train]), (X[test], y[test]), seed) for train, test in folds]
    outside = gains((X, y), (split.X_test, split.y_test), seed)
    for name in LEARNERS:
        differences = dict(zip(DIFFERENCES, (fold[name] for fold in inside), strict=True))
        yield {"learner": name, "gain": outside[name], "test_to_train": held_out_ratio(folds), **differences}


def run() -> pd.DataFrame:
    """Return all rows."""
    rows = []
    for index in range(N_SPLITS):
        for n_train in SIZES:
            for name in SETS:
                split = scaled(draw_split(*load(name), n_train, index))
                case = {"set": name, "N": n_train, "split": index}
                rows += [case | found for found in judged(split, index)]
                print(*case.values(), *(f"{row['gain']:+.1f}" for row in rows[-len(LEARNERS) :]), flush=True)
    return pd.DataFrame(rows)


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what each policy reaches."""
    lines = [line("never", rows, np.zeros(len(rows), bool)), line("always", rows, np.ones(len(rows), bool))]
    for confidence in CONFIDENCES:
        bounds = [
            corrected_interval(differences, overlap, confidence, sides=1).low
            for differences, overlap in zip(rows[DIFFERENCES].to_numpy(), rows["test_to_train"], strict=True)
        ]
        lines.append(line(f"gate, confidence {confidence}", rows, np.array(bounds) > 0))
    return pd.DataFrame(lines)


def line(policy: str, rows: pd.DataFrame, expands: Any) -> dict[str, Any]:
    """Return one line of the summary."""
    outcome = rows["gain"].where(expands, 0.0)
    return {
        "policy": policy,
        "mean gain": round(outcome.mean(), 2),
        "expanded %": round(100 * expands.mean()),
        "worst case": round(outcome.groupby([rows["set"], rows["N"]]).mean().min(), 2),
        "worst single outcome": round(outcome.min(), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("results/gate.csv"))
    out = parser.parse_args().out
    warnings.simplefilter("ignore")  # convergence, and failure signs of small folds
    rows = run()
    rows.round(4).to_csv(out, index=False)
    summary(rows).to_csv(out.parent / "summaries" / out.name, index=False)


if __name__ == "__main__":
    main()
