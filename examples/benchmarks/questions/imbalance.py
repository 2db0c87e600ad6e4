"""Protocol D: two classes of unequal size, against the SMOTE family, class weights and a tuned threshold.

    python -m questions.imbalance --out results/questions/imbalance.csv

Five times, a set is halved (stratified): each half trains once and tests once. Gaps are filled and columns scaled by
the training half. Samplers run with their own defaults, as a user would call them: the others make the classes equal,
skexpand makes them equal and then more rows of both. With ``_halfway``, the rare class becomes only as large as the
geometric mean of both. Learners give the probability of the rare class:

- ROC AUC and average precision on the test half;
- balanced accuracy where the probability exceeds a threshold. The threshold is tuned inside the training half, on
  probabilities of rows held out (2 folds, the sampler run in each), for every sampler and for the real rows alone.

``--group induced`` makes other sets unequal: 12 rows of one class against 300 of the others, ten times, and the rest is
for testing.

``class_weights`` is no sampler: the learner gets real rows, and each class the same weight. Nearest neighbours cannot
take weights, and that is recorded as a failure.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from cells import run_missing, warm_up
from cost import Cost, measured
from imblearn.over_sampling import ADASYN, SMOTE, SVMSMOTE, BorderlineSMOTE, RandomOverSampler
from peers.client import Peer, find_peer
from protocol import FloatArray, IntArray, describe, make_learner, numbers_scaler
from results import Results
from run import check_samplers, comma_separated
from sets import IMBALANCED, SMALL, TABEBM, TABLES, load
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve
from sklearn.model_selection import RepeatedStratifiedKFold, StratifiedKFold
from sklearn.utils.class_weight import compute_sample_weight
from threadpoolctl import threadpool_limits

from skexpand import ExpansiveSynthesizer
from skexpand.request.totals import new_rows_per_class
from skexpand.target.classes import Labels

Rows = tuple[FloatArray, IntArray]
Sampler = Callable[[FloatArray, IntArray, int], Rows] | Peer

LEARNERS = ("lr", "knn", "rf", "xgb")
METRICS = ("roc_auc", "average_precision", "balanced_accuracy")
COLUMNS = ("sampler", "set", "split", "base", "n_train", "n_rare", "learner", *METRICS, "seconds", "peak_mib", "error")
N_SPLITS = 10
SEED = 42
WEIGHTS = "class_weights"
GROUPS = {"imbalanced": IMBALANCED, "induced": TABEBM | SMALL}
N_RARE, N_COMMON, MAX_TEST = 12, 300, (1500, 300)  # induced: rows for training, and of each class for testing
ENOUGH = 40  # rows of a class that can play the rare one


class FoldCell(NamedTuple):
    """One sampler on one half of a set."""

    sampler: str
    set: str
    split: int


def unchanged(X: FloatArray, y: IntArray, seed: int) -> Rows:
    """Return the real rows."""
    return X, y


def halfway(y: IntArray) -> dict[int, int]:
    """Return totals of the rare class at the geometric mean of both, as skexpand's strategy of this name does."""
    return {1: int(y.sum()) + new_rows_per_class(Labels.of(y), "halfway", 1.0)[1]}


def neighbours(method: Callable[..., Any], parameter: str = "k_neighbors", **parameters: Any) -> Sampler:
    """Return a method of the SMOTE family with 5 neighbours, or all there are in a smaller class."""

    def sample(X: FloatArray, y: IntArray, seed: int) -> Rows:
        k = min(5, int(np.bincount(y).min()) - 1)
        return method(random_state=seed, **parameters, **{parameter: k}).fit_resample(X, y)

    return sample


def expansive(**parameters: Any) -> Sampler:
    """Return skexpand with these parameters."""
    return lambda X, y, seed: ExpansiveSynthesizer(random_state=seed, **parameters).fit_resample(X, y)


SAMPLERS: dict[str, Sampler] = {
    "real": unchanged,
    WEIGHTS: unchanged,
    "repeats": lambda X, y, seed: RandomOverSampler(random_state=seed).fit_resample(X, y),
    "smote": neighbours(SMOTE),
    "borderline": neighbours(BorderlineSMOTE),
    "svm_smote": neighbours(SVMSMOTE),
    "svm_smote_halfway": neighbours(SVMSMOTE, sampling_strategy=halfway),
    "adasyn": neighbours(ADASYN, "n_neighbors"),
    **{name: Peer(name) for name in ("polynom_fit", "prowsyn", "smote_ipf")},
    "skexpand": expansive(),
    "skexpand_once": expansive(expansion_ratio=1.0),
    "skexpand_halfway": expansive(sampling_strategy="halfway"),
}


def sampler_named(name: str) -> Sampler:
    """Return a sampler of this question, or any peer, as ``tvae@10`` (10 seconds of CPU); KeyError if there is none."""
    return SAMPLERS[name] if name in SAMPLERS else find_peer(name)


def run_cell(cell: FoldCell) -> list[dict[str, Any]]:
    """Run one cell; return a line for each learner."""
    warm_up()
    X, y = load(cell.set)
    y, train, test = halved(y, cell.split) if cell.set in IMBALANCED else made_unequal(y, cell.split)
    scaler = numbers_scaler().fit(X[train])
    X_train, X_test = scaler.transform(X[train]), scaler.transform(X[test])
    facts = cell._asdict() | {
        "base": TABLES[cell.set].base,
        "n_train": len(train),
        "n_rare": int(y[train].sum()),
    }
    with threadpool_limits(limits=1), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # convergence: a learner gets the same iterations with every sampler
        lines = scored(cell, (X_train, y[train]), (X_test, y[test]))
    return [facts | {"learner": learner} | lines[learner] for learner in LEARNERS]


def halved(y: IntArray, split: int) -> tuple[IntArray, IntArray, IntArray]:
    """Return which rows are rare ones (1), and the positions of the training and the test rows."""
    rare = (y == np.bincount(y).argmin()).astype(np.intp)
    folds = RepeatedStratifiedKFold(n_splits=2, n_repeats=N_SPLITS // 2, random_state=SEED)
    return rare, *list(folds.split(rare, rare))[split]


def made_unequal(y: IntArray, split: int) -> tuple[IntArray, IntArray, IntArray]:
    """Return the same, with a few rows of the rarest class (the most frequent, if that is too small) for training."""
    counts, rng = np.bincount(y), np.random.default_rng(split)
    rare = (y == (counts.argmin() if counts.min() >= ENOUGH else counts.argmax())).astype(np.intp)
    few, many = (rng.permutation(np.flatnonzero(rare == label)) for label in (1, 0))
    n_common = min(N_COMMON, len(many) // 2)
    train = np.concatenate([few[:N_RARE], many[:n_common]])
    test = np.concatenate([few[N_RARE:][: MAX_TEST[1]], many[n_common:][: MAX_TEST[0]]])
    return rare, train, test


def scored(cell: FoldCell, train: Rows, test: Rows) -> dict[str, dict[str, Any]]:
    """Return each learner's scores, the cost of the sampler, and errors."""
    sampler = sampler_named(cell.sampler)
    try:
        rows, cost = sampled(sampler, *train, cell.split)
        parts = [(sampled(sampler, *fit, cell.split)[0], held_out) for fit, held_out in inner_folds(*train, cell.split)]
    except Exception as error:  # recorded as a failure of this cell, and counted
        return {name: {"error": describe(error)} for name in LEARNERS}
    price = {"seconds": round(cost.seconds, 5), "peak_mib": round(cost.peak_mib, 2)}
    lines = {}
    for name in LEARNERS:
        try:
            lines[name] = price | scores(name, cell, rows, parts, test)
        except Exception as error:  # recorded as a failure of this learner, and counted
            lines[name] = price | {"error": describe(error)}
    return lines


def sampled(sampler: Sampler, X: FloatArray, y: IntArray, seed: int) -> tuple[Rows, Cost]:
    """Return real and new rows, and the cost in seconds of CPU."""
    if not isinstance(sampler, Peer):
        return measured(sampler, X, y, seed, clock=time.process_time)
    rows, labels, cost = sampler.make(X, y, np.bincount(y).max() - np.bincount(y), seed)
    return (np.concatenate([X, rows]), np.concatenate([y, labels])), cost


def inner_folds(X: FloatArray, y: IntArray, seed: int) -> list[tuple[Rows, Rows]]:
    """Halve the training rows, stratified; return what trains and what is held out, both ways."""
    halves = StratifiedKFold(2, shuffle=True, random_state=seed).split(X, y)
    return [((X[fit], y[fit]), (X[held_out], y[held_out])) for fit, held_out in halves]


def scores(name: str, cell: FoldCell, rows: Rows, parts: list[tuple[Rows, Rows]], test: Rows) -> dict[str, float]:
    """Train one learner, tune its threshold on held-out training rows, and score it on the test rows, in percent."""
    held_out = [(chance(name, cell, part, X), y) for part, (X, y) in parts]
    threshold = best_threshold(*map(np.concatenate, zip(*held_out, strict=True)))
    (X_test, y_test) = test
    found = chance(name, cell, rows, X_test)
    recalls = [np.mean((found >= threshold)[y_test == label] == label) for label in (0, 1)]
    values = roc_auc_score(y_test, found), average_precision_score(y_test, found), np.mean(recalls)
    return {metric: round(100 * float(value), 5) for metric, value in zip(METRICS, values, strict=True)}


def chance(name: str, cell: FoldCell, rows: Rows, X: FloatArray) -> FloatArray:
    """Train a learner; return the probability of the rare class for other rows."""
    learner = make_learner(name, cell.split)
    extra = {"sample_weight": compute_sample_weight("balanced", rows[1])} if cell.sampler == WEIGHTS else {}
    return learner.fit(*rows, **extra).predict_proba(X)[:, 1]


def best_threshold(probability: FloatArray, y: IntArray) -> float:
    """Return the threshold with the best balanced accuracy; midway to the next lower probability, for new rows."""
    false, true, thresholds = roc_curve(y, probability, drop_intermediate=False)
    best = int(np.argmax(true - false))
    below = thresholds[best + 1] if best + 1 < len(thresholds) else 0.0
    return float((min(thresholds[best], 1.0) + below) / 2)


def main() -> None:
    """Read the command line and run; ``real`` always runs along."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--group", choices=GROUPS, default="imbalanced")
    parser.add_argument("--sets", type=comma_separated(str), help="only these sets of the group")
    parser.add_argument("--samplers", type=comma_separated(str), default=list(SAMPLERS))
    parser.add_argument("--splits", type=int, default=N_SPLITS, help=f"at most {N_SPLITS}")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("results/questions/imbalance.csv"))
    options = parser.parse_args()
    sets = options.sets or list(GROUPS[options.group])
    if unknown := [name for name in sets if name not in GROUPS[options.group]]:
        parser.error(f"unknown {unknown}; there are {', '.join(GROUPS[options.group])}")
    check_samplers(parser, options.samplers, sampler_named, f"{', '.join(SAMPLERS)}, and PEER@SECONDS")
    cells = [
        FoldCell(sampler, name, split)
        for split in range(min(options.splits, N_SPLITS))
        for name in sets
        for sampler in dict.fromkeys(["real", *options.samplers])
    ]
    run_missing(cells, Results(options.out, FoldCell, COLUMNS, len(LEARNERS)), options.jobs, run_cell)


if __name__ == "__main__":
    main()
