"""How fast parts are written, beside the limit: the same processes writing random tables with the same settings.

    python parts.py --rows 1000000,10000000 --out results/parts.csv
    python parts.py --page results/parts.csv

Two processes, warmed up, write parts of 20 columns of 32-bit floats to a local folder, by turns:

- "skexpand": ``write_part`` (rows, Parquet, checksum, record), of a synthesizer fitted to 500 rows;
- "random", the limit: normal numbers of NumPy, made columns and written in the same way;
- "ready": one such table, written again and again.

Seconds are those of the clock and, as other programs run meanwhile, those of the processors.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from markdown import to_markdown
from sklearn.datasets import make_classification

from skexpand import ExpansiveSynthesizer, parts
from skexpand.parts.tables import as_table
from skexpand.parts.writing import PARQUET

COLUMNS, PER_PART, PROCESSES = 20, 250_000, 2
KINDS = ("skexpand", "random", "ready")


def normals(part: int) -> pa.Table:
    """Return a table of random numbers."""
    rows = np.random.default_rng(part).standard_normal((PER_PART, COLUMNS), dtype=np.float32)
    return as_table(rows, np.arange(PER_PART) // (PER_PART // 2), "target")


ready = cache(normals)


def write(kind: str, part: int, model: str, folder: str) -> tuple[int, float, float]:
    """Write a part; return the process, the seconds of its processor and its peak memory in MB."""
    start = time.process_time()
    if kind == "skexpand":
        parts.write_part(model, part, folder)
    else:
        table = normals(part) if kind == "random" else ready(0)
        pq.write_table(table, f"{folder}/part-{part:06d}.parquet", **PARQUET)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return os.getpid(), time.process_time() - start, peak


def measure(kind: str, rows: int, model: str, pool: ProcessPoolExecutor, place: Path) -> dict[str, Any]:
    """Write all parts of a request; return what it took."""
    folder = str(place / kind)
    n_parts = parts.begin(model, rows, folder, rows_per_part=PER_PART, seed=0)
    load, start = os.getloadavg()[0], time.perf_counter()
    found = [*pool.map(write, *zip(*((kind, part, model, folder) for part in range(n_parts)), strict=True))]
    seconds = time.perf_counter() - start
    written = sum(path.stat().st_size for path in Path(folder).glob("*.parquet"))
    shutil.rmtree(folder)
    return {
        "kind": kind,
        "rows": rows,
        "seconds": seconds,
        "cpu_seconds": sum(cpu for _, cpu, _ in found),
        "peak_mb": max(peak for *_, peak in found),
        "mb": written / 1e6,
        "load": load,
    }


def run(sizes: list[int], repeats: int, out: Path, place: Path) -> None:
    """Measure all kinds by turns, each in processes of its own."""
    X, y = make_classification(500, COLUMNS, n_informative=10, random_state=0)
    model = str(place / "model.safetensors")
    ExpansiveSynthesizer(random_state=0).fit(X.astype(np.float32), y).save(model)
    context = get_context("spawn")
    pools = {kind: ProcessPoolExecutor(PROCESSES, context) for kind in KINDS}
    for kind, pool in pools.items():
        measure(kind, 4 * PROCESSES * PER_PART, model, pool, place)  # both have started
    for rows in sizes:
        for _ in range(repeats):
            for kind in KINDS:
                line = pd.DataFrame([measure(kind, rows, model, pools[kind], place)])
                line.to_csv(out, mode="a", header=not out.exists(), index=False)
                print(line.to_string(header=False), flush=True)
    for pool in pools.values():
        pool.shutdown()


def page(table: pd.DataFrame) -> str:
    """Return the table: medians of the repeats, and rates relative to the limit."""
    medians = table.groupby(["rows", "kind"]).median().unstack("kind")
    cpu, seconds = medians["cpu_seconds"], medians["seconds"]
    lines = pd.DataFrame(
        {
            "CPU s": cpu["skexpand"],
            "CPU s, limit": cpu["random"],
            "CPU s, ready": cpu["ready"],
            "rate / limit": cpu["random"] / cpu["skexpand"],
            "by the clock": seconds["random"] / seconds["skexpand"],
            "MB": medians["mb"]["skexpand"],
            "peak MB": medians["peak_mb"]["skexpand"],
        }
    )
    lines.index = [f"{rows:,}" for rows in lines.index]
    return to_markdown(lines.rename_axis("rows"), special={"MB": ".0f", "peak": ".0f"})


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="1000000,10000000", help="sizes, separated by commas")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path("results/parts.csv"))
    parser.add_argument("--page", type=Path, help="make the page of a file instead")
    options = parser.parse_args()
    if options.page:
        options.page.with_suffix(".md").write_text(page(pd.read_csv(options.page)), encoding="utf-8")
        return
    with tempfile.TemporaryDirectory() as place:
        run([int(rows) for rows in options.rows.split(",")], options.repeats, options.out, Path(place))


if __name__ == "__main__":
    main()
