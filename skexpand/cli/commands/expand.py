"""``skexpand expand``: a table in, a larger one out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pandas as pd

from skexpand.base.files import whole_file
from skexpand.cli._destination import check_destination
from skexpand.cli._options import shows_progress, table_options, writing_options
from skexpand.cli._tables import format_of, write_table
from skexpand.cli._task import Task, pairs, read_task
from skexpand.cli._text import DELIMITERS, extension_of


@click.command(name="expand")
@table_options
@click.option("-o", "--out", metavar="FILE", required=True, type=click.Path(path_type=Path), help="Where to write.")
@click.option("--synthetic-only", is_flag=True, help="Write the new rows only.")
@click.option("--flag-column", metavar="NAME", help="Add a column that is true for new rows.")
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
    if flag_column in task.table.names:
        raise ValueError(f"--flag-column {flag_column!r} is a column of {path.name} already; take another name")
    task.table.check_destination(out.name, extension_of(out) in DELIMITERS)
    verbose = shows_progress(quiet)
    parameters = {
        "law": pairs(law, "--law") if law and "=" in law else law,
        "missing": missing,
        "random_state": seed,
        "verbose": int(verbose),
    }
    frame = expanded(task, {name: value for name, value in parameters.items() if value is not None}, flag_column)
    n_originals = len(task.table.frame)
    if synthetic_only:
        frame, n_originals = frame[n_originals:], 0
    with whole_file(out) as file:
        write_table(file, out, frame, task.table, n_originals, verbose)
    if not quiet:
        click.echo(f"{out}: {len(frame):,} rows, {len(frame) - n_originals:,} of them new (seed {seed})")


def expanded(task: Task, parameters: dict[str, Any], flag_column: str | None) -> pd.DataFrame:
    """Return the rows of the table and the new ones, the columns in their order, the flag behind them."""
    from skexpand import ExpansiveSynthesizer

    synthesizer = ExpansiveSynthesizer(**task.parameters, **parameters)
    features, labels = synthesizer.fit_resample(task.features, task.labels)
    frame = pd.concat([features, labels], axis=1)[task.table.names]
    return frame.assign(**{flag_column: synthesizer.synthetic_mask_}) if flag_column else frame
