r"""law="auto": how much of each component a table should get.

The Ledoit-Wolf shrinkage intensity :math:`\delta` of the pooled within-class covariance tells thin manifolds from
clouds:

.. math:: \delta = \frac{\mathbb{E}\,\lVert S - \Sigma \rVert^2}{\mathbb{E}\,\lVert S - \sigma^2 I \rVert^2}

is the share of the structure in the sample covariance S that is sampling noise. Near 0, the rows show
directions that are truly thin, and blurring them loses what tells classes apart: keep the anchor ("local").
Near 1, no direction stands out from a ball, and the anchor is mostly noise: forget and shrink ("shrunk"). In
between, both share the new rows.

Cross-validation of the components inside the training rows, with quick learners, chose worse than this rule
and took a hundred times as long (see the ablation): a few dozen rows do not decide between laws that differ by
a few points.
"""

from __future__ import annotations

import numpy as np

from skexpand.dynamics.components import COMPONENTS, Latents, pooled_covariance

ALL_LOCAL, ALL_SHRUNK = 0.15, 0.45  # shrinkage up to which, and from which on, one component makes all rows


def choose_mixture(latents: Latents) -> dict[str, float]:
    """Return the weight of each component for the given latent rows."""
    shrinkage = pooled_covariance(latents.spread).shrinkage
    shrunk = float(np.clip((shrinkage - ALL_LOCAL) / (ALL_SHRUNK - ALL_LOCAL), 0, 1))
    weights = {"local": 1 - shrunk, "shrunk": shrunk}
    return {name: weights.get(name, 0.0) for name in COMPONENTS}
