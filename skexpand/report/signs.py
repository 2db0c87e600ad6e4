"""Signs of failure: what was measured on the rows that the sampler makes of the whole table."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skexpand import metrics
from skexpand.base.parallel import each
from skexpand.base.random import draw_seed
from skexpand.base.sklearn_private import _safe_indexing
from skexpand.base.warnings import ExpansionWarning
from skexpand.comparison.folds import expanded
from skexpand.comparison.kinds import strata_of, table_of
from skexpand.fitting.signs import SIGNS
from skexpand.metrics import Figure

MIN_ROWS = 8  # of both tables, below which figures mean nothing
MAX_LEAKAGE = 0.6  # AUC of an attacker from which the page warns
MOST_ROWS = 1000  # of either table that figures and pictures are made of

_READINGS = [  # title, figure, whether it counts neighbours, how to read it
    ("Sliced Wasserstein distance", metrics.sliced_wasserstein, False, "all columns together; 0 is the same"),
    ("Correlation difference", metrics.correlation_difference, False, "mean over pairs of columns; 0 is the same"),
    ("Two-sample AUC", metrics.two_sample_auc, False, "0.5: a classifier cannot tell new from real; 1: it always can"),
    ("Clipped density", metrics.clipped_density, True, "share of new rows that are realistic"),
    ("Clipped coverage", metrics.clipped_coverage, True, "how much of the real region they fill"),
    ("Repeats", metrics.repeats, False, "share of rows that are copies"),
    ("Distance to closest record", metrics.distance_to_closest_record, False, "0 is a copy; says little about privacy"),
]
_ATTACK = "0.5: an attacker cannot tell who was in the table, 1: always; the only figure that measures privacy"
N_READINGS = len(_READINGS) + 1


class Sign(NamedTuple):
    """A failure sign of the method: a figure, its limit, and whether it exceeds the limit."""

    title: str
    value: float
    limit: str
    failed: bool


class Reading(NamedTuple):
    """A figure of the metrics, how to read it, and whether it is alarming."""

    title: str
    figure: Figure
    meaning: str
    alarming: bool = False


class Specimen(NamedTuple):
    """The expanded table, and equally composed samples of its real and new rows."""

    real: Any
    new: Any
    n_rows: int
    n_new: int
    seconds: float
    signs: list[Sign]

    @property
    def ratio(self) -> float:
        """Rows after, over rows before."""
        return (self.n_rows + self.n_new) / self.n_rows


def make_specimen(
    sampler: Any, kind: str, X: Any, y: NDArray[Any], groups: NDArray[Any] | None, rng: np.random.Generator
) -> Specimen:
    """Expand the whole table, and draw real and new rows with the same shares of classes or label sets.

    New rows are often balanced where real ones are not. That is intended and should not look like a failure. Numbers
    are compared as columns, since new rows bring their own.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExpansionWarning)  # shown as signs
        rows = expanded(sampler, X, y, groups)
    made = _safe_indexing(rows.y, rows.new_rows)
    real, new = same_shares(strata_of(kind, y), strata_of(kind, made), rng)
    return Specimen(
        table_of(kind, _safe_indexing(X, real), _safe_indexing(y, real)),
        table_of(kind, _safe_indexing(rows.X, rows.new_rows[new]), _safe_indexing(made, new)),
        len(y),
        len(made),
        rows.seconds,
        failure_signs(rows.sampler),
    )


def same_shares(
    labels: NDArray[Any], made: NDArray[Any], rng: np.random.Generator
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return rows of both tables, at random, so that the classes of which there are new rows have equal shares."""
    kept = np.flatnonzero(np.isin(labels, made))
    real = rng.permutation(kept)[:MOST_ROWS]
    classes, counts = np.unique(labels[real], return_counts=True)
    available = np.array([np.sum(made == label) for label in classes])
    factor = min(np.min(available / counts, initial=np.inf), MOST_ROWS / max(len(real), 1))
    order = rng.permutation(len(made))
    parts = [order[made[order] == label][: round(factor * count)] for label, count in zip(classes, counts, strict=True)]
    return real, np.concatenate([np.arange(0), *parts])


def failure_signs(fitted: Any) -> list[Sign]:
    """Return the signs that a fitted sampler has measured; those of other samplers than ours have none."""
    if not all(hasattr(fitted, f"{sign.name}_") for sign in SIGNS):
        return []
    found = [(sign, getattr(fitted, f"{sign.name}_")) for sign in SIGNS]
    return [Sign(sign.title, value, sign.bound, sign.failed(value, sign.limit)) for sign, value in found]


def readings(
    specimen: Specimen,
    sampler: Any,
    X: Any,
    y: NDArray[Any],
    groups: NDArray[Any] | None,
    rng: np.random.Generator,
    n_jobs: int | None,
    step: Callable[[], Any],
) -> list[Reading]:
    """Measure the new rows against the real ones; ``step`` is called after each figure."""
    real, new, seed = specimen.real, specimen.new, draw_seed(rng)
    if min(real.shape[0], new.shape[0]) < MIN_ROWS:
        return []
    k = min(5, real.shape[0] // 2 - 1)
    tasks = [(measure, (real, new), {"n_neighbors": k} if balls else {}, seed) for _, measure, balls, _ in _READINGS]
    attack = (metrics.membership_inference, (sampler, X, y), {"n_splits": 2, "groups": groups}, seed)
    *figures, leakage = each(_measured, [*tasks, attack], n_jobs, step)
    found = [Reading(title, figure, text) for (title, *_, text), figure in zip(_READINGS, figures, strict=True)]
    return [*found, Reading("Membership inference AUC", leakage, _ATTACK, leakage.value > MAX_LEAKAGE)]


def _measured(measure: Callable[..., Figure], what: tuple[Any, ...], more: dict[str, Any], seed: int) -> Figure:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExpansionWarning)
        return measure(*what, **more, random_state=seed)
