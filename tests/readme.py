"""What the README tells its readers to run, for the tests and for the check of a release."""

import re
import shlex
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def blocks(language):
    """Return the fenced blocks of a language; "" are those of commands."""
    text = README.read_text(encoding="utf-8")
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [code for name, code in found if name == language]


def commands(*programs):
    """Return the lines of commands, or those of some programs only, as they stand there."""
    lines = [line for line in "".join(blocks("")).splitlines() if shlex.split(line, comments=True)]
    return [line for line in lines if not programs or shlex.split(line)[0] in programs]
