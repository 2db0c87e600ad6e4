r"""law="auto": how much of each component a table should get.

The Ledoit-Wolf shrinkage intensity :math:`\delta` of the pooled within-class covariance tells thin manifolds from
clouds:

.. math:: \delta = \frac{\mathbb{E}\,\lVert S - \Sigma \rVert^2}{\mathbb{E}\,\lVert S - \sigma^2 I \rVert^2}

is the share of the structure in the sample covariance S that is sampling noise. Near 0, the rows show directions that
are truly thin, and blurring them loses what tells classes apart: keep the anchor ("local"). Near 1, no direction
stands out from a ball, and the anchor is mostly noise: forget it and shrink ("shrunk"). In between the directions are
worth keeping but the anchors are not: forget without shrinking ("global"). Neighbouring components overlap, since no
table sits on a border.

Cross-validation of the components inside the training rows, with quick learners, chose worse than this rule
and took a hundred times as long (see the ablation): a few dozen rows do not decide between laws that differ by
a few points.
"""

from __future__ import annotations

import numpy as np

from skexpand.dynamics.components import Latents, pooled_covariance

LOCAL_UNTIL, LOCAL_NO_MORE = 0.1, 0.4  # shrinkage up to which all rows, and from which on none, are local
SHRUNK_FROM, ALL_SHRUNK = 0.3, 0.8  # shrinkage up to which no row, and from which on all, are shrunk


def choose_mixture(latents: Latents) -> dict[str, float]:
    """Return the weight of each component for the given latent rows."""
    shrinkage = pooled_covariance(latents.spread).shrinkage
    local = 1 - _ramp(shrinkage, LOCAL_UNTIL, LOCAL_NO_MORE)
    shrunk = _ramp(shrinkage, SHRUNK_FROM, ALL_SHRUNK)
    return {"local": local, "global": 1 - local - shrunk, "shrunk": shrunk}


def _ramp(value: float, start: float, end: float) -> float:
    """Rise from 0 at ``start`` to 1 at ``end``."""
    return float(np.clip((value - start) / (end - start), 0, 1))
