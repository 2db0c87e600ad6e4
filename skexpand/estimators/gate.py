"""``GatedSynthesizer``: a sampler that adds no rows if validation on the training rows is against it."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from imblearn.base import BaseSampler
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import get_scorer_names
from sklearn.utils import get_tags

from skexpand.base.no_transformer import NoTransformer
from skexpand.base.parallel import each
from skexpand.base.random import RandomState, make_generator
from skexpand.base.sklearn_private import HasMethods, Interval, StrOptions, _fit_context, _safe_indexing
from skexpand.base.types import UNLABELED
from skexpand.base.unchanged import unchanged_on_failure
from skexpand.codec.frame import renumbered
from skexpand.comparison.folds import Expanded, Rivals, expanded, held_out_ratio, paired_folds
from skexpand.comparison.interval import corrected_interval
from skexpand.comparison.task import Task
from skexpand.comparison.unlabeled import labeled_rows
from skexpand.estimators.synthesizer import ExpansiveSynthesizer
from skexpand.request.groups import groups_for
from skexpand.request.input import Table, read_input
from skexpand.request.target import kind_of, learned_by
from skexpand.target.classes import Labels, refuse_one_class
from skexpand.target.target import Target


class GatedSynthesizer(NoTransformer, BaseSampler):
    r"""Expand a table unless validation with your own learner and metric is against it.

    The training rows are cut into folds, and the learner is trained with and without new rows on each. With the mean
    :math:`\bar d` and variance :math:`s^2` of the J differences, rows are expanded if the gain's lower bound

    .. math:: \bar d - t_{J-1} \sqrt{\big(1/J + n_\text{test} / n_\text{train}\big) s^2}

    is above zero (with Nadeau and Bengio's correction [1]_ for training rows that the folds share). Otherwise they are
    returned unchanged. Everything happens inside ``fit_resample``, so test rows of an outer validation are never used.

    .. versionadded:: 0.1

    Parameters
    ----------
    sampler : sampler, default=None
        Any object with ``fit_resample`` that appends new rows to the originals. If None, :class:`ExpansiveSynthesizer`
        with its defaults.
    estimator : classifier or regressor, default=None
        The learner to be trained on the rows. If None, a logistic regression on standardized columns, with categories
        and gaps encoded; nearest neighbours for other targets than classes (see the sampler's ``target``).
    cv : int, cross-validation generator or iterable, default=5
        An integer is the number of stratified, shuffled folds.
    n_repeats : int, default=3
        How many times the folds are drawn.
    scoring : str, callable or None, default=None
        As in scikit-learn; if None, balanced accuracy, for numbers the mean absolute error, for label sets the mean F1
        of the labels. Where a metric such as "f1" needs a positive class and none
        is labelled 1 or True, it is the rarer one; ``make_scorer(f1_score, pos_label=...)`` names another.
    confidence : float in (0, 1), default=0.35
        Confidence that the gain exceeds the lower bound. At 0.5 the bound is the mean. Below 0.5 it lies above the
        mean, so rows are expanded unless a clear loss was measured; this is right on average, since expansion usually
        helps. Above 0.5 the gain must be shown: 0.65 rarely does harm. 0.95 requires proof, which small tables rarely
        provide, and so forgoes most gains. The user guide has the figures.
    n_jobs : int or None, default=None
        Number of processes, as in scikit-learn: None means 1, -1 means one per core. The decision does not depend on
        it.
    random_state : int, RandomState instance or None, default=None
        Seed of the folds. The sampler and the learner have their own.

    Attributes
    ----------
    expanded_ : bool
        Whether the lower bound is above zero, so that rows are expanded.
    gain_ : float
        Mean difference of the scores, expanded minus real only. NaN if no class has two rows.
    lower_bound_ : float
        Lower bound of the gain at the given confidence.
    scores_real_ : ndarray of shape (n_folds,)
        The learner's scores without new rows.
    scores_expanded_ : ndarray of shape (n_folds,)
        Its scores with new rows.
    sampler_ : sampler or None
        The sampler fitted on all rows; None if they are left unchanged, or before ``fit_resample``.
    sampling_strategy_ : dict
        Number of new rows per class, 0 where unchanged. Before ``fit_resample`` all 0.
    groups_ : ndarray of shape (n_samples_new,)
        The group of each row ``fit_resample`` returned. Only after ``fit_resample`` with groups.
    classes_ : ndarray of shape (n_classes,)
        The class labels.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns; only if X has names that are all strings.

    See Also
    --------
    ExpansionReport : The same comparison as a page.
    skexpand.metrics.utility_score : The comparison without the decision.

    References
    ----------
    .. [1] Nadeau, C. and Bengio, Y., "Inference for the Generalization Error", Machine Learning 52, 2003.

    Examples
    --------
    >>> import numpy as np
    >>> from skexpand import ExpansiveSynthesizer, GatedSynthesizer
    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.standard_normal((60, 3)), np.repeat([0, 1], 30)  # nothing to learn
    >>> sampler = ExpansiveSynthesizer(law="local", random_state=0)
    >>> gate = GatedSynthesizer(sampler, confidence=0.95, random_state=0)
    >>> X_same, y_same = gate.fit_resample(X, y)
    >>> gate.expanded_, X_same.shape
    (False, (60, 3))
    """

    _sampling_type = "bypass"
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "sampler": [HasMethods(["fit_resample"]), None],
        "estimator": [HasMethods(["fit", "predict"]), None],
        "cv": ["cv_object"],
        "n_repeats": [Interval(Integral, 1, None, closed="left")],
        "scoring": [StrOptions(set(get_scorer_names())), callable, None],
        "confidence": [Interval(Real, 0, 1, closed="neither")],
        "n_jobs": [Interval(Integral, 1, None, closed="left"), Interval(Integral, None, -1, closed="right"), None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        sampler: Any = None,
        estimator: Any = None,
        *,
        cv: Any = 5,
        n_repeats: int = 3,
        scoring: Any = None,
        confidence: float = 0.35,
        n_jobs: int | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.sampler = sampler
        self.estimator = estimator
        self.cv = cv
        self.n_repeats = n_repeats
        self.scoring = scoring
        self.confidence = confidence
        self.n_jobs = n_jobs
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: ArrayLike, y: ArrayLike, groups: ArrayLike | None = None) -> GatedSynthesizer:
        """Decide whether to expand, without making new rows.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Training rows.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Class labels, or what the sampler's ``target`` says; its ``unlabeled`` marks rows without.
        groups : array-like of shape (n_samples,), default=None
            Which rows belong together (a patient, a batch). Folds keep them together, and they are passed to the
            sampler.

        Returns
        -------
        self : GatedSynthesizer
            The fitted gate.

        Raises
        ------
        ValueError
            If y has missing values or only one class, groups has a different length, or the sampler or the learner
            rejects the table. A gate that was fitted before is unchanged.
        TypeError
            If groups are given but the sampler does not support them, or the estimator is a regressor.
        """
        with unchanged_on_failure(self):
            table, labels = read_input(self, X, y, self._sampler())
            self._decide(table, labels, groups_for(self._sampler(), groups, len(labels.codes)))
        return self

    @_fit_context(prefer_skip_nested_validation=False)
    def fit_resample(self, X: ArrayLike, y: ArrayLike, groups: ArrayLike | None = None) -> tuple[Any, Any]:
        """Decide whether to expand, and return the rows expanded or unchanged.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Training rows.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Class labels, or what the sampler's ``target`` says; its ``unlabeled`` marks rows without.
        groups : array-like of shape (n_samples,), default=None
            Which rows belong together (a patient, a batch). Folds keep them together, and they are
            passed to the sampler; ``groups_`` has those of all rows.

        Returns
        -------
        X_resampled : {ndarray, list, dataframe, sparse matrix} of shape (n_samples_new, n_features)
            The originals, followed by new rows if the lower bound is above zero; otherwise those of the originals that
            have a label. Either way, the index of a pandas
            table counts from 0, as :class:`ExpansiveSynthesizer` returns it.
        y_resampled : {ndarray, list, series} of shape (n_samples_new,)
            Their labels.

        Raises
        ------
        ValueError, TypeError
            As :meth:`fit`.
        """
        with unchanged_on_failure(self):
            table, labels = read_input(self, X, y, self._sampler())
            known = groups_for(self._sampler(), groups, len(labels.codes))
            self._decide(table, labels, known)
            return self._fit_resample(table, labels, known)

    def _fit_resample(self, X: Table, y: Target, groups: NDArray[Any] | None = None) -> tuple[Any, Any]:
        """Expand all rows, or return them as they are."""
        if groups is not None:
            self.groups_ = groups
        labeled = y.codes != UNLABELED
        if not labeled.all() and not self.expanded_:
            return renumbered(_safe_indexing(X.checked, np.flatnonzero(labeled))), renumbered(y.labeled())
        if not self.expanded_:
            same = X.original if isinstance(X.original, list) else X.checked
            return renumbered(same), renumbered(y.original)
        rows = expanded(self._sampler(), X.original, y.original, groups)
        self.sampler_ = rows.sampler
        if groups is not None:
            self.groups_ = rows.sampler.groups_
        self.sampling_strategy_ = self._new_rows(rows)
        return renumbered(rows.X), renumbered(rows.y)

    def _new_rows(self, rows: Expanded) -> dict[Any, int]:
        """Return the number of new rows of each class."""
        if kind_of(self._sampler()) != "classes":
            return learned_by(rows.sampler, "sampling_strategy_")
        made = Labels.of(rows.y).values[rows.new_rows]
        return {label: int(np.sum(made == label)) for label in self.classes_.tolist()}

    def _decide(self, X: Table, y: Target, groups: NDArray[Any] | None) -> None:
        """Compare on the folds, and set everything learned."""
        self.classes_ = y.classes
        refuse_one_class(y)
        rng = make_generator(self.random_state)
        task = Task.of(self._sampler(), y, self.estimator, self.scoring)
        rows = labeled_rows(self._sampler(), X.checked, y, groups)
        folds = paired_folds(rows.X, task.strata, self.cv, rng, groups, self.n_repeats)
        rivals = Rivals(rows.X, rows.y, groups, rows.sampler, task.estimator, task.metric.scorer)
        scores = np.array(each(rivals.scores, [(fold,) for fold in folds], self.n_jobs))
        self.scores_real_, self.scores_expanded_ = scores.reshape(-1, 2).T
        differences = self.scores_expanded_ - self.scores_real_
        interval = corrected_interval(differences, held_out_ratio(folds), self.confidence, sides=1)
        self.gain_, self.lower_bound_ = interval.mean, interval.low
        self.expanded_ = bool(self.lower_bound_ > 0)  # not so where it is NaN
        self.sampler_ = None
        self.sampling_strategy_ = dict.fromkeys(y.names, 0)
        self.__dict__.pop("groups_", None)

    def _sampler(self) -> Any:
        return ExpansiveSynthesizer() if self.sampler is None else self.sampler

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "expanded_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        inner = get_tags(self._sampler()).input_tags
        tags.input_tags.allow_nan, tags.input_tags.string = inner.allow_nan, inner.string
        tags.input_tags.sparse = inner.sparse
        return tags
