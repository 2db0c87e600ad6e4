"""A table, its target, and the parameters of the synthesizer that the options state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.utils.multiclass import type_of_target

from skexpand.cli._cells import GAPS
from skexpand.cli._tables import Table, read_table

STRATEGIES = ("auto", "minority", "not minority", "not majority", "all", "stratified")


@dataclass(frozen=True)
class Task:
    """What a command works on.

    Attributes
    ----------
    table
        The table, without dropped columns.
    target
        The place of the target.
    parameters
        Of :class:`skexpand.ExpansiveSynthesizer`: those on columns and on how many rows to make, if stated.
    """

    table: Table
    target: int
    parameters: dict[str, Any]

    @property
    def features(self) -> pd.DataFrame:
        """The columns beside the target."""
        frame = self.table.frame
        return frame.iloc[:, [place for place in range(frame.shape[1]) if place != self.target]]

    @property
    def labels(self) -> pd.Series:
        """The target."""
        return self.table.frame.iloc[:, self.target]

    @property
    def spelled_labels(self) -> list[str]:
        """The target as the file spells it."""
        return self.table.cells[self.target] if self.table.cells else self.labels.astype(str).tolist()


def read_task(
    path: Path,
    target: str,
    categorical: Sequence[str],
    drop: Sequence[str],
    bounds: Sequence[str],
    strategy: str,
    ratio: float | None,
    delimiter: str | None,
    encoding: str,
    gaps: Sequence[str],
) -> Task:
    """Read the table and what the options say of it."""
    whole = read_table(path, delimiter, encoding, {"", *gaps} if gaps else GAPS)
    whole.place_of(target)
    table = whole.without(_names(drop, whole))
    task = Task(table, table.place_of(target), {})
    _check_labels(task.labels, target)
    nominal = _names(categorical, table)
    for name in nominal:
        table.place_of(name)
    parameters = {
        "categorical_features": nominal,
        "bounds": dict(_bound(text, table) for text in bounds),
        "sampling_strategy": _strategy(strategy, task.labels, task.spelled_labels),
        "expansion_ratio": ratio,
    }
    return replace(task, parameters={name: value for name, value in parameters.items() if value})


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
    """Read names, one or more to an option; a name with a comma stands alone."""
    parts = [[text] if text in table.names else text.split(",") for text in stated]
    return [name if name in table.names else name.strip() for part in parts for name in part]


def _check_labels(labels: pd.Series, target: str) -> None:
    """Refuse a target that does not name classes."""
    gaps = labels.isna().to_numpy()
    if gaps.any():
        raise ValueError(
            f"the target {target!r} has no value in {gaps.sum()} of {len(labels)} rows, first in row "
            f"{gaps.argmax() + 1}; fill these in, or take the rows out"
        )
    if type_of_target(labels.to_numpy()) == "continuous":
        raise ValueError(f"the target {target!r} is a measurement, not a class; put it into classes first")


def _strategy(text: str, labels: pd.Series, spelled: Sequence[str]) -> str | float | dict[Any, int]:
    """Read a name, a share or the total of each class."""
    if text in STRATEGIES:
        return text
    if "=" in text:
        known = dict(zip(spelled, labels.tolist(), strict=True))
        return {known.get(name, name): int(total) for name, total in pairs(text, "--strategy").items()}
    try:
        return float(text)
    except ValueError:
        raise ValueError(
            f"--strategy {text!r} is none of {', '.join(STRATEGIES)}, nor a share (0.5) or totals (yes=500,no=500)"
        ) from None


def _bound(text: str, table: Table) -> tuple[str, tuple[Any, Any]]:
    """Read 'name=low:high'."""
    name, _, ends = text.rpartition("=")
    low, colon, high = ends.partition(":")
    if not (name and colon):
        raise ValueError(f"--bounds {text!r} is not understood; write NAME=LOW:HIGH, as in age=0:120 or income=0:")
    values = table.frame.iloc[:, table.place_of(name)]
    return name, (_end(low, values, text), _end(high, values, text))


def _end(text: str, values: pd.Series, option: str) -> Any:
    """Read one end of a bound as a value of its column."""
    if not text:
        return None
    try:
        return pd.Timestamp(text) if pd.api.types.is_datetime64_any_dtype(values.dtype) else float(text)
    except ValueError:
        raise ValueError(f"--bounds {option!r}: {text!r} is no value of this column") from None
