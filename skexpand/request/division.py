"""A request in parts: how many rows of which class each part has, and which stream of random numbers makes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import IntArray
from skexpand.codec.joint import JointSchema
from skexpand.request.counts import check_counts

CELLS = 5_000_000  # of a part, if its rows are not stated: 40 MB of 64-bit floats


@dataclass(frozen=True)
class Division:
    """A division of a request into parts of equal size.

    Rows of all classes, one class after another, are dealt out to the parts like cards. So parts differ by at most one
    row, and so do their rows of any class, without chance. Each part has a stream of its own, that of its seed and
    number: its rows do not depend on where, when and in which order parts are made.

    Attributes
    ----------
    counts
        Number of rows of each class; of all rows, if they bring numbers of their own.
    n_parts
        Number of parts.
    seed
        Seed of all parts.
    """

    counts: tuple[int, ...]
    n_parts: int
    seed: int

    @classmethod
    def of(cls, counts: Sequence[int], rows_per_part: int, seed: int) -> Division:
        """Divide rows of each class into as few parts as have at most so many rows."""
        return cls(tuple(map(int, counts)), -(-sum(map(int, counts)) // rows_per_part), seed)

    @property
    def n_rows(self) -> int:
        """Number of rows of all parts."""
        return sum(self.counts)

    def counts_of(self, part: int) -> list[int]:
        """Return the number of rows of each class in a part."""
        ends = np.cumsum([0, *self.counts], dtype=object)  # of integers without a limit
        return np.diff((ends + part) // self.n_parts).tolist()

    def draw(self, model: Any, part: int, source: Any) -> tuple[Any, NDArray[Any]]:
        """Return the rows of a part, class by class, and their target, made by the source of a fitted synthesizer."""
        counts = self.counts_of(part)
        codes = None if brings_numbers(model) else np.repeat(np.arange(len(counts)), counts)
        return model._draw(sum(counts), codes, np.random.default_rng([self.seed, part]), source)


def brings_numbers(model: Any) -> bool:
    """Return whether the new rows of a fitted synthesizer bring numbers as target, and so have no class."""
    return isinstance(model._source.schema, JointSchema)


def rows_wanted(model: Any, n_samples: int | Mapping[Any, int]) -> list[int]:
    """Return the number of rows of each class that a fitted synthesizer is to make; of all rows, for numbers.

    Raises
    ------
    ValueError
        If a number is no integer of at least 0, a class is unknown, or there are none.
    """
    if not brings_numbers(model):
        return rows_per_class(n_samples, model.classes_, np.bincount(model._expansion.labels))
    if isinstance(n_samples, Mapping):
        raise ValueError(
            f"n_samples={n_samples!r} asks for rows of classes, but with target='numbers' there are none; state the "
            "number of all rows."
        )
    check_counts(0, n_samples=n_samples)
    return [int(n_samples)]


def rows_per_class(n_samples: int | Mapping[Any, int], classes: NDArray[Any], present: IntArray) -> list[int]:
    """Return the number of rows of each class: as a mapping states, or in the proportions of those that are present.

    Raises
    ------
    ValueError
        If a number is no integer of at least 0, or a class is unknown.
    """
    if not isinstance(n_samples, Mapping):
        check_counts(0, n_samples=n_samples)
        return in_proportion(int(n_samples), present.tolist())
    known = list(map(tuple, classes.tolist())) if classes.ndim == 2 else classes.tolist()
    for label, count in n_samples.items():
        if label not in known:
            raise ValueError(f"n_samples names the unknown class {label!r}; choose from {known}.")
        if not isinstance(count, Integral) or count < 0:
            raise ValueError(f"n_samples asks for {count!r} rows of class {label!r}; use integers of at least 0.")
    return [int(n_samples.get(label, 0)) for label in known]


def in_proportion(total: int, weights: Sequence[int]) -> list[int]:
    """Split a total into whole numbers in proportion to weights; the largest remainders (the first of equals) get more.

    Examples
    --------
    >>> in_proportion(10, [50, 50, 50])
    [4, 3, 3]
    """
    whole = sum(weights)
    parts, remainders = zip(*(divmod(total * weight, whole) for weight in weights), strict=True)
    most = {*sorted(range(len(weights)), key=lambda place: -remainders[place])[: total - sum(parts)]}
    return [part + (place in most) for place, part in enumerate(parts)]
