"""What displays and the report draw on axes: rows, densities, the curve of gains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skexpand.base.types import FloatArray
from skexpand.metrics._rows import Cells
from skexpand.plot.style import CLASSES, MUTED, NEW, REAL

_READABLE = ("float", "integer")  # kinds of columns whose values are numbers to people
_MOST_BINS = 40  # of categories


def principal_plane(real: FloatArray, *tables: FloatArray) -> list[FloatArray]:
    """Return the coordinates (n, 2) of tables in the plane of the first two principal components of the real rows."""
    centre = real.mean(axis=0)
    directions = np.linalg.svd(real - centre, full_matrices=False)[2][:2].T
    places = [np.zeros((len(rows), 2)) for rows in tables]
    for found, rows in zip(places, tables, strict=True):
        found[:, : directions.shape[1]] = (rows - centre) @ directions
    return places


def draw_rows(axes: Any, real: FloatArray, new: FloatArray, **style: Any) -> None:
    """Draw real and new rows (n, 2) in their two colours."""
    for rows, color, size, label in ((new, NEW, 7, "new"), (real, REAL, 11, "real")):
        marks = {"s": size, "color": color, "alpha": 0.6, "linewidths": 0, "label": label, "rasterized": True}
        axes.scatter(*rows.T, **marks | style)
    axes.legend(frameon=False, handletextpad=0.2)


def draw_curve(
    axes: Any, ratios: Sequence[float], means: ArrayLike, lows: ArrayLike, highs: ArrayLike, in_points: bool
) -> None:
    """Draw gains, in points or as they are, against new rows per real row; ratios double, so steps are even."""
    factor, heading = (100, "gain, points") if in_points else (1, "gain")
    means, lows, highs = (factor * np.asarray(values, np.float64) for values in (means, lows, highs))
    places = np.arange(len(means))
    axes.axhline(0, color=MUTED, linewidth=0.8)
    axes.fill_between(places, lows, highs, color=NEW, alpha=0.18, linewidth=0)
    axes.plot(places, means, color=NEW, marker="o", markersize=4)
    axes.set_xticks(places, [f"{ratio:.2g}" for ratio in ratios])
    axes.set(xlabel="new rows for each real row", ylabel=heading)


def draw_stairs(axes: Any, samples: Sequence[FloatArray], edges: NDArray[np.floating], labels: Sequence[str]) -> None:
    """Draw the share of values in each bin: filled for real rows, as an outline for new ones."""
    styles = ({"color": REAL, "alpha": 0.35, "fill": True}, {"color": NEW, "linewidth": 1.5})
    for values, label, style in zip(samples, labels, styles, strict=True):
        axes.stairs(np.histogram(values, edges)[0] / max(len(values), 1), edges, label=label, **style)


def draw_column(axes: Any, cells: Cells, place: int) -> None:
    """Draw one column of two tables: shares of categories, or densities of numbers."""
    column = cells.columns[place]
    both = [rows[~np.isnan(rows[:, place]), place] for rows in (cells.real, cells.synthetic)]
    if column.kind == "categorical":
        edges = np.arange(len(column.categories or ()) + 1) - 0.5
        edges = edges[: 2 + int(max(values.max(initial=0) for values in both))][: _MOST_BINS + 1]
    else:
        low, high = np.quantile(np.concatenate([*both, [0.0] * (sum(map(len, both)) == 0)]), [0.005, 0.995])
        edges = np.linspace(low, high if high > low else low + 1, 25)
    draw_stairs(axes, both, edges, ["real", "new"])
    axes.set(yticks=[])
    axes.xaxis.get_major_locator().set_params(nbins=4)
    if column.kind not in _READABLE:  # codes and seconds are not readable
        axes.set(xticks=[])


def draw_classes(
    axes: Any, real: tuple[FloatArray, NDArray[Any]], new: tuple[FloatArray, NDArray[Any]], **style: Any
) -> None:
    """Draw rows (n, 2) with their labels: classes by colour, real rows ringed."""
    for place, label in enumerate(np.unique(real[1])):
        color = CLASSES[place]
        axes.scatter(*new[0][new[1] == label].T, s=11, color=color, alpha=0.4, linewidths=0, rasterized=True)
        rings = {"s": 42, "color": color, "edgecolors": "black", "linewidths": 0.8, "label": str(label), "zorder": 3}
        axes.scatter(*real[0][real[1] == label].T, **rings | style)
    axes.legend(frameon=False, handletextpad=0.2)


def draw_graph(axes: Any, places: FloatArray, edges: NDArray[np.intp]) -> None:
    """Draw lines between rows (n, 2) that edges (n_edges, 2) join."""
    from matplotlib.collections import LineCollection

    axes.add_collection(LineCollection(list(places[edges]), colors=MUTED, linewidths=0.4, alpha=0.4, zorder=1))


def draw_labels(
    axes: Any, places: FloatArray, labels: NDArray[Any], certainty: FloatArray, given: NDArray[np.bool_]
) -> None:
    """Draw rows (n, 2): classes by colour, given labels ringed, inferred ones the larger the surer."""
    sizes = 3 + 22 * np.square(certainty)
    for place, label in enumerate(np.unique(labels)):
        color, of_class = CLASSES[place], labels == label
        mine, ringed = of_class & ~given, of_class & given
        axes.scatter(*places[mine].T, s=sizes[mine], color=color, linewidths=0, label=str(label), zorder=2)
        axes.scatter(*places[ringed].T, s=110, color=color, edgecolors="black", linewidths=1, zorder=3)
