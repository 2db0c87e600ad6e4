"""Run cells (a sampler on a split), in parallel, each worker on one thread."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from controls import CONTROLS
from cost import Cost, measured
from joblib import Parallel, delayed, parallel_config
from mixed import MIXED_SAMPLERS, ON_REQUEST
from peers.client import Peer, find_peer
from protocol import LEARNERS, Split, describe, draw_split, scaled, score_learners, stack
from results import Cell, Results
from samplers import SAMPLERS, Sampler, balanced_counts
from sets import TABLES, is_mixed, load, load_frame
from threadpoolctl import threadpool_limits
from tqdm import tqdm
from variants import make_variant

Lines = list[dict[str, Any]]
NO_COST = Cost(float("nan"), float("nan"))


def run_cells(cells: Iterable[Cell], path: Path, n_jobs: int) -> None:
    """Run the cells that the file at ``path`` lacks."""
    run_missing(cells, Results(path), n_jobs, run_cell)


def run_missing(
    cells: Iterable[Any], results: Results, n_jobs: int, run: Callable[[Any], list[dict[str, Any]]]
) -> None:
    """Run the cells that a file lacks, and append each to it as soon as it is done."""
    missing = [cell for cell in cells if cell not in results.done]
    with parallel_config(backend="loky", inner_max_num_threads=1):
        workers = Parallel(n_jobs=n_jobs, batch_size=1, return_as="generator_unordered")
        for lines in tqdm(workers(delayed(run)(cell) for cell in missing), total=len(missing), unit="cell"):
            results.append(lines)


def run_cell(cell: Cell) -> Lines:
    """Run one cell; return its lines for the CSV file."""
    warm_up()
    with threadpool_limits(limits=1):
        split = _draw_split(cell)
        try:
            new, cost = _new_rows(find_sampler(cell.sampler, cell.protocol), split, cell)
            scores = score_learners(*_training_rows(split, new, cell), split, seed=cell.split)
        except Exception as error:  # recorded as a failure of this cell, and counted
            cost, scores = NO_COST, dict.fromkeys(LEARNERS, (float("nan"), describe(error)))
    return [_line(cell, cost, learner, *score) for learner, score in scores.items()]


def samplers_of(protocol: str) -> dict[str, Sampler]:
    """Return the samplers that a run of the protocol compares."""
    return MIXED_SAMPLERS if is_mixed(protocol) else SAMPLERS


def find_sampler(name: str, protocol: str) -> Sampler | Peer:
    """Return a sampler by its name; ``LAW:VARIANT`` is one of the ablation's, ``PEER@SECONDS`` a peer with a budget."""
    if ":" in name:
        return make_variant(*name.split(":"))
    known = MIXED_SAMPLERS | ON_REQUEST if is_mixed(protocol) else SAMPLERS | CONTROLS
    return known[name] if name in known or is_mixed(protocol) else find_peer(name)


def _draw_split(cell: Cell) -> Split:
    if is_mixed(cell.protocol):
        return draw_split(*load_frame(cell.set), cell.N, cell.split)
    return scaled(draw_split(*load(cell.set), cell.N, cell.split))


def _new_rows(sampler: Sampler | Peer, split: Split, cell: Cell) -> tuple[tuple[Any, Any], Cost]:
    """Return the new rows, and what they cost: seconds of CPU, and a peer counts its own."""
    if isinstance(sampler, Peer):
        counts = balanced_counts(split.y_train, cell.rows)
        rows, labels, cost = sampler.make(split.X_train, split.y_train, counts, cell.split)
        return (rows, labels), cost
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return measured(sampler, split.X_train, split.y_train, cell.rows, cell.split, clock=time.process_time)


def _training_rows(split: Split, new: tuple[Any, Any], cell: Cell) -> tuple[Any, Any]:
    """Return what the learners see: the real and the new rows, or (part B) the new rows alone."""
    if cell.training == "new" and cell.sampler != "real":
        return new
    return stack(split.X_train, new[0]), np.concatenate([split.y_train, new[1]])


def _line(cell: Cell, cost: Cost, learner: str, score: float, error: str) -> dict[str, Any]:
    return cell._asdict() | {
        "base": TABLES[cell.set].base,
        "learner": learner,
        "score": round(score, 6),
        "seconds": round(cost.seconds, 5),
        "peak_mib": round(cost.peak_mib, 2),
        "error": error,
    }


@cache
def warm_up() -> None:
    """Import what a first call imports, once per worker, so that no cell pays for it."""
    rng = np.random.default_rng(0)
    SAMPLERS["skexpand"](rng.standard_normal((20, 3)), np.arange(20) % 2, 20, 0)
