"""What a gate keeps and what it saves: GatedSynthesizer against always and never expanding.

    python gate.py --out results/gate.csv

For each set, size, split and learner, one row: the differences on the gate's folds inside the training rows, and what
expansion gained on the test rows. The folds do not depend on ``confidence``, so ``summaries/gate.csv`` judges all
confidences by the same run. New rows are made once for all learners. A *case* is a set and a size: the mean over
splits and learners.

The default was chosen on the sets in ``CHOSEN_ON`` (``--choice``, with other learners), and settled when some of the
others in ``JUDGED_ON`` had been seen as well, and so was the number of draws; both tables flatter it a little.
"""

from __future__ import annotations

import argparse
import os
import warnings
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from cells import run_missing
from protocol import draw_split, scaled
from results import Results
from sets import load
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from threadpoolctl import threadpool_limits

from skexpand import ExpansiveSynthesizer, GatedSynthesizer
from skexpand.comparison.folds import held_out_ratio, paired_folds
from skexpand.comparison.interval import corrected_interval

CHOSEN_ON = (
    *("openml_vehicle", "openml_heart_statlog", "openml_ionosphere", "openml_sonar", "openml_wdbc", "openml_phoneme"),
    *("openml_spambase", "openml_climate_model_simulation_crashes", "uci_vowel", "openml_qsar_biodeg"),
    *("openml_stock", "pmlb_mfeat_fourier"),
)
CHANCE = "labels of chance"
JUDGED_ON = (
    *("uci_dermatology", "pmlb_analcatdata_authorship", "openml_segment", "openml_credit_g", "openml_satimage"),
    *("openml_mfeat_zernike", "openml_yeast", "openml_protein", "openml_steel_plates_fault_7class", "pmlb_texture"),
    *("openml_credit_approval", "titanic"),
    CHANCE,
)
SIZES = (50, 200)
N_FOLDS = 5
CONFIDENCES = (0.35, 0.5, 0.65, 0.8, 0.95)
DEFAULT = GatedSynthesizer()


class GateCell(NamedTuple):
    """A split of a set."""

    set: str
    N: int
    split: int


def learners_of(name: str) -> dict[str, Any]:
    """Return the learners for a set: where the default is judged, none that it was chosen with."""
    if name in CHOSEN_ON:
        forest = RandomForestClassifier(40, random_state=0)
        return {"lr": LogisticRegression(max_iter=300), "knn": KNeighborsClassifier(), "rf": forest}
    return {"svc": SVC(), "tree": DecisionTreeClassifier(random_state=0), "nb": GaussianNB()}


def rows_of(name: str) -> tuple[Any, Any]:
    """Return a set; one has labels of chance, so that there is nothing to gain."""
    if name != CHANCE:
        return load(name)
    X, y = load("openml_credit_g")
    return X, np.random.default_rng(0).permutation(y)


def run_cell(cell: GateCell, n_repeats: int) -> list[dict[str, Any]]:
    """Return a line for each learner: the differences inside the training rows and the gain outside."""
    warnings.simplefilter("ignore")  # convergence, and failure signs of small folds
    with threadpool_limits(limits=1):
        X, y, *test = scaled(draw_split(*rows_of(cell.set), cell.N, cell.split))
        learners, rng = learners_of(cell.set), np.random.default_rng(cell.split)
        folds = paired_folds(X, y, N_FOLDS, rng, n_repeats=n_repeats)
        inside = [gains(learners, (X[a], y[a]), (X[b], y[b]), cell.split) for a, b in folds]
        outside = gains(learners, (X, y), (test[0], test[1]), cell.split)
    common = cell._asdict() | {"test_to_train": round(held_out_ratio(folds), 4)}
    return [
        common | {"learner": name, "gain": outside[name]} | {f"fold_{i}": fold[name] for i, fold in enumerate(inside)}
        for name in learners
    ]


def gains(learners: Mapping[str, Any], train: tuple[Any, Any], test: tuple[Any, Any], seed: int) -> dict[str, float]:
    """Return what each learner gains on test rows by expanding its training rows."""
    larger = ExpansiveSynthesizer(random_state=seed).fit_resample(*train)
    return {
        name: round(score(learner, larger, test) - score(learner, train, test), 4) for name, learner in learners.items()
    }


def score(learner: Any, train: tuple[Any, Any], test: tuple[Any, Any]) -> float:
    """Return the balanced accuracy in percent."""
    return 100 * balanced_accuracy_score(test[1], clone(learner).fit(*train).predict(test[0]))


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what each policy reaches, and what the default would with fewer or more draws of the folds."""
    lines = [line("never", rows, np.zeros(len(rows), bool)), line("always", rows, np.ones(len(rows), bool))]
    for level in CONFIDENCES:
        lines.append(line(f"gate, confidence {level}", rows, lower_bounds(rows, DEFAULT.n_repeats, level) > 0))
    for drawn in range(1, rows.columns.str.startswith("fold_").sum() // N_FOLDS + 1):
        if drawn != DEFAULT.n_repeats:
            policy = f"gate, confidence {DEFAULT.confidence}, {drawn} draw{'s' * (drawn > 1)} of the folds"
            lines.append(line(policy, rows, lower_bounds(rows, drawn, DEFAULT.confidence) > 0))
    return pd.DataFrame(lines)


def lower_bounds(rows: pd.DataFrame, drawn: int, confidence: float) -> np.ndarray:
    """Return the lower bound of each row's gain, by the first draws of the folds."""
    folds = rows[[f"fold_{i}" for i in range(drawn * N_FOLDS)]].to_numpy()
    pairs = zip(folds, rows["test_to_train"], strict=True)
    return np.array([corrected_interval(values, overlap, confidence, sides=1).low for values, overlap in pairs])


def line(policy: str, rows: pd.DataFrame, expands: Any) -> dict[str, Any]:
    """Return one line of the summary; each case counts alike, also in a run that is not done."""
    outcome = rows["gain"].where(expands, 0.0)
    cases = outcome.groupby([rows["set"], rows["N"]]).mean()
    return {
        "policy": policy,
        "mean gain": round(cases.mean(), 2),
        "expanded %": round(100 * expands.mean()),
        "worst case": round(cases.min(), 2),
        "worst single outcome": round(outcome.min(), 1) + 0.0,  # no -0.0
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("results/gate.csv"))
    parser.add_argument("--choice", action="store_true", help="the sets that the default was chosen on")
    parser.add_argument("--repeats", type=int, default=4, help="how often folds are drawn")
    parser.add_argument("--splits", type=int, default=2)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="worker processes")
    options = parser.parse_args()
    names = CHOSEN_ON if options.choice else JUDGED_ON
    cells = [GateCell(name, n, split) for split in range(options.splits) for n in SIZES for name in names]
    columns = [
        *GateCell._fields,
        "learner",
        "gain",
        "test_to_train",
        *(f"fold_{i}" for i in range(options.repeats * N_FOLDS)),
    ]
    results = Results(options.out, GateCell, columns, len(learners_of(names[0])))
    run_missing(cells, results, options.jobs, partial(run_cell, n_repeats=options.repeats))
    rows = pd.read_csv(options.out)
    summary(rows).to_csv(options.out.parent / "summaries" / options.out.name, index=False)


if __name__ == "__main__":
    main()
