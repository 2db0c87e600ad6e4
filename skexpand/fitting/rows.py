"""The input and output of a fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import BoolArray, FloatArray, IntArray, RowArray
from skexpand.codec import Column
from skexpand.codec.frame import followed_by
from skexpand.dynamics.components import Kin
from skexpand.expansion.blocks import BlockMaker
from skexpand.expansion.drawing import Source
from skexpand.expansion.smoothing import Smoothing

MAX_ANCHORS = 10_000  # rows with an inferred label or number that new rows may start from


class Rows(NamedTuple):
    """The training rows."""

    X: NDArray[Any]  # (n, n_columns), as floats: categories are codes, missing cells NaN
    labels: IntArray  # (n,) class codes, -1 where the label is unknown
    columns: Sequence[Column]
    kin: Kin = None  # the classes that each borrows from as from itself
    n_targets: int = 0  # columns of X, the last ones, that are the target; NaN in rows without one

    def taken(self, known: Labeled) -> Rows:
        """Return the rows that the expansion is fitted to, with a label or number each."""
        rows, X = known.anchors, self.X
        if known.numbers is not None:
            X = np.column_stack([X[:, : -self.n_targets], known.numbers.values])
        return self._replace(X=X if len(rows) == len(X) else X[rows], labels=known.codes[rows])


class InferredNumbers(NamedTuple):
    """The numbers of all rows, some of them inferred."""

    values: FloatArray  # (n, n_targets)
    missing: BoolArray  # (n,), which rows had none
    smoothing: Smoothing  # what was trained on those that had one
    error: float  # of held-out ones, as a share of that of their mean; NaN where none were held out


class Labeled(NamedTuple):
    """The labels of all rows, and which rows take part.

    Attributes
    ----------
    codes : ndarray of shape (n,)
        The class of each row; if it was unknown, the most likely one.
    distributions : ndarray of shape (n, n_classes) or None
        The probability of each class; None if all labels were known.
    anchors : ndarray
        The rows that the expansion is fitted to, ascending.
    accuracy : float
        Share of held-out labels that were found; NaN where none were held out.
    numbers : InferredNumbers or None
        The numbers of all rows; None if these are labels, or were all known. The codes are their levels.
    """

    codes: IntArray
    distributions: FloatArray | None
    anchors: IntArray
    accuracy: float = float("nan")
    numbers: InferredNumbers | None = None

    @property
    def is_inferred(self) -> bool:
        """Whether some rows had no label or number."""
        return self.distributions is not None or self.numbers is not None

    def attributes(self, source: Source) -> dict[str, Any]:
        """Return the public fitted attributes by name; there are none if every row had a label."""
        if self.numbers is not None:
            numbers = source.labels_of(self.numbers.values, self.codes)
            return {"transduction_": numbers, "label_error_": self.numbers.error}
        if self.distributions is None:
            return {}
        return {
            "transduction_": source.classes[self.codes],
            "label_distributions_": self.distributions,
            "label_accuracy_": self.accuracy,
        }

    def target_of(self, new: NDArray[Any], source: Source) -> Any:
        """Return what rows without a number and then new rows bring, as a table; None if these have their class's."""
        made = source.target_of(new)
        if self.numbers is None:
            return made
        return followed_by(source.target_of(self.numbers.values[self.numbers.missing]), made)


def anchors_of(known: BoolArray, others: IntArray, rng: np.random.Generator) -> IntArray:
    """Return all rows whose label was known, and as many of the others as there is room for, ascending."""
    some = others if len(others) <= MAX_ANCHORS else rng.permutation(others)[:MAX_ANCHORS]
    return np.sort(np.concatenate([np.flatnonzero(known), some]))


class Fitted(NamedTuple):
    """A fitted expansion, and the training rows as its codec encodes them."""

    expansion: BlockMaker
    encoded: RowArray  # (n, width)
