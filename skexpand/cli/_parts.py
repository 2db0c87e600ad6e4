"""``--rows``: new rows only, as a folder of Parquet files, in several processes or on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import click

from skexpand.cli._in_file_types import InFileTypes
from skexpand.cli._options import with_options
from skexpand.cli._task import Task

_WAIT = 10  # seconds for a scheduler
_OPTIONS = [
    click.option("--rows", type=click.IntRange(min=1), help="Write so many new rows, as a folder of Parquet files."),
    click.option("--rows-per-part", type=click.IntRange(min=1), help="Of a file.  [default: 5 million cells]"),
    click.option("-j", "--jobs", type=int, help="Number of processes; does not change the rows.  [default: 1]"),
    click.option("--scheduler", metavar="ADDRESS", help="A Dask scheduler, as in tcp://10.0.0.1:8786."),
]


def parts_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that :meth:`Parts.of` takes."""
    return with_options(command, _OPTIONS)


@dataclass(frozen=True)
class Parts:
    """What was asked for.

    Attributes
    ----------
    rows
        Number of new rows.
    rows_per_part
        Maximum number of rows of a file, "auto" if not stated.
    jobs
        Number of processes.
    scheduler
        Address of a Dask scheduler, if one is used.
    """

    rows: int
    rows_per_part: int | str
    jobs: int
    scheduler: str | None

    @classmethod
    def of(cls, options: dict[str, Any], conflicting: dict[str, Any]) -> Parts | None:
        """Take the options out of all; return None without ``--rows``, refuse what does not fit together."""
        stated = {option: options.pop(option) for option in ("rows", "rows_per_part", "jobs", "scheduler")}
        given = [_flag(option) for option, value in stated.items() if value is not None]
        if stated["rows"] is None:
            if given:
                raise ValueError(f"{given[0]} needs --rows; give the number of rows to write to a folder")
            return None
        for option, value in conflicting.items():
            if value:
                raise ValueError(
                    f"{_flag(option)} does not go with --rows, which writes new rows only, in proportion; leave one out"
                )
        if stated["jobs"] is not None and stated["scheduler"] is not None:
            raise ValueError("--jobs starts processes here and --scheduler uses those of a cluster; give one of them")
        if stated["jobs"] == 0:
            raise ValueError("--jobs 0 would do nothing; give a number of processes, or -1 for one per core")
        return cls(stated["rows"], stated["rows_per_part"] or "auto", stated["jobs"] or 1, stated["scheduler"])

    def check(self, folder: str) -> int | None:
        """Refuse a folder that cannot be used; return the seed of one that was begun."""
        from skexpand.parts.beginning import opened
        from skexpand.parts.store import Store

        store = Store(folder)
        manifest = opened(store)
        store.check_writable()
        return manifest.division.seed if manifest else None

    def write(
        self, task: Task, parameters: dict[str, Any], folder: str, client: Any, given: dict[str, Any] | None
    ) -> int:
        """Fit a synthesizer and write its rows; return how many."""
        from skexpand import ExpansiveSynthesizer
        from skexpand.parts import to_parquet

        synthesizer = ExpansiveSynthesizer(**task.parameters, **parameters).fit(task.features, task.labels)
        synthesizer.set_params(verbose=0)  # so that it is the same on a terminal and elsewhere
        return to_parquet(
            synthesizer,
            self.rows,
            folder,
            client,
            rows_per_part=self.rows_per_part,
            seed=parameters["random_state"],
            target=task.targets[0],
            n_jobs=self.jobs,
            verbose=parameters["verbose"],
            convert=InFileTypes(task.table, task.targets),
            given=given,
        )

    @contextmanager
    def client(self) -> Iterator[Any]:
        """Connect to the scheduler, if one is stated, and raise a ValueError if none answers."""
        if self.scheduler is None:
            yield None
            return
        if find_spec("distributed") is None:
            raise ValueError("--scheduler needs Dask: pip install 'skexpand[dask]'")
        from distributed import Client

        try:
            client = Client(self.scheduler, timeout=_WAIT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ValueError(
                f"no Dask scheduler answers at {self.scheduler!r}; check the address, or run 'dask scheduler'"
            ) from error
        with client:
            yield client


def _flag(option: str) -> str:
    return f"--{option.replace('_', '-')}"
