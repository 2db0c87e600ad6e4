"""``skexpand inspect``: how each column is interpreted and how many rows would be made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from skexpand.cli._hints import hint
from skexpand.cli._options import table_options
from skexpand.cli._task import Task, read_task


@click.command(name="inspect")
@table_options
def command(path: Path, **stated: Any) -> None:
    """Show what 'expand' would do with TABLE.

    Show how each column is interpreted, and how many rows each class has and would get. Nothing is trained or written.
    """
    task = read_task(path, **stated)
    n_rows, n_columns = task.table.frame.shape
    head = f"{path}: {n_rows:,} rows, {n_columns} columns, target {task.target!r}"
    click.echo("\n\n".join([head, _aligned(_columns(task)), _aligned(_classes(task), numbers=True)]))


def _columns(task: Task) -> list[list[str]]:
    """Describe how each column is interpreted."""
    from skexpand.codec import infer_columns

    stated = {name: task.parameters[name] for name in ("categorical_features", "bounds") if name in task.parameters}
    lines = []
    for column in infer_columns(task.features, **stated):
        said = column.describe().removeprefix(f"{column.name}: ")
        more = hint(task.table, column.name, column.kind)
        lines.append([column.name or "''", "; ".join(filter(None, (said, more)))])
    return lines


def _classes(task: Task) -> list[list[str]]:
    """List the number of rows of each class, real and new."""
    from skexpand.request.totals import new_rows_per_class
    from skexpand.target.classes import Labels

    stated = [task.parameters.get(name, "auto") for name in ("sampling_strategy", "expansion_ratio")]
    labels = Labels.of(task.labels, task.parameters.get("unlabeled"))
    new = new_rows_per_class(labels, *stated)
    counts = zip(new, labels.counts.tolist(), strict=True)
    lines = [(str(label), count, new[label], count + new[label]) for label, count in counts]
    n_rows, n_new = len(labels.codes), sum(new.values())
    n_unlabeled = n_rows - int(labels.counts.sum())
    if n_unlabeled:
        lines.append(("(no label)", n_unlabeled, 0, n_unlabeled))
    lines.append(("all", n_rows, n_new, n_rows + n_new))
    return [["class", "rows", "new", "total"], *([name, *(f"{n:,}" for n in numbers)] for name, *numbers in lines)]


def _aligned(lines: Sequence[Sequence[str]], numbers: bool = False) -> str:
    """Align lines of cells in columns, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if numbers and place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
