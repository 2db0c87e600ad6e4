"""The file of raw rows: one line per learner, written in whole cells, so that a run can stop anywhere and go on.

A *cell* is one sampler on one split (of the gate's bench, a split). Its lines are appended by a single write, and when
the file is opened again, cells that are not whole (the machine went down during that write) are dropped and will be
run again.
"""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

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
    """A CSV file of whole cells: named tuples of a kind, ``n_lines`` lines each. The last column is never empty."""

    def __init__(
        self, path: Path, kind: type[tuple] = Cell, columns: Sequence[str] = COLUMNS, n_lines: int = len(LEARNERS)
    ) -> None:
        self.path, self.kind, self.columns = path, kind, columns
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = self._read()
        lines_per_cell = Counter(map(self._cell_of, lines))
        self.done = {cell for cell, count in lines_per_cell.items() if count == n_lines}
        self._rewrite([line for line in lines if self._cell_of(line) in self.done])

    def append(self, lines: list[dict[str, Any]]) -> None:
        """Add the lines of whole cells."""
        self._write(self._csv_text(lines), os.O_APPEND, self.path)
        self.done |= set(map(self._cell_of, lines))

    def _read(self) -> list[dict[str, Any]]:
        if not self.path.exists():
            return []
        with self.path.open(newline="", encoding="utf-8") as file:
            lines = list(csv.DictReader(file))
        return [line for line in lines if line[self.columns[-1]] is not None]  # a line that was cut lacks it

    def _rewrite(self, lines: list[dict[str, Any]]) -> None:
        draft = self.path.with_suffix(".tmp")
        self._write(",".join(self.columns) + "\n" + self._csv_text(lines), os.O_TRUNC, draft)
        draft.replace(self.path)

    @staticmethod
    def _write(text: str, mode: int, path: Path) -> None:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | mode, 0o644)
        try:
            os.write(file, text.encode())
            os.fsync(file)
        finally:
            os.close(file)

    def _cell_of(self, line: dict[str, Any]) -> tuple:
        types = get_type_hints(self.kind)
        return self.kind(*(types[name](line[name]) for name in self.kind._fields))

    def _csv_text(self, lines: list[dict[str, Any]]) -> str:
        buffer = io.StringIO()
        csv.DictWriter(buffer, self.columns, lineterminator="\n").writerows(lines)
        return buffer.getvalue()
