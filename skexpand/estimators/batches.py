"""New rows as a stream of batches: the parts of a request, one after another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from numbers import Integral
from typing import Any

from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from skexpand.base.random import RandomState, draw_seed, make_generator
from skexpand.request.counts import check_counts
from skexpand.request.division import Division, rows_wanted


def sample_batches(
    synthesizer: Any, n_samples: int | Mapping[Any, int], batch_size: int, random_state: RandomState
) -> Iterator[tuple[Any, NDArray[Any]]]:
    """Check a request at once; make each batch when it is asked for."""
    check_is_fitted(synthesizer)
    check_counts(1, batch_size=batch_size)
    counts = rows_wanted(synthesizer, n_samples)
    state = synthesizer.random_state if random_state is None else random_state
    rng = make_generator(state)
    division = Division.of(counts, int(batch_size), int(state) if isinstance(state, Integral) else draw_seed(rng))
    return (division.draw(synthesizer, part) for part in range(division.n_parts))
