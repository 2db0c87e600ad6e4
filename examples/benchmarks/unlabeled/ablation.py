"""The ablation of the core: what each of its choices is worth to labels that spread, and whether tables need one.

    python -m unlabeled.ablation

runs what the file lacks and writes the page beside it. All draws are development draws (from 100 on), smaller than
protocol U's: 2,000 images, and the tables of protocol A with up to 500 rows without labels. A core is trained once for
a set and draw; then labels are hidden in ten ways.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from markdown import to_markdown
from numpy.typing import NDArray
from results import Results
from run import comma_separated
from sets import GROUPS
from threadpoolctl import threadpool_limits

from skexpand.dynamics.gradients import gradient_rows
from skexpand.fitting.unlabeled import by_graph, by_learners

from .cores import VARIANTS, image_core, table_core
from .draws import HIDDEN, arrays, table_draw
from .methods import _new_rows

IMAGES, TABLES = ("fashion_mnist", "mnist"), tuple(GROUPS["A"])
LABELED = {"images": (1, 2, 10), "tables": (20, 50, 100)}
N_IMAGES, N_HIDINGS, FIRST_DRAW = 2_000, 10, 100
OF_TABLES = {
    "learners": "learners on expanded rows (the default)",
    "learners_on_core": "the same, latents of a core as further columns",
    "graph": "the graph of scaled rows",
    "core_graph": "the graph of a core's latents",
    "attention_graph": "the graph of the latents of a core with attention",
}
COLUMNS = ("kind", "set", "number", "variant", "labeled", "found", "alone", "seconds", "error")


class Cell(NamedTuple):
    """A core on a draw."""

    kind: str
    set: str
    number: int
    variant: str


def run_cell(cell: Cell) -> list[dict[str, Any]]:
    """Return a line for each number of labels: shares found, in percent, and the seconds of training."""
    with threadpool_limits(limits=1):
        lines = (on_images if cell.kind == "images" else on_tables)(cell)
    return [cell._asdict() | line | {"error": "none"} for line in lines]


def on_images(cell: Cell) -> list[dict[str, Any]]:
    """Spread labels along the graph of gradients and latents, and of the latents alone."""
    images, classes = pool(cell.set, cell.number)
    some = images[:N_IMAGES]
    started = time.process_time()
    latents = image_core(cell.variant, images, cell.number, N_IMAGES)
    spent = time.process_time() - started
    if latents is None:
        rows = gradient_rows(some) if cell.variant == "gradients" else some.reshape(len(some), -1)
        graphs = {"found": by_graph(rows)}
    else:
        graphs = {"found": by_graph(np.hstack([gradient_rows(some), latents])), "alone": by_graph(latents)}
    return [
        {"labeled": labeled, "seconds": round(spent, 1)}
        | {name: found(graph, classes[:N_IMAGES], labeled, cell.number) for name, graph in graphs.items()}
        for labeled in LABELED["images"]
    ]


@cache
def pool(name: str, number: int) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Return the training images of a set in an order of their own for each draw, and their classes."""
    file = arrays(name)
    order = np.random.default_rng(number).permutation(len(file["y_train"]))[:5_000]
    return file["X_train"][order][:, None], np.unique(file["y_train"], return_inverse=True)[1][order]


def found(graph: Any, classes: NDArray[np.intp], labeled: int, number: int) -> float:
    """Return the percentage of images given their class, mean over ways to hide all labels but some of each class."""
    shares = []
    for rng in np.random.default_rng(number).spawn(N_HIDINGS):
        codes = np.full(len(classes), HIDDEN)
        for code in range(int(classes.max()) + 1):
            codes[rng.permutation(np.flatnonzero(classes == code))[:labeled]] = code
        chosen = graph(codes, rng).argmax(axis=1)
        shares.append(np.mean((chosen == classes)[codes == HIDDEN]))
    return round(100 * float(np.mean(shares)), 4)


def on_tables(cell: Cell) -> list[dict[str, Any]]:
    """Infer labels by learners or along the graph, with or without a core."""
    lines = []
    for labeled in LABELED["tables"]:
        given, started = table_draw(cell.set, labeled, cell.number), time.process_time()
        chosen = labels_of_table(cell.variant, given.rows, given.codes, cell.number)[given.n_labeled :]
        spent, truth = time.process_time() - started, given.truth[given.n_labeled :]
        share = 100 * float(np.mean(chosen == truth))
        lines.append({"labeled": labeled, "found": round(share, 4), "alone": float("nan"), "seconds": round(spent, 1)})
    return lines


def labels_of_table(name: str, rows: NDArray[Any], codes: NDArray[np.intp], seed: int) -> NDArray[np.intp]:
    """Return the inferred labels of all rows."""
    if name == "graph":
        candidate = by_graph(rows)
    elif name.endswith("graph"):
        candidate = by_graph(table_core(rows, seed, name == "attention_graph")(rows))
    elif name == "learners":
        candidate = by_learners(rows, _new_rows)
    else:
        latents, m = table_core(rows, seed), rows.shape[1]

        def expand(some: NDArray[Any], *more: Any) -> tuple[NDArray[Any], NDArray[np.intp]]:
            new, new_codes = _new_rows(some[:, :m], *more)
            return np.hstack([new, latents(new)]), new_codes

        candidate = by_learners(np.hstack([rows, latents(rows)]), expand)
    return candidate(codes, np.random.default_rng(seed)).argmax(axis=1)


def page(lines: pd.DataFrame) -> str:
    """Return the page: a table for images, one for tables."""
    parts: list[str] = []
    of_images = {name: variant.change for name, variant in VARIANTS.items()}
    for kind, names, sets in (("images", of_images, IMAGES), ("tables", OF_TABLES, ())):
        some = lines[lines.kind == kind]
        if len(some):
            parts += [HEADS[kind], to_markdown(compared(some, names, sets), 1)]
    return "\n".join(parts)


HEADS = {
    "images": """**Images** (Fashion-MNIST, MNIST). Share of 2,000 given their class, in %, with 1, 2 and 10 labels of
each; mean over ten ways to hide the other labels. Labels spread along the graph of gradients and latents.

- *difference*: to the first line, on the same images and labels, with its standard error over sets and numbers of
  labels. *alone*: what changes if labels spread along the latents alone. *seconds*: processor time of training.
""",
    "tables": """**Tables.** Share of the rows without a label given their class, in %, on the seven tables of
protocol A with 20, 50 and 100 labels and up to 500 rows without one.

- *difference*: as above. *seconds*: processor time of everything.
""",
}


def compared(lines: pd.DataFrame, names: dict[str, str], sets: Sequence[str]) -> pd.DataFrame:
    """Return a line for each variant: shares found, and the difference to the first."""
    key, first = ["set", "number", "labeled"], next(iter(names))
    wide = lines.pivot_table(index=key, columns="variant", values="found")
    rows = {}
    for name in [name for name in names if name in wide]:
        part, differences = lines[lines.variant == name], (wide[name] - wide[first]).dropna()
        groups = [part[part.set == one] for one in sets] or [part]
        labels = [f"{one.partition('_')[0]}, " for one in sets] or [""]
        row = {
            f"{label}{labeled}": value
            for label, group in zip(labels, groups, strict=True)
            for labeled, value in group.groupby("labeled").found.mean().items()
        }
        row |= {"difference": differences.mean(), "s.e.": differences.sem() if name != first else np.nan}
        row |= {"alone": (part.alone - part.found).mean()} if sets else {}
        rows[names[name]] = row | {"seconds": part.seconds.mean()}
    return pd.DataFrame(rows).T.rename_axis("change")


def main() -> None:
    """Run what the file lacks and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=2)
    parser.add_argument("--sets", type=comma_separated(str), default=[*IMAGES, *TABLES])
    parser.add_argument("--variants", type=comma_separated(str), default=[*VARIANTS, *OF_TABLES])
    parser.add_argument("--out", type=Path, default=Path("results/questions/unlabeled_core.csv"))
    options = parser.parse_args()
    results = Results(options.out, Cell, COLUMNS, 3)
    for number in range(FIRST_DRAW, FIRST_DRAW + options.draws):
        cells = [Cell("tables", name, number, variant) for name in TABLES for variant in OF_TABLES]
        cells += [Cell("images", name, number, variant) for variant in VARIANTS for name in IMAGES]
        for cell in cells:
            if cell.set in options.sets and cell.variant in options.variants and cell not in results.done:
                results.append(run_cell(cell))
    options.out.with_suffix(".md").write_text(page(pd.read_csv(options.out)), encoding="utf-8")


if __name__ == "__main__":
    main()
