"""Rows without a label in comparisons: part of every training side, and of no test side."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone

from skexpand.base.sklearn_private import _safe_indexing
from skexpand.base.types import UNLABELED
from skexpand.codec.frame import followed_by
from skexpand.comparison.kinds import for_samplers
from skexpand.request.groups import refuse_unlabeled_groups
from skexpand.request.target import learned_by, synthesizer_in
from skexpand.target.target import Target
from skexpand.target.unlabeled import stands_for_missing


class WithUnlabeled(BaseEstimator):
    """A sampler that is given rows without a label as well, behind those that it is asked to expand.

    Parameters
    ----------
    sampler : sampler
        Infers their labels.
    X : {ndarray, dataframe, sparse matrix} of shape (n_unlabeled, n_features)
        The rows without a label.
    keep : bool, default=True
        Whether they are returned with their inferred label; if not, only labelled and new rows are.
    """

    def __init__(self, sampler: Any, X: Any, keep: bool = True) -> None:
        self.sampler = sampler
        self.X = X
        self.keep = keep

    def fit_resample(self, X: Any, y: NDArray[Any]) -> tuple[Any, Any]:
        """Expand labelled rows, with the others' help."""
        self.sampler_ = clone(self.sampler)
        rows, labels = self.sampler_.fit_resample(followed_by(X, self.X), self._marked(y))
        if self.keep:
            return rows, labels
        kept = np.flatnonzero(~learned_by(self.sampler_, "inferred_mask_"))
        return _safe_indexing(rows, kept), _safe_indexing(labels, kept)

    def _marked(self, y: NDArray[Any]) -> NDArray[Any]:
        """Return the labels, and then as many markers as there are rows without one."""
        marker, count = synthesizer_in(self.sampler).unlabeled, self.X.shape[0]
        missing = stands_for_missing(marker)
        if y.dtype.kind in "biuf":
            return np.append(y, np.full(count, np.nan if missing else marker))
        return np.append(y.astype(object), np.full(count, None if missing else marker, object))

    def __getattr__(self, name: str) -> Any:
        if name.endswith("_") and not name.startswith("__") and "sampler_" in vars(self):
            return getattr(self.sampler_, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __sklearn_clone__(self) -> WithUnlabeled:
        return WithUnlabeled(clone(self.sampler), self.X, self.keep)  # the rows are not copied


class Compared(NamedTuple):
    """What is compared: labelled rows, and the sampler, which has been given the others."""

    X: Any
    y: Any
    sampler: Any
    n_unlabeled: int


def labeled_rows(sampler: Any, X: Any, y: Target, groups: Any = None) -> Compared:
    """Set the rows without a label aside, for the sampler.

    Raises
    ------
    ValueError
        If there are groups as well: a label inferred from other groups would leak through a split by groups.
    """
    known = y.codes != UNLABELED
    if known.all():
        return Compared(X, for_samplers(y), sampler, 0)
    refuse_unlabeled_groups(groups, y)
    rest = _safe_indexing(X, np.flatnonzero(~known))
    labeled = _safe_indexing(X, np.flatnonzero(known))
    return Compared(labeled, y.values, WithUnlabeled(sampler, rest), int((~known).sum()))


def without_inferred(sampler: Any) -> Any:
    """Return a sampler that returns labelled and new rows only, so that these can be told from rows without a label."""
    return WithUnlabeled(sampler.sampler, sampler.X, keep=False) if isinstance(sampler, WithUnlabeled) else sampler


def title_of(sampler: Any) -> str:
    """Return what people read of a sampler."""
    if isinstance(sampler, WithUnlabeled):
        return f"{title_of(sampler.sampler)}, {sampler.X.shape[0]:,} rows without a label"
    return type(sampler).__name__
