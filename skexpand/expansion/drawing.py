"""New rows of many classes: block by block for a table, or in any order; redrawn where they break a rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skexpand.codec import Schema
from skexpand.expansion.blocks import Block, BlockMaker
from skexpand.request.rules import Rule, accepted_blocks

IntArray = NDArray[np.intp]


class Source(NamedTuple):
    """What makes new rows: the fitted expansion, the table's schema, the labels' names, and the rules."""

    expansion: BlockMaker
    schema: Schema
    classes: NDArray[Any]
    rules: Sequence[Rule]

    def blocks(self, counts: IntArray, rng: np.random.Generator) -> list[Block]:
        """Make so many rows of each class, class by class."""
        return [block for label, count in enumerate(counts.tolist()) for block in self._of_class(label, count, rng)]

    def fill(self, rows: NDArray[Any], codes: IntArray, rng: np.random.Generator) -> None:
        """Make each row one of the class that ``codes`` states."""
        if not self.rules:
            self.expansion.draw_into(rows, codes, rng)
            return
        for label in np.flatnonzero(np.bincount(codes)).tolist():
            places = np.flatnonzero(codes == label)
            rows[places] = np.concatenate([block.rows for block in self._of_class(label, len(places), rng)])

    def _of_class(self, label: int, count: int, rng: np.random.Generator) -> list[Block]:
        def draw(n_new: int) -> list[Block]:
            return list(self.expansion.draw(label, n_new, self.schema.dtype, rng))

        if not self.rules:
            return draw(count)
        return accepted_blocks(draw, self.schema.write, self.rules, count, self.classes.tolist()[label])
