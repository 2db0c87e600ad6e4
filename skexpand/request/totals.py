"""How many new rows of which class: imbalanced-learn's ``sampling_strategy`` times the ratio, or as stated."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from skexpand.base.random import split_evenly
from skexpand.target.classes import label_array, refuse_one_class
from skexpand.target.target import Target

AUTO_ROWS = 2000  # "auto" aims at this many rows of the size of the table,
AUTO_RATIO = (2.0, 100.0)  # within these bounds

STRATEGIES = ("auto", "minority", "not minority", "not majority", "all", "stratified", "halfway")
Strategy = str | float | Mapping[Any, int] | Callable[[NDArray[Any]], Mapping[Any, int]]


def resolve_ratio(expansion_ratio: str | float, n_rows: int) -> float:
    """Return the expansion ratio as a number; "auto" is 2,000 / n, at least 2 and at most 100."""
    if isinstance(expansion_ratio, str):
        return float(np.clip(AUTO_ROWS / n_rows, *AUTO_RATIO))
    return float(expansion_ratio)


def new_rows_per_class(y: Target, sampling_strategy: Strategy, expansion_ratio: str | float) -> dict[Any, int]:
    """Return how many rows to make of each class, as ``{label: count}`` in the order of the labels.

    A dict or a callable states each class's total and is taken as it is. A name or a float states SMOTE's totals,
    "stratified" the present counts, and "halfway" what lies between them; these are multiplied by the expansion ratio.

    Raises
    ------
    ValueError
        If y has a single class, a label is unknown, or a total is below the present count.
    """
    refuse_one_class(y)
    present = dict(zip(y.names, y.counts.tolist(), strict=True))
    if callable(sampling_strategy):
        sampling_strategy = sampling_strategy(y.values)
        if not isinstance(sampling_strategy, Mapping):
            raise TypeError(f"The callable sampling_strategy must return a dict of totals, got {sampling_strategy!r}.")
    if isinstance(sampling_strategy, Mapping):
        totals = _stated_totals(present, sampling_strategy)
    else:
        if y.columns is not None:  # levels of numbers: a row more or less is no imbalance
            sampling_strategy = "stratified"
        base = _base_totals(present, sampling_strategy)
        several = y.classes.ndim == 2  # label sets, most of which are rare: to balance them takes many rows as it is
        ratio = resolve_ratio(expansion_ratio, sum(base.values()) if several else int(y.counts.sum()))
        totals = {label: round(total * ratio) for label, total in base.items()}
    return {label: totals[label] - count for label, count in present.items()}


def _stated_totals(present: dict[Any, int], totals: Mapping[Any, int]) -> dict[Any, int]:
    unknown = [label for label in totals if label not in present]
    if unknown:
        raise ValueError(
            f"sampling_strategy names the class(es) {unknown}, which are not in y; choose from {list(present)}."
        )
    for label, total in totals.items():
        if not isinstance(total, Integral):
            raise TypeError(f"sampling_strategy asks for {total!r} rows of class {label!r}; totals must be integers.")
        if total < present[label]:
            raise ValueError(
                f"sampling_strategy asks for {total} rows of class {label!r}, which has {present[label]} already. "
                "Totals include the originals; state at least the present count."
            )
    return present | {label: int(total) for label, total in totals.items()}


def _base_totals(present: dict[Any, int], strategy: str | float) -> dict[Any, int]:
    """Return the totals before the expansion ratio: by imbalanced-learn's names and float, those SMOTE would reach."""
    majority = max(present, key=present.__getitem__)
    minority = min(present, key=present.__getitem__)
    largest = present[majority]
    if not isinstance(strategy, str):
        return present | _minority_total(present, minority, round(largest * float(strategy), 9), strategy)
    if strategy == "halfway":  # geometric means: the ratio of two classes becomes its root
        return {label: round(math.sqrt(count * largest)) for label, count in present.items()}
    raised = {
        "auto": set(present),
        "all": set(present),
        "not majority": set(present),
        "not minority": set(present) - {minority},
        "minority": {minority},
        "stratified": set(),
    }[strategy]
    return {label: largest if label in raised else count for label, count in present.items()}


def _minority_total(present: dict[Any, int], minority: Any, total: float, strategy: float) -> dict[Any, int]:
    if len(present) > 2:
        raise ValueError(
            f"sampling_strategy={strategy} is a float, which is only defined for two classes; y has {len(present)}. "
            "Use a dict of totals or a name."
        )
    if int(total) < present[minority]:
        raise ValueError(
            f"sampling_strategy={strategy} asks for {int(total)} rows of the minority class {minority!r}, which has "
            f"{present[minority]} already. Use a larger float, 'auto' or 'stratified'."
        )
    return {minority: int(total)}


def proportional_codes(n_rows: int, counts: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
    """Return class codes in ascending order, in the proportions of the given counts."""
    return np.repeat(np.arange(len(counts)), split_evenly(n_rows, counts / counts.sum(), rng))


def stated_codes(n_rows: int, y: Any, classes: NDArray[Any]) -> NDArray[np.intp]:
    """Return the class code of each row for one label (one set of labels) for all rows, or one per row.

    Raises
    ------
    ValueError
        If there is another number of labels, or a label is unknown.
    """
    wanted = y.toarray() if sparse.issparse(y) else label_array(y)
    if classes.ndim == 2:
        return _codes_of_sets(n_rows, wanted, classes)
    if wanted.ndim == 0:
        wanted = np.full(n_rows, y)
    if wanted.shape != (n_rows,):
        raise ValueError(f"y has shape {wanted.shape}, but n_samples={n_rows}; give a label or one per row.")
    if classes.dtype.kind == "M":
        wanted = wanted.astype(classes.dtype)
    code_of = {label: code for code, label in enumerate(classes.tolist())}  # exact, as no array of both types is
    starts = np.flatnonzero(np.append(True, wanted[1:] != wanted[:-1])[:n_rows])  # of runs of equal labels
    found = [code_of.get(label, -1) for label in wanted[starts].tolist()]
    codes = np.repeat(np.array(found, np.intp), np.diff(starts, append=n_rows))
    if (codes < 0).any():
        unknown = wanted[codes < 0].tolist()[0]
        raise ValueError(f"y has the unknown label {unknown!r}; choose from {classes.tolist()}.")
    return codes


def _codes_of_sets(n_rows: int, wanted: NDArray[Any], sets: NDArray[Any]) -> NDArray[np.intp]:
    """Return the code of the label set of each row."""
    n_labels = sets.shape[1]
    if wanted.shape not in ((n_labels,), (n_rows, n_labels)):
        raise ValueError(f"y has shape {wanted.shape}; give a set of {n_labels} labels, or one per row ({n_rows}).")
    code_of = {tuple(marks): code for code, marks in enumerate(sets.tolist())}
    lines = list(map(tuple, np.broadcast_to(wanted, (n_rows, n_labels)).tolist()))
    unknown = next((line for line in lines if line not in code_of), None)
    if unknown is not None:
        raise ValueError(f"y has the label set {unknown!r}, which no fitted row has; choose from those in classes_.")
    return np.array([code_of[line] for line in lines], np.intp)
