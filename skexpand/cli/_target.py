"""The target of a command: which columns hold it, and whether these are what it is taken for.

Whatever is wrong with it is said here, before anything is trained, in the words of the command line.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils.multiclass import type_of_target

from skexpand.base.types import BoolArray
from skexpand.cli._cells import Text
from skexpand.cli._numbers import Number
from skexpand.cli._table import Table
from skexpand.cli._text_table import TextTable
from skexpand.target.classes import label_array


def refuse_beside_kind(
    targets: Sequence[str], kind: str, law: str | None, unlabeled: str | None, class_shares: str | None, strategy: str
) -> None:
    """Raise an error for options that do not apply to a kind of target."""
    if kind == "classes" and len(targets) > 1:
        raise ValueError(
            f"--target names {' and '.join(map(repr, targets))}, but classes are one column; use --target-kind numbers "
            "or label_sets for several"
        )
    if law is not None and kind != "numbers":
        raise ValueError("--target-law is for numbers; leave it out, or add --target-kind numbers")
    of_levels = strategy in ("auto", "stratified") or (kind == "label_sets" and "=" not in strategy)
    wrong = {
        "--unlabeled": unlabeled is not None and kind == "label_sets",
        "--class-shares": class_shares is not None,
        "--strategy": not of_levels,
    }
    stated = next((option for option, is_wrong in wrong.items() if is_wrong), None)
    if stated is not None and kind != "classes":
        instead = {"--strategy": " (--ratio states how many rows to make)", "--unlabeled": ", and such rows, too"}
        raise ValueError(f"{stated} does not go with --target-kind {kind}; leave it out{instead.get(stated, '')}")


def check_target(table: Table, targets: Sequence[str], kind: str, partly: bool) -> None:
    """Raise an error for columns that are not what they are taken for; ``partly`` says that they may have gaps."""
    for name in targets:
        cells = table.frame[name]
        if not partly:
            refuse_gaps(cells.isna().to_numpy(), name, kind)
        if kind == "classes":
            _check_classes(cells, name)
        elif kind == "numbers":
            _refuse_first(table, name, _not_finite(table, name), "no finite number")
        else:
            _refuse_first(table, name, _not_marks(cells), "neither 0 nor 1, true nor false")
    _refuse_partly(table, targets)


def _refuse_partly(table: Table, targets: Sequence[str]) -> None:
    """Raise an error for a row that has some of several numbers."""
    gaps = table.frame[list(targets)].isna().to_numpy()
    partly = gaps.any(axis=1) & ~gaps.all(axis=1)
    if partly.any():
        row = int(partly.argmax())
        raise ValueError(
            f"row {row + 1} has a value of the target {targets[gaps[row].argmin()]!r} and none of "
            f"{targets[gaps[row].argmax()]!r}; mark all of them by --unlabeled, or fill in what is missing"
        )


def refuse_gaps(gaps: BoolArray, target: str, kind: str = "classes") -> None:
    """Raise an error for rows without a label that nothing marks."""
    if gaps.any():
        inferred = "" if kind == "label_sets" else ", or have them inferred by --unlabeled ''"
        raise ValueError(
            f"the target {target!r} has no value in {gaps.sum()} of {len(gaps)} rows, first in row "
            f"{gaps.argmax() + 1}; fill these in, or take the rows out{inferred}"
        )


def _check_classes(cells: pd.Series, target: str) -> None:
    """Raise an error for a target that is not categorical."""
    labels = cells.dropna()
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
        raise ValueError(
            f"the target {target!r} is a measurement, not a class; use --target-kind numbers, or put it into classes "
            "first"
        )


def _refuse_first(table: Table, target: str, wrong: BoolArray, why: str) -> None:
    """Raise an error that names the first cell that a kind of target cannot have."""
    if wrong.any():
        row = int(wrong.argmax())
        cell = table.known(target, slice(row, row + 1))[0]
        raise ValueError(
            f"the target {target!r} holds {cell!r} in row {row + 1}, which is {why}; correct it, take the row out, or "
            "use --target-kind classes"
        )


def _not_finite(table: Table, target: str) -> BoolArray:
    """Return which cells are no finite numbers; all, if they are numbers one by one but not together."""
    cells = table.frame[target]
    if pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        return np.isinf(cells.to_numpy(np.float64, na_value=np.nan))
    every = np.ones(len(cells), bool)
    if isinstance(table, TextTable) and isinstance(table.columns[target].spelling, Text):
        alone = np.array([Number.of([cell.strip()], table.mark) is None for cell in table.cells[target]], bool)
        return alone if alone.any() else every
    return every


def _not_marks(cells: pd.Series) -> BoolArray:
    """Return which cells say neither that a row has a label nor that it has not."""
    marks: NDArray[Any] = cells.isin([0, 1]).to_numpy(bool)
    return ~marks
