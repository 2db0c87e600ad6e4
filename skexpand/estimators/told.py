"""What a wrapped learner tells the synthesizer within its sampler of the target, and asks it afterwards."""

from __future__ import annotations

from typing import Any

from skexpand.estimators.synthesizer import ExpansiveSynthesizer
from skexpand.expansion.smoothing import Smoothing
from skexpand.request.target import within


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


def _synthesizers(sampler: Any) -> list[ExpansiveSynthesizer]:
    """Return the synthesizers, but for those that are another one's core."""
    return [one for one in within(sampler) if isinstance(one, ExpansiveSynthesizer)]


def smoothing_in(sampler: Any) -> Smoothing | None:
    """Return what smooths the targets of a fitted sampler; None if a table is too small for that."""
    maker = getattr(sampler, "sampler_", sampler)  # within a gate
    if not isinstance(maker, ExpansiveSynthesizer):
        raise ValueError(
            f"target_law='auto' judges by the smoothed targets of ExpansiveSynthesizer, which {type(maker).__name__} "
            "does not make; set target_law='recombined' to train on its rows as they are."
        )
    return maker._source.smoothing
