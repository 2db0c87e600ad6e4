"""ForestDiffusion (Jolicoeur-Martineau et al., 2024): flow matching, with boosted trees for each class and time.

With a budget, the number of times and of noisy copies of a row grow together, up to twice the copies of the defaults.
"""

import numpy as np
from adapters.shared import climb
from ForestDiffusion import ForestDiffusionModel

DEFAULTS = (50, 100)  # times, copies
RUNGS = [(3, 1), (5, 3), (10, 5), (10, 10), (20, 10), (20, 20), (30, 30), (50, 30), (50, 60), (50, 100), (50, 200)]


def make(X, y, counts, seed, budget):
    """Train with labels; ask for the labels in the wanted proportions, so that counts are met on average."""

    def attempt(setting):
        times, copies = setting
        model = ForestDiffusionModel(
            X, label_y=y, n_t=times, duplicate_K=copies, n_batch=1, n_jobs=1, seed=seed, nthread=1
        )
        model.y_probs = counts / counts.sum()
        made = model.generate(batch_size=int(counts.sum()))
        return made[:, :-1], made[:, -1].astype(int)

    if budget is None:
        return attempt(DEFAULTS)
    (rows, labels), seconds = climb(RUNGS, np.prod, attempt, budget)
    return rows, labels, seconds
