"""The citation file states the version that is installed."""

import re
from pathlib import Path

import pytest

import skexpand

CITATION = Path(__file__).parents[1] / "CITATION.cff"


@pytest.mark.skipif(not CITATION.exists(), reason="the citation file is not here")
def test_version_and_licence():
    stated = dict(re.findall(r"^(\w+): (.+)$", CITATION.read_text(encoding="utf-8"), re.MULTILINE))
    assert stated["version"] == skexpand.__version__
    assert stated["license"] == "BSD-3-Clause"
