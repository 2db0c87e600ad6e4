"""What ``skexpand inspect`` tells of a target: rows of each class or label, real and new; of numbers, their range."""

from __future__ import annotations

from typing import Any

import numpy as np

from skexpand.base.types import UNLABELED, IntArray
from skexpand.cli._task import Task
from skexpand.target.target import Target

Lines = list[list[str]]  # of cells, names and numbers


def summaries(task: Task) -> list[Lines]:
    """Return tables that describe the target of a task, and how many rows would be made."""
    from skexpand import ExpansiveSynthesizer
    from skexpand.request.target import read_target
    from skexpand.request.totals import new_rows_per_class

    sampler = ExpansiveSynthesizer(**task.parameters)
    y = read_target(sampler, task.labels)
    new = list(new_rows_per_class(y, sampler.sampling_strategy, sampler.expansion_ratio).values())
    if task.kind == "numbers":
        n_missing = int(np.sum(y.codes == UNLABELED))
        missing = [("(no number)", n_missing, 0)] if n_missing else []
        return [_ranges(task), _counted("", missing, len(y.codes), sum(new))]
    several = task.kind == "label_sets"
    names, counts, made = _of_labels(task, y, np.array(new)) if several else _of_classes(y, new)
    lines = list(zip(names, counts, made, strict=True))
    return [_counted("label" if several else "class", lines, len(y.codes), sum(new))]


def _of_classes(y: Target, new: list[int]) -> tuple[list[str], list[int], list[int]]:
    """Return the classes, and the rows of each; those without a label at last."""
    n_unlabeled = int(np.sum(y.codes == UNLABELED))
    names, counts = list(map(str, y.names)), y.counts.tolist()
    return ([*names, "(no label)"], [*counts, n_unlabeled], [*new, 0]) if n_unlabeled else (names, counts, new)


def _of_labels(task: Task, y: Target, new: IntArray) -> tuple[list[str], list[int], list[int]]:
    """Return the labels, and the rows that have each; those that have none at last."""
    marks = y.classes.astype(int)
    marks = np.column_stack([marks, ~marks.any(axis=1)])
    counts, made = y.counts @ marks, new @ marks
    names = [*task.targets, "(none)"]
    shown = slice(None) if counts[-1] else slice(-1)
    return names[shown], counts[shown].tolist(), made[shown].tolist()


def _counted(head: str, lines: list[tuple[str, int, int]], n_rows: int, n_new: int) -> Lines:
    """Return a table of rows, new rows and their sum."""
    numbers = [(name, count, new, count + new) for name, count, new in [*lines, ("all", n_rows, n_new)]]
    return [[head, "rows", "new", "total"], *([name, *(f"{n:,}" for n in counts)] for name, *counts in numbers)]


def _ranges(task: Task) -> Lines:
    """Return the lowest, the middle and the highest number of each column, as the file has them."""
    lines = [["number", "lowest", "median", "highest"]]
    for name in task.targets:
        numbers = task.table.frame[name].to_numpy(np.float64, na_value=np.nan)
        order = np.argsort(numbers, kind="stable")[: np.isfinite(numbers).sum()].tolist()  # gaps are last
        rows: list[Any] = [order[0], order[(len(order) - 1) // 2], order[-1]]
        lines.append([name, *(task.table.known(name, slice(row, row + 1))[0].strip() for row in rows)])
    return lines
