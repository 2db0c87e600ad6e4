"""A table, its target, and the parameters of the synthesizer that the options state."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.multiclass import type_of_target

from skexpand.base.types import BoolArray
from skexpand.cli._table import Table
from skexpand.cli._tables import read_table
from skexpand.request.totals import STRATEGIES
from skexpand.target.classes import label_array
from skexpand.target.unlabeled import MISSING


@dataclass(frozen=True)
class Task:
    """What a command works on.

    Attributes
    ----------
    table
        The table, without dropped columns.
    target
        The name of the column of labels.
    parameters
        Of :class:`skexpand.ExpansiveSynthesizer`: those on columns and on how many rows to make, if stated.
    """

    table: Table
    target: str
    parameters: dict[str, Any]

    @property
    def features(self) -> pd.DataFrame:
        """The columns beside the target."""
        return self.table.frame.drop(columns=self.target)

    @property
    def labels(self) -> pd.Series:
        """The target."""
        return self.table.frame[self.target]


def read_task(
    path: Path,
    target: str,
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
    table.check_name(target)
    table = table.without(_names(drop, table))
    table.check_name(target)
    if table.names == [target]:
        raise ValueError(f"there is no column besides the target {target!r}; add at least one")
    if unlabeled is not None:
        table = _without_marker(table, target, unlabeled)
    _check_labels(table.frame[target], target, unlabeled is not None)
    parameters = {
        "unlabeled": None if unlabeled is None else MISSING,
        "class_shares": _shares(class_shares, table, target),
        "categorical_features": _names(categorical, table),
        "bounds": dict(_bound(text, table) for text in bounds),
        "sampling_strategy": _strategy(strategy, table, target),
        "expansion_ratio": ratio,
    }
    return Task(table, target, {name: value for name, value in parameters.items() if value})


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


def _without_marker(table: Table, target: str, marker: str) -> Table:
    """Return the table whose target has gaps in place of the marker; refuse other gaps, unless gaps are the marker."""
    marked = np.array([cell.strip() == marker.strip() for cell in table.known(target, slice(None))])
    table = table.blanked(target, marker)
    if marker.strip():
        _refuse_gaps(table.frame[target].isna().to_numpy() & ~marked, target)
    return table


def _refuse_gaps(gaps: BoolArray, target: str) -> None:
    """Raise an error for rows without a label that nothing marks."""
    if gaps.any():
        raise ValueError(
            f"the target {target!r} has no value in {gaps.sum()} of {len(gaps)} rows, first in row "
            f"{gaps.argmax() + 1}; fill these in, take the rows out, or have them inferred by --unlabeled ''"
        )


def _check_labels(labels: pd.Series, target: str, partly: bool) -> None:
    """Raise an error for a target that is not categorical; ``partly`` says that it may have gaps."""
    if not partly:
        _refuse_gaps(labels.isna().to_numpy(), target)
    labels = labels.dropna()
    if not len(labels):
        raise ValueError(f"no row has a label in the target {target!r}; label at least one row of each of two classes")
    try:
        with np.errstate(invalid="ignore"), warnings.catch_warnings():  # of floats beyond all integers
            warnings.simplefilter("error", FutureWarning)
            kind = type_of_target(label_array(labels))
    except (TypeError, FutureWarning):  # bytes; before scikit-learn 1.7 only a warning
        kind = "unknown"
    if kind == "unknown":
        raise ValueError(f"the target {target!r} has the type {labels.dtype}, which names no classes; cast it first")
    if kind == "continuous":
        raise ValueError(f"the target {target!r} is a measurement, not a class; put it into classes first")


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
    return text if text in (None, "balanced") else _by_class(text, "--class-shares", table, target)


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
