"""UnmaskingTrees (McCarter, 2024): boosted trees fill one column after the other; the class is a column that is given.

The package fills cells one at a time, which takes minutes for 500 rows. Here its trees fill batches of rows that share
one random order of the columns. With a budget, the trees and the masking orders of each row grow, up to the defaults.
"""

import numpy as np
from adapters.shared import climb
from utrees import UnmaskingTrees

BATCHES = 20
DEFAULTS = (50, 100)  # masking orders, trees
RUNGS = [(1, 5), (1, 20), (1, 100), (2, 100), (5, 100), (10, 100), (20, 100), (50, 100)]


def make(X, y, counts, seed, budget):
    """Train on the rows with their class; fill rows of which only the class is known."""
    labels = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    kinds = ["continuous"] * X.shape[1] + ["categorical"]

    def attempt(setting):
        orders, trees = setting
        model = UnmaskingTrees(
            duplicate_K=orders, random_state=seed, xgboost_kwargs={"n_jobs": 1, "n_estimators": trees}
        )
        model.fit(np.column_stack([X, y]), quantize_cols=kinds)
        return filled(model, labels, X.shape[1], np.random.default_rng(seed))

    if budget is None:
        return attempt(DEFAULTS), labels
    rows, seconds = climb(RUNGS, np.prod, attempt, budget)
    return rows, labels, seconds


def filled(model, labels, n_columns, rng):
    """Return rows of these classes."""
    table = np.column_stack([np.full((len(labels), n_columns), np.nan), labels.astype(float)])
    for batch in np.array_split(np.arange(len(labels)), BATCHES):
        for column in rng.permutation(n_columns):
            constant = model.constant_vals_[column]
            drawn = model.trees_[column].sample(table[batch]) if constant is None else constant
            table[batch, column] = drawn
    return table[:, :-1]
