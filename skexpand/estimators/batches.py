"""New rows as a stream of batches: the parts of a request, one after another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from numbers import Integral
from typing import Any

from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from skexpand.base.random import RandomState, draw_seed, make_generator
from skexpand.estimators.wanted import Demand, wanted
from skexpand.request.counts import check_counts
from skexpand.request.division import Division


def sample_batches(
    synthesizer: Any, n_samples: int | Mapping[Any, int], batch_size: int, random_state: RandomState, demand: Demand
) -> Iterator[tuple[Any, NDArray[Any]]]:
    """Check a request at once; make each batch when it is asked for."""
    check_is_fitted(synthesizer)
    check_counts(1, batch_size=batch_size)
    state = synthesizer.random_state if random_state is None else random_state
    rng = make_generator(state)
    seed = int(state) if isinstance(state, Integral) else draw_seed(rng)
    source, counts = wanted(synthesizer, n_samples, demand, seed)
    division = Division.of(counts, int(batch_size), seed)
    return (division.draw(synthesizer, part, source) for part in range(division.n_parts))
