"""Images in and out of the sampler, and pictures of what it made.

The sampler takes a row per image, so that it can be a step of a Pipeline. ``to_rows`` makes rows of images,
``to_images`` makes images of rows, ``plot_expansion`` shows new images beside their anchors, ``plot_flows`` what moved
them, and ``plot_interpolation`` how.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted

from skexpand._random import RandomState, make_generator
from skexpand.codec.image import stated_layout

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from skexpand._image_expansion import ImageExpansion
    from skexpand._synthesizer import ExpansiveSynthesizer

__all__ = ["plot_expansion", "plot_flows", "plot_interpolation", "to_images", "to_rows"]

_CELL = 0.75  # inches that an image takes


def to_rows(images: ArrayLike) -> tuple[NDArray[Any], tuple[int, ...]]:
    """Flatten images to the rows that the sampler takes.

    Parameters
    ----------
    images : array-like of shape (n, h, w), (n, c, h, w) or (n, h, w, c)
        The images, with 1 or 3 channels.

    Returns
    -------
    X : ndarray of shape (n, h * w * c)
        One row for each image.
    image_shape : tuple
        The shape of one, for ``ExpansiveSynthesizer(image_shape=...)``.

    Raises
    ------
    ValueError
        If the array is not one of images.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skexpand.images import to_rows
    >>> X, image_shape = to_rows(load_digits().images)
    >>> X.shape, image_shape
    ((1797, 64), (8, 8))
    """
    array = np.asarray(images)
    if array.ndim not in (3, 4):
        raise ValueError(
            f"images has shape {array.shape}; it takes (n, h, w), (n, c, h, w) or (n, h, w, c). Rows that are flat "
            "already need no to_rows, only image_shape."
        )
    image_shape = stated_layout(array.shape[1:]).image_shape
    return array.reshape(len(array), -1), image_shape


def to_images(X: ArrayLike, image_shape: tuple[int, ...]) -> NDArray[Any]:
    """Return rows as images: what ``to_rows`` undoes.

    Parameters
    ----------
    X : array-like of shape (n, h * w * c)
        Flattened images.
    image_shape : tuple
        The shape of one.

    Returns
    -------
    images : ndarray of shape (n, h, w) or (n, h, w, c) or (n, c, h, w)
        The images.
    """
    return np.asarray(X).reshape(-1, *stated_layout(image_shape).image_shape)


def plot_expansion(
    synthesizer: ExpansiveSynthesizer, n_children: int = 8, n_classes: int = 10, random_state: RandomState = 0
) -> Figure:
    """Show an original of each class, and new images that have it for an anchor.

    Parameters
    ----------
    synthesizer : ExpansiveSynthesizer
        Fitted to images.
    n_children : int, default=8
        New images per original.
    n_classes : int, default=10
        Classes shown at most.
    random_state : int, RandomState instance or None, default=0
        Which originals are shown, and with which children.

    Returns
    -------
    figure : matplotlib.figure.Figure
        A line for each class: the original in a frame, then its children.
    """
    expansion = _expansion_of(synthesizer)
    rng = make_generator(random_state)
    codes = range(min(n_classes, len(synthesizer.classes_)))
    anchors = [int(rng.choice(np.flatnonzero(expansion.labels == code))) for code in codes]
    figure, axes = _panels(len(anchors), n_children + 1)
    for line, code, anchor in zip(axes, codes, anchors, strict=True):
        _, generators = expansion.draw_flows(code, n_children, rng)
        children = expansion.made(np.full(n_children, anchor), generators)
        pictures = _pictures(expansion, np.concatenate([expansion.images[[anchor]].reshape(1, -1), children]))
        _show(line, pictures)
        for side in line[0].spines.values():
            side.set_visible(True)
        line[0].set_ylabel(str(synthesizer.classes_[code]), rotation=0, ha="right", va="center")
    axes[0, 0].set_title("real", fontsize="medium")
    axes[0, 1].set_title("new", fontsize="medium")
    return figure


def plot_flows(synthesizer: ExpansiveSynthesizer, n_flows: int = 6, random_state: RandomState = 0) -> Figure:
    """Show edges: an image, its neighbour, the flow between them, what it makes of the first, and what is left over.

    Parameters
    ----------
    synthesizer : ExpansiveSynthesizer
        Fitted to images.
    n_flows : int, default=6
        Edges shown.
    random_state : int, RandomState instance or None, default=0
        Which edges are shown.

    Returns
    -------
    figure : matplotlib.figure.Figure
        A column for each edge: source, flow, moved source, target, and the difference of the last two.

    Raises
    ------
    ValueError
        If the synthesizer knows no flow, each class having one image.
    """
    expansion = _expansion_of(synthesizer)
    chosen = _some_edges(expansion, n_flows, random_state)
    sources, targets = expansion.flows.edges.sources[chosen], expansion.flows.edges.targets[chosen]
    generators = expansion.flows.generators[chosen]
    flat = expansion.images.reshape(len(expansion.images), -1)
    source, target = _pictures(expansion, flat[sources]), _pictures(expansion, flat[targets])
    moved = _pictures(expansion, expansion.moved(sources, generators))
    figure, axes = _panels(5, len(chosen))
    for line, pictures in zip(axes[[0, 2, 3, 4]], (source, moved, target, np.abs(moved - target)), strict=True):
        _show(line, pictures)
    for panel, displacement in zip(axes[1], expansion.displacements(generators), strict=True):
        _draw_grid(panel, displacement)
    for panel, name in zip(axes[:, 0], ("source", "flow", "moved", "target", "left over"), strict=True):
        panel.set_ylabel(name, rotation=0, ha="right", va="center")
    return figure


def plot_interpolation(
    synthesizer: ExpansiveSynthesizer, n_edges: int = 4, n_steps: int = 7, random_state: RandomState = 0
) -> Figure:
    """Show how a flow carries an image into its neighbour, step by step.

    Parameters
    ----------
    synthesizer : ExpansiveSynthesizer
        Fitted to images.
    n_edges : int, default=4
        Edges shown.
    n_steps : int, default=7
        Images from the source to where the flow carries it, both included.
    random_state : int, RandomState instance or None, default=0
        Which edges are shown.

    Returns
    -------
    figure : matplotlib.figure.Figure
        A line for each edge: the source, the steps, and the target at the end.

    Raises
    ------
    ValueError
        If the synthesizer knows no flow, each class having one image.
    """
    expansion = _expansion_of(synthesizer)
    chosen = _some_edges(expansion, n_edges, random_state)
    figure, axes = _panels(len(chosen), n_steps + 1)
    steps = np.linspace(0, 1, n_steps, dtype=np.float32)
    for line, edge in zip(axes, chosen.tolist(), strict=True):
        source, target = expansion.flows.edges.sources[edge], expansion.flows.edges.targets[edge]
        moved = expansion.moved(np.full(n_steps, source), np.outer(steps, expansion.flows.generators[edge]))
        _show(line, _pictures(expansion, np.concatenate([moved, expansion.images[[target]].reshape(1, -1)])))
    axes[0, 0].set_title("source", fontsize="medium")
    axes[0, -1].set_title("target", fontsize="medium")
    return figure


def _some_edges(expansion: ImageExpansion, n_edges: int, random_state: RandomState) -> NDArray[np.intp]:
    """Choose edges; refuse where there is none."""
    if not len(expansion.flows.edges):
        raise ValueError("Each class has a single image, so there is no edge and no flow to show.")
    return make_generator(random_state).permutation(len(expansion.flows.edges))[:n_edges]


def _show(line: NDArray[Any], pictures: NDArray[np.float64]) -> None:
    """Draw pictures in a line of panels."""
    for panel, picture in zip(line, pictures, strict=True):
        panel.imshow(picture, cmap="gray_r", vmin=0, vmax=1)


def _expansion_of(synthesizer: ExpansiveSynthesizer) -> ImageExpansion:
    from skexpand._image_expansion import ImageExpansion  # imports torch

    check_is_fitted(synthesizer)
    expansion = synthesizer._expansion
    if not isinstance(expansion, ImageExpansion):
        raise ValueError(f"The synthesizer was fitted with image_shape={synthesizer.image_shape!r}: to no images.")
    return expansion


def _pictures(expansion: ImageExpansion, encoded: NDArray[Any]) -> NDArray[np.float64]:
    """Return encoded images as matplotlib shows them: (n, h, w) or (n, h, w, 3), between 0 and 1."""
    codec = expansion.codec
    rows = codec.decode(encoded, np.dtype(np.float64))
    images = codec.layout.channels_first((rows - codec.low) / codec.unit)
    return images[:, 0] if images.shape[1] == 1 else np.moveaxis(images, 1, -1)


def _panels(n_lines: int, n_columns: int) -> tuple[Figure, NDArray[Any]]:
    import matplotlib.pyplot as plt  # only pictures need it

    figure, axes = plt.subplots(
        n_lines, n_columns, figsize=(_CELL * n_columns + 1, _CELL * n_lines + 0.3), squeeze=False, layout="constrained"
    )
    for panel in axes.ravel():
        panel.set(xticks=[], yticks=[], aspect="equal")
        for side in panel.spines.values():
            side.set_visible(False)
    return figure, axes


def _draw_grid(panel: Any, displacement: NDArray[np.float64]) -> None:
    """Draw where a square grid comes from under a displacement (h, w, 2)."""
    height, width, _ = displacement.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    x, y = x + displacement[..., 0], y + displacement[..., 1]
    step = max(1, min(height, width) // 7)
    panel.plot(x[::step].T, y[::step].T, color="#2a6fdb", linewidth=0.6)
    panel.plot(x[:, ::step], y[:, ::step], color="#2a6fdb", linewidth=0.6)
    panel.set(xlim=(-1.4, 1.4), ylim=(1.4, -1.4))
