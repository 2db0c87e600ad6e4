r"""Labels for the rows that have none, as a distribution over classes for each.

There are two kinds of candidate methods:

- *the graph*: labels spread along the edges between nearest rows (see ``dynamics/spreading.py``). It is suited to rows
  whose neighbours have the same class: between images whose rows are gradients or latents of the core, and between
  embeddings.
- *learners*: the labelled rows are expanded, learners are trained on them and the new rows, and the mean of their
  probabilities is the distribution. It is suited to tables, whose columns are of all kinds.

In both, class shares are corrected (``dynamics/shares.py``): known ones are imposed; unknown ones are corrected half of
the way to those of the labelled rows. For learners, that is the middle between the labelled rows' shares and the mean
probability, a good estimate of shares itself.

If there are enough labels, some are held out to choose between the candidates. Otherwise the first candidate is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
from scipy.sparse import csr_array
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from skexpand.base.random import draw_seed
from skexpand.base.types import UNLABELED, BoolArray, FloatArray, IntArray, RowArray
from skexpand.dynamics.neighbors import joined, neighbor_graph
from skexpand.dynamics.selection import stratified_folds
from skexpand.dynamics.shares import class_offsets, log_of, scaled, shares_of, wanted_shares
from skexpand.dynamics.spreading import one_hot, spread_labels

ClassShares = Literal["balanced"] | FloatArray | None
Expand = Callable[[RowArray, IntArray, int, np.random.Generator], tuple[RowArray, IntArray]]
Candidate = Callable[[IntArray, np.random.Generator], FloatArray]  # codes of all rows to distributions of all rows

N_NEW = 2_000  # rows that the learners are trained on, beside the labelled ones
LEAST_PROBABILITY = 0.5  # of the likeliest class of a row that new rows are made of
MIN_LABELS = 5  # of each class, from which on some are held out to choose between candidates


class Inferred(NamedTuple):
    """The inferred labels."""

    distributions: FloatArray  # (n, n_classes), of all rows; labelled rows have all of theirs on one class
    candidate: str  # the name of the candidate used
    accuracy: dict[str, float]  # share of held-out labels that each candidate found; empty if none were held out


def infer_labels(candidates: Mapping[str, Candidate], codes: IntArray, rng: np.random.Generator) -> Inferred:
    """Return the labels inferred by the best candidate.

    Parameters
    ----------
    candidates : mapping of str to callable
        The candidate methods, the preferred one first; see :func:`by_graph` and
        :func:`by_learners`.
    codes : ndarray of shape (n,)
        Class codes from 0 on, -1 where the label is unknown.
    rng : Generator
        The source of randomness.
    """
    name, accuracy = next(iter(candidates)), {}
    if len(candidates) > 1 and np.bincount(codes[codes != UNLABELED]).min() >= MIN_LABELS:
        right = {one: held_out_hits(candidate, codes, rng.spawn(1)[0]) for one, candidate in candidates.items()}
        accuracy = {one: float(found.mean()) for one, found in right.items()}
        name = _clearly_best(right)
    return Inferred(candidates[name](codes, rng), name, accuracy)


def by_graph(rows: RowArray, class_shares: ClassShares = None, weights: csr_array | None = None) -> Candidate:
    """Return the candidate that spreads labels along the nearest-neighbour graph of all rows (n, m)."""
    weights = joined(neighbor_graph(rows) if weights is None else weights, rows)

    def distributions(codes: IntArray, rng: np.random.Generator) -> FloatArray:
        return spread_labels(weights, codes, *wanted_shares(class_shares, codes, int(codes.max()) + 1))

    return distributions


def by_learners(rows: RowArray, expand: Expand, class_shares: ClassShares = None) -> Candidate:
    """Return the candidate that trains learners on the labelled rows, expanded.

    Parameters
    ----------
    rows : ndarray of shape (n, m)
        All rows, encoded.
    expand : callable
        ``expand(rows, codes, n_new, rng)`` returns new rows and their codes, the same number for each class.
    class_shares : None, "balanced" or ndarray of shape (n_classes,)
        The share of each class; None where it is unknown.
    """

    def distributions(codes: IntArray, rng: np.random.Generator) -> FloatArray:
        known = codes != UNLABELED
        new, new_codes = expand(rows[known], codes[known], N_NEW, rng)
        trained_on = np.concatenate([rows[known], new]), np.concatenate([codes[known], new_codes])
        found = one_hot(codes, int(codes.max()) + 1)
        found[~known] = with_shares(mean_probability(*trained_on, rows[~known], rng), codes, class_shares)
        return found

    return distributions


def mean_probability(rows: RowArray, codes: IntArray, others: RowArray, rng: np.random.Generator) -> FloatArray:
    """Return the mean of three learners' probabilities (n_others, n_classes), trained on rows of all classes."""
    return np.mean([learner.fit(rows, codes).predict_proba(others) for learner in _learners(rng)], axis=0)


def _learners(rng: np.random.Generator) -> list[Any]:
    """Return learners that make different errors."""
    return [
        LogisticRegression(max_iter=1_000),
        ExtraTreesClassifier(100, random_state=draw_seed(rng)),
        KNeighborsClassifier(15),
    ]


def with_shares(distributions: FloatArray, codes: IntArray, class_shares: ClassShares = None) -> FloatArray:
    """Return distributions whose likeliest classes have the shares wanted.

    Unknown shares are taken to be half way between those of the labelled rows and the mean probability.
    """
    shares = wanted_shares(class_shares, codes, distributions.shape[1])[0]
    if class_shares is None:
        shares = (shares_of(codes, distributions.shape[1]) + distributions.mean(axis=0)) / 2
    return scaled(distributions, np.exp(class_offsets(log_of(distributions), shares)))


def sure_enough(distributions: FloatArray) -> BoolArray:
    """Return which rows have a label that is more likely right than wrong; the others harm learners."""
    return distributions.max(axis=1) >= LEAST_PROBABILITY


def held_out_hits(candidate: Candidate, codes: IntArray, rng: np.random.Generator) -> FloatArray:
    """Return for each labelled row, as 1 or 0, whether a candidate predicts its label when it is held out."""
    known = np.flatnonzero(codes != UNLABELED)
    folds, right = stratified_folds(codes[known], rng), np.zeros(len(known))
    for fold in range(int(folds.max()) + 1):
        held_out = known[folds == fold]
        told = codes.copy()
        told[held_out] = UNLABELED
        right[folds == fold] = candidate(told, rng)[held_out].argmax(axis=1) == codes[held_out]
    return right


def _clearly_best(right: Mapping[str, FloatArray]) -> str:
    """Return the first candidate, or one that is better by more than one standard error of the paired difference."""
    first = best = next(iter(right))
    most = 0.0
    for name, found in right.items():
        difference = found - right[first]
        advantage = float(difference.mean())
        if advantage > max(most, float(difference.std()) / np.sqrt(len(difference))):
            best, most = name, advantage
    return best
