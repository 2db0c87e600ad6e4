"""Run the bench: samplers on sets, sizes and splits; raw rows go to a CSV file.

    python run.py --protocol A --rows 500 --out results/A_500.csv

A run can be interrupted and started again: it does what the file lacks. ``real`` (no new rows) always runs along.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from cells import find_sampler, run_cells, samplers_of
from controls import CONTROLS
from peers.catalogue import PEERS
from peers.client import Peer
from results import Cell
from sets import GROUPS

SIZES = {
    "A": [20, 50, 100, 200, 500],
    "small": [20, 50, 100, 200],
    "mixed": [50, 100, 200],
    "mixed_all": [50, 100, 200],
}
HELP = "A: TabEBM's 7 sets; small: 16 others; mixed: 4 with categories and gaps as such; mixed_all: 4 more of these"


def plan(options: argparse.Namespace) -> list[Cell]:
    """List the cells, split by split, so that a run that is stopped early is still balanced."""
    samplers = dict.fromkeys(["real", *(options.samplers or samplers_of(options.protocol))])
    return [
        Cell(sampler, options.protocol, options.rows, "new" if options.synthetic_only else "both", name, n_train, split)
        for split in range(options.splits)
        for n_train in options.n or SIZES[options.protocol]
        for name in options.sets or GROUPS[options.protocol]
        for sampler in samplers
    ]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what this bench and the ablation have in common."""
    parser.add_argument("--protocol", choices=GROUPS, default="A", help=HELP)
    parser.add_argument("--rows", type=int, default=500, help="new rows")
    parser.add_argument("--n", type=comma_separated(int), help="training rows, as 20,50; default: the protocol's")
    parser.add_argument("--sets", type=comma_separated(str), help="only these sets of the protocol")
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="worker processes")


def comma_separated(kind: type):
    """Return a parser for lists such as ``20,50,100``."""
    return lambda text: [kind(item) for item in text.split(",")]


def check(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Refuse unknown names before anything runs."""
    unknown = [name for name in options.sets or [] if name not in GROUPS[options.protocol]]
    if unknown:
        parser.error(f"unknown sets {unknown}; protocol {options.protocol} has {', '.join(GROUPS[options.protocol])}")
    others = f"{', '.join(CONTROLS)} (controls.py), {', '.join(PEERS)} (peers), PEER@SECONDS"
    known = f"{', '.join(samplers_of(options.protocol))}, {others}, and LAW:VARIANT (variants.py)"
    check_samplers(parser, options.samplers or [], lambda name: find_sampler(name, options.protocol), known)


def check_samplers(
    parser: argparse.ArgumentParser, names: Iterable[str], find: Callable[[str], Any], known: str
) -> None:
    """Refuse names for which ``find`` raises a KeyError, and peers whose environment is missing."""
    for name in names:
        try:
            sampler = find(name)
        except KeyError:
            parser.error(f"unknown sampler {name!r}; there are {known}")
        if isinstance(sampler, Peer) and not sampler.python.exists():
            parser.error(f"{sampler.python} is missing; python -m peers.install makes it")


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser)
    parser.add_argument("--samplers", type=comma_separated(str), help="default: all that the protocol compares")
    parser.add_argument("--synthetic-only", action="store_true", help="part B: train on the new rows alone")
    parser.add_argument("--out", type=Path, required=True, help="CSV file; one run at a time may write to it")
    options = parser.parse_args()
    check(parser, options)
    run_cells(plan(options), options.out, options.jobs)


if __name__ == "__main__":
    main()
