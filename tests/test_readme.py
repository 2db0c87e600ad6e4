"""The README's code, run as it stands there: its Python blocks in order, and its commands.

`make release-check` runs them in an empty environment, too.
"""

import re
import shlex
import shutil

import pytest

from tests.readme import README, blocks, commands

ROOT = README.parent
MAX_LINES = 150
MAX_WORDS = 530  # three minutes, read aloud

pytestmark = pytest.mark.skipif(not README.exists(), reason="the README is not here")


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """Stand in a folder with the example data of a clone."""
    shutil.copytree(ROOT / "examples" / "data", tmp_path / "examples" / "data")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_is_short():
    text = README.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_LINES
    prose = re.sub(r"```.*?```|<!--.*?-->|^[|!].*?$|\]\(.*?\)", "", text, flags=re.DOTALL | re.MULTILINE)
    assert 300 < len(re.findall(r"[\w'.-]+", prose)) <= MAX_WORDS


def test_python_blocks(clone):
    pytest.importorskip("pandas")
    names = {}
    assert len(blocks("python")) >= 3
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), names)
        X_more, y_more = names.get("X_more"), names.get("y_more")
        if X_more is not None:
            assert len(X_more) == len(y_more) > len(names["X"])
    assert names["model"].predict is not None


def test_commands_of_the_command_line(clone, capsys):
    for package in ("click", "pandas", "pyarrow"):
        pytest.importorskip(package)
    from skexpand.cli import main

    ours = [shlex.split(line)[1:] for line in commands("skexpand")]
    assert [words[0] for words in ours] == ["inspect", "expand"]
    for words in ours:
        assert main(words) == 0, capsys.readouterr().err
    assert (clone / "big.parquet").stat().st_size > 0


def test_other_commands_name_what_is_there():
    makefile, project = ROOT / "Makefile", ROOT / "pyproject.toml"
    if not makefile.exists():
        pytest.skip("the Makefile is not here")
    targets = re.findall(r"^([a-z-]+):", makefile.read_text(encoding="utf-8"), re.MULTILINE)
    for line in commands("make"):
        _, *words = shlex.split(line, comments=True)
        assert set(words) <= set(targets)
    installed = [shlex.split(line, comments=True) for line in commands("pip")]
    assert installed == [["pip", "install", "skexpand"], ["pip", "install", "skexpand[cli]"]]
    assert "\ncli = [" in project.read_text(encoding="utf-8")
    assert len(commands()) == len(commands("export", "pip", "make", "skexpand"))


def test_inline_commands_have_the_options_they_name():
    pytest.importorskip("click")
    from skexpand.cli.commands.report import command

    named = re.findall(r"`skexpand report ([^`]+)`", README.read_text(encoding="utf-8"))
    known = {option for parameter in command.params for option in parameter.opts}
    assert named
    assert {word for line in named for word in line.split() if word.startswith("--")} <= known
