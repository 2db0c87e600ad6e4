"""What pretraining on rows without labels gains on tables: the same sampler, with against without it.

    python pretraining.py --out results/pretraining.csv

Of each set, 20 or 50 rows have labels; ``pretrain`` is given these and up to 500 of the rows that are neither
training nor test rows, all without labels. Test rows are seen by nobody. One row of the file for each set, size, split,
way and learner; 500 new rows, the same number for every class. A run can be interrupted and taken up again.

With every direction kept (the default), the autoencoder is exact and pretraining teaches means and scales only. So each
pair is also run with a narrow latent space, as many directions as have 95 % of the variance of the rows without
labels, where encoder and decoder have something to learn.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from protocol import FIRST_SEED, FloatArray, IntArray, Split, draw_split, numbers_scaler
from samplers import balanced_counts, totals
from sets import load
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.neighbors import KNeighborsClassifier

from skexpand import ExpansiveSynthesizer

SETS = (
    "openml_steel_plates_fault_7class",
    "openml_stock",
    "openml_energy",
    "openml_qsar_biodeg",
    "openml_vehicle",
    "openml_ionosphere",
    "openml_wdbc",
    "openml_phoneme",
)
SIZES = (20, 50)
MAX_OTHERS = 500  # rows without labels
NEW_ROWS = 500
N_SPLITS = 3
SHARE = 0.95  # of the variance, that a narrow latent space keeps
WAYS = {"real": None, "all": (False, False), "all, pretrained": (False, True)}
WAYS |= {"narrow": (True, False), "narrow, pretrained": (True, True)}
CASE = ["set", "N", "split"]
LEARNERS = {
    "lr": LogisticRegression(max_iter=300),
    "knn": KNeighborsClassifier(),
    "rf": RandomForestClassifier(40, random_state=0),
}


def with_others(name: str, n_train: int, index: int) -> tuple[Split, FloatArray]:
    """Return a split, scaled by its training rows, and the rows that are neither training nor test rows."""
    X, y = load(name)
    numbered = draw_split(np.column_stack([np.arange(len(X)), X]), y, n_train, index)
    train, test = (rows[:, 0].astype(int) for rows in (numbered.X_train, numbered.X_test))
    everything = draw_split(np.arange(len(X))[:, None], y, len(X), index)  # all rows that are not set aside for testing
    others = np.random.default_rng(index).permutation(np.setdiff1d(everything.X_train[:, 0], [*train, *test]))
    scaler = numbers_scaler().fit(X[train])
    split = Split(scaler.transform(X[train]), numbered.y_train, scaler.transform(X[test]), numbered.y_test)
    return split, scaler.transform(X[others[:MAX_OTHERS]])


def narrow_dim(rows: FloatArray) -> int:
    """Return how many principal directions have the share of the variance."""
    spread = rows.std(axis=0)
    values = np.linalg.svd((rows - rows.mean(axis=0)) / np.where(spread == 0, 1, spread), compute_uv=False) ** 2
    return int(np.searchsorted(np.cumsum(values) / values.sum(), SHARE)) + 1


def expanded(split: Split, others: FloatArray, way: str, seed: int) -> tuple[FloatArray, IntArray]:
    """Return the training rows of learners."""
    X, y = split.X_train, split.y_train
    if WAYS[way] is None:
        return X, y
    narrow, pretrained = WAYS[way]
    rows = np.concatenate([X, others])
    synthesizer = ExpansiveSynthesizer(
        sampling_strategy=totals(y, balanced_counts(y, NEW_ROWS)),
        latent_dim=narrow_dim(rows) if narrow else None,
        random_state=seed,
    )
    return (synthesizer.pretrain(rows) if pretrained else synthesizer).fit_resample(X, y)


def score(learner: Any, train: tuple[Any, Any], test: tuple[Any, Any]) -> float:
    """Return the balanced accuracy in percent."""
    return 100 * balanced_accuracy_score(test[1], clone(learner).fit(*train).predict(test[0]))


def cells(done: set[tuple[Any, ...]]) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of one way on one split after another."""
    for index in range(N_SPLITS):
        for n_train in SIZES:
            for name in SETS:
                split, others = with_others(name, n_train, index)
                for way in WAYS:
                    cell = {"set": name, "N": n_train, "split": index, "way": way}
                    if tuple(cell.values()) in done:
                        continue
                    start = time.process_time()
                    rows = expanded(split, others, way, FIRST_SEED + index)
                    seconds = round(time.process_time() - start, 3)
                    scores = {k: round(score(v, rows, (split.X_test, split.y_test)), 4) for k, v in LEARNERS.items()}
                    yield [cell | {"learner": k, "score": v, "seconds": seconds} for k, v in scores.items()]


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the gain of each way over real rows, and of pretraining over the same without it."""
    scores = rows.pivot_table(index=["learner", *CASE], columns="way", values="score").dropna()
    gains = scores.sub(scores["real"], axis=0)
    lines = []
    for latent in ("all", "narrow"):
        plain, pretrained = gains[latent], gains[f"{latent}, pretrained"]
        difference = (pretrained - plain).groupby(["set", "N"]).mean()
        for n_train in SIZES:
            of_size = difference.xs(n_train, level="N")
            lines.append(
                {
                    "directions kept": {"all": "all (the default)", "narrow": "95 % of the variance"}[latent],
                    "rows with labels": n_train,
                    "gain without pretraining": f"{plain.xs(n_train, level='N').mean():+.2f}",
                    "gain with": f"{pretrained.xs(n_train, level='N').mean():+.2f}",
                    "difference": f"{of_size.mean():+.2f} ± {of_size.std() / np.sqrt(len(of_size)):.2f}",
                    "sets where it helps": f"{(of_size > 0).sum()} of {len(of_size)}",
                    "most and least": f"{of_size.max():+.1f}, {of_size.min():+.1f}",
                }
            )
    return pd.DataFrame(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("results/pretraining.csv"))
    out = parser.parse_args().out
    warnings.simplefilter("ignore")  # convergence, and failure signs
    known = pd.read_csv(out) if out.exists() else pd.DataFrame(columns=[*CASE, "way"])
    for rows in cells(set(known[[*CASE, "way"]].itertuples(index=False, name=None))):
        pd.DataFrame(rows).to_csv(out, mode="a", header=not out.exists(), index=False)
        print(*rows[0].values(), flush=True)
    summary(pd.read_csv(out)).to_csv(out.parent / "summaries" / out.name, index=False)


if __name__ == "__main__":
    main()
