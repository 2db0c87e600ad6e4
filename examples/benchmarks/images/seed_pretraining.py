"""What a core learned from images without labels is worth: MNIST with 10 images per class.

    python -m images.seed_pretraining --seeds 3 --out results/seed_pretraining.csv

A core is pretrained on 5,000 further training images; no test image is among them. The run adds lines to the CSV file,
skips what is there, and writes the page beside it.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from markdown import to_markdown
from sklearn.exceptions import ConvergenceWarning
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from images.seed_experiments import SHAPE, Images, Rows, with_deviation
from skexpand import ExpansionWarning, ExpansiveSynthesizer

UNLABELLED, EPOCHS = 5_000, 15
PER_CLASS, NEW_PER_CLASS = 10, 200
TRANSITIONS = ("auto", "both", "latent")
KEY = ["core", "transition", "seed"]
HEAD = """## Seed experiment: a core from images without labels

MNIST, 10 images per class, {seeds} seeds (mean ± standard deviation over seeds), with and without a core pretrained for
at most 15 epochs on 5,000 further training images without their labels. *Lost* is the squared error of the
reconstruction of 2,000 test images, as a share of the variance. *Features* are the 5 nearest neighbours among the
latents of the 100 images. *SVC* and *5-NN* learned from the pixels of the 100 images and of 2,000 new ones. Accuracy on
test images in %. *Strength* is `appearance_`: 0 leaves deformations alone. Without a core, "auto" is the deformation,
and encodes an image as itself.
"""


def run(seed: int, done: set[Any]) -> Iterator[dict[str, Any]]:
    """Yield a record for each transition, with and without a pretrained core."""
    data = Images(seed, PER_CLASS)
    totals = dict.fromkeys(range(10), PER_CLASS + NEW_PER_CLASS)
    for core in ("none", "pretrained"):
        missing = [name for name in TRANSITIONS if (core, name, seed) not in done]
        synthesizer = ExpansiveSynthesizer(
            image_shape=SHAPE, sampling_strategy=totals, max_epochs=EPOCHS, random_state=seed
        )
        if core == "pretrained" and missing:
            synthesizer.pretrain(data.all_X[data.rest[:UNLABELLED]])
        for name in missing:
            rows, labels = synthesizer.set_params(transition=name).fit_resample(data.X, data.y)
            yield {"core": core, "transition": name, "seed": seed, **worth(synthesizer, rows, labels, data)}


def worth(synthesizer: ExpansiveSynthesizer, rows: Rows, labels: Rows, data: Images) -> dict[str, float]:
    """Return what a fitted synthesizer reconstructs, and what its latents and its new images are worth."""
    truth = data.X_test / 255
    few, many = synthesizer.encode(data.X), synthesizer.encode(data.X_test)
    found = synthesizer.decode(many) / 255
    return {
        "lost": float(np.mean((found - truth) ** 2) / np.mean((truth - truth.mean(axis=0)) ** 2)),
        "features": KNeighborsClassifier(5).fit(few, data.y).score(many, data.y_test),
        "strength": getattr(synthesizer, "appearance_", np.nan),
        "svc": SVC(C=10).fit(rows / 255, labels).score(truth, data.y_test),
        "knn": KNeighborsClassifier(5).fit(rows, labels).score(data.X_test, data.y_test),
    }


def page(results: pd.DataFrame) -> str:
    """Return the table."""
    cells = results.groupby(["core", "transition"], sort=False)
    table = pd.DataFrame(
        {
            "lost": with_deviation(cells["lost"], 1, 3),
            "features": with_deviation(cells["features"], 100, 1),
            "strength": cells["strength"].mean(),
            "SVC": with_deviation(cells["svc"], 100, 1),
            "5-NN": with_deviation(cells["knn"], 100, 1),
        }
    )
    table.index = [f"core {core}: {transition}" for core, transition in table.index]
    return f"{HEAD.format(seeds=results.seed.nunique())}\n{to_markdown(table)}"


def main() -> None:
    """Run what is missing and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path("results/seed_pretraining.csv"))
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    warnings.simplefilter("ignore", ExpansionWarning)
    for seed in range(arguments.seeds):
        lines = pd.read_csv(arguments.out) if arguments.out.exists() else pd.DataFrame(columns=KEY)
        done = set(lines[KEY].itertuples(index=False, name=None))
        for record in run(seed, done):
            lines = pd.concat([lines, pd.DataFrame([record])])
            lines.to_csv(arguments.out, index=False)
            print(record, flush=True)
    arguments.out.with_suffix(".md").write_text(page(pd.read_csv(arguments.out)))


if __name__ == "__main__":
    main()
