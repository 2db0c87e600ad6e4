"""Utility: does a learner gain from the new rows? The other figures only approximate this question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_consistent_length

from skexpand.base.parallel import each
from skexpand.base.random import RandomState, make_generator
from skexpand.base.types import FloatArray
from skexpand.comparison.folds import Expanded, Fold, expanded, held_out_ratio, paired_folds, score_of
from skexpand.comparison.interval import Interval, check_confidence, corrected_interval
from skexpand.comparison.task import Task
from skexpand.comparison.unlabeled import fully_labeled
from skexpand.request.groups import groups_for
from skexpand.request.target import kind_of


@dataclass(frozen=True)
class Utility:
    """Scores of one learner on the same folds, trained on three kinds of rows.

    .. versionadded:: 0.1

    Attributes
    ----------
    real, expanded, synthetic : ndarray of shape (n_folds,)
        Scores when trained on the real rows, on real and new rows, and on new rows only. ``synthetic`` is NaN if the
        sampler made no rows of some class.
    gain, gain_synthetic : Interval
        Mean difference from ``real``, as ``mean``, ``low`` and ``high``.
    seconds : float
        Mean time of the sampler per fold.

    See Also
    --------
    utility_score : Returns it.
    """

    real: FloatArray
    expanded: FloatArray
    synthetic: FloatArray
    gain: Interval
    gain_synthetic: Interval
    seconds: float


def utility_score(
    sampler: Any,
    estimator: Any,
    X: ArrayLike,
    y: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    cv: Any = 5,
    scoring: Any = None,
    confidence: float = 0.95,
    n_jobs: int | None = None,
    random_state: RandomState = None,
) -> Utility:
    r"""Score a learner on real rows only, on expanded rows and on synthetic rows only, on the same folds.

    New rows are made from each fold's training rows. The interval of the gain is Student's with the correction of
    Nadeau and Bengio [1]_ for training rows that the folds share,

    .. math:: \bar d \pm t_{J-1} \sqrt{\big(1/J + n_\text{test} / n_\text{train}\big) s^2_d}

    since the plain t interval assumes independent folds and is much too narrow.

    .. versionadded:: 0.1

    Parameters
    ----------
    sampler : sampler
        Any object with ``fit_resample`` that appends new rows to the originals.
    estimator : classifier or regressor
        Learner to be evaluated; a regressor if the sampler's ``target`` is "numbers".
    X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
        The rows.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Class labels, or what the sampler's ``target`` says.
    groups : array-like of shape (n_samples,), default=None
        Which rows belong together (a patient, a batch). Folds keep them together, and they are passed to the sampler.
    cv : int, cross-validation generator or iterable, default=5
        An integer is the number of stratified, shuffled folds, which are drawn twice.
    scoring : str, callable or None, default=None
        As in scikit-learn; if None, balanced accuracy, for numbers the mean absolute error, for label sets the mean F1
        of the labels. Where a metric such as "f1" needs a positive class and none
        is labelled 1 or True, it is the rarer one; ``make_scorer(f1_score, pos_label=...)`` names another.
    confidence : float in (0, 1), default=0.95
        Confidence of the two-sided interval.
    n_jobs : int or None, default=None
        Number of processes, as in scikit-learn: None means 1, -1 means one per core. The scores do not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed of the folds.

    Returns
    -------
    utility : Utility
        The scores and the gains. The reference is ``real``: a gain of 0 means that the new rows add nothing.

    See Also
    --------
    skexpand.ExpansionReport : The same with other methods beside it, on a page.
    skexpand.GatedSynthesizer : Expands only if it gains.

    References
    ----------
    .. [1] Nadeau, C. and Bengio, Y., "Inference for the Generalization Error", Machine Learning 52, 2003.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from skexpand import ExpansiveSynthesizer
    >>> from skexpand.metrics import utility_score
    >>> X, y = load_wine(return_X_y=True)
    >>> sampler = ExpansiveSynthesizer(law="local", random_state=0)
    >>> utility = utility_score(sampler, KNeighborsClassifier(), X, y, cv=3, random_state=0)
    >>> utility.gain.low < utility.gain.mean < utility.gain.high
    True
    """
    check_confidence(confidence)
    target = fully_labeled(sampler, y)
    check_consistent_length(X, target.codes)
    task = Task.of(sampler, target, estimator, scoring)
    known = groups_for(sampler, groups, len(task.strata))
    folds = paired_folds(X, task.strata, cv, make_generator(random_state), known)
    if not folds:
        raise ValueError(f"No class of the {len(task.strata)} rows has two rows, so none can be held out; add rows.")
    tasks = [(sampler, estimator, task.metric.scorer, X, task.y, known, fold) for fold in folds]
    real, larger, synthetic, seconds = np.array(each(_scores, tasks, n_jobs)).T
    gain, gain_synthetic = (
        corrected_interval(scores - real, held_out_ratio(folds), confidence) for scores in (larger, synthetic)
    )
    return Utility(real, larger, synthetic, gain, gain_synthetic, float(seconds.mean()))


def _scores(
    sampler: Any, estimator: Any, scorer: Any, X: Any, y: Any, groups: NDArray[Any] | None, fold: Fold
) -> tuple[float, float, float, float]:
    """Return one fold's scores on real, expanded and synthetic rows, and the sampler's seconds."""
    train, test = fold.parts(X, y)
    rows = expanded(sampler, *train, groups=fold.train_groups(groups))
    synthetic = np.nan
    if kind_of(sampler) != "classes" or _has_all_classes(rows, train[1]):
        synthetic = score_of(scorer, estimator, rows.taken(rows.new_rows), test)
    real, larger = (score_of(scorer, estimator, pair, test) for pair in (train, (rows.X, rows.y)))
    return real, larger, synthetic, rows.seconds


def _has_all_classes(rows: Expanded, labels: NDArray[Any]) -> bool:
    """Return whether there are new rows of every class."""
    return len(np.unique(np.asarray(rows.y)[rows.new_rows])) == len(np.unique(labels))
