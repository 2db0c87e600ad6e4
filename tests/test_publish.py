"""The documentation of several versions, side by side."""

import importlib.util
import json
from pathlib import Path

import pytest

from skexpand._version import DOCS

SCRIPT = Path(__file__).parents[1] / "docs" / "publish.py"

pytestmark = pytest.mark.skipif(not SCRIPT.exists(), reason="the documentation is not here")


@pytest.fixture
def publish(tmp_path):
    """Return a function that publishes a site of one page, and the folder that is served."""
    spec = importlib.util.spec_from_file_location("publish", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert DOCS.rpartition("/")[0] == module.BASE
    pages, site = tmp_path / "pages", tmp_path / "site"
    (pages / ".git").mkdir(parents=True)

    def run(version):
        site.mkdir(exist_ok=True)
        (site / "index.html").write_text(version)
        module.publish(site, pages, version)
        return pages

    return run


def listed(pages):
    return [
        (entry["version"], entry.get("preferred", False)) for entry in json.loads((pages / "switcher.json").read_text())
    ]


def test_the_first_page_leads_to_what_there_is(publish):
    pages = publish("dev")
    assert listed(pages) == [("dev", False)]
    assert "url=dev/" in (pages / "index.html").read_text()
    publish("0.1.0")
    assert "url=stable/" in (pages / "index.html").read_text()


def test_stable_is_the_newest_release_whatever_comes_last(publish):
    for version in ("0.9.0", "0.10.0", "dev", "0.9.1"):
        pages = publish(version)
    assert (pages / "stable" / "index.html").read_text() == "0.10.0"
    assert (pages / "0.9.1" / "index.html").read_text() == "0.9.1"
    assert listed(pages) == [("dev", False), ("0.10.0", True), ("0.9.1", False), ("0.9.0", False)]


def test_a_version_is_replaced_as_a_whole(publish):
    pages = publish("0.1.0")
    (pages / "0.1.0" / "old.html").touch()
    publish("0.1.0")
    assert [path.name for path in (pages / "0.1.0").iterdir()] == ["index.html"]
