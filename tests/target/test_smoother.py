"""The smoother: candidates weighed by their error on rows held out, and the same function whatever the units."""

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.neighbors import KNeighborsRegressor
from sklearn.tree import DecisionTreeRegressor

from skexpand.target.smoother import (
    _weights,
    error_through,
    expects_gain,
    fit_smoother,
    folds_of,
    held_out_error,
    held_out_predictions,
)

X = np.random.default_rng(0).standard_normal((60, 3))
y = np.sin(2 * X[:, 0]) + X[:, 1]


def fitted(X, y, seed=0):
    return fit_smoother(X, y, folds_of(len(y), seed), seed)


def test_weights_fall_with_the_error():
    weights = _weights({"best": 1.0, "a tenth worse": 1.1, "twice": 2.0})
    assert sum(weights.values()) == pytest.approx(1)
    assert weights["best"] / weights["a tenth worse"] == pytest.approx(np.e)
    assert weights["twice"] < 1e-4
    assert _weights({"a": 0.0, "b": 0.0}) == {"a": 0.5, "b": 0.5}


def test_predictions_are_of_rows_held_out():
    folds = KFold(5, shuffle=True, random_state=3)
    for learner in (Ridge(), KNeighborsRegressor(2)):
        expected = cross_val_predict(learner, X, y, cv=folds)
        found = held_out_predictions(learner, X, y, folds_of(60, 3))
        np.testing.assert_allclose(found, expected)
        assert held_out_error(learner, X, y, folds_of(60, 3)) == pytest.approx(np.abs(expected - y).mean())


def test_too_small_folds_are_an_infinite_error():
    assert held_out_error(KNeighborsRegressor(50), X, y, folds_of(60, 0)) == np.inf


def expected(learner, X, y):
    """Return what is decided: the error expected with new rows and that without."""
    smoother = fitted(X, y)
    new = np.random.default_rng(5).standard_normal((500, X.shape[1]))
    copy = clone(learner).fit(new, smoother.predict(new))
    error = error_through(smoother.residuals, copy.predict(X) - smoother.predict(X))
    return error, held_out_error(learner, X, y, folds_of(len(y), 0))


def test_the_error_through_a_perfect_copy_is_the_smoothers():
    smoother = fitted(X, y)
    predicted = smoother.residuals + y
    assert error_through(smoother.residuals, np.zeros(60)) == pytest.approx(np.abs(predicted - y).mean())
    assert error_through(smoother.residuals, y - predicted) == pytest.approx(0)


def test_a_line_is_left_to_a_line():
    line = X @ [1.0, -2.0, 0.5] + 7
    assert not expects_gain(*expected(LinearRegression(), X, line))
    assert expects_gain(*expected(KNeighborsRegressor(), X, line))


def test_a_tree_gains_on_a_curve():
    rng = np.random.default_rng(4)
    assert expects_gain(*expected(DecisionTreeRegressor(random_state=0), X, y + 0.2 * rng.standard_normal(60)))


def test_it_is_better_than_each_learner_on_a_curve():
    rng = np.random.default_rng(2)
    smoother = fitted(X, y + 0.2 * rng.standard_normal(60))
    new = rng.standard_normal((500, 3))
    truth = np.sin(2 * new[:, 0]) + new[:, 1]
    errors = {
        name: np.abs(model.predict(new) * smoother.scale + smoother.centre - truth).mean()
        for name, model in smoother.models.items()
    }
    assert np.abs(smoother.predict(new) - truth).mean() < 1.1 * min(errors.values())


def test_units_of_the_target_do_not_matter():
    plain, scaled = fitted(X, y), fitted(X, 1000 * y - 5)
    np.testing.assert_allclose(scaled.predict(X), 1000 * plain.predict(X) - 5, rtol=1e-6, atol=1e-3)
    np.testing.assert_allclose(scaled.residuals, 1000 * plain.residuals, rtol=1e-6, atol=1e-3)


@pytest.mark.parametrize("n", [5, 6, 9])
def test_few_rows(n):
    assert np.isfinite(fitted(X[:n], y[:n]).predict(X)).all()
    np.testing.assert_allclose(fitted(X[:n], np.full(n, 3.0)).predict(X), 3.0)


def test_large_tables_have_no_gaussian_process():
    rng = np.random.default_rng(0)
    large = rng.standard_normal((501, 2))
    assert "gaussian_process" not in fitted(large, large[:, 0]).models
    assert "gaussian_process" in fitted(large[:500], large[:500, 0]).models


def test_the_callers_backend_is_left_alone():
    class Refusing(joblib.parallel.ThreadingBackend):
        def configure(self, *args, **kwargs):
            raise AssertionError("used without being asked")

    joblib.register_parallel_backend("refusing threads", Refusing)
    with joblib.parallel_config("refusing threads", n_jobs=2):
        smoother = fitted(X, y)
        held_out_error(KNeighborsRegressor(), X, y, folds_of(60, 0))
    np.testing.assert_array_equal(smoother.predict(X), fitted(X, y).predict(X))
