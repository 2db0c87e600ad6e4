r"""The target of new rows as several regressors see it that were trained on the few real ones.

A recombined residual in y is noise to a learner that averages by itself. The smoother gives new rows

.. math:: \hat y(x) = \sum_b w_b f_b(x), \qquad w_b \propto \exp\Big(-\frac{e_b - \min_b e_b}{0.1 \min_b e_b}\Big),

where :math:`e_b` is the mean absolute error of candidate :math:`f_b` on held-out rows, in five folds. So new rows carry
the function of what fits this table best to a learner that does not find it on the real rows alone.

Whether that learner gains can be estimated before. With :math:`\hat y_{-i}` for the smoother's prediction of a real row
that was held out, and :math:`g` for the learner trained on the new rows alone, it would err by about

.. math:: e = \frac{1}{n} \sum_i \big| \hat y_{-i} + g(x_i) - \hat y(x_i) - y_i \big|,

the smoother's error and what is lost on the way to the learner. It is on the high side, since :math:`\hat y(x_i)` keeps
some of the noise of :math:`y_i`; new rows are made if it is below 1.3 times the learner's own error on held-out rows.
"""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
from joblib import parallel_config
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesRegressor, GradientBoostingRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import KFold
from sklearn.svm import SVR

from skexpand.base.sklearn_private import _safe_indexing
from skexpand.base.types import FloatArray

LEAST_ROWS = 5  # for as many folds
_FOLDS = 5
_ALLOWANCE = 1.3  # chosen on other splits than the reported ones
_SHARPNESS = 10.0  # a candidate whose error is a tenth above the best one's weighs 1/e of it
_MAX_ROWS_OF_PROCESS = 500  # a Gaussian process takes time with the third power of the rows,
_MAX_ROWS_OF_VECTORS = 3000  # and support vectors with the second and more
_MAX_COLUMNS_OF_SPLIT = 200  # that a tree looks at for one split

Folds = list[tuple[NDArray[np.intp], NDArray[np.intp]]]


def _gaussian_process(X: FloatArray, y: FloatArray) -> GaussianProcessRegressor:
    """Return a Gaussian process whose length scale and noise were found on all rows, to be fitted on parts of them."""
    kernel = ConstantKernel(1.0, (1e-2, 1e3)) * RBF(3.0, (0.3, 100.0)) + WhiteKernel(0.1, (1e-4, 2.0))
    found = GaussianProcessRegressor(kernel, normalize_y=True).fit(X, y).kernel_
    return GaussianProcessRegressor(found, optimizer=None, normalize_y=True)


def _candidates(X: FloatArray, y: FloatArray, seed: int) -> dict[str, Any]:
    """Return the unfitted candidates for rows of standardized columns and a standardized target."""
    share = min(1.0, _MAX_COLUMNS_OF_SPLIT / X.shape[1])
    found = {
        "ridge": RidgeCV(np.logspace(-2, 3, 11)),
        "extra_trees": ExtraTreesRegressor(60, max_features=share, random_state=seed),
        "boosting": GradientBoostingRegressor(n_estimators=60, subsample=0.7, max_features=share, random_state=seed),
    }
    if len(X) <= _MAX_ROWS_OF_VECTORS:
        found["support_vectors"] = SVR(C=3.0)
    if len(X) <= _MAX_ROWS_OF_PROCESS:
        found["gaussian_process"] = _gaussian_process(X, y)
    return found


class Smoother(NamedTuple):
    """Fitted candidates and their weights."""

    models: dict[str, Any]
    weights: dict[str, float]
    centre: float
    scale: float
    residuals: FloatArray  # (n,) of held-out real rows: predicted less actual target

    def predict(self, X: FloatArray) -> FloatArray:
        """Return the weighted sum of the candidates' predictions."""
        found = [self.weights[name] * model.predict(X) for name, model in self.models.items()]
        return self.centre + self.scale * np.sum(found, axis=0)


def error_through(residuals: FloatArray, differences: FloatArray, scale: FloatArray | float = 1.0) -> float:
    """Return the error of a learner that differs so from the smoother on the real rows (see above)."""
    return float(np.abs((residuals + differences) / scale).mean())


def expects_gain(error: float, error_without: float) -> bool:
    """Return whether new rows are worth it, by the error to be expected with them and that without."""
    return error < _ALLOWANCE * error_without


def fit_smoother(X: FloatArray, y: FloatArray, folds: Folds, seed: int) -> Smoother:
    """Fit the smoother on rows of standardized columns, in which nothing is missing."""
    centre, scale = float(y.mean()), float(y.std()) or 1.0
    target = (y - centre) / scale
    with warnings.catch_warnings(), parallel_config("sequential"):
        warnings.simplefilter("ignore", ConvergenceWarning)  # of length scales at the end of their range
        candidates = _candidates(X, target, seed)
        held_out = {name: held_out_predictions(model, X, target, folds) for name, model in candidates.items()}
        models = {name: model.fit(X, target) for name, model in candidates.items()}
    weights = _weights({name: float(np.abs(found - target).mean()) for name, found in held_out.items()})
    mixed = np.sum([weights[name] * found for name, found in held_out.items()], axis=0)
    return Smoother(models, weights, centre, scale, scale * (mixed - target))


def _weights(errors: dict[str, float]) -> dict[str, float]:
    """Return weights that sum to 1 and fall with the error."""
    best = max(min(errors.values()), np.finfo(float).tiny)
    raw = {name: float(np.exp(-_SHARPNESS * (error - best) / best)) for name, error in errors.items()}
    return {name: weight / sum(raw.values()) for name, weight in raw.items()}


def folds_of(n_rows: int, seed: int) -> Folds:
    """Return the training and the held-out rows of five folds, or of as many as there are rows."""
    return list(KFold(min(_FOLDS, n_rows), shuffle=True, random_state=seed).split(np.empty(n_rows)))


def held_out_predictions(learner: Any, X: Any, y: FloatArray, folds: Folds) -> FloatArray:
    """Return the prediction of each row by a copy of the learner that has not seen it."""
    found = np.empty(y.shape)
    for train, test in folds:
        fitted = clone(learner).fit(_safe_indexing(X, train), y[train])
        found[test] = fitted.predict(_safe_indexing(X, test)).reshape(found[test].shape)
    return found


def held_out_error(learner: Any, X: Any, y: FloatArray, folds: Folds, scale: FloatArray | float = 1.0) -> float:
    """Return the mean absolute error of a learner on held-out rows; infinite where folds are too small for it.

    Of several targets, each is divided by its ``scale``.
    """
    with warnings.catch_warnings(), parallel_config("sequential"):
        warnings.simplefilter("ignore")  # what there is to say is said when it is fitted on all rows
        try:
            return float(np.abs((held_out_predictions(learner, X, y, folds) - y) / scale).mean())
        except ValueError:
            return np.inf
