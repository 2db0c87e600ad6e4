"""Labels or numbers that were inferred for rows of the table: written into its target, and summed up in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from skexpand.cli._table import Table
from skexpand.cli._task import Task

if TYPE_CHECKING:
    from skexpand import ExpansiveSynthesizer

_MOST_CLASSES = 10  # that are counted in the line


def with_inferred(task: Task, synthesizer: ExpansiveSynthesizer, frame: pd.DataFrame) -> Table:
    """Return the table with the labels or numbers of the frame in the rows that had none."""
    if not hasattr(synthesizer, "inferred_mask_"):
        return task.table
    rows = np.flatnonzero(synthesizer.inferred_mask_)
    table = task.table
    for name in task.targets:
        table = table.filled(name, rows, frame[name].iloc[rows])
    return table


def described(synthesizer: ExpansiveSynthesizer) -> str:
    """Say how many labels of each class, or numbers, were inferred, and how well that goes where it is known."""
    if not hasattr(synthesizer, "inferred_mask_"):
        return "every row had a label; none was inferred"
    mask = synthesizer.inferred_mask_[: len(synthesizer.transduction_)]
    if synthesizer.target == "numbers":
        error = synthesizer.label_error_
        found = "too few to check them" if np.isnan(error) else f"held-out ones: {error:.0%} of the error of their mean"
        return f"numbers of {mask.sum():,} of {len(mask):,} rows inferred ({found})"
    counts = pd.Series(synthesizer.transduction_[mask]).value_counts()
    listed = ", ".join(f"{label}: {count:,}" for label, count in counts.head(_MOST_CLASSES).items())
    more = f" and {len(counts) - _MOST_CLASSES} more classes" if len(counts) > _MOST_CLASSES else ""
    accuracy = synthesizer.label_accuracy_
    checked = "too few labels to check them" if np.isnan(accuracy) else f"{accuracy:.0%} of held-out labels found"
    return f"{mask.sum():,} of {len(mask):,} labels inferred: {listed}{more} ({checked})"
