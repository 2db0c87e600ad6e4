"""One run: exit codes, and whatever goes wrong in one line."""

import os
import signal
import subprocess
import sys
import warnings
from importlib.metadata import entry_points

import click
import numpy as np
import pytest

import skexpand as package
from skexpand import LowDiversityWarning, cli
from skexpand.cli import _run


@pytest.fixture
def command(monkeypatch):
    """Return a function that puts a function in the place of ``skexpand inspect``."""

    def put(function):
        stand_in = click.Command("inspect", callback=function)
        monkeypatch.setattr(_run.Commands, "get_command", lambda *_: stand_in)

    return put


def raising(error):
    """Return a function that raises an error."""

    def fail():
        raise error

    return fail


def test_version(skexpand):
    assert skexpand("--version") == (0, f"skexpand {package.__version__}\n", [])


@pytest.mark.parametrize("arguments", [[], ["--help"], ["expand", "-h"], ["inspect", "--help"]])
def test_help(skexpand, arguments):
    code, out, err = skexpand(*arguments)
    assert code == 0
    assert out.startswith("Usage: skexpand")
    assert not err


def test_every_module_of_commands_is_a_command(skexpand):
    found = {name.removesuffix(".py") for name in os.listdir(cli._run.commands.__path__[0]) if name[0] not in "_."}
    context = click.Context(_run.skexpand)
    assert found == set(_run.skexpand.list_commands(context))
    assert all(_run.skexpand.get_command(context, name).name == name for name in found)
    assert all(f"\n  {name} " in skexpand()[1] for name in found)


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (ValueError("two\n  lines"), 2, "skexpand: two lines"),
        (TypeError("no"), 2, "skexpand: no"),
        (FileNotFoundError(2, "No such file", "a.csv"), 2, "skexpand: [Errno 2] No such file: 'a.csv'"),
        (click.UsageError("No such option."), 2, "skexpand: No such option; see 'skexpand inspect --help'"),
        (click.FileError("a", "gone"), 2, "skexpand: Could not open file 'a': gone"),
        (KeyboardInterrupt(), 130, "skexpand: interrupted; nothing was written"),
        (click.Abort(), 130, "skexpand: interrupted; nothing was written"),
        (
            ZeroDivisionError("by zero"),
            1,
            "skexpand: unexpected ZeroDivisionError: by zero (SKEXPAND_TRACEBACK=1 shows where; please report it)",
        ),
    ],
)
def test_errors_are_one_line(skexpand, command, error, code, line):
    command(raising(error))
    found, out, err = skexpand("inspect")
    assert (found, out, [part for part in err if part]) == (code, "", [line])


def test_mathematics_that_fails_is_unexpected(skexpand, command):
    command(raising(np.linalg.LinAlgError("singular")))  # a ValueError by its type
    assert skexpand("inspect")[0] == 1


def test_the_traceback_for_those_who_ask(skexpand, command, monkeypatch):
    monkeypatch.setenv("SKEXPAND_TRACEBACK", "1")
    command(raising(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        skexpand("inspect")


def test_warnings_are_one_line(skexpand, command):
    command(lambda: warnings.warn("close\nto rows", LowDiversityWarning, stacklevel=2))
    assert skexpand("inspect") == (0, "", [f"skexpand: warning: {LowDiversityWarning('close to rows')}"])


def test_termination_is_an_interrupt(skexpand, command):
    before = signal.getsignal(signal.SIGTERM)
    command(lambda: os.kill(os.getpid(), signal.SIGTERM))
    assert skexpand("inspect")[0] == 130
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize(
    ("missing", "said"), [(["click"], "click"), (["pandas", "pyarrow"], "pandas and pyarrow")], ids=["one", "two"]
)
def test_without_the_extra(skexpand, monkeypatch, missing, said):
    monkeypatch.setattr(cli, "find_spec", lambda name: None if name in missing else name)
    code, out, err = skexpand("inspect")
    assert (code, out) == (2, "")
    assert err == [f"skexpand: the command line needs {said}: pip install 'skexpand[cli]'"]


def test_unknown_commands_and_options(refused):
    assert refused("expnd").startswith("skexpand: No such command 'expnd'")
    assert refused("inspect", "--nonsense").endswith("see 'skexpand inspect --help'")
    assert "Missing" in refused("expand")


def test_as_a_module(flowers):
    out = flowers.with_name("big.csv")
    arguments = ["expand", flowers, "--target", "name", "--ratio", "2", "--out", out]
    done = subprocess.run([sys.executable, "-m", "skexpand", *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{out}: 60 rows, 30 of them new (seed ")
    assert out.read_text().startswith(flowers.read_text())


def test_inspect_does_not_import_torch(flowers):
    program = f"""
import sys
from skexpand.cli import main
assert main(["inspect", {str(flowers)!r}, "-t", "name"]) == 0
assert "torch" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_entry_point():
    found = [point for point in entry_points(group="console_scripts") if point.name == "skexpand"]
    assert all(point.load() is cli.main for point in found)
