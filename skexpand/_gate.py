"""``GatedSynthesizer``: a sampler that abstains unless a gain has been shown inside the training rows."""

from __future__ import annotations

from numbers import Real
from typing import Any, ClassVar

import numpy as np
from imblearn.base import BaseSampler
from numpy.typing import ArrayLike
from sklearn.base import _fit_context
from sklearn.metrics import check_scoring, get_scorer_names
from sklearn.utils import get_tags
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

from skexpand._folds import SCORING, expanded, held_out_ratio, paired_folds, score_of
from skexpand._input import Labels, Table, read_input
from skexpand._interval import corrected_interval
from skexpand._learner import default_classifier
from skexpand._random import RandomState, make_generator
from skexpand._synthesizer import ExpansiveSynthesizer


class GatedSynthesizer(BaseSampler):
    r"""Expand a table only where your learner is shown to gain from it, by your metric.

    The training rows are cut into folds, and the learner is trained with and without new rows on each. With the mean
    :math:`\bar d` and variance :math:`s^2` of the J differences, the gain is taken for shown if its lower bound

    .. math:: \bar d - t_{J-1} \sqrt{\big(1/J + n_\text{test} / n_\text{train}\big) s^2}

    is above zero (Nadeau and Bengio's correction [1]_ for training rows that the folds share). If so, the sampler
    expands all rows; else they go back unchanged. Everything happens inside ``fit_resample``, so test rows of an outer
    validation are never seen.

    Parameters
    ----------
    sampler : sampler, default=None
        Anything with ``fit_resample`` that puts new rows behind the originals. None takes
        :class:`ExpansiveSynthesizer` with its defaults.
    estimator : classifier, default=None
        The learner that the rows are for. None takes a logistic regression on standardized columns, with categories
        and gaps encoded.
    cv : int, cross-validation generator or iterable, default=5
        A number gives as many stratified folds, shuffled and drawn twice.
    scoring : str, callable or None, default=None
        As in scikit-learn; None takes balanced accuracy.
    confidence : float in (0, 1), default=0.65
        Of the lower bound. 0.5 expands wherever the mean gain is above zero; 0.95 wants proof, which few rows seldom
        give, and so forgoes most gains as well. The default lies where both errors cost about the same (see the
        user guide).
    random_state : int, RandomState instance or None, default=None
        Draws the folds. The sampler and the learner have their own.

    Attributes
    ----------
    expanded_ : bool
        Whether a gain was shown, so that rows are expanded.
    gain_ : float
        Mean difference of the scores, expanded minus real only. NaN where no class has two rows to test on.
    lower_bound_ : float
        Its lower bound.
    scores_real_ : ndarray of shape (n_folds,)
        The learner's scores without new rows.
    scores_expanded_ : ndarray of shape (n_folds,)
        Its scores with new rows.
    sampler_ : sampler or None
        The sampler fitted on all rows; None if they are left unchanged, or before ``fit_resample``.
    sampling_strategy_ : dict
        Number of new rows per class, 0 where unchanged. Before ``fit_resample`` all 0.
    classes_ : ndarray of shape (n_classes,)
        The class labels.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns; only if X has names that are all strings.

    See Also
    --------
    ExpansionReport : The same question, answered on a page for people.
    skexpand.metrics.utility_score : The comparison by itself.

    References
    ----------
    .. [1] Nadeau, C. and Bengio, Y., "Inference for the Generalization Error", Machine Learning 52, 2003.

    Examples
    --------
    >>> import numpy as np
    >>> from skexpand import ExpansiveSynthesizer, GatedSynthesizer
    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.standard_normal((60, 3)), np.repeat([0, 1], 30)  # nothing to learn
    >>> gate = GatedSynthesizer(ExpansiveSynthesizer(law="local", random_state=0), confidence=0.95, random_state=0)
    >>> X_same, y_same = gate.fit_resample(X, y)
    >>> gate.expanded_, X_same.shape
    (False, (60, 3))
    """

    _sampling_type = "bypass"
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "sampler": [HasMethods(["fit_resample"]), None],
        "estimator": [HasMethods(["fit", "predict"]), None],
        "cv": ["cv_object"],
        "scoring": [StrOptions(set(get_scorer_names())), callable, None],
        "confidence": [Interval(Real, 0, 1, closed="neither")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        sampler: Any = None,
        estimator: Any = None,
        *,
        cv: Any = 5,
        scoring: Any = None,
        confidence: float = 0.65,
        random_state: RandomState = None,
    ) -> None:
        self.sampler = sampler
        self.estimator = estimator
        self.cv = cv
        self.scoring = scoring
        self.confidence = confidence
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: ArrayLike, y: ArrayLike, **params: Any) -> GatedSynthesizer:
        """Decide, without making the new rows.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Training rows.
        y : array-like of shape (n_samples,)
            Class labels.
        **params : dict
            Accepted for imbalanced-learn's API; none is used.

        Returns
        -------
        self : GatedSynthesizer
            The fitted gate.
        """
        self._decide(*read_input(self, X, y))
        return self

    @_fit_context(prefer_skip_nested_validation=False)
    def fit_resample(self, X: ArrayLike, y: ArrayLike) -> tuple[Any, Any]:
        """Decide, and return the rows expanded or unchanged.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Training rows.
        y : array-like of shape (n_samples,)
            Class labels.

        Returns
        -------
        X_resampled : {ndarray, list, dataframe, sparse matrix} of shape (n_samples_new, n_features)
            The originals, followed by new rows if a gain was shown.
        y_resampled : {ndarray, list, series} of shape (n_samples_new,)
            Their labels.
        """
        table, labels = read_input(self, X, y)
        self._decide(table, labels)
        return self._fit_resample(table, labels)

    def _fit_resample(self, X: Table, y: Labels) -> tuple[Any, Any]:
        """Expand all rows, or return what came."""
        if not self.expanded_:
            return X.original, y.original
        rows = expanded(self._sampler(), X.original, y.original)
        self.sampler_ = rows.sampler
        made = Labels.of(rows.y).values[rows.new_rows]
        self.sampling_strategy_ = {label: int(np.sum(made == label)) for label in self.classes_.tolist()}
        return rows.X, rows.y

    def _decide(self, X: Table, y: Labels) -> None:
        """Compare on the folds, and set everything learned."""
        self.classes_ = np.unique(y.values)
        if len(self.classes_) < 2:
            raise ValueError(f"The target y needs more than one class, got only {self.classes_[0]!r}.")
        folds = paired_folds(X.checked, y.values, self.cv, make_generator(self.random_state))
        estimator = default_classifier() if self.estimator is None else self.estimator
        scorer = check_scoring(estimator, SCORING if self.scoring is None else self.scoring)
        scores = np.empty((len(folds), 2))
        for place, fold in enumerate(folds):
            train, test = fold.parts(X.checked, y.values)
            larger = expanded(self._sampler(), *train)
            scores[place] = [score_of(scorer, estimator, rows, test) for rows in (train, (larger.X, larger.y))]
        self.scores_real_, self.scores_expanded_ = scores.T
        interval = corrected_interval(scores[:, 1] - scores[:, 0], held_out_ratio(folds), self.confidence, sides=1)
        self.gain_, self.lower_bound_ = interval.mean, interval.low
        self.expanded_ = bool(self.lower_bound_ > 0)  # not so where it is NaN
        self.sampler_ = None
        self.sampling_strategy_ = dict.fromkeys(self.classes_.tolist(), 0)

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
