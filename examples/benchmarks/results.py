"""The file of raw rows: one line per learner, written in whole cells, so that a run can stop anywhere and go on.

A *cell* is one sampler on one split. Its lines are appended by a single write, and when the file is opened again,
cells that are not whole (the machine went down during that write) are dropped and will be run again.
"""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from protocol import LEARNERS

COLUMNS = (
    *("sampler", "protocol", "rows", "training", "set", "base", "N", "split"),
    *("learner", "score", "seconds", "peak_mib", "error"),
)


class Cell(NamedTuple):
    """One sampler on one split, and how it is asked."""

    sampler: str
    protocol: str
    rows: int
    training: str  # "both", or "new" for training on the new rows alone
    set: str
    N: int
    split: int


class Results:
    """A CSV file of whole cells."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = self._read()
        lines_per_cell = Counter(map(cell_of, lines))
        self.done = {cell for cell, count in lines_per_cell.items() if count == len(LEARNERS)}
        self._rewrite([line for line in lines if cell_of(line) in self.done])

    def append(self, lines: list[dict[str, Any]]) -> None:
        """Add the lines of whole cells."""
        self._write(_csv_text(lines), os.O_APPEND, self.path)
        self.done |= set(map(cell_of, lines))

    def _read(self) -> list[dict[str, Any]]:
        if not self.path.exists():
            return []
        with self.path.open(newline="", encoding="utf-8") as file:
            lines = list(csv.DictReader(file))
        return [line for line in lines if line["error"] is not None]  # a line that was cut lacks its last fields

    def _rewrite(self, lines: list[dict[str, Any]]) -> None:
        draft = self.path.with_suffix(".tmp")
        self._write(",".join(COLUMNS) + "\n" + _csv_text(lines), os.O_TRUNC, draft)
        draft.replace(self.path)

    @staticmethod
    def _write(text: str, mode: int, path: Path) -> None:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | mode, 0o644)
        try:
            os.write(file, text.encode())
            os.fsync(file)
        finally:
            os.close(file)


def cell_of(line: dict[str, Any]) -> Cell:
    """Return the cell that a line belongs to."""
    numbers = {"rows", "N", "split"}
    return Cell(*(int(line[field]) if field in numbers else str(line[field]) for field in Cell._fields))


def _csv_text(lines: list[dict[str, Any]]) -> str:
    buffer = io.StringIO()
    csv.DictWriter(buffer, COLUMNS, lineterminator="\n").writerows(lines)
    return buffer.getvalue()
