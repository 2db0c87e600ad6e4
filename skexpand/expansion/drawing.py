"""New rows of many classes, in any order, into an array that is there already; redrawn where they break a rule.

They are made in blocks of limited size, class by class. Each block has a random stream of its own, so the rows do not
depend on how many threads make them. A request of a single block takes the stream that it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skexpand.base.parallel import in_threads
from skexpand.base.random import split_stream
from skexpand.base.types import IntArray
from skexpand.codec import Schema
from skexpand.codec.frame import columns_of
from skexpand.codec.joint import JointSchema
from skexpand.expansion.blocks import Block, BlockMaker, Draw, Record
from skexpand.expansion.smoothing import Smoothing
from skexpand.request.rules import Rule, rule_name, verdicts_on

TRIES_PER_ROW, TRIES = 200, 20_000  # maximum number of rows drawn: per requested row, or in all if that is more
_AT_ONCE = 16_384  # rows drawn before rules judge them

Part = tuple[IntArray, int, Draw]  # ascending places of new rows of a class, its code, and what makes them


class Source(NamedTuple):
    """What makes new rows: the fitted expansion, the table's schema, the labels' names, the rules, the target's law."""

    expansion: BlockMaker
    schema: Schema
    classes: NDArray[Any]
    rules: Sequence[Rule]
    smoothing: Smoothing | None = None

    def fill(
        self,
        rows: NDArray[Any],
        codes: IntArray,
        rng: np.random.Generator,
        record: Record = lambda *_: None,
        n_jobs: int | None = None,
    ) -> None:
        """Make each row one of the class that ``codes`` states; ``record`` is told what each is made of.

        Both are used by ``n_jobs`` threads.
        """
        n_blocks = -(-len(codes) // self.expansion.chunk)
        streams = split_stream(rng, n_blocks) if n_blocks > 1 else [rng][:n_blocks]
        blocks = zip(self._blocks(codes), streams, strict=True)
        in_threads(self._fill, ((rows, block, stream, record) for block, stream in blocks), n_jobs)
        if not self.rules:
            self._smooth(rows)

    def _blocks(self, codes: IntArray) -> Iterator[list[Part]]:
        """Go through the classes; yield what is made together. Blocks of one class share what they have in common."""
        draw_of = lru_cache(maxsize=1)(self.expansion.of_class)
        order, size = np.argsort(codes, kind="stable"), self.expansion.chunk
        for start in range(0, len(order), size):
            places = order[start : start + size]
            parts = np.split(places, np.flatnonzero(np.diff(codes[places])) + 1)
            yield [(part, label, draw_of(label)) for part in parts for label in [int(codes[part[0]])]]

    def _fill(self, rows: NDArray[Any], parts: list[Part], rng: np.random.Generator, record: Record) -> None:
        """Make the rows of one block."""
        for places, label, draw in parts:
            if not self.rules:
                self.expansion.fill(rows, places, draw, rng, record)
                continue
            start = 0
            for block in self._accepted(label, draw, len(places), rng):
                here = places[start : start + len(block.rows)]
                start += len(block.rows)
                rows[here] = block.rows
                record(here, block.component, block.links)

    def target_of(self, rows: NDArray[Any]) -> Any:
        """Return the target that new rows bring, as a table; None if they have that of their class."""
        return self.schema.write_target(rows) if isinstance(self.schema, JointSchema) else None

    def labels_of(self, rows: NDArray[Any], codes: IntArray) -> NDArray[Any]:
        """Return the target of new rows as an array: their class or label set, or the numbers that they bring."""
        made = self.target_of(rows)
        if made is None:
            return self.classes[codes]
        numbers = np.column_stack([np.asarray(column.to_list()) for column in columns_of(made)])
        return numbers[:, 0] if numbers.shape[1] == 1 else numbers

    def _smooth(self, rows: NDArray[Any]) -> None:
        """Replace recombined targets by smoothed ones, if the target's law says so."""
        if self.smoothing is not None and len(rows):
            self.smoothing.apply(rows, self.schema.columns)

    def _accepted(self, label: int, draw: Draw, count: int, rng: np.random.Generator) -> list[Block]:
        def drawn(n_new: int) -> Iterator[Block]:
            for block in self.expansion.draw(draw, n_new, self.schema.dtype, rng):
                self._smooth(block.rows)  # rules may be about the target
                yield block

        return accepted_blocks(drawn, self.schema.shown, self.rules, count, self.classes.tolist()[label])


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
        for block in draw(min(int(np.ceil(expected)), _AT_ONCE, limit - tried)):
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
