"""Methods that over-sample rare numbers, and may drop usual ones: SMOGN and those of ImbalancedLearningRegression.

Which numbers are rare follows from the box plot of y; the packages raise a ValueError where none lies outside its
whiskers. Their defaults are used, and what they return is what to train on.
"""

import random

import numpy as np
import pandas as pd

_SOME_ARE_RARE = np.concatenate([np.linspace(0, 1, 34), [4, 5, 6, 7, 8, 9]])


def maker(method):
    """Return an adapter of one method, which takes a DataFrame and the name of the target."""

    def make(X, y, counts, seed, budget):
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002  - which the packages draw from
        table = pd.DataFrame(X, columns=[f"x{place}" for place in range(X.shape[1])]).assign(target=y)
        rows = method(data=table, y="target")
        return rows.drop(columns="target"), rows["target"]

    make.warm_up = _SOME_ARE_RARE
    return make
