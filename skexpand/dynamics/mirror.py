r"""Whether the mirror image of an image could belong to its class, as in photographs but not in digits.

If left and right are equivalent, the mirrored images of a class lie as close to an image as the images themselves. With
:math:`d` the distance from an image to the nearest other of its class, and :math:`d'` to the nearest other's mirror
image, the excess

.. math:: e = \frac{d' - d}{(d' + d) / 2}

is 0 on average. It is 15 to 20 % for digits. Images are compared without their brightness and contrast. With
few images, a small measured excess proves little, so the upper end of its confidence interval has to be small, which
takes at least a few dozen images.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import pairwise_distances

from skexpand.base.types import FloatArray, IntArray
from skexpand.dynamics.graph import rows_by_class

BOUND = 0.02  # of the distance
CONFIDENCE = 2.0  # standard errors
_MIN_ROWS, _MAX_ROWS = 30, 500  # in all; per class


def mirror_holds(images: NDArray[np.float32], labels: IntArray) -> bool:
    """Return whether images (n, c, h, w) of a class, mirrored left to right, are as close as they are."""
    excess = mirror_excess(images, labels)
    if len(excess) < _MIN_ROWS:
        return False
    standard_error = excess.std(ddof=1) / np.sqrt(len(excess))
    return bool(excess.mean() + CONFIDENCE * standard_error < BOUND)


def mirror_excess(images: NDArray[np.float32], labels: IntArray) -> FloatArray:
    """Return, for each image that is not alone in its class, how much farther the nearest mirrored one is."""
    found = [np.empty(0)]
    for rows in rows_by_class(labels):
        if len(rows) < 2:
            continue
        some = images[rows[:_MAX_ROWS]]
        plain, mirrored = _nearest(some, some), _nearest(some, some[..., ::-1])
        found.append(2 * (mirrored - plain) / np.maximum(mirrored + plain, np.finfo(float).tiny))
    return np.concatenate(found)


def _nearest(images: NDArray[np.float32], others: NDArray[np.float32]) -> FloatArray:
    """Return the distance from each image to the nearest of the others, that at its own place left out."""
    distances = pairwise_distances(_standardized(images), _standardized(others))
    np.fill_diagonal(distances, np.inf)
    return np.asarray(distances.min(axis=1))


def _standardized(images: NDArray[np.float32]) -> FloatArray:
    rows = images.reshape(len(images), -1).astype(np.float64)
    rows -= rows.mean(axis=1, keepdims=True)
    return rows / np.maximum(rows.std(axis=1, keepdims=True), 1e-6)
