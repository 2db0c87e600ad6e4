"""A table, its target, and the parameters of the synthesizer that the options state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from skexpand.cli._table import Table
from skexpand.cli._tables import read_table
from skexpand.cli._target import check_target, refuse_beside_kind, refuse_gaps
from skexpand.request.totals import STRATEGIES
from skexpand.target.classes import Labels
from skexpand.target.unlabeled import MISSING, stated_shares


@dataclass(frozen=True)
class Task:
    """What a command works on.

    Attributes
    ----------
    table
        The table, without dropped columns.
    targets
        The names of the columns of the target; of classes, there is one.
    parameters
        Of :class:`skexpand.ExpansiveSynthesizer`: those on columns, on the target and on how many rows to make, if
        stated.
    """

    table: Table
    targets: list[str]
    parameters: dict[str, Any]

    @property
    def kind(self) -> str:
        """What the target is taken for."""
        return str(self.parameters.get("target", "classes"))

    @property
    def features(self) -> pd.DataFrame:
        """The columns beside the target."""
        return self.table.frame.drop(columns=self.targets)

    @property
    def labels(self) -> pd.Series | pd.DataFrame:
        """The target: a column of classes, or a DataFrame of numbers or label sets, which keeps their names."""
        return self.table.frame[self.targets[0] if self.kind == "classes" else self.targets]


def read_task(
    path: Path,
    target: Sequence[str],
    target_kind: str,
    target_law: str | None,
    unlabeled: str | None,
    class_shares: str | None,
    categorical: Sequence[str],
    drop: Sequence[str],
    bounds: Sequence[str],
    strategy: str,
    ratio: float | None,
    delimiter: str | None,
    encoding: str,
    gaps: Sequence[str],
    decimal: str | None,
) -> Task:
    """Read the table and the options that describe it."""
    if ratio is not None and not isfinite(ratio):
        raise ValueError(f"--ratio {ratio} is not a factor; use one such as 5, which makes five rows of each")
    table = read_table(path, delimiter, encoding, gaps, decimal)
    targets = list(dict.fromkeys(_names(target, table)))
    table = table.without(_names(drop, table))
    for name in targets:
        table.check_name(name)
    if set(table.names) == set(targets):
        raise ValueError(f"there is no column besides the target {', '.join(map(repr, targets))}; add at least one")
    refuse_beside_kind(targets, target_kind, target_law, unlabeled, class_shares, strategy)
    table = _without_marker(table, targets, unlabeled)
    check_target(table, targets, target_kind, unlabeled is not None)
    parameters = {
        "target": None if target_kind == "classes" else target_kind,
        "target_law": target_law,
        "unlabeled": None if unlabeled is None else MISSING,
        "class_shares": _shares(class_shares, table, targets[0]),
        "categorical_features": _names(categorical, table),
        "bounds": dict(_bound(text, table) for text in bounds),
        "sampling_strategy": _strategy(strategy, table, targets[0]),
        "expansion_ratio": ratio,
    }
    return Task(table, targets, {name: value for name, value in parameters.items() if value})


def pairs(text: str, option: str) -> dict[str, float]:
    """Read 'name=number,name=number'."""
    found = {}
    for part in text.split(","):
        name, _, number = part.rpartition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError:
            raise ValueError(f"{option} {text!r} is not understood at {part!r}; write NAME=NUMBER") from None
    return found


def _names(stated: Sequence[str], table: Table) -> list[str]:
    """Read names of columns, one or more to an option; a name with a comma stands alone."""
    parts = [[text] if text in table.names else [name.strip() for name in text.split(",")] for text in stated]
    names = [name for part in parts for name in part]
    for name in names:
        table.check_name(name)
    return names


def _without_marker(table: Table, targets: Sequence[str], marker: str | None) -> Table:
    """Return the table whose target has gaps in place of the marker; refuse other gaps, unless gaps are the marker."""
    if marker is None:
        return table
    for target in targets:
        marked = np.array([cell.strip() == marker.strip() for cell in table.known(target, slice(None))])
        table = table.blanked(target, marker)
        if marker.strip():
            refuse_gaps(table.frame[target].isna().to_numpy() & ~marked, target)
    return table


def _strategy(text: str, table: Table, target: str) -> str | float | dict[Any, float]:
    """Read a name, a share or the total of each class."""
    if text in STRATEGIES:
        return text
    if "=" in text:
        return _by_class(text, "--strategy", table, target)
    try:
        share = float(text)
    except ValueError:
        share = nan
    if 0 < share <= 1:
        return share
    raise ValueError(
        f"--strategy {text!r} is unknown; use {', '.join(STRATEGIES)}, a share (0.5) or totals (yes=500,no=500)"
    )


def _shares(text: str | None, table: Table, target: str) -> str | dict[Any, float] | None:
    """Read the share of each class, or "balanced"."""
    if text in (None, "balanced"):
        return text
    shares, labels = _by_class(text, "--class-shares", table, target), Labels.of(table.frame[target], MISSING)
    stated_shares(shares, labels.classes, labels.counts, f"--class-shares {text!r}")
    return shares


def _by_class(text: str, option: str, table: Table, target: str) -> dict[Any, float]:
    """Read a number for each class; classes are named as in the file."""
    known = dict(zip(table.known(target, slice(None)), table.frame[target].tolist(), strict=True))
    numbers = pairs(text, option).items()
    return {known.get(name, name): int(number) if number.is_integer() else number for name, number in numbers}


def _bound(text: str, table: Table) -> tuple[str, tuple[Any, Any]]:
    """Read 'name=low:high'."""
    name, _, ends = text.rpartition("=")
    low, colon, high = ends.partition(":")
    if not (name and colon):
        raise ValueError(f"--bounds {text!r} is not understood; write NAME=LOW:HIGH, as in age=0:120 or income=0:")
    table.check_name(name)
    return name, (_end(low, table, name, text), _end(high, table, name, text))


def _end(text: str, table: Table, name: str, option: str) -> Any:
    """Read one end of a bound as a value of its column."""
    if not text:
        return None
    try:
        return table.value(name, text)
    except ValueError:
        raise ValueError(
            f"--bounds {option!r}: {text!r} is not a value of this column; write its ends as in the table"
        ) from None
