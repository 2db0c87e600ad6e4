"""A table with what its target brings: the columns of numbers join it, labels do not."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from skexpand.base.random import draw_seed
from skexpand.codec import Schema
from skexpand.codec.joint import JointSchema, with_target
from skexpand.expansion.core import Core, described
from skexpand.expansion.smoothing import Smoothing
from skexpand.request.plan import Plan
from skexpand.target.smoother import LEAST_ROWS
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
    """Return the rows as floats, with those of the target's columns behind."""
    return schema.read_both(X, y.columns) if isinstance(schema, JointSchema) else schema.read(X)


def shown_beside(X: Any, y: Target) -> Any:
    """Return the table that rules are given."""
    return X if y.columns is None else with_target(X, y.columns)


def smoothing_of(schema: Schema, rows: NDArray[Any], plan: Plan, rng: np.random.Generator) -> Smoothing | None:
    """Return what smooths the targets of new rows; None for labels, few rows, and recombined targets."""
    if not isinstance(schema, JointSchema) or plan.target_law != "smooth" or len(rows) < LEAST_ROWS:
        return None
    return Smoothing.of(rows, schema.columns, schema.n_targets, draw_seed(rng.spawn(1)[0]))


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
