"""One run of the command line: find the command, turn whatever goes wrong into one line and an exit code."""

from __future__ import annotations

import os
import signal
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import click
import numpy as np

from skexpand._version import __version__
from skexpand.cli import commands

DONE, UNEXPECTED, REFUSED, INTERRUPTED = 0, 1, 2, 130
SHOW_TRACEBACK = "SKEXPAND_TRACEBACK"


class Commands(click.Group):
    """The commands are the modules of ``skexpand.cli.commands``, imported when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the modules."""
        return sorted(module.name for module in iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a module and take its ``command``."""
        if cmd_name not in self.list_commands(ctx):
            return None
        return import_module(f"{commands.__name__}.{cmd_name}").command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, message="%(prog)s %(version)s")
def skexpand() -> None:
    """Expand a small table into a large one that trains better models."""


def run(arguments: list[str]) -> int:
    """Run the command that the arguments name; return the exit code."""
    try:
        with _one_line_warnings(), _termination_as_interrupt():
            return int(skexpand.main(arguments or ["--help"], "skexpand", standalone_mode=False) or DONE)
    except (click.Abort, KeyboardInterrupt) as interrupt:
        _say(f"interrupted; {str(interrupt) or 'nothing was written'}")
        return INTERRUPTED
    except Exception as error:  # users get one line; the traceback is shown on request
        if os.environ.get(SHOW_TRACEBACK):
            raise
        line, code = _explain(error)
        _say(line)
        return code


def _explain(error: Exception) -> tuple[str, int]:
    """Describe an error, and return the exit code for it."""
    if isinstance(error, click.UsageError):
        path = error.ctx.command_path if error.ctx else "skexpand"
        return f"{error.format_message().rstrip('.')}; see '{path} --help'", REFUSED
    if isinstance(error, click.ClickException):
        return error.format_message(), REFUSED
    if isinstance(error, OSError | ValueError | TypeError) and not isinstance(error, np.linalg.LinAlgError):
        return str(error), REFUSED
    hint = f"{SHOW_TRACEBACK}=1 shows where; please report it"
    return f"unexpected {type(error).__name__}: {error} ({hint})", UNEXPECTED


def _say(line: str) -> None:
    click.echo(f"skexpand: {' '.join(line.split())}", err=True)


@contextmanager
def _one_line_warnings() -> Iterator[None]:
    """Show a warning as one line, without the place in the code that raised it."""

    def show(message: Warning | str, *_: Any, **__: Any) -> None:
        _say(f"warning: {message}")

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield


@contextmanager
def _termination_as_interrupt() -> Iterator[None]:
    """Make SIGTERM end the run as Ctrl-C does, so that no partly written file remains."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set handlers
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
