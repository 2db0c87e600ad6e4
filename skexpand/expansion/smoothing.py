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

from skexpand.base.types import FloatArray
from skexpand.codec import Column, TableCodec
from skexpand.target.smoother import (
    Smoother,
    error_through,
    expects_gain,
    fit_smoother,
    folds_of,
    held_out_error,
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
        Their targets.
    seed : int
        Seed of folds and regressors.
    """

    codec: TableCodec
    encoded: FloatArray
    targets: FloatArray
    seed: int

    @classmethod
    def of(cls, rows: FloatArray, columns: Sequence[Column], n_targets: int, seed: int) -> Smoothing:
        """Take rows (n, n_columns + n_targets), as floats, apart."""
        table = rows[:, :-n_targets]
        codec = TableCodec.fit(table, columns[:-n_targets])
        return cls(codec.without_rows(), codec.encode(table), rows[:, -n_targets:], seed)

    @cached_property
    def smoothers(self) -> list[Smoother]:
        """The fitted smoothers."""
        folds = folds_of(len(self.targets), self.seed)
        return [fit_smoother(self.encoded, target, folds, self.seed) for target in self.targets.T]

    def predict(self, encoded: FloatArray) -> FloatArray:
        """Return the targets (n, n_targets) of encoded rows."""
        return np.column_stack([smoother.predict(encoded) for smoother in self.smoothers])

    def expects_gain(self, learner: Any, X: Any, y: FloatArray, new: Any, new_y: FloatArray) -> bool:
        """Return whether a learner is expected to gain by new rows (see ``target/smoother.py``).

        The real rows come twice: in the learner's container, and as they are encoded here.
        """
        scale = y.std(axis=0)
        scale = np.where(scale > 0, scale, 1.0)
        without = held_out_error(learner, X, y, folds_of(len(y), self.seed), scale)
        try:
            predicted = clone(learner).fit(new, new_y).predict(X)
        except ValueError:  # too few for it
            return False
        residuals = np.column_stack([smoother.residuals for smoother in self.smoothers])
        differences = predicted.reshape(len(y), -1) - self.predict(self.encoded)
        return expects_gain(error_through(residuals, differences, scale), without)

    def apply(self, rows: NDArray[Any], columns: Sequence[Column]) -> None:
        """Replace the recombined targets of new rows (n, n_columns + n_targets), within their range, by smoothed ones.

        They keep the legal values of their columns.
        """
        n_targets = self.targets.shape[1]
        for start in range(0, len(rows), _AT_ONCE):
            part = rows[start : start + _AT_ONCE]
            made = part[:, -n_targets:]
            low, high = np.minimum(made.min(axis=0), self.targets.min(axis=0)), made.max(axis=0)
            found = self.predict(self.codec.encode(part[:, :-n_targets]))
            found = found.clip(low, np.maximum(high, self.targets.max(axis=0)))
            domains = [column.domain for column in columns[-n_targets:]]
            part[:, -n_targets:] = np.column_stack(
                [domain.nearest(values) for domain, values in zip(domains, found.T, strict=True)]
            )
