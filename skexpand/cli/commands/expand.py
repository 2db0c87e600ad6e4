"""``skexpand expand``: a table in, a larger one out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pandas as pd
from click.core import ParameterSource

from skexpand.base.files import whole_file
from skexpand.cli._destination import check_destination
from skexpand.cli._given import read_given
from skexpand.cli._in_file_types import InFileTypes
from skexpand.cli._inferred import described, with_inferred
from skexpand.cli._options import shows_progress, table_options, writing_options
from skexpand.cli._parts import Parts, parts_options
from skexpand.cli._tables import format_of, write_table
from skexpand.cli._task import Task, pairs, read_task
from skexpand.cli._text import DELIMITERS, extension_of
from skexpand.codec.frame import followed_by

if TYPE_CHECKING:
    from skexpand import ExpansiveSynthesizer


@click.command(name="expand")
@table_options
@click.option("-o", "--out", metavar="FILE", required=True, help="Where to write; with --rows, a folder.")
@parts_options
@click.option("--synthetic-only", is_flag=True, help="Write the new rows only.")
@click.option("--flag-column", metavar="NAME", help="Add a column that is true for new rows.")
@click.option("--inferred-column", metavar="NAME", help="Add a column that is true for rows with an inferred label.")
@click.option("--law", metavar="TEXT", help="The law that makes rows: a name, or weights as in 'local=0.5,shrunk=0.5'.")
@click.option(
    "--missing",
    type=click.Choice(["model", "impute"]),
    help="Whether new rows have gaps (model) or none (impute).  [default: model]",
)
@click.option(
    "--given",
    metavar="NAME=VALUE",
    multiple=True,
    help="What all new rows have in common: a value, or a range LOW:HIGH, an end of which may be empty. Repeat it for "
    "several columns, or for several values of one; an empty value is a gap.",
)
@writing_options
def command(
    path: Path,
    out: str,
    force: bool,
    synthetic_only: bool,
    flag_column: str | None,
    inferred_column: str | None,
    seed: int,
    law: str | None,
    missing: str | None,
    given: tuple[str, ...],
    quiet: bool,
    **stated: Any,
) -> None:
    """Expand TABLE into a larger file.

    The rows of TABLE come first, every cell as it was, then the new ones. TABLE and FILE may be .csv, .tsv, .csv.gz,
    .tsv.gz, .parquet or .feather.

    With --rows, so many new rows, in the proportions of TABLE, are written to a folder of Parquet files, without the
    rows of TABLE. If this is interrupted, the same command completes it.
    """
    columns = {"flag_column": flag_column, "inferred_column": inferred_column}
    strategy = stated["strategy"] if stated["strategy"] != "auto" else None
    of_a_file = {"strategy": strategy, "ratio": stated["ratio"], "force": force, "synthetic_only": synthetic_only}
    parts = Parts.of(stated, {**of_a_file, **columns})
    parameters = {
        "law": pairs(law, "--law") if law and "=" in law else law,
        "missing": missing,
        "random_state": seed,
        "verbose": int(shows_progress(quiet)),
    }
    parameters = {name: value for name, value in parameters.items() if value is not None}
    if parts is None:
        lines = expand_to_file(path, Path(out), force, synthetic_only, columns, parameters, stated, given)
    else:
        lines = expand_in_parts(path, out, parts, parameters, stated, given)
    for line in () if quiet else lines:
        click.echo(line, err=line is not lines[-1])


def expand_in_parts(
    path: Path,
    out: str,
    parts: Parts,
    parameters: dict[str, Any],
    stated: dict[str, Any],
    given: tuple[str, ...],
) -> list[str]:
    """Write new rows to a folder; return what to say."""
    begun = parts.check(out)
    if begun is not None and click.get_current_context().get_parameter_source("seed") != ParameterSource.COMMANDLINE:
        parameters = {**parameters, "random_state": begun}
    with parts.client() as client:
        task = read_task(path, **stated)
        task.table.check_destination("part.parquet", is_text=False)
        wishes = _wishes(given, task)
        try:
            n_rows = parts.write(task, parameters, out, client, wishes or None)
        except KeyboardInterrupt:
            raise click.Abort("the same command goes on with the parts that are missing") from None
    return [f"{out}: {n_rows:,} new rows (seed {parameters['random_state']})"]


def expand_to_file(
    path: Path,
    out: Path,
    force: bool,
    synthetic_only: bool,
    columns: dict[str, str | None],
    parameters: dict[str, Any],
    stated: dict[str, Any],
    given: tuple[str, ...],
) -> list[str]:
    """Write the rows of a table and new ones to a file; return what to say, the result last."""
    format_of(out)
    check_destination(out, path, force)
    task = read_task(path, **stated)
    flags, wishes = _flags(task, **columns), _wishes(given, task)
    task.table.check_destination(out.name, extension_of(out) in DELIMITERS)
    synthesizer, frame = expanded(task, parameters, wishes)
    frame = frame.assign(**{name: getattr(synthesizer, mask, False) for name, mask in flags.items()})
    table, n_originals = with_inferred(task, synthesizer, frame), len(task.table)
    if synthetic_only:
        frame, n_originals = frame[n_originals:], 0
    with whole_file(out) as file:
        write_table(file, out, frame, table, n_originals, bool(parameters["verbose"]))
    inferred = [f"skexpand: {described(synthesizer)}"] if "unlabeled" in task.parameters else []
    new = len(frame) - n_originals
    return [*inferred, f"{out}: {len(frame):,} rows, {new:,} of them new (seed {parameters['random_state']})"]


_NOT_GIVEN = {  # why the target is not
    "classes": "--strategy states the rows of each class",
    "numbers": "numbers can be given with --target-law recombined only",
    "label_sets": "rows are made of all label sets",
}


def _wishes(given: tuple[str, ...], task: Task) -> dict[str, Any]:
    """Return what is given; of the target, only recombined numbers can be."""
    free = task.parameters.get("target_law") == "recombined"
    return read_given(given, task.table, {} if free else dict.fromkeys(task.targets, _NOT_GIVEN[task.kind]))


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


def expanded(
    task: Task, parameters: dict[str, Any], given: dict[str, Any]
) -> tuple[ExpansiveSynthesizer, pd.DataFrame]:
    """Return the synthesizer, and the rows of the table and the new ones, the columns in their order."""
    from skexpand import ExpansiveSynthesizer

    synthesizer = ExpansiveSynthesizer(**task.parameters, **parameters)
    features, labels = synthesizer.fit_resample(task.features, task.labels)
    if given:
        n_known = len(task.table)
        stated = None if task.kind == "numbers" else labels[n_known:]
        try:
            new, made = synthesizer.sample(len(labels) - n_known, stated, given=given)
        except ValueError as error:
            raise ValueError(f"--given: {error}") from None
        features = followed_by(features[:n_known], new)
        if task.kind == "numbers":
            labels = followed_by(labels[:n_known], InFileTypes(task.table, task.targets).target(made))
    return synthesizer, pd.concat([features, labels], axis=1)[task.table.names]
