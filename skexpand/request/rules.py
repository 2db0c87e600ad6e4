"""Rules that new rows must keep: those that break one are drawn again.

Rejected rows leave the law conditional on the rules. A rule that hardly any row keeps is a mistake, or a property that
random rows cannot have, so drawing stops at a limit with an error that counts the rows that each rule rejected.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from skexpand.base.types import BoolArray

Rule = Callable[[Any], Any]


def checked_rules(rules: Sequence[Rule] | None) -> tuple[Rule, ...]:
    """Return the rules, none for None; raise an error for anything but functions."""
    if callable(rules):
        raise TypeError(f"rules must be a list of functions, got {rules!r}; put it into a list, as in rules=[rule].")
    rules = tuple(rules or ())
    for rule in rules:
        if not callable(rule):
            raise TypeError(f"rules must be functions of a table of rows, got {rule!r} among them.")
    return rules


def verdicts_on(rows: Any, rules: Sequence[Rule]) -> BoolArray:
    """Return whether each rule (a line each) accepts each row."""
    verdicts = np.empty((len(rules), rows.shape[0]), bool)
    for line, rule in zip(verdicts, rules, strict=True):
        verdict = np.asarray(rule(rows))
        if verdict.shape != line.shape or verdict.dtype.kind not in "bO":
            raise ValueError(
                f"Rule {rule_name(rule)} must return one boolean per row, shape {line.shape}; got {verdict.shape} "
                f"of type {verdict.dtype}."
            )
        line[:] = verdict == True  # noqa: E712  - a missing answer (NA) is no
    return verdicts


def rule_name(rule: Rule) -> str:
    """Return what errors call a rule."""
    return getattr(rule, "__name__", repr(rule))
