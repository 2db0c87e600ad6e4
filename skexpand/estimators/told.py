"""What a wrapped learner tells the synthesizer within its sampler of the target, and asks it afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from skexpand.estimators.synthesizer import ExpansiveSynthesizer
from skexpand.expansion.smoothing import Smoothing


def tell(sampler: Any, **parameters: Any) -> None:
    """Set parameters of each synthesizer that a sampler is or holds, as a gate or a Pipeline does."""
    for one in _synthesizers(sampler):
        one.set_params(**parameters)


def refuse_target(sampler: Any, kind: str, instead: str) -> None:
    """Raise a ValueError if a synthesizer is told to take y for a kind of target that its learner does not predict."""
    for one in _synthesizers(sampler):
        if one.target == kind:
            raise ValueError(
                f"The sampler has target={kind!r}, which does not fit the learner; leave target at its default, or use "
                f"{instead}."
            )


def _synthesizers(sampler: Any) -> Iterator[ExpansiveSynthesizer]:
    """Go through the synthesizers, but for those that are another one's core."""
    found = {"": sampler, **sampler.get_params()}
    for name, value in found.items():
        if isinstance(value, ExpansiveSynthesizer) and name.split("__")[-1] != "core":
            yield value


def smoothing_in(sampler: Any) -> Smoothing | None:
    """Return what smooths the targets of a fitted sampler; None if a table is too small for that."""
    maker = getattr(sampler, "sampler_", sampler)  # within a gate
    if not isinstance(maker, ExpansiveSynthesizer):
        raise ValueError(
            f"target_law='auto' judges by the smoothed targets of ExpansiveSynthesizer, which {type(maker).__name__} "
            "does not make; set target_law='recombined' to train on its rows as they are."
        )
    return maker._source.smoothing
