"""Helpers of the plots in ``skexpand.images``: rows as pictures, and panels to show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_array, check_is_fitted

from skexpand.base.extras import require
from skexpand.base.random import RandomState, make_generator
from skexpand.request.counts import check_counts
from skexpand.request.input import refuse_unflattened

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from skexpand.estimators.synthesizer import ExpansiveSynthesizer
    from skexpand.expansion.flows import ImageExpansion
    from skexpand.expansion.latent import LatentImageExpansion

    AnyImageExpansion = ImageExpansion | LatentImageExpansion

CELL = 0.75  # inches that an image takes
FLOAT = np.dtype(np.float64)


def expansion_of(synthesizer: ExpansiveSynthesizer, **counts: Any) -> AnyImageExpansion:
    """Return the fitted expansion; raise an error if it was not fitted to images, or for invalid counts."""
    from skexpand.expansion.flows import ImageExpansion  # imports torch
    from skexpand.expansion.latent import LatentImageExpansion

    check_counts(1, **counts)
    check_is_fitted(synthesizer)
    expansion = synthesizer._expansion
    if not isinstance(expansion, ImageExpansion | LatentImageExpansion):
        raise ValueError(
            f"The synthesizer was fitted with image_shape={synthesizer.image_shape!r}, so not to images; set it first."
        )
    return expansion


def with_flows(synthesizer: ExpansiveSynthesizer, **counts: Any) -> ImageExpansion:
    """Return the same, if it has flows."""
    from skexpand.expansion.flows import ImageExpansion

    expansion = expansion_of(synthesizer, **counts)
    if isinstance(expansion, ImageExpansion):
        return expansion
    raise ValueError(
        f"transition={synthesizer.transition!r} has no flow to show; fit with 'deformation' or 'both' for that."
    )


def some_edges(expansion: ImageExpansion, n_edges: int, random_state: RandomState) -> NDArray[np.intp]:
    """Choose edges; raise an error if there is none."""
    if not len(expansion.flows.edges):
        raise ValueError("Each class has a single image, so there is no flow to show; add images.")
    return make_generator(random_state).permutation(len(expansion.flows.edges))[:n_edges]


def training_rows(expansion: AnyImageExpansion) -> NDArray[np.float64]:
    """Return the images of the fit as rows."""
    return expansion.pixels.decode(expansion.images.reshape(len(expansion.images), -1), FLOAT)


def rows_like(expansion: AnyImageExpansion, X: ArrayLike) -> NDArray[np.float64]:
    """Return other images as rows; refuse those of another size."""
    refuse_unflattened(X)
    rows = check_array(X, dtype=FLOAT)
    n_columns = expansion.images[0].size
    if rows.shape[1] != n_columns:
        raise ValueError(
            f"X has {rows.shape[1]} columns, but the images of fit have {n_columns} pixels; give images of their shape."
        )
    return rows


def decoded_pictures(expansion: ImageExpansion, encoded: NDArray[Any]) -> NDArray[np.float64]:
    """Return encoded images as matplotlib shows them."""
    return as_pictures(expansion, expansion.codec.decode(encoded, FLOAT))


def as_pictures(expansion: AnyImageExpansion, rows: NDArray[Any]) -> NDArray[np.float64]:
    """Return rows as matplotlib shows images: (n, h, w) or (n, h, w, 3), between 0 and 1 for values that were seen."""
    pixels = expansion.pixels
    images = pixels.layout.channels_first((rows - pixels.low) / pixels.unit)
    return images[:, 0] if images.shape[1] == 1 else np.moveaxis(images, 1, -1)


def shades_of(expansion: AnyImageExpansion) -> str:
    """Return how grey images are shown: as ink if drawn on a background of the lowest level, else as they are."""
    pixels = expansion.pixels
    return "gray_r" if pixels.surrounded and (pixels.background == pixels.low).all() else "gray"


def show(line: NDArray[Any], pictures: NDArray[np.float64], shades: str = "gray_r") -> None:
    """Draw pictures in a line of panels."""
    for panel, picture in zip(line, pictures, strict=True):
        panel.imshow(picture.clip(0, 1), cmap=shades, vmin=0, vmax=1)


def panels(n_lines: int, n_columns: int) -> tuple[Figure, NDArray[Any]]:
    """Return a figure and its empty panels."""
    require("Pictures need", "plot", "matplotlib")
    import matplotlib.pyplot as plt  # only pictures need it

    size = CELL * max(n_columns, 2) + 1, CELL * n_lines + 0.3  # room for names and scales, however few columns
    figure, axes = plt.subplots(n_lines, n_columns, figsize=size, squeeze=False, layout="constrained")
    for panel in axes.ravel():
        panel.set(xticks=[], yticks=[], aspect="equal")
        for side in panel.spines.values():
            side.set_visible(False)
    return figure, axes


def draw_grid(panel: Any, displacement: NDArray[np.float64]) -> None:
    """Draw where a square grid comes from under a displacement (h, w, 2)."""
    height, width, _ = displacement.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    x, y = x + displacement[..., 0], y + displacement[..., 1]
    step = max(1, min(height, width) // 7)
    panel.plot(x[::step].T, y[::step].T, color="#2a6fdb", linewidth=0.6)
    panel.plot(x[:, ::step], y[:, ::step], color="#2a6fdb", linewidth=0.6)
    panel.set(xlim=(-1.4, 1.4), ylim=(1.4, -1.4))
