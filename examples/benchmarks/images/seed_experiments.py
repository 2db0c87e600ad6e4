"""The first experiments that the method's paper suggests: MNIST with 100 images per class.

    python -m images.seed_experiments --part features --seeds 3
    python -m images.seed_experiments --part expansion --seeds 3

``features``: what the autoencoder reconstructs of test images, and what a linear probe and nearest neighbours make of
its latents, without a branch (PCA), with one without attention, and with 1 to 8 heads. ``expansion``: how diverse new
images are, how they are distributed and whether they show their class, for each transition, beside other real images. A
part adds lines to ``results/seed_PART.csv``, skips what is there, and writes the page beside it.
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import ot
import pandas as pd
from markdown import to_markdown
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skexpand import ExpansionWarning, ExpansiveSynthesizer
from skexpand.base.isolation import isolated
from skexpand.codec.centred import CentredImages
from skexpand.codec.columns import columns_of_numbers
from skexpand.codec.image import ImageCodec
from skexpand.dynamics.graph import local_edges
from skexpand.fitting.start import train_core
from skexpand.request.plan import Plan

Rows = NDArray[Any]

PER_CLASS = 100
SHAPE = (28, 28)
BRANCHES = {"none (PCA)": None, "no attention": 0, "1 head": 1, "4 heads": 4, "8 heads": 8}
LATENT_DIMS = (16, 64)
TRANSITIONS = ("deformation", "both", "latent")
COMPARED = 1_000  # images in each sample
JUDGED_BY = 3_000  # real images that the judge of classes learns from
DIRECTIONS = 100
KEYS = {"features": ["latent_dim", "branch", "seed"], "expansion": ["made_by", "seed"]}

FEATURES_HEAD = """## Seed experiment: reconstruction and features

MNIST, 100 images per class for training, 2,000 test images, {seeds} seeds (mean ± standard deviation over seeds; a seed
draws the images and trains). *Lost* is the squared error of the reconstruction, as a share of the variance. *Epoch* is
the one that early stopping kept (0 is PCA, fitted to all images). *Probe* is a logistic regression on the latents,
*5-NN* are nearest neighbours, accuracy on test images in %. On the pixels themselves: probe {probe:.1f}, 5-NN
{knn:.1f}. *Seconds* are those of the processor, for training.
"""
EXPANSION_HEAD = """## Seed experiment: what the expander map makes

MNIST, 100 images per class, {seeds} seeds (mean ± standard deviation over seeds), 1,000 new images against 1,000 real
ones that no fit saw; the line "other real images" is what as many further real images show. *Distance* is the median
distance to the nearest training image, relative to that of real ones; *apart* the same within the sample. *Sliced
Wasserstein* and *MMD* (Gaussian kernel, median distance) are distances to the unseen real images. *Class* is the share
in % that a support vector machine, trained on 3,000 further real images, finds in the class they were made for.
*Seconds* are those of the processor.
"""


class Images:
    """Rows of MNIST for one seed: training images, others that no fit sees, test images."""

    def __init__(self, seed: int, per_class: int = PER_CLASS) -> None:
        with np.load(Path(os.environ["SKEXPAND_DATA"]) / "images" / "mnist.npz") as file:
            X, y = file["X_train"].reshape(-1, 784), file["y_train"].astype(np.intp)
            self.X_test, self.y_test = file["X_test"].reshape(-1, 784), file["y_test"].astype(np.intp)
        order = np.random.default_rng(seed).permutation(len(X))
        place = np.concatenate([order[y[order] == c][:per_class] for c in range(10)])
        rest = np.setdiff1d(order, place, assume_unique=True)
        rest = np.random.default_rng(seed).permutation(rest)
        self.X, self.y = X[place], y[place]
        self.unseen, self.further, self.judging = np.split(rest[: 2 * COMPARED + JUDGED_BY], [COMPARED, 2 * COMPARED])
        self.all_X, self.all_y, self.rest = X, y, rest


def features(seed: int, done: set[Any]) -> Iterator[dict[str, Any]]:
    """Yield a record for each size of the latent space and each branch."""
    data = Images(seed)
    codec = ImageCodec.fit(data.X, columns_of_numbers(data.X), SHAPE)
    centred = CentredImages.fit(codec, codec.encode(data.X))
    X, X_test = centred.encode(data.X), centred.encode(data.X_test)
    if (0, "pixels", seed) not in done:
        yield {"latent_dim": 0, "branch": "pixels", "seed": seed, **probes(X, data.y, X_test, data.y_test)}
    for latent_dim in LATENT_DIMS:
        for branch, n_heads in BRANCHES.items():
            if (latent_dim, branch, seed) in done:
                continue
            start = time.process_time()
            core = trained(centred, X, data.y, latent_dim, n_heads, seed)
            seconds = time.process_time() - start
            found = core.network.decode(core.network.encode(X_test))
            lost = float(np.mean((found - X_test) ** 2) / np.mean(X_test**2))
            latents = core.network.encode(X), data.y, core.network.encode(X_test), data.y_test
            yield {
                **{"latent_dim": latent_dim, "branch": branch, "seed": seed, "lost": lost},
                **{"epoch": core.history.best_epoch, "seconds": seconds},
                **probes(*latents),
            }


def trained(codec: CentredImages, X: Rows, y: Rows, latent_dim: int, n_heads: int | None, seed: int) -> Any:
    """Train an autoencoder; ``n_heads`` None leaves it at PCA, 0 takes attention out of its branches."""
    synthesizer = ExpansiveSynthesizer(
        image_shape=SHAPE, transition="latent", latent_dim=latent_dim, max_epochs=0 if n_heads is None else 100
    )
    plan = replace(Plan.of(synthesizer), n_heads=n_heads)
    with isolated(), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return train_core(codec, X, y, local_edges(X, y, 5), plan, np.random.default_rng(seed))


def probes(X: Rows, y: Rows, X_test: Rows, y_test: Rows) -> dict[str, float]:
    """Return the accuracy of two learners on features."""
    probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300)).fit(X, y)
    return {"probe": probe.score(X_test, y_test), "knn": KNeighborsClassifier(5).fit(X, y).score(X_test, y_test)}


def expansion(seed: int, done: set[Any]) -> Iterator[dict[str, Any]]:
    """Yield a record for each transition, and for other real images."""
    data = Images(seed)
    judge = SVC(C=10).fit(data.all_X[data.judging] / 255, data.all_y[data.judging])
    names = [name for name in ("other real images", *TRANSITIONS) if (name, seed) not in done]
    for name in names:
        start, about = time.process_time(), {}
        if name == "other real images":
            new, labels = data.all_X[data.further], data.all_y[data.further]
        else:
            synthesizer = ExpansiveSynthesizer(image_shape=SHAPE, transition=name, random_state=seed)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                warnings.simplefilter("ignore", ExpansionWarning)
                new, labels = synthesizer.fit(data.X, data.y).sample(COMPARED)
            about = {"appearance": getattr(synthesizer, "appearance_", np.nan)}
        seconds = time.process_time() - start
        yield {"made_by": name, "seed": seed, "seconds": seconds, **about, **judged(new, labels, data, judge)}


def judged(new: Rows, labels: Rows, data: Images, judge: Any) -> dict[str, float]:
    """Return diversity, distance in distribution, and the share of images of the right class."""
    made, seen, unseen = (rows / 255 for rows in (new, data.X, data.all_X[data.unseen]))
    rng = np.random.default_rng(0)
    directions = rng.standard_normal((made.shape[1], DIRECTIONS))
    directions /= np.linalg.norm(directions, axis=0)
    return {
        "distance": nearest(made, seen) / nearest(unseen, seen),
        "apart": nearest(made) / nearest(unseen),
        "sliced_wasserstein": float(ot.sliced_wasserstein_distance(made, unseen, projections=directions)),
        "mmd": mean_discrepancy(made, unseen),
        "class": judge.score(made, labels),
    }


def nearest(rows: Rows, others: Rows | None = None) -> float:
    """Return the median distance to the nearest of others, or among rows."""
    distances = cdist(rows, rows if others is None else others)
    if others is None:
        np.fill_diagonal(distances, np.inf)
    return float(np.median(distances.min(axis=1)))


def mean_discrepancy(a: Rows, b: Rows) -> float:
    """Return the maximum mean discrepancy, unbiased and so below 0 by chance, under a Gaussian kernel."""
    between = cdist(a, b, "sqeuclidean")
    scale = np.median(between)
    within = [np.exp(-cdist(rows, rows, "sqeuclidean") / scale) for rows in (a, b)]
    means = [(kernel.sum() - len(kernel)) / (len(kernel) * (len(kernel) - 1)) for kernel in within]
    return float(sum(means) - 2 * np.exp(-between / scale).mean())


def features_page(results: pd.DataFrame) -> str:
    """Return the table of reconstruction and features."""
    pixels = results[results.branch == "pixels"]
    head = FEATURES_HEAD.format(
        seeds=results.seed.nunique(), probe=100 * pixels["probe"].mean(), knn=100 * pixels["knn"].mean()
    )
    cells = results[results.branch != "pixels"].groupby(["latent_dim", "branch"])
    table = pd.DataFrame(
        {
            "lost": with_deviation(cells["lost"], 1, 3),
            "epoch": with_deviation(cells["epoch"], 1, 0),
            "probe": with_deviation(cells["probe"], 100, 1),
            "5-NN": with_deviation(cells["knn"], 100, 1),
            "seconds": with_deviation(cells["seconds"], 1, 0),
        }
    )
    table = table.reindex([(dim, branch) for dim in LATENT_DIMS for branch in BRANCHES]).dropna()
    table.index = [f"{dim} latents: {branch}" for dim, branch in table.index]
    return f"{head}\n{to_markdown(table)}"


def expansion_page(results: pd.DataFrame) -> str:
    """Return the table of new images."""
    cells = results.groupby("made_by")
    table = pd.DataFrame(
        {
            "distance": with_deviation(cells["distance"], 1, 2),
            "apart": with_deviation(cells["apart"], 1, 2),
            "sliced Wasserstein": with_deviation(cells["sliced_wasserstein"], 1, 4),
            "MMD": with_deviation(cells["mmd"], 1, 4),
            "class": with_deviation(cells["class"], 100, 1),
            "seconds": with_deviation(cells["seconds"], 1, 0),
        }
    ).reindex(["other real images", *TRANSITIONS])
    return f"{EXPANSION_HEAD.format(seeds=results.seed.nunique())}\n{to_markdown(table.dropna())}"


def with_deviation(cells: Any, factor: float, decimals: int) -> pd.Series:
    """Return mean and standard deviation over seeds as text."""
    summary = factor * cells.agg(["mean", "std"]).fillna(0.0)
    return summary.apply(lambda cell: f"{cell['mean']:.{decimals}f} ± {cell['std']:.{decimals}f}", axis=1)


PARTS = {"features": (features, features_page), "expansion": (expansion, expansion_page)}


def main() -> None:
    """Run what is missing and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=list(PARTS), required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--results", type=Path, default=Path(__file__).parents[1] / "results")
    arguments = parser.parse_args()
    run, page = PARTS[arguments.part]
    out = arguments.results / f"seed_{arguments.part}.csv"
    for seed in range(arguments.seeds):
        lines = pd.read_csv(out) if out.exists() else pd.DataFrame(columns=KEYS[arguments.part])
        done = set(lines[KEYS[arguments.part]].itertuples(index=False, name=None))
        for record in run(seed, done):
            lines = pd.concat([lines, pd.DataFrame([record])])
            lines.to_csv(out, index=False)
            print(record, flush=True)
    out.with_suffix(".md").write_text(page(pd.read_csv(out)))


if __name__ == "__main__":
    main()
