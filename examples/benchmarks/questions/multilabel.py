"""Open question: what does expansion do for label sets?

    python -m questions.multilabel

``ExpansiveSynthesizer(target="label_sets")`` against two controls on the same splits: rows drawn again, as many of each
set and as many in all, and MLSMOTE as published (Charte, Rivera, del Jesus and Herrera, "MLSMOTE: Approaching
imbalanced multilabel learning through synthetic instance generation", 2015). Gains are in points of macro-F1 over the
real rows only. The share of similar sets that a rare one borrows from was chosen on the splits 100 and 101.

Sets: scikit-learn's ``make_multilabel_classification``; mice, whose proteins tell genotype, learning and treatment (the
three parts of the classes of "protein"); and skin diseases, whose clinical signs tell what the microscope finds (the
histopathological columns of "dermatology", of which those found in 5 to 95 % of the patients are labels).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from markdown import to_markdown
from protocol import numbers_scaler
from sets import _as_numbers, load_frame
from sklearn.datasets import make_multilabel_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from questions.cases import CELL, Case, answer, complete, cpu_seconds, draw_gains, harm
from skexpand import ExpansiveSynthesizer

SIZES = (30, 50, 100)
NEW_ROWS = 2_000
MAX_TEST = 500
HARM = -1.0  # points
CLINICAL = 11  # columns of "dermatology" that are no findings of the microscope, and Age, the last
LEARNERS = {
    "logistic": lambda seed: OneVsRestClassifier(LogisticRegression(max_iter=1000)),
    "knn": lambda seed: KNeighborsClassifier(),
    "svm": lambda seed: OneVsRestClassifier(SVC()),
    "forest": lambda seed: RandomForestClassifier(60, random_state=seed),
}
NAMES = {"logistic": "logistic regression", "knn": "nearest neighbours", "svm": "support vectors", "forest": "forest"}

Rows = tuple[Any, Any]


def no_rows(X: Any, Y: Any, seed: int) -> Rows:
    """Make nothing."""
    return X[:0], Y[:0]


def repeated(X: Any, Y: Any, seed: int) -> Rows:
    """Draw rows again, as many of each label set."""
    rng = np.random.default_rng(seed)
    codes = np.unique(Y, axis=0, return_inverse=True)[1].reshape(-1)
    per_set = NEW_ROWS // (codes.max() + 1)
    rows = np.concatenate([rng.choice(np.flatnonzero(codes == code), per_set) for code in range(codes.max() + 1)])
    return X[rows], Y[rows]


def mlsmote(X: Any, Y: Any, seed: int, n_neighbors: int = 5) -> Rows:
    """Interpolate each row of each rare label towards a neighbour; its labels are those of most rows nearby."""
    rng = np.random.default_rng(seed)
    present = Y.sum(axis=0)
    imbalance = np.where(present > 0, present.max() / np.maximum(present, 1), 0.0)
    new, labels = [X[:0]], [Y[:0]]
    for label in np.flatnonzero((imbalance > imbalance[present > 0].mean()) & (present > 1)):
        bag = np.flatnonzero(Y[:, label])
        for row in bag:
            others = bag[bag != row]
            near = others[np.argsort(((X[others] - X[row]) ** 2).sum(axis=1))][:n_neighbors]
            new.append(X[[row]] + rng.random(X.shape[1]) * (X[[rng.choice(near)]] - X[[row]]))
            labels.append((2 * (Y[[row]] + Y[near].sum(axis=0)) > len(near) + 1).astype(Y.dtype))
    return np.concatenate(new), np.concatenate(labels)


def expanded(X: Any, Y: Any, seed: int) -> Rows:
    """Return the new rows of skexpand."""
    rows, labels = ExpansiveSynthesizer(target="label_sets", random_state=seed).fit_resample(X, Y)
    return rows[len(X) :], labels[len(X) :]


SAMPLERS = {"real": no_rows, "repeated": repeated, "mlsmote": mlsmote, "skexpand": expanded}


def synthetic() -> Rows:
    """Return scikit-learn's generated set."""
    return make_multilabel_classification(1_500, n_features=20, n_classes=6, n_labels=2, random_state=0)


def mice() -> Rows:
    """Take the classes of "protein" apart: trisomic or not, no shock to learn from, saline."""
    frame, classes = load_frame("openml_protein")
    numbers = np.column_stack([_as_numbers(frame[name]) for name in frame])
    return numbers, np.column_stack([classes >> 2 & 1, classes >> 1 & 1, classes & 1])


def skin() -> Rows:
    """Take what the microscope finds for labels."""
    frame, _ = load_frame("uci_dermatology")
    names = list(frame.columns)
    clinical = [*names[:CLINICAL], "Age"]
    found = frame[[name for name in names if name not in clinical]].astype(float) > 0
    found = found.loc[:, (found.mean() > 0.05) & (found.mean() < 0.95)]
    return frame[clinical].astype(float).to_numpy(), found.to_numpy().astype(np.intp)


SETS = {"synthetic": synthetic, "mice": mice, "skin": skin}


@cache
def load(name: str) -> Rows:
    """Return the columns of a set, gaps filled by their means, and its label sets."""
    X, Y = SETS[name]()
    return np.where(np.isnan(X), np.nanmean(X, axis=0), X), Y


def draw_split(name: str, n_train: int, split: int) -> tuple[Any, Any, Any, Any]:
    """Return training and test rows, scaled by the training rows."""
    X, Y = load(name)
    order = np.random.default_rng(split).permutation(len(Y))
    n_test = min(len(Y) // 2, MAX_TEST)
    test, train = order[:n_test], order[n_test:][:n_train]
    scaler = numbers_scaler().fit(X[train])
    return scaler.transform(X[train]), Y[train], scaler.transform(X[test]), Y[test]


def cases(n_splits: int) -> list[Case]:
    """List the cases, split by split."""
    return [{"set": name, "N": n, "split": split} for split in range(n_splits) for n in SIZES for name in SETS]


def measure(case: Case) -> list[dict[str, Any]]:
    """Train every learner with every sampler; return a line for each pair."""
    X, Y, X_test, Y_test = draw_split(case["set"], case["N"], case["split"])
    lines = []
    for name, sampler in SAMPLERS.items():
        with cpu_seconds() as seconds:
            new, labels = sampler(X, Y, case["split"])
        rows = np.concatenate([X, new]), np.concatenate([Y, labels])
        for learner, make in LEARNERS.items():
            predicted = make(case["split"]).fit(*rows).predict(X_test)
            f1 = 100 * f1_score(Y_test, predicted, average="macro", zero_division=0)
            lines.append({"sampler": name, "learner": learner, "f1": f1, "seconds": seconds[0], "new": len(new)})
    return lines


def gains(table: pd.DataFrame) -> pd.DataFrame:
    """Add what is gained over the real rows only."""
    real = table[table.sampler == "real"].set_index(CELL).f1.rename("real")
    return table[table.sampler != "real"].join(real, on=CELL).eval("gain = f1 - real")


def by(gained: pd.DataFrame, column: str, order: list[Any]) -> pd.DataFrame:
    """Return the mean gain per sampler and learner, size or set."""
    return gained.pivot_table(index="sampler", columns=column, values="gain").loc[list(SAMPLERS)[1:], order]


def overview(gained: pd.DataFrame) -> pd.DataFrame:
    """Return one line per sampler: mean gain, how often it goes wrong, in single splits and in their mean, and cost."""
    found = harm(gained, "sampler", HARM) | {
        "new rows": gained.groupby("sampler").new.median(),
        "seconds": gained.groupby("sampler").seconds.median(),
    }
    return pd.DataFrame(found).loc[list(SAMPLERS)[1:]]


def page(table: pd.DataFrame) -> str:
    """Return the tables."""
    table = complete(table)
    gained = gains(table)
    real = table[table.sampler == "real"].pivot_table(index="set", columns="N", values="f1").loc[list(SETS)]
    parts = [
        f"{table.set.nunique()} sets, {', '.join(map(str, SIZES))} real rows, {table.split.nunique()} splits, four "
        "learners; gain in points of macro-F1 over the real rows only.\n",
        to_markdown(overview(gained), special={"new rows": ".0f"}),
        "By learner:\n",
        to_markdown(by(gained, "learner", list(LEARNERS)).rename(columns=NAMES)),
        "By the number of real rows:\n",
        to_markdown(by(gained, "N", list(SIZES))),
        "By set:\n",
        to_markdown(by(gained, "set", list(SETS))),
        "Macro-F1 with the real rows only:\n",
        to_markdown(real),
    ]
    return "\n".join(parts)


def draw(table: pd.DataFrame) -> Any:
    """Draw the gain against the number of real rows, one panel per learner."""
    gained = gains(complete(table))
    panels = {NAMES[name]: by(gained[gained.learner == name], "N", list(SIZES)) for name in LEARNERS}
    return draw_gains(panels, SIZES, "real", "macro-F1")


if __name__ == "__main__":
    answer(__doc__, "multilabel", cases, measure, page, draw)
