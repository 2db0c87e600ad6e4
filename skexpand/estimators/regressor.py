"""``ExpandedRegressor``: a regressor that expands its training rows first, the target being one of the columns."""

from __future__ import annotations

from numbers import Integral
from typing import Any, ClassVar

from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, MetaEstimatorMixin, RegressorMixin, clone
from sklearn.neighbors import KNeighborsRegressor
from sklearn.utils import get_tags
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from skexpand.base.sklearn_private import HasMethods, Interval, _fit_context
from skexpand.base.unchanged import unchanged_on_failure
from skexpand.estimators.synthesizer import ExpansiveSynthesizer
from skexpand.request.input import check_table
from skexpand.target.numbers import checked_target, rank_bins, with_target, without_target


class ExpandedRegressor(MetaEstimatorMixin, RegressorMixin, BaseEstimator):
    """Fit a regressor on the expanded training rows.

    The target joins the columns, the sampler's classes are bins of the target's ranks, and each new row brings a
    target of its own. That helps regressors that look at single rows (nearest neighbours, kernels), and not linear
    models and forests: see the open question on regression in the documentation.

    Parameters
    ----------
    estimator : regressor, default=None
        The regressor to train. None takes ``KNeighborsRegressor()``.
    sampler : sampler, default=None
        Anything with ``fit_resample``. None takes ``ExpansiveSynthesizer(law={"local": 1, "global": 1})``: half of the
        new rows keep their anchor. The sampler sees the target as the last column, named "target" in a DataFrame
        (with underscores if that is taken).
    n_bins : int, default=8
        Most bins of the target; there are fewer where a bin would have fewer than five rows, but at least two.

    Attributes
    ----------
    estimator_ : regressor
        The fitted regressor.
    sampler_ : sampler
        The fitted sampler; its columns are those of X and the target.
    n_features_in_ : int
        Number of features seen during ``fit``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of features seen during ``fit``; only if X has names that are all strings.

    See Also
    --------
    ExpandedClassifier : The same for classes.

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
    }

    def __init__(self, estimator: Any = None, sampler: Any = None, n_bins: int = 8) -> None:
        self.estimator = estimator
        self.sampler = sampler
        self.n_bins = n_bins

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: ArrayLike, y: ArrayLike) -> ExpandedRegressor:
        """Expand the training rows and fit the regressor on all of them.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Training rows.
        y : array-like of shape (n_samples,)
            Targets: finite numbers.

        Returns
        -------
        self : ExpandedRegressor
            The fitted regressor.

        Raises
        ------
        ValueError
            If X is not what the sampler accepts, or y is not one column of finite numbers.
        """
        with unchanged_on_failure(self):
            table, target = check_table(self, X, reset=True), checked_target(y)
            check_consistent_length(table, target)
            sampler = clone(self._sampler())
            if getattr(sampler, "image_shape", None) is not None:
                raise ValueError(
                    f"image_shape={sampler.image_shape!r}, but with the target among its columns a row is no image; "
                    "leave image_shape at None."
                )
            joined, _ = sampler.fit_resample(with_target(table, target), rank_bins(target, self.n_bins))
            self.estimator_ = clone(self._regressor()).fit(*without_target(joined, table))
            self.sampler_ = sampler
        return self

    def _sampler(self) -> Any:
        return ExpansiveSynthesizer(law={"local": 1, "global": 1}) if self.sampler is None else self.sampler

    def _regressor(self) -> Any:
        return KNeighborsRegressor() if self.estimator is None else self.estimator

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Predict targets.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Rows to predict.

        Returns
        -------
        targets : ndarray of shape (n_samples,)
            The predicted targets.
        """
        check_is_fitted(self)
        return self.estimator_.predict(X)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = get_tags(self._regressor()).input_tags.sparse
        return tags
