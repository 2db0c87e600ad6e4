"""TVAE: a variational autoencoder (package ``ctgan``). It takes no condition: rows are drawn until classes are full.

A class that 40 times as many rows as asked for do not fill stays short.
"""

import numpy as np
import pandas as pd
from adapters.stopping import fit_within
from ctgan import TVAE

LABEL = "the class"
ROUNDS = 40
LEAVE = 0.9


def make(X, y, counts, seed, budget):
    """Train on all classes, and draw."""
    table = pd.DataFrame(X, columns=[f"x{i}" for i in range(X.shape[1])]).assign(**{LABEL: y.astype(str)})
    model = TVAE(enable_gpu=False, **({} if budget is None else {"epochs": 10**9}))
    model.set_random_state(seed)
    fit_within(model, table, [LABEL], None if budget is None else LEAVE * budget)
    rows, labels, missing = [X[:0]], [y[:0]], counts.copy()
    for _ in range(ROUNDS):
        drawn = model.sample(int(counts.sum()))
        codes, values = drawn[LABEL].astype(int).to_numpy(), drawn.drop(columns=LABEL).to_numpy(float)
        for label in np.flatnonzero(missing):
            found = np.flatnonzero(codes == label)[: missing[label]]
            rows.append(values[found])
            labels.append(codes[found])
            missing[label] -= len(found)
        if not missing.any():
            break
    return np.concatenate(rows), np.concatenate(labels)
