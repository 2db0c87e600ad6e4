"""Samplers of images: hand-made maps, SMOTE on pixels, and skexpand, each called as (images, y, total, seed)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from imblearn.over_sampling import SMOTE
from numpy.typing import NDArray
from scipy.ndimage import affine_transform

from skexpand import ExpansiveSynthesizer

Images = NDArray[Any]  # (n, h, w) or (n, h, w, c), uint8
Labels = NDArray[np.intp]
Sampler = Callable[[Images, Labels, int, int], tuple[Images, Labels]]

TURN, STRETCH, SHEAR, SHIFT = 0.26, 0.15, 0.2, 0.08  # the hand-made map: radians, shares, shares of the side


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
