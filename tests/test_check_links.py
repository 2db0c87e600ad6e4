"""The link check of the documentation: what it finds, and what it lets pass."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "docs" / "check_links.py"


@pytest.fixture(scope="module")
def checker():
    if not SCRIPT.exists():
        pytest.skip("the documentation is not here")
    spec = importlib.util.spec_from_file_location("check_links", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def site(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "empty.png").touch()
    (tmp_path / "full.png").write_bytes(b"x")
    (tmp_path / "sub" / "page.html").write_text('<h1 id="top">Page</h1><a name="old"></a>')
    (tmp_path / "sub" / "index.html").write_text("<p>")
    return tmp_path


GOOD = ["sub/page.html", "sub/page.html#top", "sub/page.html#old", "sub/", "#here", "full.png", "index.html?x=1", ""]
BAD = {
    "no.html": "no such file",
    "sub/page.html#bottom": "no such anchor",
    "#there": "no such anchor",
    "empty.png": "the picture is empty",
}


def faults(checker, site, links, known=None, name="index.html"):
    page = site / name
    page.write_text("".join(f'<a href="{link}" id="here">x</a>' for link in links))
    checker.read.cache_clear()
    return checker.check([page], known)


def test_links_that_resolve(checker, site):
    assert faults(checker, site, GOOD) == ([], set())


@pytest.mark.parametrize("link", BAD)
def test_links_that_do_not(checker, site, link):
    found, _ = faults(checker, site, [*GOOD, link])
    assert found == [f"{site / 'index.html'}: {link}: {BAD[link]}"]


@pytest.mark.parametrize("link", ["http://example.org", "https://example", "ftp://a.b/c", "https://a.b/c d", "//a.b/c"])
def test_links_to_elsewhere_are_well_formed(checker, site, link):
    found, _ = faults(checker, site, [link, "https://example.org/a#b", "mailto:a@b.c"])
    assert found == [f"{link}: not a well formed https link"]


def test_the_list_of_links_to_elsewhere_is_kept(checker, site):
    found, external = faults(
        checker, site, ["https://a.org", "https://b.org"], known={"https://b.org", "https://c.org"}
    )
    assert external == {"https://a.org", "https://b.org"}
    assert len(found) == 2
    assert "https://a.org: not in" in found[0]
    assert "https://c.org: in" in found[1]


def test_markdown(checker, site):
    text = site / "README.md"
    text.write_text("[a](sub/page.html) [b](gone.md) ![c](full.png) [d](https://a.org)")
    found, external = checker.check([text], None)
    assert found == [f"{text}: gone.md: no such file"]
    assert external == {"https://a.org"}
