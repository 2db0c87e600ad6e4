"""A request that is divided into parts: how many rows of which class, what they have in common, and what makes them.

What makes them is the same for all parts, on any machine: chance in it (which of many rows are anchors) has a stream of
its own, that of the seed, apart from those of the parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any, NamedTuple

import numpy as np

from skexpand.base.isolation import isolated
from skexpand.codec.bounds import Bounds
from skexpand.expansion.demand import on_demand
from skexpand.expansion.drawing import Source
from skexpand.request.division import brings_numbers, in_proportion, rows_wanted
from skexpand.request.given import Given
from skexpand.request.rules import Rule, rule_name


class Demand(NamedTuple):
    """What all rows have in common, as in :meth:`skexpand.ExpansiveSynthesizer.sample`."""

    given: Given | None = None
    rules: Sequence[Rule] | None = None
    bounds: Bounds = None

    def told(self) -> list[str]:
        """Return it as text, by which requests are compared; rules go by their names."""
        found = []
        for name, stated in (("given", self.given), ("bounds", self.bounds)):
            if isinstance(stated, Mapping):
                found += [f"{name}[{column!r}] = {_spelled(value)}" for column, value in stated.items()]
            elif stated is not None:
                found.append(f"{name} = {stated!r}")
        return [*found, *(f"rule {rule_name(rule)}" for rule in self.rules or ())]


def wanted(model: Any, n_samples: int | Mapping[Any, int], demand: Demand, seed: int) -> tuple[Source, list[int]]:
    """Return what makes the rows of a request, and how many there are of each class; of all, for numbers.

    Raises
    ------
    ValueError, TypeError
        As ``sample``, before any row is made.
    """
    counts = rows_wanted(model, n_samples)
    stated = isinstance(n_samples, Mapping)
    source = source_of(model, demand, seed, np.flatnonzero(counts) if stated else None)
    if not (stated or brings_numbers(model)):
        counts = in_proportion(sum(counts), source.expansion.counts.tolist())
    return source, counts


def source_of(model: Any, demand: Demand, seed: int, codes: Any = None) -> Source:
    """Return what makes rows as they are wanted; raise an error if there are none such, of the classes ``codes``."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0,)))
    with isolated():
        return on_demand(model._source, *demand, codes, rng)


def _spelled(value: Any) -> str:
    """Return a value of any container as text that is the same in every process."""
    if isinstance(value, Set):
        return f"{{{', '.join(sorted(map(_spelled, value)))}}}"
    if isinstance(value, tuple):
        return f"({', '.join(map(_spelled, value))})"
    if isinstance(value, list):
        return f"[{', '.join(map(_spelled, value))}]"
    if hasattr(value, "to_list"):
        return _spelled(value.to_list())
    return _spelled(value.tolist()) if isinstance(value, np.ndarray | np.generic) else repr(value)
