"""New rows of many classes, in any order, into an array that is there already; redrawn where they break a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import IntArray
from skexpand.codec import Schema
from skexpand.expansion.blocks import Block, BlockMaker, Record
from skexpand.expansion.latent import CHUNK
from skexpand.request.rules import Rule, rule_name, verdicts_on

TRIES_PER_ROW, TRIES = 200, 20_000  # maximum number of rows drawn: per requested row, or in all if that is more


class Source(NamedTuple):
    """What makes new rows: the fitted expansion, the table's schema, the labels' names, and the rules."""

    expansion: BlockMaker
    schema: Schema
    classes: NDArray[Any]
    rules: Sequence[Rule]

    def fill(
        self, rows: NDArray[Any], codes: IntArray, rng: np.random.Generator, record: Record = lambda *_: None
    ) -> None:
        """Make each row one of the class that ``codes`` states; ``record`` is told what each is made of."""
        for label in np.flatnonzero(np.bincount(codes)).tolist():
            places = np.flatnonzero(codes == label)
            if not self.rules:
                self.expansion.fill(rows, places, label, rng, record)
                continue
            start = 0
            for block in self._accepted(label, len(places), rng):
                here = places[start : start + len(block.rows)]
                start += len(block.rows)
                rows[here] = block.rows
                record(here, block.component, block.links)

    def _accepted(self, label: int, count: int, rng: np.random.Generator) -> list[Block]:
        def draw(n_new: int) -> Iterator[Block]:
            return self.expansion.draw(label, n_new, self.schema.dtype, rng)

        return accepted_blocks(draw, self.schema.write, self.rules, count, self.classes.tolist()[label])


def accepted_blocks(
    draw: Callable[[int], Iterable[Block]],
    write: Callable[[NDArray[Any]], Any],
    rules: Sequence[Rule],
    n_new: int,
    label: Any,
) -> list[Block]:
    """Draw blocks until ``n_new`` rows keep all rules; ``write`` makes the table that a rule is given."""
    blocks: list[Block] = []
    kept, tried, limit = 0, 0, max(TRIES, TRIES_PER_ROW * n_new)
    rejected = np.zeros(len(rules), int)
    while kept < n_new and tried < limit:
        expected = (n_new - kept) * (tried + 1) / (kept + 1) if tried else n_new
        for block in draw(min(int(np.ceil(expected)), CHUNK, limit - tried)):
            verdicts = verdicts_on(write(block.rows), rules)
            tried += len(block.rows)
            rejected += (~verdicts).sum(axis=1)
            good = np.flatnonzero(verdicts.all(axis=0))[: n_new - kept]
            kept += len(good)
            blocks.append(block.part(good))
    if kept == n_new:
        return blocks
    counts = "; ".join(f"{rule_name(rule)} refused {n:,}" for rule, n in zip(rules, rejected.tolist(), strict=True))
    raise ValueError(
        f"Of {tried:,} new rows of class {label!r}, {kept:,} keep the rules, but {n_new:,} are wanted ({counts}). "
        "Check that real rows keep the rules, loosen them, or ask for fewer rows."
    )
