"""The smoothed targets of new rows: what regressors trained on the real rows predict (see ``target/smoother.py``).

They are trained when they are first needed, from what is stored, so that a loaded synthesizer has the same ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.dummy import DummyRegressor

from skexpand.base.types import FloatArray
from skexpand.codec import Column, TableCodec
from skexpand.target.smoother import (
    Folds,
    Smoother,
    error_through,
    expects_gain,
    fit_smoother,
    folds_of,
    held_out_error,
    held_out_predictions,
)

_AT_ONCE = 16_384  # rows whose targets are predicted together


@dataclass(frozen=True)
class Smoothing:
    """A smoother for each target.

    Attributes
    ----------
    codec
        Of the table's columns; without rows.
    encoded : ndarray of shape (n, width)
        The training rows.
    targets : ndarray of shape (n, n_targets)
        Their targets; rows without one are left out.
    seed : int
        Seed of folds and regressors.
    """

    codec: TableCodec
    encoded: FloatArray
    targets: FloatArray
    seed: int

    @classmethod
    def of(cls, rows: FloatArray, columns: Sequence[Column], n_targets: int, seed: int) -> Smoothing:
        """Take rows (n, n_columns + n_targets) of floats apart; those without a target (NaN) serve the codec alone."""
        table, known = rows[:, :-n_targets], ~np.isnan(rows[:, -1])
        codec = TableCodec.fit(table, columns[:-n_targets])
        encoded, targets = codec.encode(table), rows[:, -n_targets:]
        if not known.all():  # else no copy: laid out differently, its sums would round differently
            encoded, targets = encoded[known], targets[known]
        return cls(codec.without_rows(), encoded, targets, seed)

    @cached_property
    def smoothers(self) -> list[Smoother]:
        """The fitted smoothers."""
        return [fit_smoother(self.encoded, target, self.folds, self.seed) for target in self.targets.T]

    @property
    def folds(self) -> Folds:
        """Training and held-out rows, by which the regressors are weighed."""
        return folds_of(len(self.targets), self.seed)

    @property
    def residuals(self) -> FloatArray:
        """The predicted less the actual targets of held-out rows, (n, n_targets)."""
        return np.column_stack([smoother.residuals for smoother in self.smoothers])

    def predict(self, encoded: FloatArray) -> FloatArray:
        """Return the targets (n, n_targets) of encoded rows."""
        return np.column_stack([smoother.predict(encoded) for smoother in self.smoothers])

    def expects_gain(self, learner: Any, X: Any, y: FloatArray, new: Any, new_y: FloatArray) -> bool:
        """Return whether a learner is expected to gain by new rows (see ``target/smoother.py``).

        The real rows come twice: in the learner's container, and as they are encoded here.
        """
        scale = scale_of(y)
        without = held_out_error(learner, X, y, self.folds, scale)
        try:
            predicted = clone(learner).fit(new, new_y).predict(X)
        except ValueError:  # too few for it
            return False
        differences = predicted.reshape(len(y), -1) - self.predict(self.encoded)
        return expects_gain(error_through(self.residuals, differences, scale), without)

    def errors(self) -> tuple[FloatArray, FloatArray]:
        """Return the absolute error on each held-out row, in standard deviations: of the smoothers, and of the mean."""
        of_mean = held_out_predictions(DummyRegressor(), self.encoded, self.targets, self.folds) - self.targets
        found, usual = (np.abs(part / scale_of(self.targets)).mean(axis=1) for part in (self.residuals, of_mean))
        return found, usual

    def infer(self, table: FloatArray, columns: Sequence[Column]) -> FloatArray:
        """Return targets of raw rows (n, n_columns) that have none, legal values within the range of those seen."""
        found = np.empty((len(table), self.targets.shape[1]))
        for start in range(0, len(table), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            found[part] = self._legal(table[part], columns, self.targets.min(axis=0), self.targets.max(axis=0))
        return found

    def apply(self, rows: NDArray[Any], columns: Sequence[Column]) -> None:
        """Replace the recombined targets of new rows (n, n_columns + n_targets), within their range, by smoothed ones.

        They keep the legal values of their columns.
        """
        n_targets = self.targets.shape[1]
        for start in range(0, len(rows), _AT_ONCE):
            part = rows[start : start + _AT_ONCE]
            made = part[:, -n_targets:]
            low = np.minimum(made.min(axis=0), self.targets.min(axis=0))
            high = np.maximum(made.max(axis=0), self.targets.max(axis=0))
            part[:, -n_targets:] = self._legal(part[:, :-n_targets], columns, low, high)

    def _legal(self, table: NDArray[Any], columns: Sequence[Column], low: FloatArray, high: FloatArray) -> FloatArray:
        """Return the predicted targets of raw rows, within bounds, as legal values of their columns."""
        found = self.predict(self.codec.encode(table)).clip(low, high)
        domains = [column.domain for column in columns[-found.shape[1] :]]
        return np.column_stack([domain.nearest(values) for domain, values in zip(domains, found.T, strict=True)])


def scale_of(y: FloatArray) -> FloatArray:
    """Return the standard deviation of each target, 1 of a constant one."""
    scale = np.asarray(y.std(axis=0))
    return np.where(scale > 0, scale, 1.0)
