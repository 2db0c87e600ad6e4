"""The methods compared: the rows as they are, three common remedies, and the sampler under test.

A remedy that a table or a learner does not allow is listed with the reason, since leaving it out would look like a
defeat. They are remedies for uneven classes, so a target of numbers has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from imblearn.over_sampling import SMOTE, SMOTEN, SMOTENC, RandomOverSampler
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone

from skexpand.base.sklearn_private import _safe_indexing
from skexpand.codec import Schema
from skexpand.codec.frame import followed_by, is_frame
from skexpand.comparison.kinds import strata_of
from skexpand.comparison.unlabeled import title_of

_ONE_LABEL = "SMOTE takes one label for each row."
_BALANCED = "The classes are already of equal size, so it would change nothing."


@dataclass(frozen=True)
class Contender:
    """One way to train.

    Attributes
    ----------
    key, title
        Its identifier and its title.
    estimator
        The learner.
    sampler
        The sampler; None adds no rows.
    why_not
        Why it is not applicable; empty if it is.
    """

    key: str
    title: str
    estimator: Any
    sampler: Any = None
    why_not: str = ""


def all_contenders(
    sampler: Any, estimator: Any, X: Any, y: NDArray[Any], seed: int, kind: str = "classes"
) -> list[Contender]:
    """Return the methods for a table and a kind of target, the rows as they are first and the sampler last."""
    remedies = [] if kind == "numbers" else _remedies(estimator, X, y, seed, kind)
    subject = Contender("expanded", title_of(sampler), estimator, sampler)
    return [Contender("real", "Real rows only", estimator), *remedies, subject]


def _remedies(estimator: Any, X: Any, y: NDArray[Any], seed: int, kind: str) -> list[Contender]:
    """Return the remedies for uneven classes or label sets."""
    counts = np.unique(strata_of(kind, y), return_counts=True)[1]
    even = _BALANCED if counts.min() == counts.max() else ""
    weighted = with_class_weights(estimator)
    no_weights = "" if weighted is not None else "The learner takes no class weights."
    one_row = "" if counts.min() > 1 else "A class has a single row, which has no neighbour to mix with."
    one_label, unweighed = (_ONE_LABEL, "") if kind == "label_sets" else ("", even)
    return [
        Contender("class_weights", "Class weights", weighted, why_not=unweighed or no_weights),
        Contender("random_oversampling", "Random oversampling", estimator, Repeated(seed, kind), even),
        Contender("smote", smote_title(X), estimator, TableSMOTE(seed), one_label or even or one_row),
    ]


def with_class_weights(estimator: Any) -> Any:
    """Return a copy whose classes weigh the same, or None if the learner takes no class weights."""
    names = [name for name in estimator.get_params() if name.split("__")[-1] == "class_weight"]
    return clone(estimator).set_params(**dict.fromkeys(names, "balanced")) if names else None


class Repeated(BaseEstimator):
    """Random oversampling of any table: rows of small classes, or of rare label sets, are repeated."""

    def __init__(self, random_state: int, kind: str = "classes") -> None:
        self.random_state = random_state
        self.kind = kind

    def fit_resample(self, X: Any, y: NDArray[Any]) -> tuple[Any, NDArray[Any]]:
        """Return the rows, and then repeated ones."""
        positions = np.arange(len(y))[:, None]
        sampler = RandomOverSampler(random_state=self.random_state)
        rows = sampler.fit_resample(positions, strata_of(self.kind, y))[0][:, 0]
        return _safe_indexing(X, rows), y[rows]


def _is_nominal(schema: Schema) -> NDArray[np.bool_]:
    """Return which columns cannot be interpolated."""
    return np.array([column.kind in ("categorical", "boolean") for column in schema.columns])


def smote_title(X: Any) -> str:
    """Name the variant of SMOTE that a table needs."""
    schema = Schema.of(X)
    nominal = _is_nominal(schema)
    name = "SMOTEN" if nominal.all() else "SMOTENC" if nominal.any() else "SMOTE"
    return name + (", gaps filled" if any(column.n_missing for column in schema.columns) else "")


class TableSMOTE(BaseEstimator):
    """SMOTE for any table: its variant for categories where there are some, gaps filled by medians and modes.

    Only the new rows are complete; the originals stay as they are.
    """

    def __init__(self, random_state: int) -> None:
        self.random_state = random_state

    def fit_resample(self, X: Any, y: NDArray[Any]) -> tuple[Any, NDArray[Any]]:
        """Return the rows, and then interpolated ones."""
        schema = Schema.of(X)
        nominal = _is_nominal(schema)
        filled = _without_gaps(schema.read(X).astype(float), nominal)
        n_neighbors = min(5, int(np.unique(y, return_counts=True)[1].min()) - 1)
        settings = {"k_neighbors": n_neighbors, "random_state": self.random_state}
        if nominal.all():
            smote = SMOTEN(**settings)
        else:
            smote = SMOTENC(np.flatnonzero(nominal).tolist(), **settings) if nominal.any() else SMOTE(**settings)
        rows, labels = smote.fit_resample(filled, y)
        originals = X if is_frame(X) or hasattr(X, "tocsr") else np.asarray(X)
        return followed_by(originals, schema.write(rows[len(y) :].astype(schema.dtype))), labels


def _without_gaps(rows: NDArray[np.float64], nominal: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Fill gaps: with the most frequent code of a category, the median of a number, 0 in an empty column."""
    filled = rows.copy()
    for column, is_code in zip(filled.T, nominal.tolist(), strict=True):
        gaps = np.isnan(column)
        if gaps.any():
            present = column[~gaps]
            values, counts = np.unique(present, return_counts=True)
            usual = values[counts.argmax()] if is_code else np.median(present)
            column[gaps] = usual if len(present) else 0.0
    return filled
