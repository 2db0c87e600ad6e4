"""Lines of the documentation's sources are at most 120 characters wide."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAX_WIDTH = 120
BUILT = {"_build", "auto_examples", "generated"}
RESULTS = ROOT / "examples" / "benchmarks" / "results"  # tables that the benchmarks write


def sources():
    """Return the pages, without those that are built or written by a script."""
    folders = [path for name in ("docs", "examples") for path in (ROOT / name).rglob("*")]
    pages = [path for path in [*ROOT.glob("*"), *folders] if path.suffix in {".rst", ".md", ".markdown"}]
    return [path for path in pages if not BUILT & set(path.parts) and not path.is_relative_to(RESULTS)]


def test_lines_are_not_too_wide():
    if not (ROOT / "docs").exists():
        pytest.skip("the documentation is not here")
    assert len(sources()) > 30
    wide = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > MAX_WIDTH
    ]
    assert not wide
