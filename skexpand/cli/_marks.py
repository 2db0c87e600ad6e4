"""The decimal mark of a text file: one for all of its columns.

``1,63`` has a decimal comma in any case, so ``4.297`` in another column of the file is 4297. Alone, ``4.297`` is
ambiguous. If no cell decides, convention does, if there is one; else an error is raised.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from skexpand.cli._numbers import MARKS, Number, looks_like_number

_REMEDY = "--decimal . or --decimal , states the decimal mark; columns of other numbers are text then"


def decimal_mark(columns: Mapping[str, Collection[str]], delimiter: str, file: str) -> str:
    """Return the decimal mark of a file, from the cells of its columns (without gaps).

    Raises
    ------
    ValueError
        If columns contradict each other, or thousands and decimals cannot be distinguished.
    """
    sure: dict[str, str] = {}  # mark → a column that has it for sure
    unsure: dict[str, tuple[str, str]] = {}  # mark, or "both" → a column that may have it, and one of its cells
    for name, cells in columns.items():
        readings = [number for mark in MARKS if (number := Number.of(cells, mark))]
        if len(readings) == 1:
            sure.setdefault(readings[0].mark, name)
        elif readings:
            unsure |= _unsure(name, cells, readings, delimiter)
        else:
            _refuse_two_ways(name, cells, file)
    if len(sure) == 2 and delimiter != ",":
        x, y = (
            f"column {name!r} ({_telling(columns[name], mark)})" for mark, name in sorted(sure.items(), reverse=True)
        )
        raise ValueError(f"{file} has a decimal point in {x} and a decimal comma in {y}; {_REMEDY}")
    if sure:
        return "." if "." in sure else ","
    if delimiter == "," or not unsure:
        return "."
    if len(unsure) > 1:
        name, cell = unsure.get("both") or unsure["."]
        raise ValueError(
            f"column {name!r} of {file} may hold thousands or decimals ({cell}), and nothing in the file tells; "
            + _REMEDY
        )
    return next(iter(unsure))


def _unsure(name: str, cells: Collection[str], readings: list[Number], delimiter: str) -> dict[str, tuple[str, str]]:
    """Return the mark that a column of numbers may have, nothing if both marks give the same numbers."""
    point, comma = readings
    parted = [cell for cell in cells if point.plain(cell) != comma.plain(cell)]
    if not parted:
        return {}
    found = {"." if "." in parted[0] else ",": (name, parted[0])}
    if delimiter != "," and any(cell.strip("+-").isdigit() for cell in cells):
        found["both"] = (name, parted[0])  # decimals are seldom left out of some cells
    return found


def _telling(cells: Collection[str], mark: str) -> str:
    """Return a cell that is a number with this decimal mark only, or else the longest."""
    return next(iter(_only(cells, mark)), max(cells, key=len))


def _only(cells: Collection[str], mark: str) -> list[str]:
    """Return the cells that are numbers with this decimal mark and not with the other."""
    other = MARKS.replace(mark, "")
    return [cell for cell in cells if Number.of([cell], mark) and not Number.of([cell], other)]


def _refuse_two_ways(name: str, cells: Collection[str], file: str) -> None:
    """Refuse a column of numbers that are written with one decimal mark here and the other there."""
    if not all(map(looks_like_number, cells)):
        return
    point, comma = _only(cells, "."), _only(cells, ",")
    if point and comma:
        raise ValueError(
            f"column {name!r} of {file} has both a decimal point ({point[0]}) and a decimal comma ({comma[0]}); write "
            "its numbers in one way, or state --decimal and the column is text"
        )
