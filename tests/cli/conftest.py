"""The command line run in this process, and small files to run it on."""

import numpy as np
import pytest

from skexpand.cli import main


@pytest.fixture
def skexpand(capsys):
    """Return a function that runs the command line and returns exit code, stdout and the lines of stderr."""

    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, err.splitlines()

    return run


@pytest.fixture
def refused(skexpand):
    """Return a function that runs a command line that must be refused, and returns the line that says why."""

    def run(*arguments):
        code, out, err = skexpand(*arguments)
        assert code == 2
        assert not out
        assert len(err) == 1
        return err[0]

    return run


@pytest.fixture
def flowers(tmp_path):
    """Return a CSV file of 30 rows, decimals and whole numbers, two classes."""
    rng = np.random.default_rng(0)
    lines = ["width,petals,name"]
    for label, width, petals in (("rose", 2.0, 12), ("tulip", 6.0, 30)):
        lines += [f"{rng.normal(width):.2f},{rng.integers(petals, petals + 9)},{label}" for _ in range(15)]
    path = tmp_path / "flowers.csv"
    path.write_text("\n".join(lines) + "\n")
    return path
