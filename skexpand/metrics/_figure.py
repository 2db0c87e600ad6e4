"""A figure and its reference: the same figure between two samples of *real* rows.

No distance between finite samples is zero, and every figure depends on how many rows it was measured on. Therefore
each value comes with two more, measured on equally many rows: the first half of the real rows compared with new rows,
and compared with the other half. The latter is what a perfect generator would reach.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from skexpand.base.types import FloatArray

N_SPLITS = 5  # random halves of the real rows; their mean is taken


class Figure(NamedTuple):
    """A measured figure with its reference.

    .. versionadded:: 0.1

    Attributes
    ----------
    value : float
        On all rows, as the literature defines it.
    matched : float
        Half of the real rows against as many synthetic ones.
    reference : float
        The same half against the other half of the real rows: what perfect new rows would show.

    See Also
    --------
    sliced_wasserstein : One of the functions that return it.

    Examples
    --------
    >>> from skexpand.metrics import Figure
    >>> Figure(value=0.2, matched=0.3, reference=0.25).ratio
    1.2
    """

    value: float
    matched: float
    reference: float

    @property
    def ratio(self) -> float:
        """``matched / reference``: 1 if synthetic rows differ from real rows as much as real rows from each other."""
        return self.matched / self.reference if self.reference else float("nan")


def compared(
    measure: Callable[[FloatArray, FloatArray], float],
    real: FloatArray,
    synthetic: FloatArray,
    rng: np.random.Generator,
    n_splits: int = N_SPLITS,
) -> Figure:
    """Measure all rows, then random halves of the real rows against synthetic and against real ones."""
    size = min(len(real) // 2, len(synthetic))
    pairs = []
    for _ in range(n_splits):
        order = rng.permutation(len(real))
        half, other = real[order[: len(real) // 2]], real[order[len(real) // 2 :]]
        drawn = synthetic[rng.permutation(len(synthetic))[:size]]
        pairs.append((measure(half, drawn), measure(half, other[:size])))
    matched, reference = np.mean(pairs, axis=0).tolist()
    return Figure(float(measure(real, synthetic)), matched, reference)
