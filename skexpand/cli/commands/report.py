"""``skexpand report``: an HTML page that reports whether expanding this table is worth it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from skexpand.base.files import whole_file
from skexpand.cli._destination import check_destination
from skexpand.cli._options import shows_progress, table_options, writing_options
from skexpand.cli._task import Task, read_task

LEARNERS = {  # of each kind of target, the default first
    "classes": ("logistic", "forest", "neighbours"),
    "numbers": ("neighbours", "forest", "ridge"),
    "label_sets": ("neighbours", "forest"),
}


@click.command(name="report")
@table_options
@click.option("-o", "--out", metavar="FILE", required=True, type=click.Path(path_type=Path), help="The page, .html.")
@click.option(
    "--json", "figures", metavar="FILE", type=click.Path(path_type=Path), help="Also write the figures to a .json file."
)
@click.option(
    "--learner",
    type=click.Choice(list(dict.fromkeys(sum(LEARNERS.values(), ())))),
    help="Learner to evaluate.  [default: logistic for classes, else neighbours]",
)
@click.option(
    "--folds", type=click.IntRange(2), default=5, show_default=True, help="Number of folds, which are drawn twice."
)
@click.option(
    "--scoring",
    metavar="NAME",
    help="A metric of scikit-learn.  [default: balanced_accuracy, of numbers neg_mean_absolute_error, of label sets "
    "f1_macro]",
)
@click.option(
    "-j", "--jobs", type=int, default=-1, help="Number of processes; does not change the figures.  [default: all cores]"
)
@writing_options
def command(
    path: Path,
    out: Path,
    figures: Path | None,
    learner: str | None,
    folds: int,
    scoring: str | None,
    jobs: int,
    force: bool,
    seed: int,
    quiet: bool,
    **stated: Any,
) -> None:
    """Report whether expanding TABLE is worth it.

    Compare no expansion, class weights, random oversampling, SMOTE and skexpand on the same folds, and write a
    self-contained page that starts with the verdict.
    """
    for destination in filter(None, (out, figures)):
        check_destination(destination, path, force)
    _check_request(out, figures, scoring, jobs)
    from skexpand.report.findings import counted_folds

    compared = {"cv": folds, "scoring": scoring, "n_jobs": jobs, "verbose": shows_progress(quiet)}
    task = read_task(path, **stated)
    report = make_report(task, make_learner(learner, task.kind, seed), seed, compared)
    _write(out, report.to_html())
    if figures:
        _write(figures, report.to_json())
    if not quiet:
        click.echo(
            f"{report.verdict_.headline} ({report.verdict_.reason.rstrip('.')})\n"
            f"{out}: the report on {counted_folds(report.settings_)} (seed {seed})"
        )


def make_report(task: Task, estimator: Any, seed: int, compared: dict[str, Any]) -> Any:
    """Return the computed report of a table."""
    from skexpand import ExpansionReport, ExpansiveSynthesizer

    sampler = ExpansiveSynthesizer(**task.parameters, random_state=seed)
    parameters = {"estimator": estimator, "random_state": seed} | compared
    return ExpansionReport(sampler, task.features, task.labels, **parameters).compute()


def _write(path: Path, text: str) -> None:
    with whole_file(path) as file:
        file.write(text.encode("utf-8"))


def _check_request(out: Path, figures: Path | None, scoring: str | None, jobs: int) -> None:
    """Raise errors that can be detected before any work."""
    from sklearn.metrics import get_scorer_names

    from skexpand.report.extra import require_extra

    try:
        require_extra()
    except ImportError as error:
        raise ValueError(str(error)) from error
    for option, destination, extension in (("--out", out, ".html"), ("--json", figures, ".json")):
        if destination is not None and destination.suffix.lower() != extension:
            raise ValueError(f"{option} {destination.name!r} must end in {extension}")
    if jobs == 0:
        raise ValueError("--jobs 0 would do nothing; give a number of processes, or -1 for one per core")
    if scoring is not None and scoring not in get_scorer_names():
        raise ValueError(f"--scoring {scoring!r} is not a metric of scikit-learn; try balanced_accuracy, roc_auc or f1")


def make_learner(name: str | None, kind: str, seed: int) -> Any:
    """Return a learner for any table and a kind of target."""
    from sklearn import ensemble, linear_model, neighbors
    from sklearn.pipeline import make_pipeline

    from skexpand.comparison.learner import TableEncoder, default_classifier

    name = name or LEARNERS[kind][0]
    if name not in LEARNERS[kind]:
        raise ValueError(f"--learner {name} does not learn {kind}; choose from {', '.join(LEARNERS[kind])}")
    if name == "logistic":
        return default_classifier()
    numbers = kind == "numbers"
    learner = {
        "forest": ensemble.RandomForestRegressor if numbers else ensemble.RandomForestClassifier,
        "neighbours": neighbors.KNeighborsRegressor if numbers else neighbors.KNeighborsClassifier,
        "ridge": linear_model.Ridge,
    }[name]
    return make_pipeline(TableEncoder(), learner(**({} if name == "neighbours" else {"random_state": seed})))
