"""The default learner: any table as numbers, and unknown categories are gaps."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.preprocessing import StandardScaler

from skexpand.comparison.learner import TableEncoder, default_classifier


def table(rng, n_rows=40):
    kinds = rng.choice(["a", "b", "c"], n_rows)
    kinds[:3] = ["a", "b", "c"]
    X = pd.DataFrame({"size": rng.standard_normal(n_rows), "kind": kinds})
    return X.mask(np.arange(n_rows)[:, None] == [5, 6])


def test_numbers_are_standardized(rng):
    X = rng.standard_normal((30, 4)) * 7 + 3
    np.testing.assert_allclose(TableEncoder().fit_transform(X), StandardScaler().fit_transform(X))


def test_fit_transform_is_fit_and_transform(rng):
    X = table(rng)
    np.testing.assert_array_equal(TableEncoder().fit_transform(X), TableEncoder().fit(X).transform(X))


def test_an_unknown_category_is_a_gap(rng):
    X = table(rng)
    encoder = TableEncoder().fit(X)
    rows = X[:1].assign(kind="new"), X[:1].assign(kind=None)
    np.testing.assert_array_equal(*(encoder.transform(row.astype(X.dtypes)) for row in rows))


def test_any_table_can_be_learned(rng):
    X, y = table(rng), np.arange(40) % 2
    model = default_classifier().fit(X, y)
    assert clone(model).fit(X, y).predict(X).tolist() == model.predict(X).tolist()


def test_unfitted(rng):
    with pytest.raises(NotFittedError):
        TableEncoder().transform(table(rng))
