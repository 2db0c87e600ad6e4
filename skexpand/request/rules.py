"""Rules that new rows must keep: those that break one are drawn again.

Rejection leaves the law as it is, given the rules. A rule that hardly any row keeps is a mistake or a property that
chance cannot meet, so drawing ends at a limit, with the count of what each rule refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skexpand.expansion.blocks import Block
from skexpand.expansion.latent import CHUNK

Rule = Callable[[Any], Any]
BoolArray = NDArray[np.bool_]

TRIES_PER_ROW, TRIES = 200, 20_000  # new rows drawn at most: so many for each that is wanted, or in all if that is more


def checked_rules(rules: Sequence[Rule] | None, rows: Any) -> tuple[Rule, ...]:
    """Refuse, before any training, what is no rule or gives no verdict on each of the real rows."""
    rules = tuple(rules or ())
    for rule in rules:
        if not callable(rule):
            raise TypeError(f"rules must be functions of a table of rows, got {rule!r} among them.")
    verdicts_on(rows, rules)
    return rules


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
        hopeful = (n_new - kept) * (tried + 1) / (kept + 1) if tried else n_new
        for block in draw(min(int(np.ceil(hopeful)), CHUNK, limit - tried)):
            verdicts = verdicts_on(write(block.rows), rules)
            tried += len(block.rows)
            rejected += (~verdicts).sum(axis=1)
            good = np.flatnonzero(verdicts.all(axis=0))[: n_new - kept]
            kept += len(good)
            blocks.append(block.part(good))
    if kept == n_new:
        return blocks
    counts = "; ".join(f"{_name(rule)} refused {n:,}" for rule, n in zip(rules, rejected.tolist(), strict=True))
    raise ValueError(
        f"Of {tried:,} new rows of class {label!r}, {kept:,} keep the rules, but {n_new:,} are wanted ({counts}). "
        "Check that real rows keep the rules, loosen them, or ask for fewer rows."
    )


def verdicts_on(rows: Any, rules: Sequence[Rule]) -> BoolArray:
    """Return whether each rule (a line each) accepts each row."""
    verdicts = np.empty((len(rules), rows.shape[0]), bool)
    for line, rule in zip(verdicts, rules, strict=True):
        verdict = np.asarray(rule(rows))
        if verdict.shape != line.shape or verdict.dtype.kind not in "bO":
            raise ValueError(
                f"Rule {_name(rule)} must return one boolean per row, shape {line.shape}; got shape {verdict.shape} of "
                f"type {verdict.dtype}."
            )
        line[:] = verdict == True  # noqa: E712  - a missing answer (NA) is no
    return verdicts


def _name(rule: Rule) -> str:
    return getattr(rule, "__name__", repr(rule))
