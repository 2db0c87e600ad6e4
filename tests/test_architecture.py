"""The page on architecture: its picture has every room, and the files that it names are there."""

import importlib.util
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "contributing" / "architecture.rst"
SVG = "{http://www.w3.org/2000/svg}"

pytestmark = pytest.mark.skipif(not PAGE.exists(), reason="the documentation is not here")


@pytest.fixture(scope="module")
def floors():
    spec = importlib.util.spec_from_file_location("floors", ROOT / "docs" / "floors.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_room_is_on_a_floor_and_says_what_it_is_for(floors):
    rooms = [room for floor in floors.read_floors() for room in floor]
    package = ROOT / "skexpand"
    found = {path.parent.name for path in package.glob("*/__init__.py")} | {path.stem for path in package.glob("*.py")}
    assert {room.name for room in rooms} == found - {"__init__"}
    assert [room.name for room in rooms if not room.doc] == []


def test_the_picture_names_every_room_inside_its_box(floors):
    storeys = floors.read_floors()
    root = ElementTree.fromstring(floors.draw(storeys))
    boxes, labels = root.findall(f"{SVG}rect"), root.findall(f"{SVG}text")
    assert [label.text for label in labels] == [room.name for floor in storeys for room in floor]
    assert all(label.text in root.find(f"{SVG}desc").text for label in labels)
    width, height = map(float, root.get("viewBox").split()[2:])
    for box, label in zip(boxes, labels, strict=True):
        x, y, w, h = (float(box.get(name)) for name in ("x", "y", "width", "height"))
        assert x > 0
        assert x + w < width
        assert y + h < height
        assert w > len(label.text) * 8.5, "the name fits its box"


def test_files_named_on_the_page_exist():
    named = re.findall(r"``([\w./-]+(?:/|\.\w+))``", PAGE.read_text(encoding="utf-8"))
    assert len(named) > 10
    assert [name for name in named if not (ROOT / name).exists()] == []
