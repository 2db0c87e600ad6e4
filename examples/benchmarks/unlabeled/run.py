"""Run protocol U; raw rows go to a CSV file.

    python -m unlabeled.run --kind tables --draws 0:5 --out results/unlabeled_tables.csv

A run can be interrupted and started again: it does what the file lacks. Draws from 100 on are for choices.
"""

from __future__ import annotations

import argparse
import itertools
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from images.convnet import ConvolutionalNetwork
from protocol import describe
from results import Results
from run import comma_separated
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

from .draws import IMAGES, PHOTOGRAPHS, TABLES, TEXTS, Draw, draw
from .methods import METHODS, Outcome

SETS = {"images": IMAGES, "tables": TABLES, "texts": TEXTS}
LABELED = {"images": [1, 2, 5, 10], "tables": [20, 50, 100], "texts": [1, 2, 5, 10]}
LEARNERS: dict[str, dict[str, Callable[[int], Any]]] = {
    "images": {
        "svc": lambda seed: SVC(C=10),
        "forest": lambda seed: RandomForestClassifier(100, random_state=seed),
    },
    "tables": {
        "lr": lambda seed: LogisticRegression(max_iter=1_000),
        "knn": lambda seed: KNeighborsClassifier(),
        "mlp": lambda seed: MLPClassifier(max_iter=500, random_state=seed),
        "rf": lambda seed: RandomForestClassifier(random_state=seed),
    },
    "texts": {
        "lr": lambda seed: LogisticRegression(C=10, max_iter=300),
        "nearest": lambda seed: KNeighborsClassifier(1),
    },
}
EXTRA = ("poisson_pixels", "poisson_gradients", "spread_known", "without_new")  # run where they are asked for
LEFT_OUT = {"images": EXTRA, "tables": EXTRA, "texts": (*EXTRA, "skexpand", "skexpand_unlabeled")}  # no new texts
NO_LEARNER = "none"  # only the labels of the rows without one are judged
COLUMNS = ("kind", "set", "labeled", "number", "method", "learner", "score", "found", "seconds", "error")


class Cell(NamedTuple):
    """A method on a draw."""

    kind: str
    set: str
    labeled: int
    number: int
    method: str


def run_cell(cell: Cell, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the lines of a cell: the score of each learner, and the share of rows that got their class, in percent."""
    given = draw(cell.set, cell.labeled, cell.number)
    learners = {name: make for name, make in (LEARNERS[cell.kind] | _networks(given)).items() if name in names}
    started = time.process_time()
    with threadpool_limits(limits=1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            outcome = METHODS[cell.method](given, cell.kind, cell.number)
        except Exception as error:  # recorded as a failure of this cell, and counted
            failed = dict.fromkeys(("score", "found", "seconds"), float("nan")) | {"error": describe(error)}
            return [cell._asdict() | failed | {"learner": name} for name in learners or [NO_LEARNER]]
        spent, found = time.process_time() - started, share_found(given, outcome)
        scores = {name: score(make(cell.number), given, outcome) for name, make in learners.items()}
        scores = scores or {NO_LEARNER: float("nan")}
    shared = cell._asdict() | {"found": round(found, 4), "seconds": round(spent, 3), "error": "none"}
    return [shared | {"learner": name, "score": round(value, 4)} for name, value in scores.items()]


def share_found(given: Draw, outcome: Outcome) -> float:
    """Return the percentage of rows without a label that were given their class."""
    if outcome.labels is None:
        return float("nan")
    return 100 * float(np.mean(outcome.labels == given.truth[given.n_labeled :]))


def score(learner: Any, given: Draw, outcome: Outcome) -> float:
    """Return the balanced accuracy on the test rows, in percent."""
    flat = [rows.reshape(len(rows), -1) for rows in (outcome.rows, given.test_rows)]
    if isinstance(learner, ConvolutionalNetwork):
        return 100 * learner.fit(flat[0].astype(np.float32), outcome.codes).score(flat[1], given.test_codes)
    return 100 * float(balanced_accuracy_score(given.test_codes, learner.fit(flat[0], outcome.codes).predict(flat[1])))


def _networks(given: Draw) -> dict[str, Callable[[int], Any]]:
    """Return the convolutional network, for images."""
    return {"cnn": partial(ConvolutionalNetwork, given.rows.shape[1:])} if given.rows.ndim > 2 else {}


def planned(options: argparse.Namespace) -> Iterator[Cell]:
    """Yield the cells, draw by draw, so that a run that is stopped early is still balanced."""
    first, _, end = options.draws.partition(":")
    methods = options.methods or [name for name in METHODS if name not in LEFT_OUT[options.kind]]
    for number, labeled, name, method in itertools.product(
        range(int(first), int(end)), options.labeled or LABELED[options.kind], options.sets, methods
    ):
        yield Cell(options.kind, name, labeled, number, method)


def main() -> None:
    """Run what the file lacks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", choices=SETS, required=True)
    parser.add_argument("--sets", type=comma_separated(str), help="default: all of the kind")
    parser.add_argument(
        "--labeled", type=comma_separated(int), help="per class, of tables in all; default: protocol U's"
    )
    parser.add_argument("--methods", type=comma_separated(str), help=f"default: all of {', '.join(METHODS)}")
    parser.add_argument("--learners", type=comma_separated(str), help="default: all of the kind; none: no learner")
    parser.add_argument("--draws", default="0:5", help="first:end")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.sets = options.sets or SETS[options.kind]
    for name in options.sets:
        if name not in (*SETS[options.kind], PHOTOGRAPHS):
            parser.error(f"unknown set {name!r}; there are {', '.join(SETS[options.kind])}, {PHOTOGRAPHS}")
    names = options.learners or [*LEARNERS[options.kind], *(["cnn"] if options.kind == "images" else [])]
    results = Results(options.out, Cell, COLUMNS, len(names))
    for cell in planned(options):
        if cell not in results.done:
            results.append(run_cell(cell, names))


if __name__ == "__main__":
    main()
