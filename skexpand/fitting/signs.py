"""The three failure signs that the method's paper names, each a measured figure with a warning of its own.

Poor reconstruction points to the autoencoder, little diversity to the expander map, a shifted distribution to the law
or its transport. All are measured on rows drawn for the purpose, in standardized columns.
"""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
from sklearn.neighbors import NearestNeighbors

from skexpand.base.random import split_evenly
from skexpand.base.types import FloatArray, IntArray
from skexpand.base.warnings import DistributionShiftWarning, LowDiversityWarning, PoorReconstructionWarning
from skexpand.dynamics.transport import random_directions
from skexpand.expansion.blocks import BlockMaker

MAX_RECONSTRUCTION_ERROR = 0.3  # share of the variance that may be lost
MIN_DIVERSITY = 0.1  # of the distance among real rows
MAX_SHIFT = 1.0  # standard deviations
_PROBED_ROWS = 500  # new rows, and at most twice as many real rows, that the figures are measured on
_N_DIRECTIONS = 32
_ALIKE = 1e-6  # of the size of rows: deviations that single precision does not tell from none


class FailureSigns(NamedTuple):
    """The measured figures (see the attributes of :class:`skexpand.ExpansiveSynthesizer`)."""

    reconstruction_error: float
    diversity: float
    distribution_shift: float


def measure_failure_signs(expansion: BlockMaker, encoded: FloatArray, rng: np.random.Generator) -> FailureSigns:
    """Measure the failure signs of a fitted expansion on its encoded training rows, and warn."""
    counts = np.bincount(expansion.labels)
    drawn = split_evenly(_PROBED_ROWS, counts / counts.sum(), rng)
    new_labels = np.repeat(np.arange(len(counts)), drawn)
    new = np.concatenate([rows for c, n in enumerate(drawn) for _, rows, _ in expansion.draw_encoded(c, int(n), rng)])
    kept = rng.permutation(len(encoded))[: 2 * _PROBED_ROWS]
    real, labels = encoded[kept], expansion.labels[kept]
    signs = FailureSigns(
        reconstruction_error(expansion, real),
        diversity(new, real),
        distribution_shift(new, new_labels, real, labels, rng),
    )
    _warn(signs)
    return signs


def reconstruction_error(expansion: BlockMaker, encoded: FloatArray) -> float:
    """Return the squared error of decoding encoded rows, relative to their squared distance from their centre."""
    decoded = expansion.reconstruct(encoded)
    total = float(np.sum((encoded - expansion.centre) ** 2))
    return float(np.sum((decoded - encoded) ** 2)) / total if total > 0 else 0.0


def diversity(new: FloatArray, real: FloatArray) -> float:
    """Return the median distance from new rows to the closest real row, relative to that among real rows.

    Where the real rows themselves are all alike there is nothing to compare with, and the figure is 0.
    """
    distinct = np.unique(real, axis=0)
    if len(distinct) < 2:
        return 0.0
    index = NearestNeighbors(n_neighbors=1).fit(distinct)
    among_real = index.kneighbors()[0]
    reference = np.median(among_real) or among_real.mean()  # most may be alike but for the last digits
    if reference == 0:
        return 0.0
    repeats = 1 - len(np.unique(new, axis=0)) / len(new)
    return float((1 - repeats) * np.median(index.kneighbors(new)[0]) / reference)


def distribution_shift(
    new: FloatArray, new_labels: IntArray, real: FloatArray, labels: IntArray, rng: np.random.Generator
) -> float:
    """Return the sliced Wasserstein-2 distance between deviations from the real class means, in standard deviations.

    Where the rows of each class are all alike there is no deviation to compare with, and the figure is 0.
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


def _warn(signs: FailureSigns) -> None:
    """Warn of each figure that is past its limit, with the way out."""
    messages: list[tuple[Any, str]] = []
    if signs.reconstruction_error > MAX_RECONSTRUCTION_ERROR:
        messages.append(
            (
                PoorReconstructionWarning,
                f"The autoencoder loses {signs.reconstruction_error:.0%} of the variance of the rows (limit "
                f"{MAX_RECONSTRUCTION_ERROR:.0%}); raise latent_dim, or leave it at None, or train longer.",
            )
        )
    if signs.diversity < MIN_DIVERSITY:
        messages.append(
            (
                LowDiversityWarning,
                f"New rows lie {signs.diversity:.2g} times as far from the real rows as these from each other (limit "
                f"{MIN_DIVERSITY}); they repeat the table. Raise spread, or check it for repeated rows and for classes "
                "of one row each.",
            )
        )
    if signs.distribution_shift > MAX_SHIFT:
        messages.append(
            (
                DistributionShiftWarning,
                f"New rows are {signs.distribution_shift:.2f} standard deviations from the real ones in Wasserstein "
                f"distance (limit {MAX_SHIFT}); lower spread; for tables, use law='global' or 'shrunk', or "
                "transport='gaussian'.",
            )
        )
    for category, message in messages:
        warnings.warn(message, category, stacklevel=6)
