"""``ExpandedClassifier``: a classifier that expands its training rows first."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, column_or_1d

from skexpand.base.sklearn_private import HasMethods, _fit_context
from skexpand.codec.frame import n_rows_of
from skexpand.comparison.learner import default_classifier, refuse_regressor, with_any_table
from skexpand.estimators.inherited import checked_weights, fit_parameters, inherited
from skexpand.estimators.synthesizer import ExpansiveSynthesizer
from skexpand.estimators.told import refuse_target, tell
from skexpand.request.groups import groups_for
from skexpand.target.classes import label_array, refuse_no_target
from skexpand.target.label_sets import holds_label_sets


def _classifier_has(method: str) -> Any:
    """Delegate a method only if the classifier has it."""

    def check(self: ExpandedClassifier) -> bool:
        getattr(vars(self).get("estimator_", self._classifier()), method)
        return True

    return check


class ExpandedClassifier(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
    """Fit a classifier on the expanded training rows.

    A plain scikit-learn classifier, so it also works where a sampler cannot: in
    :class:`sklearn.pipeline.Pipeline`, stacking, voting and calibration. New rows exist only inside ``fit``, so
    cross-validation never sees them in a test fold.

    .. versionadded:: 0.1

    Parameters
    ----------
    estimator : classifier, default=None
        The classifier to train. If None, a logistic regression on standardized columns, with categories
        and gaps encoded.
    sampler : sampler, default=None
        Any object with ``fit_resample``. If None, :class:`ExpansiveSynthesizer` with its defaults. For label sets, its
        ``target`` becomes "label_sets".

    Attributes
    ----------
    estimator_ : classifier
        The fitted classifier.
    sampler_ : sampler
        The fitted sampler.
    classes_ : ndarray of shape (n_classes,)
        The class labels; for label sets, what the classifier says.
    n_features_in_ : int
        Number of features seen during ``fit``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of features seen during ``fit``; only if X has names that are all strings.

    See Also
    --------
    ExpandedRegressor : The same for regression.
    skexpand.pipeline.Pipeline : The Pipeline in which a sampler can be a step.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from sklearn.svm import SVC
    >>> from skexpand import ExpandedClassifier, ExpansiveSynthesizer
    >>> X, y = load_wine(return_X_y=True)
    >>> sampler = ExpansiveSynthesizer(expansion_ratio=5, law="local", random_state=0)
    >>> ExpandedClassifier(SVC(), sampler).fit(X, y).predict(X[:3])
    array([0, 0, 0])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "estimator": [HasMethods(["fit", "predict"]), None],
        "sampler": [HasMethods(["fit_resample"]), None],
    }

    def __init__(self, estimator: Any = None, sampler: Any = None) -> None:
        self.estimator = estimator
        self.sampler = sampler

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(
        self, X: ArrayLike, y: ArrayLike, groups: ArrayLike | None = None, sample_weight: ArrayLike | None = None
    ) -> ExpandedClassifier:
        """Expand the training rows and fit the classifier on all of them.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Training rows.
        y : array-like of shape (n_samples,) or {array-like, sparse matrix} of shape (n_samples, n_labels)
            Class labels, or zeros and ones in a column for each label, for a classifier that takes these.
        groups : array-like of shape (n_samples,), default=None
            Which rows belong together: the sampler keeps them apart. A classifier that takes groups, such as a search
            with :class:`GroupKFold <sklearn.model_selection.GroupKFold>`, is given those of all rows.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights for the classifier. A new row has the weight of its anchor. The sampler ignores them.

        Returns
        -------
        self : ExpandedClassifier
            The fitted classifier.

        Raises
        ------
        ValueError
            If X or y is not what the sampler accepts (see :meth:`ExpansiveSynthesizer.fit_resample`), or its ``target``
            is "numbers".
        TypeError
            If the estimator is a regressor; if groups are given but the sampler does not support them; if weights are
            given but the classifier does not accept them, or the sampler does not record the anchors of new rows.
        """
        estimator = clone(self._classifier())
        refuse_regressor(estimator)
        refuse_no_target(y)
        labels: Any = y
        sampler = clone(self._sampler())
        refuse_target(sampler, "numbers", "ExpandedRegressor, which predicts numbers")
        if holds_label_sets(y):
            tell(sampler, target="label_sets")
        else:
            labels = column_or_1d(label_array(y), warn=True)
        n_rows = n_rows_of(labels)
        known = groups_for(sampler, groups, n_rows)
        weights = checked_weights(sample_weight, estimator, n_rows)
        expanded = sampler.fit_resample(X, labels, **({} if known is None else {"groups": known}))
        of_groups = None if known is None else sampler.groups_
        extra = fit_parameters(estimator, groups=of_groups, sample_weight=inherited(sampler, weights))
        estimator.fit(*expanded, **extra)
        self.sampler_, self.estimator_ = sampler, estimator
        return self

    def _sampler(self) -> Any:
        return ExpansiveSynthesizer() if self.sampler is None else self.sampler

    def _classifier(self) -> Any:
        return default_classifier() if self.estimator is None else self.estimator

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Predict class labels.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Rows to classify.

        Returns
        -------
        labels : ndarray of shape (n_samples,) or (n_samples, n_labels)
            The predicted labels.
        """
        check_is_fitted(self)
        return self.estimator_.predict(X)

    @available_if(_classifier_has("predict_proba"))
    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Predict class probabilities, in the order of ``classes_``.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Rows to classify.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            The predicted probabilities.
        """
        check_is_fitted(self)
        return self.estimator_.predict_proba(X)

    @available_if(_classifier_has("decision_function"))
    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the classifier's decision function.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Rows to classify.

        Returns
        -------
        scores : ndarray of shape (n_samples,) or (n_samples, n_classes)
            Confidence per class.
        """
        check_is_fitted(self)
        return self.estimator_.decision_function(X)

    @property
    def classes_(self) -> NDArray[Any]:
        """The class labels."""
        check_is_fitted(self, "estimator_")
        return self.estimator_.classes_

    @property
    def n_features_in_(self) -> int:
        """Number of features seen during ``fit``."""
        return self._seen("n_features_in_")

    @property
    def feature_names_in_(self) -> NDArray[Any]:
        """Names of features seen during ``fit``."""
        return self._seen("feature_names_in_")

    def _seen(self, name: str) -> Any:
        if "sampler_" not in vars(self):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r} before fit")
        return getattr(self.sampler_, name)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        if self.estimator is None:
            return with_any_table(tags)
        inner = get_tags(self.estimator)
        tags.input_tags.sparse = inner.input_tags.sparse
        if inner.classifier_tags is not None:
            tags.classifier_tags.multi_label = inner.classifier_tags.multi_label
        return tags
