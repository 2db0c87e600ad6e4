"""The look of all pictures, of displays and of the report: colours, fonts, axes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from skexpand.base.extras import require

REAL, NEW, MUTED = "#1b3a57", "#d9681d", "#8a94a0"
CLASSES = (
    *("#2a6fdb", "#e0752d", "#2e9e6b", "#7b4ab8", "#d1495b"),
    *("#8c6d1f", "#1b9aaa", "#c2185b", "#6b7280", "#1b3a57"),
)
STYLE: dict[Any, Any] = {
    "axes.edgecolor": MUTED,
    "axes.labelcolor": "#39424c",
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.titlesize": "medium",
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "svg.fonttype": "path",
    "svg.hashsalt": "skexpand",
    "xtick.color": "#39424c",
    "ytick.color": "#39424c",
}


@contextmanager
def styled() -> Iterator[None]:
    """Draw in this style, and leave the user's as it is."""
    require("Pictures need", "plot", "matplotlib")
    import matplotlib

    with matplotlib.rc_context(STYLE):
        yield


def axes_for(ax: Any, size: tuple[float, float]) -> Any:
    """Return the axes to draw on: those given, or those of a new figure of a size in inches."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=size, layout="constrained")[1]


def grid_for(n_panels: int, n_columns: int, panel: tuple[float, float]) -> Any:
    """Return the panels of a new figure in lines, those left over removed; ``panel`` is the size of one in inches."""
    import matplotlib.pyplot as plt

    n_columns = min(n_columns, n_panels)
    n_lines = -(-n_panels // n_columns)
    size = panel[0] * n_columns, panel[1] * n_lines
    panels = np.ravel(plt.subplots(n_lines, n_columns, figsize=size, squeeze=False, layout="constrained")[1])
    for empty in panels[n_panels:]:
        empty.remove()
    return panels[:n_panels]
