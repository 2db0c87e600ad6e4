"""The page: self-contained, escaped, small, and rendered by a real browser without a complaint."""

import json
import re
import shutil
import subprocess
from html import unescape
from html.parser import HTMLParser
from importlib.resources import files
from itertools import product

import numpy as np
import pytest

from skexpand.report.findings import Findings
from skexpand.report.page import render
from skexpand.report.pictures import draw_gallery
from tests.report.conftest import NASTY

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
MEASURE = """<!doctype html><body><iframe id=f src="{page}" style="width:{width}px;height:900px;border:0"></iframe>
<script>f.onload = () => {{
  const page = f.contentDocument, wide = [...page.images].filter(i => !(i.complete && i.naturalWidth));
  document.body.innerHTML = `<p>images ${{page.images.length}} broken ${{wide.length}} scripts ${{page.scripts.length}}
  overflow ${{page.documentElement.scrollWidth - {width}}} title ${{page.querySelector("h1").textContent}}</p>`;
}}</script>"""


class Tags(HTMLParser):
    """Collects tags and attributes, and checks that they are closed in order."""

    def __init__(self):
        super().__init__()
        self.open, self.names, self.attributes = [], set(), []

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes += attrs
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page(report):
    return report.to_html()


def test_the_page_is_well_formed_and_has_no_script(page):
    tags = Tags()
    tags.feed(page)
    assert not tags.open
    assert {"h1", "table", "img", "style"} <= tags.names
    assert not {"script", "link", "iframe", "object", "form", "a"} & tags.names
    assert not any(name.startswith("on") for name, _ in tags.attributes)


def test_nothing_is_requested_from_outside(page):
    assert "default-src 'none'" in page
    sources = re.findall(r'(?:src|href)\s*=\s*"([^"]{0,22})', page)
    assert sources
    assert all(source == "data:image/svg+xml;base64" or source.startswith("data:image/") for source in sources)
    assert "url(" not in page
    assert "@import" not in page


def test_names_and_categories_are_text(page):
    assert NASTY not in page
    assert NASTY in unescape(page)
    assert "<i>a</i>" not in page
    assert "$\\frac{1}{0}$ 年齢" in page


def test_every_picture_and_every_column_of_a_table_has_words(page):
    tags = Tags()
    tags.feed(page)
    words = [value for name, value in tags.attributes if name in ("alt", "aria-label")]
    assert len(words) == page.count("<img") + page.count('role="img"') >= 8
    assert all(len(text) > 10 for text in words)
    assert page.count('<th scope="col">') == page.count("<th scope") - page.count('<th scope="row">') >= 10
    assert not re.search(r"<th>|<th[^>]*></th>", page)
    assert '<html lang="en">' in page


def luminance(color):
    """Return the relative luminance of a colour such as #1d242b or #fff (WCAG 2.2)."""
    digits = color.lstrip("#")
    parts = [int(part * (6 // len(digits)), 16) / 255 for part in re.findall("." * (len(digits) // 3), digits)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return np.dot([0.2126, 0.7152, 0.0722], linear)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_both_schemes(page, scheme):
    """A contrast of 4.5, as level AA of the guidelines for accessible pages wants."""
    light, dark = re.findall(r":root \{(.*?)\}", page, re.DOTALL)
    colors = dict(re.findall(r"--(\w+): (#\w+)", light if scheme == "light" else light + dark))
    for ink, paper in [*product(["ink", "soft", "good", "bad"], ["paper"]), ("ink", "subject")]:
        one, other = sorted(luminance(colors[name]) for name in (ink, paper))
        assert (other + 0.05) / (one + 0.05) >= 4.5, (ink, paper)
    for header in ("yes", "no"):  # white text
        assert 1.05 / (luminance(colors[header]) + 0.05) >= 4.5


def test_no_template_marks_a_text_as_safe():
    templates = list(files("skexpand.report").joinpath("templates").iterdir())
    assert {template.name for template in templates} >= {"page.html", "frame.html", "page.css"}
    assert not any(re.search(r"\bsafe\b|autoescape", template.read_text(encoding="utf-8")) for template in templates)


def test_the_page_is_made_of_the_findings_alone(report, page):
    found = Findings(report.verdict_, report.comparison_, report.specimen_, report.readings_, report.settings_)
    assert render(found, draw_gallery(found.comparison, found.specimen, np.random.default_rng(0))) == page
    assert found.figures() == json.loads(report.to_json())


def test_the_verdict_comes_first(page, report):
    body = page[page.index("<body>") :]
    assert body.index(report.verdict_.headline) < body.index("Comparison with the alternatives")


def test_the_page_is_small(page):
    assert len(page.encode()) < 3_000_000


def test_it_is_written_to_a_file(report, page, tmp_path):
    report.to_html(tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == page, "and it is the same each time"


def test_a_notebook_gets_a_frame(report, page):
    frame = report._repr_html_()
    assert frame.startswith("<iframe")
    assert unescape(re.search(r'srcdoc="([^"]*)"', frame)[1]) == page


@pytest.mark.skipif(BROWSER is None, reason="no Chromium here")
@pytest.mark.parametrize("width", [360, 1280], ids=["phone", "desktop"])
def test_a_browser_renders_it(report, page, tmp_path, width):
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    (tmp_path / "measure.html").write_text(MEASURE.format(page="report.html", width=width), encoding="utf-8")
    run = subprocess.run(
        [
            BROWSER,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--allow-file-access-from-files",
            "--enable-logging=stderr",
            f"--user-data-dir={tmp_path / 'profile'}",
            f"--window-size={width + 50},1000",
            "--virtual-time-budget=5000",
            "--dump-dom",
            (tmp_path / "measure.html").as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found = re.search(r"images (\d+) broken (\d+) scripts (\d+)\s+overflow (-?\d+) title (.*)</p>", run.stdout)
    assert found, run.stdout[-500:]
    assert int(found[1]) >= 8
    assert (found[2], found[3]) == ("0", "0")
    assert int(found[4]) <= 0, "the page scrolls sideways"
    assert unescape(found[5]) == report.verdict_.headline
    assert ":CONSOLE" not in run.stderr
