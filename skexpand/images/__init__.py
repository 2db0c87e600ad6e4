"""Conversion between images and rows, and plots of new images.

The sampler takes one row per image, so that it can be a step of a Pipeline. ``to_rows`` converts images to rows, and
``to_images`` rows to images. ``plot_expansion`` shows new images beside their anchors, ``plot_flows`` the flows between
images, ``plot_interpolation`` the steps along a flow, and ``plot_reconstruction`` what an autoencoder loses.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skexpand.base.random import RandomState, make_generator
from skexpand.codec.image import Layout, stated_layout
from skexpand.codec.schema import dense
from skexpand.images._panels import (
    as_pictures,
    decoded_pictures,
    draw_grid,
    expansion_of,
    panels,
    rows_like,
    shades_of,
    show,
    some_edges,
    training_rows,
    with_flows,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from skexpand.estimators.synthesizer import ExpansiveSynthesizer

__all__ = ["plot_expansion", "plot_flows", "plot_interpolation", "plot_reconstruction", "to_images", "to_rows"]


def to_rows(images: ArrayLike) -> tuple[NDArray[Any], tuple[int, ...]]:
    """Flatten images to the rows that the sampler takes.

    .. versionadded:: 0.1

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
        If the array does not hold images.

    See Also
    --------
    to_images : The inverse.

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
            f"images has shape {array.shape}; give (n, h, w), (n, c, h, w) or (n, h, w, c). Rows that are "
            "already flat do not need to_rows, only image_shape."
        )
    layout = stated_layout(array.shape[1:])
    return array.reshape(len(array), prod(layout.shape)), layout.image_shape


def to_images(X: ArrayLike, image_shape: tuple[int, ...]) -> NDArray[Any]:
    """Return rows as images; the inverse of ``to_rows``.

    .. versionadded:: 0.1

    Parameters
    ----------
    X : {array-like, sparse matrix} of shape (n, h * w * c)
        Flattened images.
    image_shape : tuple
        The shape of one.

    Returns
    -------
    images : ndarray of shape (n, h, w) or (n, h, w, c) or (n, c, h, w)
        The images.

    Raises
    ------
    ValueError
        If the rows do not have as many columns as such an image has pixels.

    See Also
    --------
    to_rows : The inverse.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skexpand.images import to_images
    >>> X, _ = load_digits(return_X_y=True)
    >>> to_images(X, (8, 8)).shape
    (1797, 8, 8)
    """
    rows = np.atleast_2d(dense(X))
    return rows.reshape(len(rows), *Layout.of(image_shape, rows).image_shape)


def plot_expansion(
    synthesizer: ExpansiveSynthesizer, n_children: int = 8, n_classes: int = 10, random_state: RandomState = 0
) -> Figure:
    """Show an original of each class, and new images that have it as their anchor.

    .. versionadded:: 0.1

    Parameters
    ----------
    synthesizer : ExpansiveSynthesizer
        Fitted to images.
    n_children : int, default=8
        Number of new images per original.
    n_classes : int, default=10
        Maximum number of classes shown.
    random_state : int, RandomState instance or None, default=0
        Which originals are shown, and with which children.

    Returns
    -------
    figure : matplotlib.figure.Figure
        A row for each class: the original in a frame, followed by new images.

    See Also
    --------
    plot_flows : The flows that move them.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skexpand import ExpansiveSynthesizer
    >>> from skexpand.images import plot_expansion
    >>> X, y = load_digits(return_X_y=True)
    >>> synthesizer = ExpansiveSynthesizer(image_shape=(8, 8), spread=1.0, random_state=0)
    >>> figure = plot_expansion(synthesizer.fit(X[:60], y[:60]))
    >>> figure.savefig("figure.png")  # doctest: +SKIP
    """
    expansion = expansion_of(synthesizer, n_children=n_children, n_classes=n_classes)
    shades, rng = shades_of(expansion), make_generator(random_state)
    codes = range(min(n_classes, len(synthesizer.classes_)))
    anchors = [int(rng.choice(np.flatnonzero(expansion.labels == code))) for code in codes]
    figure, axes = panels(len(anchors), n_children + 1)
    for line, code, anchor in zip(axes, codes, anchors, strict=True):
        children = expansion.codec.decode(expansion.draw_children(anchor, n_children, rng), np.dtype(np.float64))
        show(line, as_pictures(expansion, np.concatenate([training_rows(expansion)[[anchor]], children])), shades)
        for side in line[0].spines.values():
            side.set_visible(True)
        line[0].set_ylabel(str(synthesizer.classes_[code]), rotation=0, ha="right", va="center")
    axes[0, 0].set_title("real", fontsize="medium")
    axes[0, 1].set_title("new", fontsize="medium")
    return figure


def plot_flows(synthesizer: ExpansiveSynthesizer, n_flows: int = 6, random_state: RandomState = 0) -> Figure:
    """Show edges: an image, its neighbour, the flow between them, the moved image, and the remainder.

    .. versionadded:: 0.1

    Parameters
    ----------
    synthesizer : ExpansiveSynthesizer
        Fitted to images.
    n_flows : int, default=6
        Number of edges shown.
    random_state : int, RandomState instance or None, default=0
        Which edges are shown.

    Returns
    -------
    figure : matplotlib.figure.Figure
        A column for each edge: source, flow, moved source, target, and the difference of the last two.

    Raises
    ------
    ValueError
        If the synthesizer has no flow: each class has one image, or only latent vectors are used.

    See Also
    --------
    plot_interpolation : A flow, step by step.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skexpand import ExpansiveSynthesizer
    >>> from skexpand.images import plot_flows
    >>> X, y = load_digits(return_X_y=True)
    >>> synthesizer = ExpansiveSynthesizer(image_shape=(8, 8), spread=1.0, random_state=0)
    >>> figure = plot_flows(synthesizer.fit(X[:60], y[:60]))
    >>> figure.savefig("figure.png")  # doctest: +SKIP
    """
    expansion = with_flows(synthesizer, n_flows=n_flows)
    chosen = some_edges(expansion, n_flows, random_state)
    sources, targets = expansion.flows.edges.sources[chosen], expansion.flows.edges.targets[chosen]
    generators = expansion.flows.generators[chosen]
    flat = expansion.images.reshape(len(expansion.images), -1)
    source, target = decoded_pictures(expansion, flat[sources]), decoded_pictures(expansion, flat[targets])
    moved = decoded_pictures(expansion, expansion.moved(sources, generators))
    figure, axes = panels(5, len(chosen))
    for line, pictures in zip(axes[[0, 2, 3]], (source, moved, target), strict=True):
        show(line, pictures, shades_of(expansion))
    show(axes[4], np.abs(moved - target))
    for panel, displacement in zip(axes[1], expansion.displacements(generators), strict=True):
        draw_grid(panel, displacement)
    for panel, name in zip(axes[:, 0], ("source", "flow", "moved", "target", "left over"), strict=True):
        panel.set_ylabel(name, rotation=0, ha="right", va="center")
    return figure


def plot_interpolation(
    synthesizer: ExpansiveSynthesizer, n_edges: int = 4, n_steps: int = 7, random_state: RandomState = 0
) -> Figure:
    """Show how a flow maps an image to its neighbour, step by step.

    .. versionadded:: 0.1

    Parameters
    ----------
    synthesizer : ExpansiveSynthesizer
        Fitted to images.
    n_edges : int, default=4
        Number of edges shown.
    n_steps : int, default=7
        Number of images from the source to the moved source, both included.
    random_state : int, RandomState instance or None, default=0
        Which edges are shown.

    Returns
    -------
    figure : matplotlib.figure.Figure
        A row for each edge: the source, the steps, and the target at the end.

    Raises
    ------
    ValueError
        If the synthesizer has no flow: each class has one image, or only latent vectors are used.

    See Also
    --------
    plot_flows : Flows as grids.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skexpand import ExpansiveSynthesizer
    >>> from skexpand.images import plot_interpolation
    >>> X, y = load_digits(return_X_y=True)
    >>> synthesizer = ExpansiveSynthesizer(image_shape=(8, 8), spread=1.0, random_state=0)
    >>> figure = plot_interpolation(synthesizer.fit(X[:60], y[:60]))
    >>> figure.savefig("figure.png")  # doctest: +SKIP
    """
    expansion = with_flows(synthesizer, n_edges=n_edges, n_steps=n_steps)
    chosen = some_edges(expansion, n_edges, random_state)
    figure, axes = panels(len(chosen), n_steps + 1)
    steps = np.linspace(0, 1, n_steps, dtype=np.float32)
    for line, edge in zip(axes, chosen.tolist(), strict=True):
        source, target = expansion.flows.edges.sources[edge], expansion.flows.edges.targets[edge]
        moved = expansion.moved(np.full(n_steps, source), np.outer(steps, expansion.flows.generators[edge]))
        pictures = decoded_pictures(expansion, np.concatenate([moved, expansion.images[[target]].reshape(1, -1)]))
        show(line, pictures, shades_of(expansion))
    axes[0, 0].set_title("source", fontsize="medium")
    axes[0, -1].set_title("target", fontsize="medium")
    return figure


def plot_reconstruction(
    synthesizer: ExpansiveSynthesizer, X: ArrayLike | None = None, n_images: int = 8, random_state: RandomState = 0
) -> Figure:
    """Show images, their reconstructions by the autoencoder, and the differences.

    .. versionadded:: 0.1

    Parameters
    ----------
    synthesizer : ExpansiveSynthesizer
        Fitted to images with ``transition="latent"`` or ``"both"``. With a deformation alone, no autoencoder is used,
        and nothing differs.
    X : array-like of shape (n, h * w * c), default=None
        Flattened images, preferably not used in ``fit``. If None, the images of ``fit``.
    n_images : int, default=8
        Maximum number of images shown.
    random_state : int, RandomState instance or None, default=0
        Which images are shown.

    Returns
    -------
    figure : matplotlib.figure.Figure
        A column for each image: original, reconstruction, and the reconstruction minus the original (the mean over
        channels), as a share of the range of the values seen, with a colour scale.

    Raises
    ------
    ValueError
        If X has another number of columns than the images of ``fit``, or no row.

    See Also
    --------
    plot_expansion : New images.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skexpand import ExpansiveSynthesizer
    >>> from skexpand.images import plot_reconstruction
    >>> X, y = load_digits(return_X_y=True)
    >>> synthesizer = ExpansiveSynthesizer(
    ...     image_shape=(8, 8), spread=1.0, transition="latent", max_epochs=0, random_state=0
    ... )
    >>> figure = plot_reconstruction(synthesizer.fit(X[:60], y[:60]))
    >>> figure.savefig("figure.png")  # doctest: +SKIP
    """
    expansion = expansion_of(synthesizer, n_images=n_images)
    rows = training_rows(expansion) if X is None else rows_like(expansion, X)
    rows = rows[np.sort(make_generator(random_state).permutation(len(rows))[:n_images])]
    found = expansion.decode(expansion.encode(rows), np.dtype(np.float64))
    originals, reconstructions = as_pictures(expansion, rows), as_pictures(expansion, found)
    figure, axes = panels(3, len(rows))
    show(axes[0], originals, shades_of(expansion))
    show(axes[1], reconstructions, shades_of(expansion))
    errors = reconstructions - originals
    reach = float(np.abs(errors).max()) or 1.0
    for panel, error in zip(axes[2], errors if errors.ndim == 3 else errors.mean(axis=3), strict=True):
        drawn = panel.imshow(error, cmap="RdBu_r", vmin=-reach, vmax=reach)
    figure.colorbar(drawn, ax=axes, shrink=0.3, anchor=(0, 0))  # of all lines, so that they stay aligned
    for panel, name in zip(axes[:, 0], ("original", "decoded", "error"), strict=True):
        panel.set_ylabel(name, rotation=0, ha="right", va="center")
    return figure
