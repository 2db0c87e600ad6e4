"""Pictures of real and new rows, drawn by matplotlib (the extra ``report``) as SVG in data URIs.

None contains text from the table: names are in the page beside them, where they are escaped.
"""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from skexpand.base.types import FloatArray
from skexpand.codec import Column
from skexpand.metrics._rows import Cells, encoded, read_both
from skexpand.metrics.fidelity import column_wasserstein, correlations
from skexpand.report.comparison import Comparison
from skexpand.report.extra import require_extra
from skexpand.report.signs import MIN_ROWS, Specimen

REAL, NEW, MUTED = "#1b3a57", "#d9681d", "#8a94a0"
_SHOWN = 6  # categories named
MOST_COLUMNS = 12  # whose densities are drawn
_STYLE: dict[Any, Any] = {
    "axes.edgecolor": MUTED,
    "axes.labelcolor": "#39424c",
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "svg.fonttype": "path",
    "svg.hashsalt": "skexpand",
    "xtick.color": "#39424c",
    "ytick.color": "#39424c",
}


class Picture(NamedTuple):
    """A picture as a data URI, its title, its description, and whether it takes the whole width."""

    uri: str
    title: str
    description: str
    wide: bool = False


class Gallery(NamedTuple):
    """The pictures of a report."""

    curve: Picture
    rows: list[Picture]
    columns: list[Picture]


def draw_gallery(comparison: Comparison, specimen: Specimen, rng: np.random.Generator) -> Gallery:
    """Draw all pictures; without enough new rows, the curve only."""
    curve = _curve(comparison)
    if min(specimen.real.shape[0], specimen.new.shape[0]) < MIN_ROWS:
        return Gallery(curve, [], [])
    real, new = encoded(specimen.real, specimen.new)
    return Gallery(curve, [_plane(real, new), _nearest(real, new), _correlations(real, new)], _columns(specimen, rng))


@contextmanager
def _axes(width: float, height: float, n_axes: int = 1) -> Iterator[tuple[Any, list[Any]]]:
    """Yield a figure of its own, without any global state, and its axes."""
    require_extra()
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure, np.atleast_1d(figure.subplots(1, n_axes)).tolist()


def _uri(figure: Any) -> str:
    """Return a figure as a data URI."""
    file = io.BytesIO()
    figure.savefig(file, format="svg", dpi=150, transparent=True, metadata={"Date": None})
    return "data:image/svg+xml;base64," + b64encode(file.getvalue()).decode("ascii")


def _curve(comparison: Comparison) -> Picture:
    """Draw the gain against the number of new rows."""
    means, lows, highs = (100 * np.array(values) for values in zip(*comparison.gains, strict=True))
    places = np.arange(len(means))  # the ratios double, so steps are even
    with _axes(4.4, 3.0) as (figure, (axes,)):
        axes.axhline(0, color=MUTED, linewidth=0.8)
        axes.fill_between(places, lows, highs, color=NEW, alpha=0.18, linewidth=0)
        axes.plot(places, means, color=NEW, marker="o", markersize=4)
        axes.set_xticks(places, [f"{ratio:.2g}" for ratio in comparison.ratios])
        axes.set_xlabel("new rows for each real row")
        axes.set_ylabel("gain, points")
        return Picture(_uri(figure), "How many rows", "Gain over real rows only against the number of new rows.")


def _plane(real: FloatArray, new: FloatArray) -> Picture:
    """Draw real and new rows in the plane of the first two principal components of the real ones."""
    centre = real.mean(axis=0)
    plane = np.linalg.svd(real - centre, full_matrices=False)[2][:2].T
    with _axes(4.4, 3.0) as (figure, (axes,)):
        for rows, color, size, label in ((new, NEW, 7, "new"), (real, REAL, 11, "real")):
            places = np.zeros((len(rows), 2))
            places[:, : plane.shape[1]] = (rows - centre) @ plane
            axes.scatter(*places.T, s=size, color=color, alpha=0.6, linewidths=0, label=label, rasterized=True)
        axes.set(xlabel="first principal component", ylabel="second")
        axes.legend(frameon=False, handletextpad=0.2)
        return Picture(_uri(figure), "Rows in a plane", "Real and new rows by the real rows' principal components.")


def _nearest(real: FloatArray, new: FloatArray) -> Picture:
    """Draw how far rows are from the closest real row."""
    among_real = cdist(real, real)
    np.fill_diagonal(among_real, np.inf)
    distances = {"real to real": among_real.min(axis=1), "new to real": cdist(new, real).min(axis=1)}
    edges = np.linspace(0, max(np.quantile(found, 0.99) for found in distances.values()) or 1.0, 31)
    with _axes(4.4, 3.0) as (figure, (axes,)):
        _stairs(axes, list(distances.values()), edges, list(distances))
        axes.set(xlabel="distance to the closest real row", yticks=[], ylabel="share of rows")
        axes.legend(frameon=False)
        return Picture(_uri(figure), "Nearest distances", "Distances of new and of real rows to the closest real row.")


def _correlations(real: FloatArray, new: FloatArray) -> Picture:
    """Draw both correlation matrices."""
    with _axes(7.0, 3.0, 2) as (figure, both):
        for axes, rows, label in zip(both, (real, new), ("real", "new"), strict=True):
            image = axes.imshow(correlations(rows), cmap="RdBu_r", vmin=-1, vmax=1, interpolation="nearest")
            axes.set(xticks=[], yticks=[], title=label)
        figure.colorbar(image, ax=both, shrink=0.7, ticks=[-1, 0, 1])
        text = "Correlation matrices of the encoded columns, real and new."
        return Picture(_uri(figure), "Correlations", text, wide=True)


def _columns(specimen: Specimen, rng: np.random.Generator) -> list[Picture]:
    """Draw the columns that differ most, each by itself."""
    cells = read_both(specimen.real, specimen.new)
    figures = list(column_wasserstein(specimen.real, specimen.new, random_state=rng).values())
    distances = np.nan_to_num([figure.value for figure in figures], nan=-1)
    order = np.argsort(-distances, kind="stable")[:MOST_COLUMNS]
    return [_column(cells, place, figures[place].value) for place in order.tolist() if distances[place] >= 0]


def _column(cells: Cells, place: int, distance: float) -> Picture:
    """Draw one column: shares of categories, or densities of numbers."""
    column = cells.columns[place]
    both = [rows[~np.isnan(rows[:, place]), place] for rows in (cells.real, cells.synthetic)]
    if column.kind == "categorical":
        edges = np.arange(len(column.categories or ()) + 1) - 0.5
        edges = edges[: 2 + int(max(values.max() for values in both))][:41]
    else:
        low, high = np.quantile(np.concatenate(both), [0.005, 0.995])
        edges = np.linspace(low, high if high > low else low + 1, 25)
    with _axes(2.1, 1.3) as (figure, (axes,)):
        _stairs(axes, both, edges, ["real", "new"])
        axes.set(yticks=[])
        axes.tick_params(labelsize=7)
        axes.xaxis.get_major_locator().set_params(nbins=4)
        if column.kind not in ("float", "integer"):  # codes and seconds are not readable
            axes.set(xticks=[])
        title = f"column {column.name}" if isinstance(column.name, int) else str(column.name)
        return Picture(_uri(figure), title, f"Wasserstein distance {distance:.2f}{_named(column)}")


def _named(column: Column) -> str:
    """Name the first categories, from left to right."""
    if column.kind != "categorical" or not column.categories:
        return ""
    shown = ", ".join(str(category)[:20] for category in column.categories[:_SHOWN])
    return f"; {shown}{', …' if len(column.categories) > _SHOWN else ''}"


def _stairs(axes: Any, samples: Sequence[FloatArray], edges: NDArray[np.floating], labels: Sequence[str]) -> None:
    """Draw the share of values in each bin: filled for real rows, as an outline for new ones."""
    (real, new), styles = samples, ({"color": REAL, "alpha": 0.35, "fill": True}, {"color": NEW, "linewidth": 1.5})
    for values, label, style in zip((real, new), labels, styles, strict=True):
        axes.stairs(np.histogram(values, edges)[0] / len(values), edges, label=label, **style)
