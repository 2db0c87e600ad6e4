"""``skexpand expand``: a table in, a larger one out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pandas as pd

from skexpand.base.files import whole_file
from skexpand.cli._destination import check_destination
from skexpand.cli._inferred import described, with_inferred
from skexpand.cli._options import shows_progress, table_options, writing_options
from skexpand.cli._tables import format_of, write_table
from skexpand.cli._task import Task, pairs, read_task
from skexpand.cli._text import DELIMITERS, extension_of

if TYPE_CHECKING:
    from skexpand import ExpansiveSynthesizer


@click.command(name="expand")
@table_options
@click.option("-o", "--out", metavar="FILE", required=True, type=click.Path(path_type=Path), help="Where to write.")
@click.option("--synthetic-only", is_flag=True, help="Write the new rows only.")
@click.option("--flag-column", metavar="NAME", help="Add a column that is true for new rows.")
@click.option("--inferred-column", metavar="NAME", help="Add a column that is true for rows with an inferred label.")
@click.option("--law", metavar="TEXT", help="The law that makes rows: a name, or weights as in 'local=0.5,shrunk=0.5'.")
@click.option(
    "--missing",
    type=click.Choice(["model", "impute"]),
    help="Whether new rows have gaps (model) or none (impute).  [default: model]",
)
@writing_options
def command(
    path: Path,
    out: Path,
    force: bool,
    synthetic_only: bool,
    flag_column: str | None,
    inferred_column: str | None,
    seed: int,
    law: str | None,
    missing: str | None,
    quiet: bool,
    **stated: Any,
) -> None:
    """Expand TABLE into a larger file.

    The rows of TABLE come first, every cell as it was, then the new ones. TABLE and FILE may be .csv, .tsv, .csv.gz,
    .tsv.gz, .parquet or .feather.
    """
    format_of(out)
    check_destination(out, path, force)
    task = read_task(path, **stated)
    flags = _flags(task, flag_column, inferred_column)
    task.table.check_destination(out.name, extension_of(out) in DELIMITERS)
    verbose = shows_progress(quiet)
    parameters = {
        "law": pairs(law, "--law") if law and "=" in law else law,
        "missing": missing,
        "random_state": seed,
        "verbose": int(verbose),
    }
    synthesizer, frame = expanded(task, {name: value for name, value in parameters.items() if value is not None})
    frame = frame.assign(**{name: getattr(synthesizer, mask, False) for name, mask in flags.items()})
    table, n_originals = with_inferred(task, synthesizer, frame), len(task.table)
    if synthetic_only:
        frame, n_originals = frame[n_originals:], 0
    with whole_file(out) as file:
        write_table(file, out, frame, table, n_originals, verbose)
    if not quiet:
        if "unlabeled" in task.parameters:
            click.echo(f"skexpand: {described(synthesizer)}", err=True)
        click.echo(f"{out}: {len(frame):,} rows, {len(frame) - n_originals:,} of them new (seed {seed})")


def _flags(task: Task, flag_column: str | None, inferred_column: str | None) -> dict[str, str]:
    """Return the names of the columns to add, and the attributes that they hold; refuse names that are taken."""
    flags: dict[str, str] = {}
    for option, name, mask in (
        ("--flag-column", flag_column, "synthetic_mask_"),
        ("--inferred-column", inferred_column, "inferred_mask_"),
    ):
        if name in [*task.table.names, *flags]:
            raise ValueError(f"{option} {name!r} is a column of {task.table.file} already; take another name")
        if name is not None:
            flags[name] = mask
    return flags


def expanded(task: Task, parameters: dict[str, Any]) -> tuple[ExpansiveSynthesizer, pd.DataFrame]:
    """Return the synthesizer, and the rows of the table and the new ones, the columns in their order."""
    from skexpand import ExpansiveSynthesizer

    synthesizer = ExpansiveSynthesizer(**task.parameters, **parameters)
    features, labels = synthesizer.fit_resample(task.features, task.labels)
    return synthesizer, pd.concat([features, labels], axis=1)[task.table.names]
