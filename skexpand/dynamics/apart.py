r"""The law for rows that are kept apart: from one group to another go statistics, never a row.

A residual tells of the two rows of its edge. Added to an anchor of another group, it carries them across, and a split
by groups no longer parts what it should. So where groups are given, nothing is recombined: a normal variable of
the covariance that the residuals of all classes have together takes their place,

.. math:: \sum_e w_e r_e \;\to\; \mathcal N(0, R), \qquad R = \tfrac{1}{n_e} \textstyle\sum_e r_e r_e^\top.

R knows no class, so it cannot tell a row's label to another group. A class mean can. That is why "auto" then means
"local", the law without means.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from skexpand.dynamics.law import ClassLaw, SampleArray


def without_residuals(law: ClassLaw) -> ClassLaw:
    """Return the law with normal noise of the same covariance in place of recombined residuals."""
    if not len(law.moves):
        return law
    noise = noise_factor(law.moves, law.noise)
    return replace(law, moves=law.moves[:0], own_edges=law.own_edges[:0], noise=noise)


def noise_factor(moves: SampleArray, noise: SampleArray | None = None) -> SampleArray:
    """Return the factor of normal noise with the second moment of moves, and that of further noise, if there is any."""
    factors = [moves / np.sqrt(max(len(moves), 1))]
    if noise is not None:
        factors.append(noise)
    # R'R = F'F: the same covariance from at most dim rows
    return np.asarray(np.linalg.qr(np.concatenate(factors), mode="r"), np.float32)
