"""Copying and privacy: how close new rows are to single real rows, and what that reveals.

Distances to the closest record are the usual figures, but they say little: a generator can reveal a person without ever
making a row close to theirs, and where data are dense, a good generator makes rows close to real ones [1]_. What counts
is what an attacker learns. :func:`membership_inference` runs such an attack. It is the only figure here that is
meaningful for privacy, and even it is a lower bound, since a better attack may exist. A value close to 0.5 is no
guarantee; a value clearly above proves leakage.

.. [1] Ganev, G. and De Cristofaro, E., "The Inadequacy of Similarity-based Privacy Metrics", IEEE S&P 2025.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors
from sklearn.utils.validation import check_consistent_length

from skexpand.base.parallel import in_this_process
from skexpand.base.random import RandomState, make_generator
from skexpand.base.sklearn_private import _safe_indexing
from skexpand.base.types import FloatArray, IntArray
from skexpand.comparison.folds import expanded
from skexpand.comparison.kinds import for_samplers, strata_of, table_of
from skexpand.comparison.unlabeled import fully_labeled
from skexpand.metrics._figure import Figure, compared
from skexpand.metrics._rows import encoded
from skexpand.request.counts import check_counts
from skexpand.request.groups import groups_for
from skexpand.request.target import kind_of


def distance_to_closest_record(real: ArrayLike, synthetic: ArrayLike, *, random_state: RandomState = None) -> Figure:
    r"""Return the median distance from a synthetic row to the closest real one.

    .. math:: \operatorname{median}_j \min_i \lVert x_i - y_j \rVert

    The figure's ``ratio`` compares it with the distance between real rows (on equally many rows). It reveals copies,
    but says little about privacy (see :func:`membership_inference`).

    .. versionadded:: 0.1

    Parameters
    ----------
    real, synthetic : {array-like, dataframe} of shape (n_samples, n_features)
        The rows.
    random_state : int, RandomState instance or None, default=None
        Seed of the halves of the reference.

    Returns
    -------
    figure : Figure
        At least 0, which means copies; a ratio of 1 means as far as real rows from each other.

    See Also
    --------
    nearest_neighbour_distance_ratio : The same, relative to the second closest.

    Examples
    --------
    >>> import numpy as np
    >>> from skexpand.metrics import distance_to_closest_record
    >>> real = np.random.default_rng(0).standard_normal((100, 3))
    >>> distance_to_closest_record(real, real, random_state=0).value
    0.0
    """
    return compared(_closest, *encoded(real, synthetic), make_generator(random_state))


@in_this_process()
def _closest(a: FloatArray, b: FloatArray) -> float:
    return float(np.median(NearestNeighbors(n_neighbors=1).fit(a).kneighbors(b)[0]))


def nearest_neighbour_distance_ratio(
    real: ArrayLike, synthetic: ArrayLike, *, random_state: RandomState = None
) -> Figure:
    r"""Return how much closer a synthetic row is to its closest real row than to the second closest.

    .. math:: \operatorname{median}_j \; d_{(1)}(y_j) / d_{(2)}(y_j)

    with the two smallest distances from :math:`y_j` to a real row; 1 where both are 0.

    .. versionadded:: 0.1

    Parameters
    ----------
    real, synthetic : {array-like, dataframe} of shape (n_samples, n_features)
        The rows.
    random_state : int, RandomState instance or None, default=None
        Seed of the halves of the reference.

    Returns
    -------
    figure : Figure
        From 0, each is close to one real row only, to 1.

    See Also
    --------
    distance_to_closest_record : The distance itself.

    Examples
    --------
    >>> import numpy as np
    >>> from skexpand.metrics import nearest_neighbour_distance_ratio
    >>> real = np.random.default_rng(0).standard_normal((200, 2))
    >>> near, far = (nearest_neighbour_distance_ratio(real, real + step, random_state=0).value for step in (0.1, 10))
    >>> round(near, 2), round(far, 2)
    (0.66, 0.98)
    """
    return compared(_distance_ratio, *encoded(real, synthetic), make_generator(random_state))


@in_this_process()
def _distance_ratio(a: FloatArray, b: FloatArray) -> float:
    first, second = NearestNeighbors(n_neighbors=2).fit(a).kneighbors(b)[0].T
    return float(np.median(np.divide(first, second, out=np.ones_like(first), where=second > 0)))


def membership_inference(
    sampler: Any,
    X: ArrayLike,
    y: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    n_splits: int = 5,
    random_state: RandomState = None,
) -> Figure:
    """Return the ROC AUC of an attacker who infers which rows a sampler was fitted on.

    Half of the rows are *members*: the sampler is fitted on them and its new rows are published. The attacker has a
    row and its label, does not know to which half it belongs, and guesses by the distance to the closest published row
    of its class (the black-box attack of [1]_). Unlike a distance, this measures leakage itself; a better attack may
    exist, so it is a lower bound. Classes without new rows are left out.

    .. versionadded:: 0.1

    Parameters
    ----------
    sampler : sampler
        Any object with ``fit_resample`` that appends new rows to the originals.
    X : {array-like, dataframe} of shape (n_samples, n_features)
        The rows.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Class labels, or what the sampler's ``target`` says. Numbers count as columns, and rows are compared with those
        of the same label set.
    groups : array-like of shape (n_samples,), default=None
        Which rows belong together (a patient, a batch). Halves keep them together, and the sampler is given them.
    n_splits : int, default=5
        Number of times the rows are split; the mean is returned.
    random_state : int, RandomState instance or None, default=None
        Seed of the splits.

    Returns
    -------
    figure : Figure
        From 0 to 1. 0.5: the attacker guesses; 1: every member is found, as with repeated rows. The reference publishes
        other real rows instead, so it differs from 0.5 only by chance.

    See Also
    --------
    distance_to_closest_record : What attackers often look at.

    References
    ----------
    .. [1] Chen, D., Yu, N., Zhang, Y. and Fritz, M., "GAN-Leaks: A Taxonomy of Membership Inference Attacks against
       Generative Models", ACM CCS 2020.

    Examples
    --------
    >>> from imblearn.over_sampling import RandomOverSampler
    >>> from sklearn.datasets import load_breast_cancer
    >>> from skexpand.metrics import membership_inference
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> sampler = RandomOverSampler(random_state=0)
    >>> figure = membership_inference(sampler, X, y, n_splits=1, random_state=0)
    >>> figure.value > 0.75
    True
    """
    rng = make_generator(random_state)
    kind = kind_of(sampler)
    targets = for_samplers(fully_labeled(sampler, y))
    check_consistent_length(X, targets)
    known = groups_for(sampler, groups, len(targets))
    check_counts(1, n_splits=n_splits)
    found = [_attack(sampler, kind, X, targets, known, rng) for _ in range(n_splits)]
    value, reference = (_mean(np.array(aucs)) for aucs in zip(*found, strict=True))
    return Figure(value, value, reference)


def _mean(aucs: FloatArray) -> float:
    """Return the mean of the attacks that were possible, NaN if none was."""
    known = aucs[np.isfinite(aucs)]
    return float(known.mean()) if len(known) else np.nan


def _attack(
    sampler: Any, kind: str, X: Any, y: Any, groups: NDArray[Any] | None, rng: np.random.Generator
) -> tuple[float, float]:
    """Split, publish and attack: once with the sampler's rows, once with other real rows."""
    labels = strata_of(kind, y)
    members, others, control = _halves(labels, groups, rng)
    if len(np.unique(labels[members])) < min(2, len(np.unique(labels))):
        return np.nan, np.nan  # the other half has all rows of the other class
    known = None if groups is None else groups[members]
    rows = expanded(sampler, _safe_indexing(X, members), _safe_indexing(y, members), known)
    if len(rows.new_rows) < 2:
        return np.nan, np.nan
    published, made = rows.taken(rows.new_rows)
    real, new = encoded(table_of(kind, X, y), table_of(kind, published, made))
    attack = _auc_by_class(real, labels, members, others, new, strata_of(kind, made))
    # publish other real rows: neither side of this test has been used
    reference = _auc_by_class(real, labels, members[::2], others, real[control], labels[control])
    return attack, reference


def _halves(
    labels: NDArray[Any], groups: NDArray[Any] | None, rng: np.random.Generator
) -> tuple[IntArray, IntArray, IntArray]:
    """Return the members, and the halves of the rest; rows of a group stay together, and each part has each class."""
    units = np.arange(len(labels)) if groups is None else np.unique(groups, return_index=True)[1]
    order = rng.permutation(units)
    order = order[np.argsort(labels[order], kind="stable")]
    parts = order[0::2], order[1::4], order[3::4]
    if groups is None:
        return parts
    members, others, control = (np.flatnonzero(np.isin(groups, groups[part])) for part in parts)
    return members, others, control


@in_this_process()
def _auc_by_class(
    real: FloatArray,
    labels: NDArray[Any],
    members: NDArray[np.intp],
    others: NDArray[np.intp],
    published: FloatArray,
    published_labels: NDArray[Any],
) -> float:
    """Return the AUC of the distance to the closest published row of the same class, weighted by class size."""
    aucs, weights = [], []
    for label in np.unique(published_labels):
        inside, outside = members[labels[members] == label], others[labels[others] == label]
        if len(inside) and len(outside):
            index = NearestNeighbors(n_neighbors=1).fit(published[published_labels == label])
            distances = index.kneighbors(real[np.concatenate([inside, outside])])[0][:, 0]
            aucs.append(roc_auc_score(np.repeat([1, 0], [len(inside), len(outside)]), -distances))
            weights.append(len(inside) + len(outside))
    return float(np.average(aucs, weights=weights)) if aucs else np.nan
