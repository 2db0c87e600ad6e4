"""What each cell is given: labelled rows, rows without labels, and rows to test on.

Reported draws have the numbers 0, 1, …; whatever was chosen was chosen on draws from 100 on.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from protocol import FIRST_SEED, MIN_CLASS_ROWS, _draw_training_rows, numbers_scaler
from sets import GROUPS, load
from sklearn.model_selection import train_test_split

N_UNLABELED = {"images": 5_000, "tables": 500, "texts": 20_000}  # at most
MAX_TEST_ROWS = 500  # of a table
PHOTOGRAPHS = "cifar10_jpeg"
IMAGES, TEXTS = ("mnist", "usps", "fashion_mnist"), ("banking77_minilm",)
TABLES = (*GROUPS["A"], *GROUPS["small"])
HIDDEN = -1


class Draw(NamedTuple):
    """Rows, labelled ones first; ``codes`` has -1 for the others, ``truth`` their class (-1: one without a label)."""

    rows: NDArray[Any]  # (n, m), or images (n, h, w)
    codes: NDArray[np.intp]
    truth: NDArray[np.intp]
    test_rows: NDArray[Any]
    test_codes: NDArray[np.intp]
    key: tuple[str, int, int]  # what it was drawn for: set, number of labels, number of the draw

    @property
    def n_labeled(self) -> int:
        """Number of labelled rows."""
        return int(np.count_nonzero(self.codes != HIDDEN))


def draw(name: str, labeled: int, number: int) -> Draw:
    """Return a draw of a set: so many labels per class of images and texts, or in all for a table."""
    return table_draw(name, labeled, number) if name in TABLES else per_class_draw(name, labeled, number)


def kind_of(name: str) -> str:
    """Return "images", "tables" or "texts"."""
    return "tables" if name in TABLES else "texts" if name in TEXTS else "images"


def per_class_draw(name: str, per_class: int, number: int) -> Draw:
    """Draw so many labelled rows of each class; the others have no label."""
    file = arrays(name)
    classes, y = np.unique(file["y_train"], return_inverse=True)
    rng = np.random.default_rng(number)
    labeled = np.concatenate([rng.permutation(np.flatnonzero(y == code))[:per_class] for code in range(len(classes))])
    others = rng.permutation(np.setdiff1d(np.arange(len(y)), labeled))[: N_UNLABELED[kind_of(name)]]
    codes = np.concatenate([y[labeled], np.full(len(others), HIDDEN)])
    rows = np.concatenate([labeled, others])
    test_codes, key = np.searchsorted(classes, file["y_test"]), (name, per_class, number)
    return Draw(file["X_train"][rows], codes, y[rows], file["X_test"], test_codes, key)


def table_draw(name: str, n_labeled: int, number: int) -> Draw:
    """Draw the split of protocol A; of the rest, up to 500 rows have no label, and the scaler sees them."""
    X, y = load(name)
    kept = np.flatnonzero(np.isin(y, np.flatnonzero(np.bincount(y) >= MIN_CLASS_ROWS)))
    seed, n_test = FIRST_SEED + number, min(len(kept) // 2, MAX_TEST_ROWS)
    rest, test = train_test_split(kept, test_size=n_test, stratify=y[kept], random_state=seed)
    labeled = _draw_training_rows(rest, y[rest], n_labeled, seed)
    others = np.random.default_rng(seed).permutation(np.setdiff1d(rest, labeled))[: N_UNLABELED["tables"]]
    place = np.full(int(y.max()) + 1, HIDDEN)
    classes = np.unique(y[labeled])
    place[classes] = np.arange(len(classes))
    rows, test = np.concatenate([labeled, others]), test[np.isin(y[test], classes)]
    scaler = numbers_scaler().fit(X[rows])
    truth = place[y[rows]]
    codes = np.where(np.arange(len(rows)) < len(labeled), truth, HIDDEN)
    key = (name, n_labeled, number)
    return Draw(scaler.transform(X[rows]), codes, truth, scaler.transform(X[test]), place[y[test]], key)


@cache
def arrays(name: str) -> dict[str, NDArray[Any]]:
    """Read a set of images, as brightness from 0 to 1, or of texts."""
    folder = "texts" if name in TEXTS else "images"
    folder = "text" if folder == "texts" else folder
    with np.load(Path(os.environ["SKEXPAND_DATA"]) / folder / f"{name}.npz") as file:
        found = {key: file[key] for key in ("X_train", "y_train", "X_test", "y_test")}
    prepare: Callable[[Any], Any] = _as_doubles if name in TEXTS else _as_brightness
    return found | {key: prepare(found[key]) for key in ("X_train", "X_test")}


def _as_doubles(rows: NDArray[Any]) -> NDArray[np.float64]:
    return rows.astype(np.float64)


def _as_brightness(images: NDArray[Any]) -> NDArray[np.float32]:
    return (images / 255).astype(np.float32)
