"""Whether inferred labels can be trusted: figures with a warning of their own, before any row is made of them."""

from __future__ import annotations

import warnings

import numpy as np

from skexpand.base.types import UNLABELED, IntArray
from skexpand.base.warnings import UnsureLabelsWarning

MAX_EXCESS = 0.5  # by which a class's share may be larger among inferred labels than among those that are known


def warn_of_unsure_labels(known: IntArray, inferred: IntArray, accuracy: float | None) -> None:
    """Warn where held-out labels are found no better than by chance, or where a class takes nearly everything.

    Parameters
    ----------
    known : ndarray of shape (n,)
        Class codes, -1 where the label was unknown.
    inferred : ndarray of shape (n,)
        Class codes of all rows.
    accuracy : float or None
        Share of held-out labelled rows that were given their class; None where there were too few to hold any out.
    """
    labeled = known != UNLABELED
    shares = np.bincount(known[labeled]) / labeled.sum()
    chance = float(shares.max())
    luck = float(np.sqrt(chance * (1 - chance) / labeled.sum()))  # one standard error
    if accuracy is not None and accuracy < chance + luck:
        _warn(
            f"of the labelled rows held out, {accuracy:.0%} were given their class, and the most frequent class alone "
            f"gives {chance:.0%}"
        )
    taken = np.bincount(inferred[~labeled], minlength=len(shares)) / (~labeled).sum()
    excess = taken - shares
    if excess.max() > MAX_EXCESS:
        most = int(excess.argmax())
        _warn(f"class number {most} takes {taken[most]:.0%} of them, and has {shares[most]:.0%} of the labelled rows")


def _warn(reason: str) -> None:
    warnings.warn(
        f"The labels inferred for rows without one cannot be trusted: {reason}. Label more rows of each class, state "
        "class_shares if they are known, or leave the rows without a label out.",
        UnsureLabelsWarning,
        stacklevel=8,
    )
