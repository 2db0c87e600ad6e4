"""``ExpandedRegressor``: a regressor that expands its training rows first, with the target as a column."""

from __future__ import annotations

from numbers import Integral
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, MetaEstimatorMixin, RegressorMixin, clone
from sklearn.utils import get_tags
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from skexpand.base.sklearn_private import HasMethods, Interval, StrOptions, _fit_context, _safe_indexing
from skexpand.base.types import UNLABELED, FloatArray, IntArray
from skexpand.base.unchanged import unchanged_on_failure
from skexpand.comparison.learner import default_regressor, with_any_table
from skexpand.estimators.inherited import checked_weights, fit_parameters, inherited
from skexpand.estimators.synthesizer import ExpansiveSynthesizer
from skexpand.estimators.told import refuse_target, smoothing_in, tell
from skexpand.request.input import check_table
from skexpand.request.target import synthesizer_in
from skexpand.target.numbers import Numbers, checked_numbers

Rows = tuple[Any, FloatArray]  # a table and its targets


class ExpandedRegressor(MetaEstimatorMixin, RegressorMixin, BaseEstimator):
    """Fit a regressor on the expanded training rows.

    The target joins the columns (``ExpansiveSynthesizer(target="numbers")``), and each new row brings a target of its
    own: by default what regressors that fit the table well predict for its columns. The learner itself says whether it
    is expected to gain by that; see the open question on regression in the documentation.

    .. versionadded:: 0.1

    Parameters
    ----------
    estimator : regressor, default=None
        The regressor to train. If None, nearest neighbours on standardized columns, with categories and gaps
        encoded.
    sampler : sampler, default=None
        Any object with ``fit_resample`` that takes numbers as y. If None,
        ``ExpansiveSynthesizer(law={"local": 1, "global": 1})``: half of the new rows keep their anchor. Its
        ``target``, ``target_law`` and ``n_bins`` are set from here.
    n_bins : int, default=8
        Maximum number of levels of the target, as in :class:`ExpansiveSynthesizer`.
    target_law : {"auto", "smooth", "recombined"}, default="auto"
        Where new rows have their target from: see :class:`ExpansiveSynthesizer`. "auto": as "smooth" if ``estimator``
        is expected to gain by it (judged by ``estimator`` itself, trained six times more), else it is trained on the
        real rows only.

    Attributes
    ----------
    estimator_ : regressor
        The fitted regressor.
    expanded_ : bool
        Whether ``estimator_`` was trained on new rows and on those whose target was inferred, too.
    sampler_ : sampler
        The fitted sampler; its ``columns_`` are those of X and the target.
    n_features_in_ : int
        Number of features seen during ``fit``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of features seen during ``fit``; only if X has names that are all strings.

    See Also
    --------
    ExpandedClassifier : The same for classification.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from skexpand import ExpandedRegressor, ExpansiveSynthesizer
    >>> X, y = load_diabetes(return_X_y=True)
    >>> sampler = ExpansiveSynthesizer(law="local", expansion_ratio=5, random_state=0)
    >>> model = ExpandedRegressor(sampler=sampler).fit(X[:100], y[:100])
    >>> model.predict(X[100:103]).shape
    (3,)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "estimator": [HasMethods(["fit", "predict"]), None],
        "sampler": [HasMethods(["fit_resample"]), None],
        "n_bins": [Interval(Integral, 2, None, closed="left")],
        "target_law": [StrOptions({"auto", "smooth", "recombined"})],
    }

    def __init__(self, estimator: Any = None, sampler: Any = None, n_bins: int = 8, target_law: str = "auto") -> None:
        self.estimator = estimator
        self.sampler = sampler
        self.n_bins = n_bins
        self.target_law = target_law

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> ExpandedRegressor:
        """Expand the training rows and fit the regressor on all of them.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Training rows.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Targets: finite numbers; several of them if the regressor predicts several. The sampler's ``unlabeled``
            marks rows without: the sampler infers their targets, and whether ``estimator`` is trained on them is
            decided together with the new rows.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights for the regressor. A new row has the weight of its anchor. The sampler ignores them.

        Returns
        -------
        self : ExpandedRegressor
            The fitted regressor.

        Raises
        ------
        ValueError
            If X is not what the sampler accepts, its ``target`` is "label_sets", y does not hold finite numbers, or
            ``target_law`` is "auto" and the sampler has no smoothed targets to judge by.
        TypeError
            If weights are given but the regressor does not accept them, or the sampler does not record the anchors of
            new rows.
        """
        with unchanged_on_failure(self):
            estimator, sampler = clone(self._regressor()), clone(self._sampler())
            refuse_target(sampler, "label_sets", "ExpandedClassifier, which predicts label sets")
            marker = getattr(synthesizer_in(sampler), "unlabeled", None)
            table, target = check_table(self, X, reset=True), Numbers.of(y, self.n_bins, marker)
            check_consistent_length(table, target.codes)
            weights = checked_weights(sample_weight, estimator, len(target.codes))
            law = "recombined" if self.target_law == "recombined" else "smooth"
            tell(sampler, target="numbers", target_law=law, n_bins=self.n_bins)
            rows, made = sampler.fit_resample(table, y)
            targets, of_all = checked_numbers(made), inherited(sampler, weights)
            known = np.flatnonzero(target.codes != UNLABELED)
            real = _safe_indexing(table, known), target.values
            self.expanded_ = self._is_worth_it(estimator, sampler, real, (rows, targets), known)
            if not self.expanded_:
                (rows, targets), of_all = real, None if weights is None else weights[known]
            self.estimator_ = estimator.fit(rows, targets, **fit_parameters(estimator, sample_weight=of_all))
            self.sampler_ = sampler
        return self

    def _is_worth_it(self, learner: Any, sampler: Any, real: Rows, rows: Rows, known: IntArray) -> bool:
        """Return whether the learner is to be trained on other rows, too, than the real ones, whose number is known."""
        n_made = len(rows[1])
        if self.target_law != "auto" or n_made <= len(known):
            return n_made != len(known)
        smoothing = smoothing_in(sampler)
        if smoothing is None:
            return True
        others = np.setdiff1d(np.arange(n_made), known)
        return smoothing.expects_gain(learner, *real, _safe_indexing(rows[0], others), rows[1][others])

    def _sampler(self) -> Any:
        return ExpansiveSynthesizer(law={"local": 1, "global": 1}) if self.sampler is None else self.sampler

    def _regressor(self) -> Any:
        return default_regressor() if self.estimator is None else self.estimator

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Predict targets.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Rows to predict.

        Returns
        -------
        targets : ndarray of shape (n_samples,) or (n_samples, n_targets)
            The predicted targets.
        """
        check_is_fitted(self)
        return self.estimator_.predict(X)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        if self.estimator is None:
            return with_any_table(tags)
        inner = get_tags(self.estimator)
        tags.input_tags.sparse, tags.target_tags.multi_output = inner.input_tags.sparse, inner.target_tags.multi_output
        return tags
