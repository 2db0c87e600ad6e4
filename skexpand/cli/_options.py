"""The options that commands share: which table, which target, how rows are to be made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from skexpand.cli._cells import GAPS
from skexpand.cli._task import STRATEGIES

_OPTIONS = [
    click.argument("path", metavar="TABLE", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
    click.option("-t", "--target", metavar="NAME", required=True, help="The column of class labels."),
    click.option("-c", "--categorical", metavar="NAMES", multiple=True, help="Columns of codes, as in 'ward,grade'."),
    click.option("--drop", metavar="NAMES", multiple=True, help="Columns to leave out, such as row numbers."),
    click.option("--bounds", metavar="NAME=LOW:HIGH", multiple=True, help="Limits of new values; an end may be empty."),
    click.option(
        "--strategy",
        metavar="TEXT",
        default="auto",
        help=f"Rows of each class: {', '.join(STRATEGIES)}, a share such as 0.5, or totals such as 'yes=500,no=500'. "
        "[default: auto]",
    ),
    click.option("--ratio", type=click.FloatRange(min=1), help="Factor on the rows.  [default: for about 2,000 rows]"),
    click.option("--delimiter", metavar="TEXT", help="Of a text file.  [default: found out]"),
    click.option("--encoding", metavar="NAME", default="utf-8", show_default=True, help="Of a text file."),
    click.option(
        "--gap",
        "gaps",
        metavar="TEXT",
        multiple=True,
        help=f"Cells of a text file without a value, beside empty ones.  [default: {', '.join(filter(None, GAPS))}]",
    ),
]


def table_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that :func:`skexpand.cli._task.read_task` takes."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
