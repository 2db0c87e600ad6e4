"""Draw the floors of the package and describe its rooms, from the code itself.

The floors are the layers contract of ``pyproject.toml``, which ``make lint`` checks; what a room is for is its
docstring. So neither the picture nor the page can go stale. ``conf.py`` writes both to ``docs/generated/``.
"""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "skexpand"

WIDTH, MARGIN, GAP = 400, 4, 8  # narrow, so that a phone shows it without scrolling
FLOOR, BOX = 58, 40  # heights
CHARACTER = 8.6  # width of one in a room's name
TINTS = ("#3b82f6", "#10b981", "#a855f7", "#f59e0b")


class Room(NamedTuple):
    """A subpackage or a module of the top level, and its docstring."""

    name: str
    doc: str

    @property
    def path(self) -> str:
        """Where it lives, as shown to the reader."""
        folder = PACKAGE / self.name
        return f"skexpand/{self.name}/" if folder.is_dir() else f"skexpand/{self.name}.py"


def read_floors() -> list[list[Room]]:
    """Return the rooms of each floor, from the roof down."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [[read_room(name) for name in re.findall(r"\w+", layer)] for layer in layers]


def read_room(name: str) -> Room:
    """Return a room by its name."""
    file = PACKAGE / name / "__init__.py" if (PACKAGE / name).is_dir() else PACKAGE / f"{name}.py"
    return Room(name, ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "")


def draw(floors: list[list[Room]]) -> str:
    """Return the floors as SVG, in the text colour of the page that holds it."""
    height = FLOOR * len(floors) + 2 * MARGIN
    names = [", ".join(room.name for room in floor) for floor in floors]
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        ' aria-labelledby="floors-title floors-desc" font-family="ui-monospace, monospace" font-size="14"'
        ' fill="currentColor" text-anchor="middle">',
        '<title id="floors-title">The floors of the package</title>',
        f'<desc id="floors-desc">From the top down; each imports only from those below: {"; ".join(names)}.</desc>',
        *(line for level, floor in enumerate(floors) for line in draw_floor(floor, level)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def draw_floor(floor: list[Room], level: int) -> list[str]:
    """Return the boxes of one floor, each as wide as its name needs, and the arrow to the floor below."""
    top = MARGIN + level * FLOOR
    free = WIDTH - 2 * MARGIN - GAP * (len(floor) - 1) - CHARACTER * sum(len(room.name) for room in floor)
    left, lines = float(MARGIN), []
    if level:
        lines.append(f'<path d="M{WIDTH / 2 - 5} {top - 14}h10l-5 9z" fill-opacity=".6"/>')
    for room in floor:
        width = CHARACTER * len(room.name) + free / len(floor)
        lines.append(
            f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{BOX}" rx="7" fill="{TINTS[level % 4]}"'
            ' fill-opacity=".16" stroke="currentColor" stroke-opacity=".7"/>'
        )
        lines.append(f'<text x="{left + width / 2:.1f}" y="{top + BOX / 2 + 5}">{escape(room.name)}</text>')
        left += width + GAP
    return lines


def describe(floors: list[list[Room]]) -> str:
    """Return the rooms, from the roof down, as a definition list: docstrings are reStructuredText."""
    lines = []
    for room in (room for floor in floors for room in floor):
        lines += [f"`{room.path}`", *(f"   {line}".rstrip() for line in room.doc.splitlines()), ""]
    return "\n".join(lines)


def write(target: Path) -> None:
    """Write the picture and the descriptions to a folder."""
    floors = read_floors()
    (target / "floors.svg").write_text(draw(floors), encoding="utf-8")
    (target / "rooms.inc").write_text(describe(floors), encoding="utf-8")
