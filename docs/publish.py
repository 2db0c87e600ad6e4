"""Put a built documentation beside those of other versions, and list them for the switcher.

    python docs/publish.py docs/_build/html PAGES dev
    python docs/publish.py docs/_build/html PAGES 0.1.0

PAGES is a checkout of the branch that is served. Each version has a folder there; the newest release is also copied to
``stable``, where the first page leads. ``switcher.json`` lists what there is.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
from pathlib import Path

BASE = "https://skexpand.github.io/skexpand"
FIRST_PAGE = '<!doctype html><title>skexpand</title><meta http-equiv="refresh" content="0; url={version}/">\n'


def publish(site: Path, pages: Path, version: str) -> None:
    """Replace the folder of a version, and what follows from the versions that are there."""
    replace(site, pages / version)
    releases = sorted((path.name for path in pages.iterdir() if as_numbers(path.name)), key=as_numbers, reverse=True)
    if releases and version == releases[0]:
        replace(site, pages / "stable")
    (pages / ".nojekyll").touch()  # folders that begin with an underscore are served, too
    (pages / "switcher.json").write_text(json.dumps(entries(pages, releases), indent=1) + "\n", encoding="utf-8")
    first = "stable" if releases else version
    (pages / "index.html").write_text(FIRST_PAGE.format(version=first), encoding="utf-8")


def replace(source: Path, target: Path) -> None:
    """Make a folder a copy of another."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


def as_numbers(name: str) -> tuple[int, ...]:
    """Return the numbers of a release, none for other names."""
    return tuple(map(int, name.split("."))) if re.fullmatch(r"\d+(\.\d+)+", name) else ()


def entries(pages: Path, releases: list[str]) -> list[dict[str, object]]:
    """Return what the switcher lists: the development version, and the releases from the newest on."""
    listed: list[dict[str, object]] = []
    if (pages / "dev").is_dir():
        listed.append({"name": "dev", "version": "dev", "url": f"{BASE}/dev/"})
    for release in releases:
        newest = release == releases[0]
        entry = {"name": f"{release} (stable)" if newest else release, "version": release, "url": f"{BASE}/{release}/"}
        listed.append(entry | {"preferred": True} if newest else entry)
    return listed


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", type=Path, help="folder of the built documentation")
    parser.add_argument("pages", type=Path, help="folder that is served")
    parser.add_argument("version", help="a release, or dev")
    chosen = parser.parse_args()
    publish(chosen.site, chosen.pages, chosen.version)


if __name__ == "__main__":
    main()
