"""Rows without a label in comparisons: part of every training side, and of no test side."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator, clone

from skexpand.base.sklearn_private import _safe_indexing
from skexpand.base.types import UNLABELED
from skexpand.codec.frame import followed_by, is_frame, taken
from skexpand.comparison.kinds import for_samplers
from skexpand.request.groups import refuse_unlabeled_groups
from skexpand.request.target import kind_of, learned_by, read_target, synthesizer_in
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
    marks : dataframe of shape (n_unlabeled, n_targets), default=None
        Their target as it came, if it is a DataFrame; else the marker stands for it.
    """

    def __init__(self, sampler: Any, X: Any, keep: bool = True, marks: Any = None) -> None:
        self.sampler = sampler
        self.X = X
        self.keep = keep
        self.marks = marks

    def fit_resample(self, X: Any, y: Any) -> tuple[Any, Any]:
        """Expand labelled rows, with the others' help."""
        self.sampler_ = clone(self.sampler)
        rows, labels = self.sampler_.fit_resample(followed_by(X, self.X), self._marked(y))
        if self.keep:
            return rows, labels
        kept = np.flatnonzero(~learned_by(self.sampler_, "inferred_mask_"))
        return _safe_indexing(rows, kept), _safe_indexing(labels, kept)

    def _marked(self, y: Any) -> Any:
        """Return the labels or numbers, and then as many markers as there are rows without one."""
        if self.marks is not None:
            return followed_by(y, self.marks)
        marker, shape = synthesizer_in(self.sampler).unlabeled, (self.X.shape[0], *y.shape[1:])
        missing = stands_for_missing(marker)
        if y.dtype.kind in "biuf":
            return np.concatenate([y, np.full(shape, np.nan if missing else marker)])
        return np.concatenate([y.astype(object), np.full(shape, None if missing else marker, object)])

    def __getattr__(self, name: str) -> Any:
        if name.endswith("_") and not name.startswith("__") and "sampler_" in vars(self):
            return getattr(self.sampler_, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __sklearn_clone__(self) -> WithUnlabeled:
        return WithUnlabeled(clone(self.sampler), self.X, self.keep, self.marks)  # the rows are not copied


class Compared(NamedTuple):
    """What is compared: labelled rows, and the sampler, which has been given the others."""

    X: Any
    y: Any
    sampler: Any
    n_unlabeled: int


def fully_labeled(sampler: Any, y: Any) -> Target:
    """Return a target of which every row has a label; raise a ValueError for others, since folds would test on them."""
    target = read_target(sampler, y)
    missing = int((target.codes == UNLABELED).sum())
    if missing:
        raise ValueError(
            f"{missing} of {len(target.codes)} rows have no label, so nothing can be tested on them; leave them out, "
            "or use ExpansionReport or GatedSynthesizer, which keep them in every training side."
        )
    return target


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
    others, target = np.flatnonzero(~known), for_samplers(y)
    marks = taken(y.original, others) if is_frame(target) else None
    labeled = _safe_indexing(X, np.flatnonzero(known))
    return Compared(labeled, target, WithUnlabeled(sampler, _safe_indexing(X, others), marks=marks), len(others))


def without_inferred(sampler: Any) -> Any:
    """Return a sampler that returns labelled and new rows only, so that these can be told from rows without a label."""
    if not isinstance(sampler, WithUnlabeled):
        return sampler
    return WithUnlabeled(sampler.sampler, sampler.X, False, sampler.marks)


def title_of(sampler: Any) -> str:
    """Return what people read of a sampler."""
    if isinstance(sampler, WithUnlabeled):
        what = "number" if kind_of(sampler.sampler) == "numbers" else "label"
        return f"{title_of(sampler.sampler)}, {sampler.X.shape[0]:,} rows without a {what}"
    return type(sampler).__name__
