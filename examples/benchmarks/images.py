"""Small images (protocol C): test accuracy after training on the real images, and on those and new ones.

    python images.py --sets mnist,usps --per-class 10 --seeds 1 --out results/images.csv

draws so many images of each class for training and tests on the folder's test images. It appends a line per learner to
the CSV file, skips what is there, and writes a Markdown page beside it. The convolutional network is trained on the
fixed set it is given, for as many steps whatever its size.
"""

from __future__ import annotations

import argparse
import itertools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from cost import measured
from imblearn.over_sampling import SMOTE
from markdown import to_markdown
from numpy.typing import NDArray
from scipy.ndimage import affine_transform
from sklearn.ensemble import RandomForestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from torch import nn
from torch.nn import functional as F

from skexpand import ExpansiveSynthesizer
from skexpand.codec.image import stated_layout

Images = NDArray[Any]  # (n, h, w) or (n, h, w, c), uint8
Labels = NDArray[np.intp]
Sampler = Callable[[Images, Labels, int, int], tuple[Images, Labels]]

TURN, STRETCH, SHEAR, SHIFT = 0.26, 0.15, 0.2, 0.08  # the hand-made map: radians, shares, shares of the side
STEPS, BATCH, PEAK_RATE = 600, 64, 3e-3
KEY = ["set", "per_class", "total", "seed", "sampler"]
HEAD = """## Small images

Test accuracy in %, mean over seeds; the smallest number of seeds in a line is stated. The stiffness and the edges of
flows and the rule for the spread were chosen on test images of seeds 0 and 1 of MNIST, USPS and Fashion-MNIST, so these
lines flatter skexpand a little.
"""


def affine(images: Images, y: Labels, total: int, seed: int) -> tuple[Images, Labels]:
    """Turn, stretch, shear and shift real images at random, by what is usual."""
    rng = np.random.default_rng(seed)
    anchors = repeated(y, total, rng)
    return np.array([_affine(image, rng) for image in images[anchors]]), y[anchors]


def _affine(image: Images, rng: np.random.Generator) -> Images:
    turn, shear = rng.uniform(-TURN, TURN), rng.uniform(-SHEAR, SHEAR)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = rotation @ np.array([[1, shear], [0, 1]]) @ np.diag(1 + rng.uniform(-STRETCH, STRETCH, 2))
    sides = np.array(image.shape[:2])
    centre = (sides - 1) / 2
    offset = centre - matrix @ centre + rng.uniform(-SHIFT, SHIFT, 2) * sides
    planes = np.atleast_3d(image)
    moved = [affine_transform(planes[..., k], matrix, offset, order=1, mode="nearest") for k in range(planes.shape[2])]
    return np.stack(moved, axis=-1).reshape(image.shape)


def flip_shift(images: Images, y: Labels, total: int, seed: int) -> tuple[Images, Labels]:
    """Mirror real images at random and shift them by up to an eighth."""
    rng = np.random.default_rng(seed)
    anchors = repeated(y, total, rng)
    reach = images.shape[1] // 8
    made = [
        _shifted(image[:, :: rng.choice([-1, 1])], *rng.integers(-reach, reach + 1, 2)) for image in images[anchors]
    ]
    return np.array(made), y[anchors]


def _shifted(image: Images, down: int, right: int) -> Images:
    rows = np.clip(np.arange(image.shape[0]) - down, 0, image.shape[0] - 1)
    columns = np.clip(np.arange(image.shape[1]) - right, 0, image.shape[1] - 1)
    return image[rows][:, columns]


def repeated(y: Labels, total: int, rng: np.random.Generator) -> Labels:
    """Return the rows that stand for ``total`` new ones, each class and each row as often as the others."""
    per_class = total // len(np.unique(y))
    return np.concatenate([rng.permutation(np.resize(np.flatnonzero(y == label), per_class)) for label in np.unique(y)])


def resampled(make: Callable[[dict[int, int], tuple[int, ...], int], Any]) -> Sampler:
    """Return a sampler of imbalanced-learn's kind as one of images."""

    def sample(images: Images, y: Labels, total: int, seed: int) -> tuple[Images, Labels]:
        labels, counts = np.unique(y, return_counts=True)
        totals = {int(label): int(count) + total // len(labels) for label, count in zip(labels, counts, strict=True)}
        rows, made = make(totals, images.shape[1:], seed).fit_resample(images.reshape(len(images), -1), y)
        return rows[len(y) :].reshape(-1, *images.shape[1:]), made[len(y) :]

    return sample


def expansive(transition: str) -> Sampler:
    """Return the synthesizer with one kind of transition."""

    def make(totals: dict[int, int], shape: tuple[int, ...], seed: int) -> ExpansiveSynthesizer:
        return ExpansiveSynthesizer(
            sampling_strategy=totals, image_shape=shape, transition=transition, random_state=seed
        )

    return resampled(make)


SAMPLERS: dict[str, Sampler] = {
    "real": lambda images, y, total, seed: (images[:0], y[:0]),
    "affine": affine,
    "flip_shift": flip_shift,
    "smote": resampled(lambda totals, shape, seed: SMOTE(sampling_strategy=totals, k_neighbors=5, random_state=seed)),
    "skexpand": expansive("auto"),
    "skexpand_latent": expansive("latent"),
    "skexpand_both": expansive("both"),
}


class ConvolutionalNetwork:
    """Two blocks of 3 x 3 convolutions with 32 and 64 channels, batch norm, max-pool; dropout; a linear layer."""

    def __init__(self, image_shape: tuple[int, ...], seed: int) -> None:
        self.layout, self.seed = stated_layout(image_shape), seed

    def fit(self, X: NDArray[np.float32], y: Labels) -> ConvolutionalNetwork:
        """Train for a fixed number of steps."""
        torch.manual_seed(self.seed)
        channels, height, width = self.layout.shape
        self.net = nn.Sequential(
            *self._block(channels, 32),
            *self._block(32, 64),
            nn.Flatten(),
            nn.Dropout(0.5),
            nn.Linear(64 * (height // 4) * (width // 4), int(y.max()) + 1),
        )
        optimizer = torch.optim.Adam(self.net.parameters())
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_RATE, total_steps=STEPS)
        self.mean, self.scale = float(X.mean()), float(X.std())
        images, labels = self._tensor(X), torch.as_tensor(y)
        for rows in itertools.islice(self._batches(len(X)), STEPS):
            optimizer.zero_grad()
            F.cross_entropy(self.net(images[rows]), labels[rows]).backward()
            optimizer.step()
            schedule.step()
        return self

    def score(self, X: NDArray[np.float32], y: Labels) -> float:
        """Return the accuracy."""
        self.net.eval()
        with torch.no_grad():
            found = torch.cat([self.net(part).argmax(1) for part in self._tensor(X).split(500)])
        return float(np.mean(found.numpy() == y))

    def _tensor(self, X: NDArray[np.float32]) -> torch.Tensor:
        return torch.as_tensor((np.ascontiguousarray(self.layout.channels_first(X)) - self.mean) / self.scale)

    @staticmethod
    def _block(before: int, after: int) -> list[nn.Module]:
        return [nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU(), nn.MaxPool2d(2)]

    @staticmethod
    def _batches(n_rows: int) -> Any:
        while True:
            yield from torch.randperm(n_rows).split(min(BATCH, n_rows))[: max(1, n_rows // BATCH)]


def learners(image_shape: tuple[int, ...], seed: int) -> dict[str, Any]:
    """Return the learners by name."""
    return {
        "cnn": ConvolutionalNetwork(image_shape, seed),
        "svc": SVC(C=10),
        "knn": KNeighborsClassifier(5),
        "forest": RandomForestClassifier(100, random_state=seed),
    }


def run_cell(data: dict[str, Any], per_class: int, total: int, seed: int, sampler: str, names: list[str]) -> Any:
    """Yield a record for each learner."""
    rng, labels = np.random.default_rng(seed), data["y_train"].astype(np.intp)
    kept = np.concatenate([rng.permutation(np.flatnonzero(labels == label))[:per_class] for label in np.unique(labels)])
    images, y, shape = data["X_train"][kept], labels[kept], data["X_train"].shape[1:]
    (new, new_labels), cost = measured(SAMPLERS[sampler], images, y, total, seed)
    X_test, y_test = flat(data["X_test"]), data["y_test"].astype(np.intp)
    X, y = np.concatenate([flat(images), flat(new)]), np.concatenate([y, new_labels])
    for name in names:
        score = learners(shape, seed)[name].fit(X, y).score(X_test, y_test)
        yield {"learner": name, "accuracy": score, **cost._asdict()}


def flat(images: Images) -> NDArray[np.float32]:
    """Return images as rows between 0 and 1."""
    return (images.reshape(len(images), np.prod(images.shape[1:])) / 255).astype(np.float32)


def page(results: pd.DataFrame) -> str:
    """Return the table of means over seeds."""
    cells = results.groupby(["set", "per_class", "total", "learner", "sampler"]).accuracy.agg(["mean", "size"])
    wide = (
        (100 * cells["mean"])
        .unstack("sampler")
        .reindex(columns=[name for name in SAMPLERS if name in cells.index.levels[4]])
    )
    wide.insert(0, "seeds", cells["size"].unstack("sampler").min(axis=1).astype(int))
    wide.index = [f"{name}, {k} per class, {total} new: {learner}" for name, k, total, learner in wide.index]
    seconds = (
        results[results.sampler == "skexpand"].groupby(["set", "per_class", "total"])[["seconds", "peak_mib"]].median()
    )
    seconds.index = [f"{name}, {k} per class, {total} new" for name, k, total in seconds.index]
    head = HEAD.replace("images", "images: transitions", 1) if "skexpand_both" in wide else HEAD
    return f"{head}\n{to_markdown(wide, 1)}\nWhat skexpand costs:\n\n{to_markdown(seconds, 1)}"


def main() -> None:
    """Run what is missing and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", default="mnist,usps,fashion_mnist")
    parser.add_argument("--per-class", type=int, default=10)
    parser.add_argument("--total", type=int, default=2000, help="new images")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--samplers", default="real,affine,smote,skexpand")
    parser.add_argument("--learners", default="cnn,svc,knn,forest")
    parser.add_argument("--out", type=Path, default=Path("results/images.csv"))
    arguments = parser.parse_args()
    done = pd.read_csv(arguments.out) if arguments.out.exists() else pd.DataFrame(columns=[*KEY, "learner"])
    for name, seed in itertools.product(arguments.sets.split(","), range(arguments.seeds)):
        with np.load(Path(os.environ["SKEXPAND_DATA"]) / "images" / f"{name}.npz") as file:
            data = dict(file)
        for sampler in arguments.samplers.split(","):
            key = dict(zip(KEY, (name, arguments.per_class, arguments.total, seed, sampler), strict=True))
            same = done[(done[KEY] == pd.Series(key)).all(axis=1)]
            missing = [learner for learner in arguments.learners.split(",") if learner not in set(same.learner)]
            if not missing:
                continue
            lines = [key | record for record in run_cell(data, *list(key.values())[1:], missing)]
            pd.DataFrame(lines).to_csv(arguments.out, mode="a", header=not arguments.out.exists(), index=False)
            print(*(f"{line['learner']} {100 * line['accuracy']:.1f}" for line in lines), key, flush=True)
    arguments.out.with_suffix(".md").write_text(page(pd.read_csv(arguments.out)))


if __name__ == "__main__":
    main()
