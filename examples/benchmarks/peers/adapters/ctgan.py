"""CTGAN: a conditional generative adversarial network (package ``ctgan``), asked for each class in turn.

Its condition on the class is soft, so rows that came out as another class are dropped as long as enough remain.
"""

import numpy as np
import pandas as pd
from adapters.stopping import fit_within
from ctgan import CTGAN

LABEL = "the class"
ROUNDS = 5
LEAVE = 0.95  # of the budget for training, the rest for sampling


def make(X, y, counts, seed, budget):
    """Train on all classes; keep for each the rows that came out as asked, first."""
    table = pd.DataFrame(X, columns=[f"x{i}" for i in range(X.shape[1])]).assign(**{LABEL: [f"class {c}" for c in y]})
    model = CTGAN(enable_gpu=False, **({} if budget is None else {"epochs": 10**9}))
    model.set_random_state(seed)
    fit_within(model, table, [LABEL], None if budget is None else LEAVE * budget)
    parts = [of_class(model, f"class {label}", count) for label, count in enumerate(counts) if count]
    return np.concatenate(parts), np.repeat(np.arange(len(counts)), counts)


def of_class(model, name, count):
    """Draw rows for a class, those first that came out as it."""
    asked = model.sample(ROUNDS * int(count), LABEL, name)
    best = asked.sort_values(LABEL, key=lambda made: made != name, kind="stable").head(int(count))
    return best.drop(columns=LABEL).to_numpy(float)
