"""Check the links of the built documentation without a network.

    python docs/check_links.py docs/_build/html README.md CONTRIBUTING.md CHANGELOG.md

Every link inside the site must lead to a file and, after ``#``, to an anchor in it; every picture must be there and
not be empty; and so for the relative links of Markdown files. Links to elsewhere must be well formed, and they must be
those listed in ``docs/external_links.txt``, so that a change of them is seen in review (``--update`` writes the list).
"""

from __future__ import annotations

import argparse
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LIST = Path(__file__).parent / "external_links.txt"
MARKDOWN_LINK = re.compile(r"\]\(([^)\s]+)\)")
PICTURES = {".png", ".svg", ".jpg", ".gif", ".ico"}


class Page(HTMLParser):
    """The links and the anchors of an HTML page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element links to and what it is called."""
        found = dict(attrs)
        if tag == "link" and found.get("rel") in ("preconnect", "search", "index"):
            return
        self.links |= {found[name] or "" for name in ("href", "src") if name in found}
        self.anchors |= {found[name] or "" for name in ("id", "name") if name in found}


@cache
def read(path: Path) -> Page:
    """Return the links and anchors of a file; anything but HTML has none."""
    return Page(path.read_text(encoding="utf-8") if path.suffix == ".html" else "")


def links_of(path: Path) -> set[str]:
    """Return the links of an HTML page or of a Markdown file."""
    if path.suffix == ".md":
        return set(MARKDOWN_LINK.findall(path.read_text(encoding="utf-8")))
    return read(path).links


def is_external(link: str) -> bool:
    """Return whether a link leads out of the site."""
    return bool(urlsplit(link).scheme or urlsplit(link).netloc)


def fault_of(link: str, page: Path) -> str | None:
    """Return what is wrong with a link inside the site, or None."""
    parts = urlsplit(link)
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page.resolve()
    if target.is_dir():
        target /= "index.html"
    if not target.exists():
        return "no such file"
    if target.suffix in PICTURES and not target.stat().st_size:
        return "the picture is empty"
    anchor = unquote(parts.fragment)
    if anchor and target.suffix == ".html" and anchor not in read(target).anchors:
        return "no such anchor"
    return None


def is_well_formed(link: str) -> bool:
    """Return whether a link to elsewhere can be one: https, a host with a dot, no space."""
    parts = urlsplit(link)
    if parts.scheme in ("mailto", "data"):
        return True
    return parts.scheme == "https" and "." in (parts.hostname or "") and not re.search(r"[\s<>\"]", link)


def check(pages: list[Path], known: set[str] | None) -> tuple[list[str], set[str]]:
    """Return the faults of these pages, and the links to elsewhere; with ``known``, others are faults."""
    faults, external = [], set()
    for page in pages:
        for link in sorted(links_of(page)):
            if is_external(link):
                external.add(link)
            elif fault := fault_of(link, page):
                faults.append(f"{page}: {link}: {fault}")
    external = {link for link in external if not link.startswith("data:")}
    faults += [f"{link}: not a well formed https link" for link in sorted(external) if not is_well_formed(link)]
    if known is not None:
        faults += [f"{link}: not in {LIST.name}; run with --update and look at it" for link in sorted(external - known)]
        faults += [f"{link}: in {LIST.name}, but no page has it" for link in sorted(known - external)]
    return faults, external


def main() -> None:
    """Read the command line, check, and say what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", type=Path, help="folder of the built pages")
    parser.add_argument("files", type=Path, nargs="*", help="Markdown files")
    parser.add_argument("--update", action="store_true", help="write the list of links to elsewhere")
    chosen = parser.parse_args()
    pages = sorted(page for page in chosen.site.rglob("*.html") if "_static" not in page.parts)
    if not pages:
        parser.error(f"{chosen.site} has no HTML page; build the documentation first")
    known = None if chosen.update else set(LIST.read_text(encoding="utf-8").split())
    faults, external = check([*pages, *chosen.files], known)
    if chosen.update:
        LIST.write_text("\n".join(sorted(external)) + "\n", encoding="utf-8")
    print(*faults, f"{len(pages)} pages, {len(external)} links to elsewhere, {len(faults)} faults", sep="\n")
    raise SystemExit(bool(faults))


if __name__ == "__main__":
    main()
