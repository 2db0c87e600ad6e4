"""The learners that are used where the user names none: plain ones on the codec's encoded rows, for any table."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import get_config
from sklearn.base import BaseEstimator, TransformerMixin, is_classifier, is_regressor
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.utils.validation import check_is_fitted

from skexpand.codec import Schema, TableCodec
from skexpand.codec.frame import columns_of
from skexpand.request.input import check_table


class TableEncoder(TransformerMixin, BaseEstimator):
    """Encode any table as numbers: standardized columns, categories as corners of a simplex, gaps as the mean.

    A category that the fitted table lacks counts as a gap.
    """

    def fit(self, X: Any, y: Any = None) -> TableEncoder:
        """Learn the columns of a table."""
        self._learn(X)
        return self

    def fit_transform(self, X: Any, y: Any = None) -> NDArray[np.float64]:
        """Learn the columns of a table and encode its rows, which are read only once."""
        rows = self._learn(X)
        return self._codec.encode(rows)

    def _learn(self, X: Any) -> NDArray[Any]:
        """Learn the columns, and return the rows as floats."""
        table = check_table(self, X, reset=True)
        self._schema = Schema.of(table)
        rows = self._schema.read(table)
        self._codec = TableCodec.fit(rows, self._schema.columns)
        return rows

    def transform(self, X: Any) -> NDArray[np.float64]:
        """Encode rows."""
        check_is_fitted(self)
        fields = self._schema.fields
        table = check_table(self, X, reset=False, numbers=fields is None)
        if fields is None:
            return self._codec.encode(self._schema.read(table))
        columns = zip(fields, columns_of(table), strict=True)
        return self._codec.encode(np.column_stack([field.known(series) for field, series in columns]))

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_codec")

    def __sklearn_tags__(self) -> Any:
        return with_any_table(super().__sklearn_tags__())


def with_any_table(tags: Any) -> Any:
    """Return an estimator's tags, saying that it takes gaps, text and sparse matrices."""
    tags.input_tags.allow_nan = tags.input_tags.string = tags.input_tags.sparse = True
    return tags


def refuse_regressor(estimator: Any) -> None:
    """Raise a TypeError for a regressor."""
    if is_regressor(estimator):
        raise TypeError(
            f"estimator={estimator!r} is a regressor, but the rows have classes; give a classifier, or use "
            "ExpandedRegressor for a numeric target."
        )


def refuse_classifier(estimator: Any) -> None:
    """Raise a TypeError for a classifier."""
    if is_classifier(estimator):
        raise TypeError(f"estimator={estimator!r} is a classifier, but target='numbers'; give a regressor.")


def default_classifier() -> Pipeline:
    """Return a classifier for any table."""
    return make_pipeline(TableEncoder(), _weighed(LogisticRegression(max_iter=1000)))


def default_regressor() -> Pipeline:
    """Return a regressor for any table."""
    return make_pipeline(TableEncoder(), KNeighborsRegressor())


def default_label_set_classifier() -> Pipeline:
    """Return a classifier of label sets for any table."""
    return make_pipeline(TableEncoder(), KNeighborsClassifier())


def _weighed(learner: Any) -> Any:
    """Request weights for a learner within a pipeline, where scikit-learn routes them."""
    return learner.set_fit_request(sample_weight=True) if get_config()["enable_metadata_routing"] else learner
