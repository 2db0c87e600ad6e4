"""The options that commands share: which table, which target, how rows are to be made; and how a command writes."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from skexpand.cli._cells import GAPS
from skexpand.cli._numbers import MARKS
from skexpand.request.target import TARGET_LAWS, TARGETS
from skexpand.request.totals import STRATEGIES

_TABLE = [
    click.argument("path", metavar="TABLE", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
    click.option(
        "-t",
        "--target",
        metavar="NAMES",
        multiple=True,
        required=True,
        help="The column of the target. Of several numbers or labels: their columns, as in 'height,weight'.",
    ),
    click.option(
        "--target-kind",
        type=click.Choice(list(TARGETS)),
        default="classes",
        show_default=True,
        help="What the target holds: classes, numbers, or label sets, a column of zeros and ones for each label.",
    ),
    click.option(
        "--target-law",
        type=click.Choice(TARGET_LAWS),
        help="Where new numbers come from: a smoother, or recombined residuals.  [default: smooth]",
    ),
    click.option(
        "--unlabeled",
        metavar="TEXT",
        help="Rows whose target is TEXT have no label, or number; it is inferred.  '' stands for empty cells.",
    ),
    click.option(
        "--class-shares",
        metavar="TEXT",
        help="Known shares of the classes among all rows, as in 'faulty=0.1', or 'balanced'.  [default: unknown]",
    ),
    click.option(
        "-c", "--categorical", metavar="NAMES", multiple=True, help="Columns of category codes, as in 'ward,grade'."
    ),
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
    click.option("--delimiter", metavar="TEXT", help="Delimiter of a text file.  [default: detected]"),
    click.option("--encoding", metavar="NAME", default="utf-8", show_default=True, help="Encoding of a text file."),
    click.option("--decimal", type=click.Choice([*MARKS]), help="Decimal mark of a text file.  [default: detected]"),
    click.option(
        "--gap",
        "gaps",
        metavar="TEXT",
        multiple=True,
        help="Cells of a text file that are gaps besides empty ones; repeat it for several. Gaps of Parquet and "
        f"Feather are written to text as the first.  [default: {', '.join(filter(None, GAPS))}]",
    ),
]
_WRITING = [
    click.option("--force", is_flag=True, help="Replace files that exist."),
    click.option(
        "--seed",
        type=click.IntRange(0, 2**32 - 1),
        default=lambda: secrets.randbits(32),
        help="Seed of the rows and figures.  [default: random]",
    ),
    click.option("-q", "--quiet", is_flag=True, help="Print errors and warnings only."),
]


def table_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that :func:`skexpand.cli._task.read_task` takes."""
    return with_options(command, _TABLE)


def writing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that writes files the options ``force``, ``seed`` and ``quiet``."""
    return with_options(command, _WRITING)


def shows_progress(quiet: bool) -> bool:
    """Return whether progress is shown: on a terminal, unless quiet."""
    return sys.stderr.isatty() and not quiet


def with_options(command: Callable[..., Any], options: Sequence[Callable[..., Any]]) -> Callable[..., Any]:
    """Give a command options, in their order."""
    for option in reversed(options):
        command = option(command)
    return command
