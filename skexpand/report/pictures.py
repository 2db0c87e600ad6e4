"""Pictures of real and new rows, drawn by matplotlib (the extra ``report``) as SVG in data URIs.

None contains text from the table: names are in the page beside them, where they are escaped.
"""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from scipy.spatial.distance import cdist

from skexpand.base.types import FloatArray
from skexpand.codec import Column
from skexpand.metrics._rows import Cells, encoded, read_both
from skexpand.metrics.fidelity import correlations
from skexpand.plot.choice import shown_name
from skexpand.plot.columns import most_different
from skexpand.plot.marks import draw_column, draw_curve, draw_rows, draw_stairs, principal_plane
from skexpand.plot.style import styled
from skexpand.report.comparison import Comparison
from skexpand.report.extra import require_extra
from skexpand.report.signs import MIN_ROWS, Specimen

_SHOWN = 6  # categories named


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
    from matplotlib.figure import Figure

    with styled():
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure, np.atleast_1d(figure.subplots(1, n_axes)).tolist()


def _uri(figure: Any) -> str:
    """Return a figure as a data URI."""
    file = io.BytesIO()
    figure.savefig(file, format="svg", dpi=150, transparent=True, metadata={"Date": None})
    return "data:image/svg+xml;base64," + b64encode(file.getvalue()).decode("ascii")


def _curve(comparison: Comparison) -> Picture:
    """Draw the gain against the number of new rows."""
    means, lows, highs = zip(*comparison.gains, strict=True)
    with _axes(4.4, 3.0) as (figure, (axes,)):
        draw_curve(axes, comparison.ratios, means, lows, highs, comparison.unit.in_points)
        return Picture(_uri(figure), "How many rows", "Gain over real rows only against the number of new rows.")


def _plane(real: FloatArray, new: FloatArray) -> Picture:
    """Draw real and new rows in the plane of the first two principal components of the real ones."""
    with _axes(4.4, 3.0) as (figure, (axes,)):
        draw_rows(axes, *principal_plane(real, real, new))
        axes.set(xlabel="first principal component", ylabel="second")
        return Picture(_uri(figure), "Rows in a plane", "Real and new rows by the real rows' principal components.")


def _nearest(real: FloatArray, new: FloatArray) -> Picture:
    """Draw how far rows are from the closest real row."""
    among_real = cdist(real, real)
    np.fill_diagonal(among_real, np.inf)
    distances = {"real to real": among_real.min(axis=1), "new to real": cdist(new, real).min(axis=1)}
    edges = np.linspace(0, max(np.quantile(found, 0.99) for found in distances.values()) or 1.0, 31)
    with _axes(4.4, 3.0) as (figure, (axes,)):
        draw_stairs(axes, list(distances.values()), edges, list(distances))
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
    return [_column(cells, *found) for found in most_different(specimen.real, specimen.new, rng)]


def _column(cells: Cells, place: int, distance: float) -> Picture:
    """Draw one column."""
    column = cells.columns[place]
    with _axes(2.1, 1.3) as (figure, (axes,)):
        draw_column(axes, cells, place)
        axes.tick_params(labelsize=7)
        return Picture(_uri(figure), shown_name(column.name), f"Wasserstein distance {distance:.2f}{_named(column)}")


def _named(column: Column) -> str:
    """Name the first categories, from left to right."""
    if column.kind != "categorical" or not column.categories:
        return ""
    shown = ", ".join(str(category)[:20] for category in column.categories[:_SHOWN])
    return f"; {shown}{', …' if len(column.categories) > _SHOWN else ''}"
