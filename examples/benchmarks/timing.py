"""What an expansion costs: seconds and memory, beside imbalanced-learn's SMOTE where both make the same rows.

    python timing.py --out results/timing.csv

writes the CSV file and a Markdown table. Each figure is the median of a few runs in one warm process with all the
machine's cores.
"""

from __future__ import annotations

import argparse
import os
import platform
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from cost import measured
from imblearn.over_sampling import SMOTE
from markdown import to_markdown
from protocol import draw_split
from samplers import SAMPLERS, balanced_counts, totals
from sets import TABEBM, load
from sklearn.datasets import make_classification

from skexpand import ExpansiveSynthesizer

NEW_ROWS = 500
MANY_ROWS = 1_000_000
SIZES = (20, 50, 100, 200)
NOTE = """
- *seconds*: median over runs (and sets); *highest*: the slowest of them.
- *peak MiB*: most memory beyond what the process held before, the result included.
- *SMOTE / skexpand*: seconds of imbalanced-learn's SMOTE for as many rows, divided by ours, in the same run; above 1,
  we are faster.
"""


def small_tables(repeats: int) -> Iterator[dict[str, Any]]:
    """Time ``fit_resample`` on small tables, with every law."""
    laws = [name for name in SAMPLERS if name.startswith("skexpand")]
    for name in laws:
        for n_train in SIZES:
            runs = []
            for table in TABEBM:
                split = draw_split(*load(table), n_train, 0)
                runs += run(repeats, SAMPLERS[name], split.X_train, split.y_train, NEW_ROWS, 0)
            yield line(f"{name}: fit_resample, N = {n_train}, {NEW_ROWS} new rows, {len(TABEBM)} sets", runs)


def large_table(repeats: int) -> Iterator[dict[str, Any]]:
    """Time ``fit_resample`` on a large table."""
    X, y = classification(10_000, 50)
    sampler = ExpansiveSynthesizer(random_state=0)
    yield line("fit_resample, 10,000 rows, 50 columns, 2 classes", run(repeats, sampler.fit_resample, X, y))


def many_rows(repeats: int) -> Iterator[dict[str, Any]]:
    """Time a million new rows, and SMOTE's making as many."""
    X, y = classification(1_000, 20)
    strategy = totals(y, balanced_counts(y, MANY_ROWS))
    synthesizer = ExpansiveSynthesizer(random_state=0).fit(X, y)
    ours = run(repeats, synthesizer.sample, MANY_ROWS)
    theirs = run(repeats, SMOTE(sampling_strategy=strategy, random_state=0).fit_resample, X, y)
    both = run(repeats, ExpansiveSynthesizer(sampling_strategy=strategy, random_state=0).fit_resample, X, y)
    size = f"{MANY_ROWS:,} new rows of {len(X):,}, {X.shape[1]} columns"
    smote = pd.DataFrame(theirs).seconds.median()
    yield line(f"SMOTE: fit_resample, {size}", theirs)
    yield line(f"sample, {size}", ours, smote)
    yield line(f"fit_resample, {size}", both, smote)


def classification(n_rows: int, n_columns: int) -> tuple[Any, Any]:
    """Make a table of two classes."""
    return make_classification(n_rows, n_columns, n_informative=n_columns // 2, random_state=0)


def run(repeats: int, function: Callable[..., Any], *arguments: Any) -> list[Any]:
    """Return the costs of a few calls."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [measured(function, *arguments)[1] for _ in range(repeats)]


def line(what: str, runs: list[Any], smote_seconds: float = np.nan) -> dict[str, Any]:
    """Return one line of the table."""
    costs = pd.DataFrame(runs)
    seconds = costs.seconds.median()
    return {
        "what": what,
        "seconds": seconds,
        "highest": costs.seconds.max(),
        "peak MiB": costs.peak_mib.max(),
        "SMOTE / skexpand": smote_seconds / seconds,
        "runs": len(costs),
    }


def main() -> None:
    """Measure, and write the CSV file and the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--out", type=Path, required=True, help="CSV file; written anew")
    options = parser.parse_args()
    run(1, SAMPLERS["skexpand"], *classification(40, 4), NEW_ROWS, 0)  # imports are not timed
    parts = (small_tables, large_table, many_rows)
    table = pd.DataFrame([entry for part in parts for entry in part(options.repeats)]).set_index("what")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    table.round(4).to_csv(options.out)
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    formats = {"seconds": ".3g", "highest": ".3g", "peak": ".0f"}
    text = f"## Cost\n\nMachine: {machine}.\n{NOTE}\n" + to_markdown(table, special=formats)
    options.out.with_suffix(".md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
