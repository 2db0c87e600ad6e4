"""How fast: seconds of processor time, beside what they are compared with in the same run.

    python speed.py

prints a table; ``--out results/speed.csv`` also writes it there, and as Markdown beside it. What is compared takes
turns, on one thread, and of several turns the quickest counts, so that figures bear a busy machine; *ratio* is that to
the line named in *of*. Lines with two threads are seconds by the clock: they mean something where two cores are idle.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from cost import measured
from imblearn.over_sampling import SMOTE
from markdown import to_markdown
from sklearn.datasets import load_digits, make_classification
from threadpoolctl import threadpool_limits

from skexpand import ExpansiveSynthesizer

Call = Callable[[], Any]
Lines = Iterator[tuple[str, float, float, str]]  # what, seconds, ratio, and of which line

MANY = 1_000_000
CLASSES = ((770, 384, 77), (750, 50, 250), (1_500, 50, 500), (3_000, 50, 1_000))  # rows, columns, classes


def many_rows(repeats: int) -> Lines:
    """Time a million rows of 20 columns beside SMOTE and as many normal numbers."""
    X, y = classification(1_000, 20)
    smote = SMOTE(sampling_strategy=dict.fromkeys([0, 1], MANY // 2 + 500), random_state=0)
    calls: dict[str, Call] = {
        "NumPy: float32 normals": partial(normals, MANY, 20),
        "SMOTE: fit_resample": partial(smote.fit_resample, X, y),
    }
    fitted = {kind: ExpansiveSynthesizer(random_state=0).fit(X.astype(kind), y) for kind in ("float64", "float32")}
    threads = ExpansiveSynthesizer(random_state=0, n_jobs=2).fit(X, y)
    calls |= {f"sample, {kind}": partial(sampler.sample, MANY) for kind, sampler in fitted.items()}
    yield from compared(f"{MANY:,} x 20", calls, repeats, of=list(calls)[:2])
    wall = {"SMOTE: fit_resample": calls["SMOTE: fit_resample"], "sample, two threads": partial(threads.sample, MANY)}
    yield from compared(f"{MANY:,} x 20, by the clock", wall, repeats, of=list(wall)[:1], clock=time.perf_counter)


def small_table(repeats: int) -> Lines:
    """Time 500 new rows of 50."""
    X, y = classification(50, 20)
    totals = {"sampling_strategy": dict.fromkeys([0, 1], 275), "random_state": 0}
    laws = {law: ExpansiveSynthesizer(law=law, **totals) for law in ("auto", "local")}
    calls = {f'fit_resample, law="{law}"': partial(sampler.fit_resample, X, y) for law, sampler in laws.items()}
    yield from compared("50 x 20, 500 new rows", calls, 4 * repeats)


def wide_table(repeats: int) -> Lines:
    """Time a table of more columns than most, as an array and as a DataFrame."""
    X, y = np.random.default_rng(0).standard_normal((60, 10_000)), np.repeat([0, 1], 30)
    totals = {"sampling_strategy": dict.fromkeys([0, 1], 60), "random_state": 0}
    for kind, table in {"array": X, "DataFrame": pd.DataFrame(X).add_prefix("c")}.items():
        ours, smote = (kind(**totals) for kind in (ExpansiveSynthesizer, SMOTE))
        calls = {"SMOTE: fit_resample": partial(smote.fit_resample, table, y)}
        calls["fit_resample"] = partial(ours.fit_resample, table, y)
        yield from compared(f"60 x 10,000, {kind}", calls, repeats, of=list(calls)[:1])


def many_classes(repeats: int) -> Lines:
    """Time tables of many classes; seconds grow with their number."""
    rng = np.random.default_rng(0)
    for n_rows, n_columns, n_classes in CLASSES:
        y = np.arange(n_rows) % n_classes
        X = 2 * rng.standard_normal((n_classes, n_columns))[y] + rng.standard_normal((n_rows, n_columns))
        call = partial(ExpansiveSynthesizer(random_state=0).fit_resample, X, y)
        yield from compared(f"{n_rows:,} x {n_columns}, {n_classes:,} classes", {"fit_resample": call}, repeats)


def images(repeats: int) -> Lines:
    """Time images of 28 x 28 pixels: digits, enlarged."""
    X, y = load_digits(return_X_y=True)
    X = np.kron(X[:100].reshape(-1, 8, 8), np.ones((4, 4)))[:, 2:30, 2:30].reshape(100, -1).astype(np.uint8)
    fitted = ExpansiveSynthesizer(image_shape="auto", expansion_ratio=2, random_state=0).fit(X, y[:100])
    calls = {"fit": partial(fitted.fit, X, y[:100]), "sample, 4,096 images": partial(fitted.sample, 4_096)}
    yield from compared("100 images of 28 x 28", calls, repeats)


def imports(repeats: int) -> Lines:
    """Time the import in a new process; torch is imported by the first fit."""
    calls = {module: partial(imported, module) for module in ("imblearn.over_sampling", "skexpand", "torch")}
    yield from compared("import", calls, repeats, of=list(calls)[:1], clock=None)


def imported(module: str) -> float:
    """Return the seconds that an import takes."""
    code = f"import time, {module}; print(time.process_time())"
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def compared(
    where: str,
    calls: dict[str, Call],
    repeats: int,
    of: list[str] | None = None,
    clock: Callable[[], float] | None = time.process_time,
) -> Lines:
    """Let calls take turns; yield the least seconds of each, and the ratios. Without a clock, calls return seconds."""
    least = dict.fromkeys(calls, float("inf"))
    for _ in range(repeats):
        for name, call in calls.items():
            seconds = call() if clock is None else measured(call, clock=clock)[1].seconds
            least[name] = min(least[name], seconds)
    for name, seconds in least.items():
        for other in [one for one in of or [] if one != name] or [""]:
            yield f"{where}: {name}", seconds, seconds / least.get(other, float("nan")), other


def classification(n_rows: int, n_columns: int) -> tuple[Any, Any]:
    """Make a table of two classes."""
    return make_classification(n_rows, n_columns, n_informative=n_columns // 2, random_state=0)


def normals(n_rows: int, n_columns: int) -> Any:
    """Draw normal numbers."""
    return np.random.default_rng(0).standard_normal((n_rows, n_columns), dtype=np.float32)


PARTS = {part.__name__: part for part in (many_rows, small_table, wide_table, many_classes, images, imports)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--out", type=Path, help="CSV file; written anew")
    options = parser.parse_args()
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ExpansiveSynthesizer(random_state=0).fit_resample(*classification(40, 4))  # imports torch
        lines = [line for part in options.parts for line in PARTS[part](options.repeats)]
    table = pd.DataFrame(lines, columns=["what", "seconds", "ratio", "of"]).set_index("what")
    text = to_markdown(table, special={"seconds": ".3g"})
    print(text)
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        table.round(4).to_csv(options.out)
        options.out.with_suffix(".md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
