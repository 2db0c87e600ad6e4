"""Look at the built documentation, and at pages of the report, as a browser shows them.

    python docs/check_pages.py docs/_build/html [report.html ...] [--shots FOLDER]

Each page is opened in headless Chromium on a screen and on a phone, in light and in dark. axe-core must find no serious
violation. Nothing may scroll sideways but tables, figures, and code outside the landing page; no formula may have a
scroll bar; each page of the gallery must have a picture. ``--shots`` keeps what was seen.

It needs ``pip install -e '.[pages]'``, and Chromium: the system's, or that of ``playwright install chromium``.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Literal, NamedTuple

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright


class View(NamedTuple):
    """A way to look at a page, and the rules of axe-core that can fail there if they hold on a screen."""

    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"]
    rules: tuple[str, ...]


VIEWS = (
    View("screen", 1280, 900, "light", ()),
    View("dark", 1280, 900, "dark", ("color-contrast", "link-in-text-block")),
    View("phone", 360, 740, "light", ("target-size", "scrollable-region-focusable")),
)
GRAVE = ("serious", "critical")
LEFT_OUT = ("_modules", "_static", "_downloads")
OF_SCIKIT_LEARN = [[".sk-top-container .features"], [".sk-top-container .copy-paste-icon"]]  # controls of its diagrams
LAYOUT = """() => {
  const wide = node => node.scrollWidth - node.clientWidth > 1;
  const tall = node => node.scrollHeight - node.clientHeight > 1 && getComputedStyle(node).overflowY !== "hidden";
  const all = selector => [...document.querySelectorAll(selector)];
  const scrolls = ".formula, .scrolls, .way-of-a-row, .pst-scrollable-table-container, pre";
  const beyond = node => node.getBoundingClientRect().right > innerWidth + 1 && !node.closest(scrolls);
  return {
    "the page scrolls sideways": wide(document.documentElement),
    "text reaches beyond the page": all("article :is(p, li, dt, dd, code, h1, h2, h3)").some(beyond),
    "a formula has a vertical scroll bar": all(".formula").some(tall),
    "a formula scrolls sideways": all(".formula").some(wide),
    "code scrolls sideways": all("article pre").some(wide),
    "no picture with an alternative text": !all("article img[alt]:not([alt=''])").length,
  };
}"""


def faults_of(page: Page, path: Path, view: View) -> Iterator[str]:
    """Return what is wrong with a page that is open."""
    options = {"resultTypes": ["violations"], "preload": False} | ({"runOnly": list(view.rules)} if view.rules else {})
    found = Axe().run(page, context={"exclude": OF_SCIKIT_LEARN}, options=options)
    for violation in found.response["violations"]:
        if violation["impact"] in GRAVE:
            nodes = violation["nodes"]
            places = "; ".join(str(node["target"][0]) for node in nodes[:3])
            yield f"axe: {violation['help']} ({len(nodes)} times): {places}"
    matters = {
        "a formula scrolls sideways": view.name != "phone",
        "code scrolls sideways": path.name == "index.html",
        "no picture with an alternative text": path.name.startswith("plot_"),
    }
    yield from (fault for fault, found in page.evaluate(LAYOUT).items() if found and matters.get(fault, True))


def look(browser: Browser, path: Path, view: View, shots: Path | None) -> list[str]:
    """Open a page; return its faults."""
    context = browser.new_context(
        viewport={"width": view.width, "height": view.height}, color_scheme=view.scheme, bypass_csp=True
    )
    page = context.new_page()
    page.goto(path.resolve().as_uri())
    if shots is not None:
        name = "_".join(path.with_suffix("").parts[-2:])
        page.screenshot(path=shots / f"{name}_{view.name}.png", full_page=True)
    faults = [f"{path} ({view.name}): {fault}" for fault in faults_of(page, path, view)]
    context.close()
    return faults


def pages_of(places: list[Path]) -> list[Path]:
    """Return the pages of folders, without those of source code, and single files."""
    found = [page for place in places for page in (sorted(place.rglob("*.html")) if place.is_dir() else [place])]
    return [page for page in found if not set(LEFT_OUT) & set(page.parts)]


def main() -> int:
    """Read the command line, look, and say what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("places", type=Path, nargs="+", help="folders of built pages, or single pages")
    parser.add_argument("--shots", type=Path, help="folder for screenshots")
    chosen = parser.parse_args()
    pages = pages_of(chosen.places)
    if chosen.shots:
        chosen.shots.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        n_faults = 0
        for page, view in product(pages, VIEWS):
            faults = look(browser, page, view, chosen.shots)
            n_faults += len(faults)
            for fault in faults:
                print(fault, flush=True)
        browser.close()
    print(f"{len(pages)} pages in {len(VIEWS)} views, {n_faults} faults")
    return bool(n_faults) or not pages


if __name__ == "__main__":
    sys.exit(main())
