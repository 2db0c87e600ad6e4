"""``ExpandedRegressor``: a regressor that expands its training rows first, with the target as a column."""

from __future__ import annotations

from numbers import Integral
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, MetaEstimatorMixin, RegressorMixin, clone
from sklearn.utils import get_tags
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from skexpand.base.random import draw_seed, make_generator
from skexpand.base.sklearn_private import HasMethods, Interval, StrOptions, _fit_context, _safe_indexing
from skexpand.base.types import FloatArray
from skexpand.base.unchanged import unchanged_on_failure
from skexpand.codec.columns import categorical_mask
from skexpand.codec.frame import names_of
from skexpand.comparison.learner import TableEncoder, default_regressor, with_any_table
from skexpand.estimators.inherited import checked_weights, fit_parameters, inherited
from skexpand.estimators.synthesizer import ExpansiveSynthesizer
from skexpand.request.input import check_table
from skexpand.target.numbers import checked_target, rank_bins, with_target, without_target
from skexpand.target.smoother import LEAST_ROWS, error_with, expects_gain, fit_smoother, folds_of, held_out_error

Rows = tuple[Any, FloatArray]  # a table and its targets


class ExpandedRegressor(MetaEstimatorMixin, RegressorMixin, BaseEstimator):
    """Fit a regressor on the expanded training rows.

    The target joins the columns, the sampler's classes are bins of the target's ranks, and each new row brings a
    target of its own, which by default is then replaced by what regressors that fit the table well predict for its
    columns: see the open question on regression in the documentation.

    .. versionadded:: 0.1

    Parameters
    ----------
    estimator : regressor, default=None
        The regressor to train. If None, nearest neighbours on standardized columns, with categories and gaps
        encoded.
    sampler : sampler, default=None
        Any object with ``fit_resample``. If None, ``ExpansiveSynthesizer(law={"local": 1, "global": 1})``: half of the
        new rows keep their anchor. The sampler sees the target as the last column, named "target" in a DataFrame
        (with underscores if that is taken).
    n_bins : int, default=8
        Maximum number of bins of the target. There are fewer if a bin would have fewer than five rows, but at least
        two.
    target_law : {"auto", "smooth", "recombined"}, default="auto"
        Where new rows have their target from. "smooth": several regressors trained on the real rows, weighed by their
        error on held-out rows; new rows then carry the function that fits this table best. "recombined": from the
        sampler, as another column; so targets keep their spread given the columns, which quantile losses and
        prediction intervals need and which is noise to most other learners. "auto": as "smooth" if ``estimator`` is
        expected to gain by it (judged by ``estimator`` itself, trained six times more), else it is trained on the real
        rows only.

    Attributes
    ----------
    estimator_ : regressor
        The fitted regressor.
    expanded_ : bool
        Whether ``estimator_`` was trained on new rows, too.
    sampler_ : sampler
        The fitted sampler; its columns are those of X and the target.
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
        y : array-like of shape (n_samples,)
            Targets: finite numbers.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights for the regressor. A new row has the weight of its anchor. The sampler ignores them.

        Returns
        -------
        self : ExpandedRegressor
            The fitted regressor.

        Raises
        ------
        ValueError
            If X is not what the sampler accepts, or y is not one column of finite numbers.
        TypeError
            If weights are given but the regressor does not accept them, or the sampler does not record the anchors of
            new rows.
        """
        with unchanged_on_failure(self):
            table, target = check_table(self, X, reset=True), checked_target(y)
            check_consistent_length(table, target)
            estimator, sampler = clone(self._regressor()), clone(self._sampler())
            weights = checked_weights(sample_weight, estimator, len(target))
            if getattr(sampler, "image_shape", None) is not None:
                raise ValueError(
                    f"image_shape={sampler.image_shape!r}, but a row with the target as a column is not an image; "
                    "leave image_shape at None."
                )
            _state_categories(sampler, table)
            joined, _ = sampler.fit_resample(with_target(table, target), rank_bins(target, self.n_bins))
            rows, of_all = without_target(joined, table), inherited(sampler, weights)
            self.expanded_ = True
            if self.target_law != "recombined" and len(target) >= LEAST_ROWS:
                self.expanded_, rows = self._smoothed(estimator, sampler, (table, target), rows)
            extra = fit_parameters(estimator, sample_weight=of_all if self.expanded_ else weights)
            self.estimator_ = estimator.fit(*rows, **extra)
            self.sampler_ = sampler
        return self

    def _smoothed(self, learner: Any, sampler: Any, real: Rows, rows: Rows) -> tuple[bool, Rows]:
        """Return rows whose new ones have the smoother's targets, or the real ones where nothing is to be gained."""
        (table, target), n = real, len(real[1])
        if not np.array_equal(rows[1][:n], target):
            raise ValueError(
                f"target_law={self.target_law!r} needs a sampler that adds rows behind the originals, which "
                f"{type(sampler).__name__} does not; give such a sampler, or target_law='recombined'."
            )
        if len(rows[1]) == n:
            return False, real
        encoder, seed = TableEncoder(), draw_seed(make_generator(getattr(sampler, "random_state", None)))
        encoded, folds = encoder.fit_transform(table), folds_of(n, seed)
        smoother = fit_smoother(encoded, target, folds, seed)
        new = _safe_indexing(rows[0], slice(n, None))
        targets = smoother.predict(encoder.transform(new)).clip(rows[1].min(), rows[1].max())
        if self.target_law == "auto":
            error = error_with(smoother, learner, new, targets, table, encoded)
            if not expects_gain(error, held_out_error(learner, table, target, folds)):
                return False, real
        return True, (rows[0], np.concatenate([target, targets]))

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
        targets : ndarray of shape (n_samples,)
            The predicted targets.
        """
        check_is_fitted(self)
        return self.estimator_.predict(X)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        if self.estimator is None:
            return with_any_table(tags)
        tags.input_tags.sparse = get_tags(self.estimator).input_tags.sparse
        return tags


def _state_categories(sampler: Any, table: Any) -> None:
    """Let ``categorical_features`` mean the columns of X, as its positions would count the target as the last one."""
    for name, stated in sampler.get_params().items():
        if name.split("__")[-1] == "categorical_features" and not (stated is None or isinstance(stated, str)):
            mask = np.append(categorical_mask(stated, names_of(table)), False)
            sampler.set_params(**{name: mask})
