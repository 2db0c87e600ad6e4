"""A table with what its target brings: the columns of numbers join it, labels do not."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import UNLABELED
from skexpand.codec import Schema
from skexpand.codec.frame import taken
from skexpand.codec.joint import JointSchema, with_target
from skexpand.expansion.core import Core, described
from skexpand.request.plan import Plan
from skexpand.target.target import Target


def schema_beside(X: Any, y: Target, plan: Plan, core: Core[Any] | None) -> Schema:
    """Describe a table and the columns that its target adds; a pretrained core knows the columns of tables alone."""
    if y.columns is None:
        return described(X, plan) if core is None else core.schema_of(X, plan)
    if core is not None:
        raise ValueError(
            "This synthesizer is pretrained on rows without the target, which is a column with target='numbers'; fit a "
            "clone of it (sklearn.base.clone drops the pretraining)."
        )
    return JointSchema.joined(X, y.columns, plan.categorical_features, plan.bounds)


def read_beside(schema: Schema, X: Any, y: Target) -> NDArray[Any]:
    """Return the rows as floats, with the target's columns behind, NaN in rows without a number."""
    return schema.read_both(X, y.columns, y.codes != UNLABELED) if isinstance(schema, JointSchema) else schema.read(X)


def shown_beside(X: Any, y: Target) -> Any:
    """Return the table that rules are given: with numbers as target, of the rows that have one."""
    if y.columns is None:
        return X
    known = y.codes != UNLABELED
    return with_target(X if known.all() else taken(X, np.flatnonzero(known)), y.columns)


def refuse_stated_numbers(schema: Schema, y: Any) -> None:
    """Raise a ValueError for a stated y where new rows bring their own."""
    if isinstance(schema, JointSchema) and y is not None:
        raise ValueError(
            "y cannot be stated with target='numbers', since new rows bring their own; leave y out, and state it as a "
            f"column, as in given={{{schema.columns[-1].name!r}: (low, high)}}."
        )


def refuse_without_target(schema: Schema, method: str) -> None:
    """Raise a ValueError for a method that knows the table's columns alone."""
    if isinstance(schema, JointSchema):
        raise ValueError(
            f"{method} needs rows with their target, which is a column with target='numbers'; use sample, or fit with "
            "target='classes' to a table that has the target among its columns."
        )
