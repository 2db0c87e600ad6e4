r"""The score of a quick learner on held-out images when trained with new ones, for each of several candidates.

New images are made from three quarters of the training images with each candidate, the learner is trained on these and
the new ones, and the images held out are its test. All candidates are given the same anchors, edges and weights, so
they differ only in the candidate value. Flows are not refitted: those of edges with a held-out image are left out.

The learner is kernel ridge regression on the class indicators T,

.. math:: P = k(\phi_\mathrm{out}, \phi)\,(k(\phi, \phi) + \lambda I)^{-1}\, T,

which a single solve trains, scored by the squared error of P, which is more informative than the accuracy on a few
dozen images. Its columns :math:`\phi` are not pixels but the increase of brightness to the right, down, to the left and
up in each of about 14 x 14 overlapping cells (square roots, scaled to length 1), after the descriptors of Dalal and
Triggs, "Histograms of Oriented Gradients for Human Detection", CVPR 2005. They do not change if a stroke moves within a
cell, so this learner tolerates bending as networks do, while a learner on pixels would be misled by it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from scipy.linalg import cho_factor, cho_solve
from sklearn.metrics.pairwise import rbf_kernel
from torch.nn import functional as F

from skexpand.base.types import FloatArray, IntArray, SampleArray
from skexpand.dynamics.selection import stratified_folds

if TYPE_CHECKING:
    from skexpand.expansion.flows import ImageExpansion


Change = Callable[[Any], "ImageExpansion"]  # of an expansion, or of one with appearance

_RIDGE = 0.1
_MAX_ROWS = 400  # that take part
_NEW_IMAGES = 600  # per fold, of all classes
_CELLS = 14  # along the shorter side


def held_out_errors(expansion: ImageExpansion, changes: Sequence[Change], rng: np.random.Generator) -> FloatArray:
    """Return the squared error of each held-out image (a line each) for each candidate."""
    expansion = expansion.subset(np.sort(rng.permutation(len(expansion.labels))[:_MAX_ROWS]))
    labels, folds = expansion.labels, stratified_folds(expansion.labels, rng)
    shape = expansion.codec.layout.shape
    known = rises(expansion.images)
    errors = [np.empty((0, len(changes)))]
    for fold in range(int(folds.max()) + 1):
        kept = np.flatnonzero(folds != fold)
        seen = expansion.subset(kept)
        classes = np.unique(seen.labels)
        held_out = np.flatnonzero((folds == fold) & np.isin(labels, classes))
        if len(classes) < 2 or not len(held_out) or not len(seen.flows.edges):
            continue
        per_class = max(1, _NEW_IMAGES // len(classes))
        draws = [seen.draw_moves(label, per_class, rng) for label in classes.tolist()]
        anchors = np.concatenate([links.anchors for links, _ in draws])
        sums = np.concatenate([moves for _, moves in draws])
        made = [rises(change(seen).made(anchors, sums).reshape(-1, *shape)) for change in changes]
        truth = known[held_out], labels[held_out]
        trained_on = np.concatenate([seen.labels, seen.labels[anchors]])
        rows = [np.concatenate([known[kept], new]) for new in made]
        errors.append(np.column_stack([squared_errors(some, trained_on, *truth) for some in rows]))
    return np.concatenate(errors)


@torch.no_grad()
def rises(images: SampleArray) -> SampleArray:
    """Return how much the brightness of images (n, c, h, w) rises in each direction and cell, rows of length 1."""
    padded = F.pad(torch.as_tensor(images), (1, 1, 1, 1), mode="replicate")
    down = (padded[:, :, 2:, 1:-1] - padded[:, :, :-2, 1:-1]).sum(dim=1)  # (n, h, w)
    right = (padded[:, :, 1:-1, 2:] - padded[:, :, 1:-1, :-2]).sum(dim=1)
    directions = torch.stack([right, down, -right, -down], dim=1).clamp_min(0)  # (n, 4, h, w)
    side = max(1, round(min(images.shape[2:]) / _CELLS))
    cells = F.avg_pool2d(directions, 2 * side, side).flatten(1).sqrt()
    return F.normalize(cells, eps=1e-6).numpy()


def squared_errors(rows: SampleArray, labels: IntArray, others: SampleArray, truth: IntArray) -> FloatArray:
    """Return the squared error of kernel ridge regression, trained on rows, for each of the other rows."""
    scale = 1 / max(rows.shape[1] * float(rows.var()), np.finfo(float).tiny)
    indicators = np.eye(int(labels.max()) + 1)
    centre = indicators[labels].mean(axis=0)
    kernel = rbf_kernel(rows, gamma=scale).astype(np.float64)
    kernel[np.diag_indices_from(kernel)] += _RIDGE
    weights = cho_solve(cho_factor(kernel, lower=True, overwrite_a=True), indicators[labels] - centre)
    predicted = rbf_kernel(others, rows, gamma=scale) @ weights + centre
    return np.asarray(np.sum((predicted - indicators[truth]) ** 2, axis=1))
