"""Groups: which rows belong together, checked before anything is trained on them.

What is kept apart, and how, is in ``dynamics/apart.py``.
"""

from __future__ import annotations

from inspect import signature
from typing import Any

from numpy.typing import ArrayLike, NDArray

from skexpand.base.types import UNLABELED
from skexpand.target.classes import has_gaps, label_array
from skexpand.target.target import Target


def checked_groups(groups: ArrayLike | None, n_rows: int) -> NDArray[Any] | None:
    """Return the group of each row as an array, or None; refuse another shape."""
    if groups is None:
        return None
    found = label_array(groups)
    if found.shape != (n_rows,):
        raise ValueError(f"groups must have one entry per row, so shape ({n_rows},), got shape {found.shape}.")
    if has_gaps(found):
        raise ValueError("groups has missing entries; give a row that belongs to no other row a group of its own.")
    return found


def groups_for(sampler: Any, groups: ArrayLike | None, n_rows: int) -> NDArray[Any] | None:
    """Return the group of each row as an array, or None; refuse them where a sampler could not keep them apart."""
    if groups is not None and "groups" not in signature(sampler.fit_resample).parameters:
        raise TypeError(
            f"{type(sampler).__name__} does not support groups, so new rows would mix them; leave groups out, or use a "
            "sampler that keeps them apart, such as ExpansiveSynthesizer."
        )
    return checked_groups(groups, n_rows)


def refuse_unlabeled_groups(groups: ArrayLike | None, y: Target) -> None:
    """Raise a ValueError if there are groups and rows without a label, whose inferred label would leak between them."""
    if groups is not None and (y.codes == UNLABELED).any():
        raise ValueError(
            "groups is given, and y has rows without a label: labels inferred from other groups would tell of them, "
            "and a split by groups would leak. Leave groups or these rows out."
        )
