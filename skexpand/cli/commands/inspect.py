"""``skexpand inspect``: how each column is interpreted and how many rows would be made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from skexpand.cli._hints import hint
from skexpand.cli._options import table_options
from skexpand.cli._summaries import summaries
from skexpand.cli._task import Task, read_task


@click.command(name="inspect")
@table_options
def command(path: Path, **stated: Any) -> None:
    """Show what 'expand' would do with TABLE.

    Show how each column is interpreted, and how many rows each class has and would get. Nothing is trained or written.
    """
    task = read_task(path, **stated)
    n_rows, n_columns = task.table.frame.shape
    of_target = [_aligned(lines, numbers=True) for lines in summaries(task)]
    head = f"{path}: {n_rows:,} rows, {n_columns} columns, target {', '.join(map(repr, task.targets))}"
    click.echo("\n\n".join([head, _aligned(_columns(task)), *of_target]))


def _columns(task: Task) -> list[list[str]]:
    """Describe how each column is interpreted; numbers as target are columns, too."""
    from skexpand.codec import infer_columns
    from skexpand.codec.joint import JointSchema

    stated = task.parameters.get("categorical_features", "auto"), task.parameters.get("bounds")
    if task.kind == "numbers":
        columns = JointSchema.joined(task.features, task.labels, *stated).columns
    else:
        columns = infer_columns(task.features, *stated)
    lines = []
    for column in columns:
        said = column.describe().removeprefix(f"{column.name}: ")
        more = "" if column.name in task.targets else hint(task.table, column.name, column.kind)
        lines.append([column.name or "''", "; ".join(filter(None, (said, more)))])
    return lines


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
