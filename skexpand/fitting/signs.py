"""The failure signs that the method's paper names, each a measured figure with its own warning.

Poor reconstruction points to the autoencoder, little diversity to the expander map, a shifted distribution to the law
or its transport. All are measured on rows drawn for this purpose, in standardized columns. To add a sign, add a line to
``SIGNS``, its measure, and its warning in ``base/warnings.py``.
"""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sklearn.neighbors import NearestNeighbors

from skexpand.base.random import split_evenly
from skexpand.base.types import IntArray, RowArray
from skexpand.base.warnings import DistributionShiftWarning, LowDiversityWarning, PoorReconstructionWarning
from skexpand.dynamics.transport import random_directions
from skexpand.expansion.blocks import BlockMaker
from skexpand.fitting.rows import Fitted

_PROBED_ROWS = 500  # new rows, and at most twice as many real rows, that the figures are measured on
_N_DIRECTIONS = 32
_ALIKE = 1e-6  # of the size of rows: deviations that single precision cannot distinguish from 0


class Probe(NamedTuple):
    """The rows that figures are measured on: encoded new rows drawn for this purpose, and some real rows."""

    expansion: BlockMaker
    new: RowArray
    new_labels: IntArray
    real: RowArray
    labels: IntArray
    rng: np.random.Generator

    @classmethod
    def of(cls, fitted: Fitted, rng: np.random.Generator) -> Probe:
        """Draw new rows in the proportions of the training rows, and choose real ones."""
        expansion, encoded = fitted
        counts = np.bincount(expansion.labels)
        drawn = split_evenly(_PROBED_ROWS, counts / counts.sum(), rng)
        blocks = [rows for c, n in enumerate(drawn) for _, rows, _ in expansion.draw_encoded(c, int(n), rng)]
        kept = rng.permutation(len(encoded))[: 2 * _PROBED_ROWS]
        new_labels = np.repeat(np.arange(len(counts)), drawn)
        return cls(expansion, np.concatenate(blocks), new_labels, encoded[kept], expansion.labels[kept], rng)


@dataclass(frozen=True)
class Sign:
    """A failure sign.

    Attributes
    ----------
    name, title : str
        The estimator's attribute, less its underscore, and what people read.
    measure : callable
        Returns the figure.
    limit : float
        Up to where it is healthy.
    failed : callable
        ``operator.gt`` where the figure must not exceed the limit, ``operator.lt`` where it must not fall below it.
    warning : type
        The class of the warning.
    advice : str
        Its message, with ``{value}`` and ``{limit}``.
    """

    name: str
    title: str
    measure: Callable[[Probe], float]
    limit: float
    failed: Callable[[float, float], bool]
    warning: type[Warning]
    advice: str

    @property
    def bound(self) -> str:
        """The limit as text."""
        return f"{'≤' if self.failed is operator.gt else '≥'} {self.limit}"


def measure_failure_signs(fitted: Fitted, rng: np.random.Generator) -> dict[str, float]:
    """Return the figure of each sign by its name, measured on a fitted expansion; warn of those past their limit."""
    probe = Probe.of(fitted, rng)
    figures = {sign.name: sign.measure(probe) for sign in SIGNS}
    for sign in SIGNS:
        value = figures[sign.name]
        if sign.failed(value, sign.limit):
            warnings.warn(sign.advice.format(value=value, limit=sign.limit), sign.warning, stacklevel=5)
    return figures


def reconstruction_error(expansion: BlockMaker, encoded: RowArray) -> float:
    """Return the squared error of decoding encoded rows, relative to their squared distance from their centre."""
    decoded = expansion.reconstruct(encoded)
    total = float(np.sum((encoded - expansion.centre) ** 2))
    return float(np.sum((decoded - encoded) ** 2)) / total if total > 0 else 0.0


def diversity(new: RowArray, real: RowArray) -> float:
    """Return the median distance from new rows to the closest real row, relative to that among real rows.

    If all real rows are the same, there is nothing to compare with, and the figure is 0.
    """
    distinct = np.unique(real, axis=0)
    if len(distinct) < 2:
        return 0.0
    index = NearestNeighbors(n_neighbors=1).fit(distinct)
    among_real = index.kneighbors()[0]
    reference = np.median(among_real) or among_real.mean()  # most may be the same up to the last digits
    if reference == 0:
        return 0.0
    repeats = 1 - len(np.unique(new, axis=0)) / len(new)
    return float((1 - repeats) * np.median(index.kneighbors(new)[0]) / reference)


def distribution_shift(
    new: RowArray, new_labels: IntArray, real: RowArray, labels: IntArray, rng: np.random.Generator
) -> float:
    """Return the sliced Wasserstein-2 distance between deviations from the real class means, in standard deviations.

    If all rows of each class are the same, there is no deviation to compare with, and the figure is 0.
    """
    import ot

    n_classes = int(max(labels.max(), new_labels.max())) + 1
    counts = np.bincount(labels, minlength=n_classes)
    means = np.zeros((n_classes, real.shape[1]))
    np.add.at(means, labels, real)
    means /= np.maximum(counts, 1)[:, None]
    directions = random_directions(real.shape[1], _N_DIRECTIONS, rng)
    spread = np.sqrt(np.mean(((real - means[labels]) @ directions) ** 2))
    if spread <= _ALIKE * np.sqrt(np.mean(real**2)):
        return 0.0
    distance = ot.sliced_wasserstein_distance(
        (new - means[new_labels]) / spread, (real - means[labels]) / spread, projections=directions
    )
    return float(distance)


SIGNS = (
    Sign(
        "reconstruction_error",
        "Reconstruction error",
        lambda probe: reconstruction_error(probe.expansion, probe.real),
        limit=0.3,  # share of the variance that may be lost
        failed=operator.gt,
        warning=PoorReconstructionWarning,
        advice="The autoencoder loses {value:.0%} of the variance of the rows (limit {limit:.0%}); raise latent_dim, "
        "or leave it at None, or train longer.",
    ),
    Sign(
        "diversity",
        "Diversity",
        lambda probe: diversity(probe.new, probe.real),
        limit=0.1,  # of the distance among real rows
        failed=operator.lt,
        warning=LowDiversityWarning,
        advice="New rows are {value:.2g} times as far from the real rows as these are from each other (limit {limit}); "
        "they repeat the table. Raise spread, or check it for repeated rows and for classes of one row each.",
    ),
    Sign(
        "distribution_shift",
        "Distribution shift",
        lambda probe: distribution_shift(probe.new, probe.new_labels, probe.real, probe.labels, probe.rng),
        limit=1.0,  # standard deviations
        failed=operator.gt,
        warning=DistributionShiftWarning,
        advice="New rows are {value:.2f} standard deviations from the real ones in Wasserstein distance (limit "
        "{limit}); lower spread; for tables, use law='global' or 'shrunk', or transport='gaussian'.",
    ),
)
