"""The published configuration: what every part of the method's paper, switched on at once, is worth.

    python -m questions.configuration

expands tables and images with the defaults and with the published configuration (the user guide has a page on it), on
the same splits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from images.bench import Cell as ImageCell
from images.bench import drawn, flat
from images.bench import load as load_images
from markdown import to_markdown
from protocol import Split, draw_split, scaled
from samplers import balanced_counts, totals
from sets import load
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from questions.cases import Case, cpu_seconds, options, run
from skexpand import ExpansiveSynthesizer

PUBLISHED = {
    "law": "shrunk",
    "transport": "gaussian",
    "n_heads": 4,
    "max_epochs": 100,
    "early_stopping": False,
    "loss_weights": {"classification": 0.1, "koopman": 0.1, "transport": 0.1, "covariance": 0.1},
}
TABLES = ("openml_stock", "openml_protein", "openml_qsar_biodeg", "openml_segment")
IMAGES = ("usps", "mnist")
N_TRAIN, NEW_ROWS = (20, 100), 500  # of images: 10 per class, and as many new ones
LEARNERS = {"lr": LogisticRegression(max_iter=300), "knn": KNeighborsClassifier(), "svc": SVC(C=10)}
FIGURES = {"gain": "gain", "reconstruction_error_": "error", "diversity_": "diversity"}
FIGURES |= {"distribution_shift_": "shift", "seconds": "seconds"}


def cases(n_splits: int) -> list[Case]:
    """List the cases, split by split."""
    of_tables = [("tables", name, n_train) for n_train in N_TRAIN for name in TABLES]
    everything = [*of_tables, *(("images", name, 100) for name in IMAGES)]
    return [
        {"kind": kind, "set": name, "N": n_train, "split": split}
        for split in range(n_splits)
        for kind, name, n_train in everything
    ]


def measure(case: Case) -> list[dict[str, Any]]:
    """Expand the training rows both ways; return a line for each."""
    if case["kind"] == "tables":
        split, shape = scaled(draw_split(*load(case["set"]), case["N"], case["split"])), None
        published: dict[str, Any] = PUBLISHED | {"latent_dim": max(2, split.X_train.shape[1] // 2)}
    else:
        split, shape = image_split(case)
        published = PUBLISHED | {"transition": "latent"}
    real = score(split, split.X_train, split.y_train)
    return [
        {"configuration": name, "real": real} | expanded(split, case["split"], real, {"image_shape": shape} | stated)
        for name, stated in (("defaults", {}), ("published", published))
    ]


def image_split(case: Case) -> tuple[Split, tuple[int, ...]]:
    """Return ten images of each class as rows, and the shape of an image."""
    data = load_images(case["set"])
    images, y = drawn(ImageCell(case["set"], 10, NEW_ROWS, case["split"], "real"))
    return Split(flat(images), y, flat(data["X_test"]), data["y_test"].astype(np.intp)), images.shape[1:]


def expanded(split: Split, seed: int, real: float, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return what learners gain from new rows, the failure signs, and the seconds."""
    strategy = totals(split.y_train, balanced_counts(split.y_train, NEW_ROWS))
    sampler = ExpansiveSynthesizer(sampling_strategy=strategy, random_state=seed, **parameters)
    with cpu_seconds() as seconds:
        X, y = sampler.fit_resample(split.X_train, split.y_train)
    signs = {name: getattr(sampler, name) for name in FIGURES if name.endswith("_")}
    return {"gain": score(split, X, y) - real, "seconds": seconds[0]} | signs


def score(split: Split, X: Any, y: Any) -> float:
    """Return the mean accuracy of the learners on the test rows, in percent."""
    return 100 * float(np.mean([one.fit(X, y).score(split.X_test, split.y_test) for one in LEARNERS.values()]))


def page(table: pd.DataFrame) -> str:
    """Return the table: a line per kind, size and configuration."""
    keys = ["kind", "N", "configuration"]
    lines = table.groupby(keys, sort=False)[["real", *FIGURES]].mean().rename(columns=FIGURES)
    wide = table.pivot_table(index=["kind", "N", "set", "split"], columns="configuration", values="gain")
    differences = (wide["published"] - wide["defaults"]).groupby(["kind", "N"])
    lines["difference"], lines["s.e."] = np.nan, np.nan
    for (kind, n_train), mean in differences.mean().items():
        lines.loc[(kind, n_train, "published"), ["difference", "s.e."]] = mean, differences.sem()[kind, n_train]
    lines.index = [f"{kind}, {n_train} rows: {name}" for kind, n_train, name in lines.index]
    counts = f"{len(TABLES)} tables, {len(IMAGES)} sets of images (10 per class), {table.split.nunique()} splits"
    head = f"{counts}, {NEW_ROWS} new rows, three learners.\n"
    shown = ["real", "gain", "difference", "s.e.", "error", "diversity", "shift", "seconds"]
    return f"{head}\n{to_markdown(lines[shown], special={'error': '.3f'})}"


if __name__ == "__main__":
    chosen = options(__doc__, "configuration", splits=2)
    text = page(run(cases(chosen.splits), measure, chosen.out))
    chosen.out.with_suffix(".md").write_text(text, encoding="utf-8")
    print(text)
