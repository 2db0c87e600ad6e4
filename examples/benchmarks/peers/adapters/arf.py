"""ARF: adversarial random forests (Watson et al., 2023; package ``arfpy``). Rows are drawn until classes are full.

It takes no condition; a class that 40 times as many rows as asked for do not fill stays short. With a budget, the
number of trees grows.
"""

import numpy as np
import pandas as pd
from adapters.shared import climb
from arfpy import arf

LABEL = "the class"
DEFAULTS = 30  # trees
RUNGS = [10, 30, 100, 300, 1000]
ROUNDS, BATCH = 5, 8  # draws, and how many times the wanted rows in each


def make(X, y, counts, seed, budget):
    """Fit the forest to the rows with their class, estimate densities in its leaves, and draw."""
    table = pd.DataFrame(X, columns=[f"x{i}" for i in range(X.shape[1])]).assign(**{LABEL: y.astype(str)})
    table[LABEL] = table[LABEL].astype("category")

    def attempt(trees):
        np.random.seed(seed)  # noqa: NPY002 -- the package draws from the global generator
        model = arf.arf(x=table, num_trees=trees, verbose=False, random_state=seed)
        model.forde()
        return drawn(model, counts)

    if budget is None:
        return attempt(DEFAULTS)
    (rows, labels), seconds = climb(RUNGS, float, attempt, budget)
    return rows, labels, seconds


def drawn(model, counts):
    """Draw until classes are full."""
    total, rows, labels = int(counts.sum()), [], []
    for _ in range(ROUNDS):
        made = model.forge(n=BATCH * total)
        rows.append(made.drop(columns=LABEL).to_numpy(float))
        labels.append(made[LABEL].astype(int).to_numpy())
        if (np.bincount(np.concatenate(labels), minlength=len(counts)) >= counts).all():
            break
    rows, labels = np.concatenate(rows), np.concatenate(labels)
    kept = np.concatenate([np.flatnonzero(labels == label)[:count] for label, count in enumerate(counts)])
    return rows[kept], labels[kept]
