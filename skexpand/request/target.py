"""Which kind of target a sampler is told y is, checked against its other parameters, before anything is trained."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from skexpand.base.types import UNLABELED
from skexpand.target.classes import Labels
from skexpand.target.label_sets import label_sets
from skexpand.target.numbers import Numbers
from skexpand.target.target import Target

TARGETS: dict[str, Callable[[Any, Any], Target]] = {  # of y and the sampler
    "classes": lambda y, sampler: Labels.of(y, getattr(sampler, "unlabeled", None)),
    "numbers": lambda y, sampler: Numbers.of(y, getattr(sampler, "n_bins", 8), getattr(sampler, "unlabeled", None)),
    "label_sets": lambda y, sampler: label_sets(y),
}
TARGET_LAWS = ("smooth", "recombined")

# parameters that a kind of target does not take: their default, and why
_OF_CLASSES = "is for classes"
_REFUSED: dict[str, dict[str, tuple[Any, str]]] = {
    "numbers": {
        "class_shares": (None, _OF_CLASSES),
        "image_shape": (None, "is for images, and a row with the target as a column is none"),
        "core": (None, "has not seen the target, which is a column here; leave it out"),
    },
    "label_sets": {
        "unlabeled": (None, "is for classes and numbers; leave rows without labels out"),
        "class_shares": (None, _OF_CLASSES),
    },
}
_EVEN = ("auto", "stratified")  # levels of numbers are of one size anyway


def synthesizer_in(sampler: Any) -> Any:
    """Return the sampler that says what y is: itself, or the first within it, as in a gate or a Pipeline."""
    return next(filter(_says_kind, within(sampler)), sampler)


def learned_by(sampler: Any, name: str) -> Any:
    """Return a fitted attribute of a sampler, or of the first within it that has it."""
    return next(getattr(maker, name) for maker in within(sampler) if hasattr(maker, name))


def within(sampler: Any) -> Iterator[Any]:
    """Go through a sampler and what it holds; a core is only learned from."""
    yield sampler
    held = sampler.get_params() if hasattr(sampler, "get_params") else {}
    yield from (maker for name, maker in held.items() if name.split("__")[-1] != "core")


def _says_kind(sampler: Any) -> bool:
    kind = getattr(sampler, "target", None)
    return isinstance(kind, str) and kind in TARGETS and hasattr(sampler, "fit_resample")


def kind_of(sampler: Any) -> str:
    """Return what a sampler takes y for: "classes", if it does not say."""
    maker = synthesizer_in(sampler)
    return str(maker.target) if _says_kind(maker) else "classes"


def read_target(sampler: Any, y: Any) -> Target:
    """Return y as the kind of target that a sampler takes, whose other parameters must apply to it."""
    kind, maker = kind_of(sampler), synthesizer_in(sampler)
    if kind != "classes":
        refuse_beside_target(maker)
    target = TARGETS[kind](y, maker)
    if kind == "numbers" and getattr(maker, "target_law", None) == "recombined":
        _refuse_inferred(target)
    return target


def _refuse_inferred(y: Target) -> None:
    """Raise a ValueError if some rows have no number: inferred ones have no spread that could be recombined."""
    missing = int((y.codes == UNLABELED).sum())
    if missing:
        raise ValueError(
            f"{missing} of {len(y.codes)} rows have no number, and target_law='recombined' keeps the spread of "
            "numbers, which inferred ones do not have; set target_law='smooth', or leave these rows out."
        )


def refuse_beside_target(parameters: Any) -> None:
    """Raise a ValueError for a parameter that does not apply to the kind of target."""
    kind = kind_of(parameters)
    for name, (default, why) in _REFUSED[kind].items():
        value = getattr(parameters, name)
        if value is not default:
            raise ValueError(f"{name}={value!r} {why}; with target={kind!r}, {name} must stay {default!r}.")
    strategy = parameters.sampling_strategy
    if kind == "numbers" and not (isinstance(strategy, str) and strategy in _EVEN):
        raise ValueError(
            f"sampling_strategy={strategy!r} is for classes; with target='numbers' every level of y gets as many new "
            "rows: leave it at 'auto', and set expansion_ratio."
        )


def refuse_smoothed_groups(parameters: Any, groups: Any) -> None:
    """Raise a ValueError if there are groups and smoothed targets, which would tell of other groups."""
    if groups is not None and kind_of(parameters) == "numbers" and parameters.target_law == "smooth":
        raise ValueError(
            "groups is given, but target_law='smooth' learns the targets of new rows from all groups, so a split by "
            "groups would leak; set target_law='recombined'."
        )
