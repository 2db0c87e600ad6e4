"""Each column by itself, real and new."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from skexpand.base.random import RandomState
from skexpand.metrics._rows import Cells, read_both
from skexpand.metrics.fidelity import column_wasserstein
from skexpand.plot.choice import chosen_columns, shown_name
from skexpand.plot.marks import draw_column
from skexpand.plot.style import grid_for, styled
from skexpand.request.counts import check_counts

MOST_COLUMNS = 12  # whose densities are drawn
_LINE = 4  # panels of a line
_NAMED, _LETTERS = 4, 26  # categories that a panel has room for, and letters of all


def most_different(real: Any, new: Any, random_state: RandomState) -> list[tuple[int, float]]:
    """Return the columns that differ most, as (position, Wasserstein distance), and at most twelve."""
    figures = list(column_wasserstein(real, new, random_state=random_state).values())
    distances = np.nan_to_num([figure.value for figure in figures], nan=-1)
    order = np.argsort(-distances, kind="stable")[:MOST_COLUMNS]
    return [(place, figures[place].value) for place in order.tolist() if distances[place] >= 0]


class ColumnDensityDisplay:
    """The distribution of each column among real rows (filled) and new rows (outlined).

    Make one by :meth:`from_estimator` or :meth:`from_rows`.

    .. versionadded:: 0.1

    Parameters
    ----------
    cells : Cells
        Both tables as numbers, as :meth:`from_rows` reads them.
    positions : list of int
        Positions of the columns drawn.

    Attributes
    ----------
    axes_ : ndarray of shape (n_columns,)
        The axes drawn on.
    figure_ : matplotlib.figure.Figure
        Their figure.

    See Also
    --------
    ExpansionDisplay : Two columns at once.
    skexpand.metrics.column_wasserstein : The distance of each column.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from skexpand import ExpansiveSynthesizer
    >>> from skexpand.plot import ColumnDensityDisplay
    >>> X, y = load_wine(return_X_y=True, as_frame=True)
    >>> synthesizer = ExpansiveSynthesizer(random_state=0).fit(X, y)
    >>> display = ColumnDensityDisplay.from_estimator(synthesizer, X, features=["alcohol", "hue"])
    >>> [axes.get_title("left") for axes in display.axes_]
    ['alcohol', 'hue']
    """

    axes_: Any
    figure_: Any

    def __init__(self, cells: Cells, positions: Sequence[int]) -> None:
        self.cells = cells
        self.positions = positions

    @classmethod
    def from_estimator(
        cls,
        synthesizer: Any,
        X: ArrayLike,
        *,
        features: Sequence[Any] | None = None,
        n_samples: int = 1000,
        random_state: RandomState = 0,
        ax: Any = None,
    ) -> ColumnDensityDisplay:
        """Draw rows beside new ones that a fitted synthesizer makes, in the proportions of its classes.

        Parameters
        ----------
        synthesizer : ExpansiveSynthesizer
            A fitted synthesizer.
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Real rows, in the container that it was fitted to.
        features : list of column names or positions, default=None
            The columns to draw. If None, the columns that differ most, at most twelve.
        n_samples : int, default=1000
            Number of new rows.
        random_state : int, RandomState instance or None, default=0
            Seed of the new rows.
        ax : sequence of matplotlib.axes.Axes, default=None
            The axes to draw on, one for each column. If None, those of a new figure.

        Returns
        -------
        display : ColumnDensityDisplay
            The display, drawn.

        Raises
        ------
        NotFittedError
            If the synthesizer is not fitted.
        ValueError
            If X has other columns, or a feature is unknown.
        ImportError
            If matplotlib is missing.
        """
        check_is_fitted(synthesizer)
        check_counts(2, n_samples=n_samples)
        new, _ = synthesizer.sample(n_samples, random_state=random_state)
        return cls.from_rows(X, new, features=features, ax=ax)

    @classmethod
    def from_rows(
        cls, X: ArrayLike, X_new: ArrayLike, *, features: Sequence[Any] | None = None, ax: Any = None
    ) -> ColumnDensityDisplay:
        """Draw the rows of two tables with the same columns, whatever made the new ones.

        Parameters
        ----------
        X, X_new : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Real and new rows.
        features : list of column names or positions, default=None
            The columns to draw. If None, the columns that differ most, at most twelve.
        ax : sequence of matplotlib.axes.Axes, default=None
            The axes to draw on, one for each column. If None, those of a new figure.

        Returns
        -------
        display : ColumnDensityDisplay
            The display, drawn.
        """
        cells = read_both(X, X_new)
        if features is None:
            return cls(cells, [place for place, _ in most_different(X, X_new, 0)]).plot(ax)
        return cls(cells, chosen_columns(features, [column.name for column in cells.columns])).plot(ax)

    def plot(self, ax: Any = None) -> ColumnDensityDisplay:
        """Draw the columns.

        Parameters
        ----------
        ax : sequence of matplotlib.axes.Axes, default=None
            The axes to draw on, one for each column. If None, those of a new figure.

        Returns
        -------
        display : ColumnDensityDisplay
            The display itself.
        """
        with styled():
            panels = grid_for(len(self.positions), _LINE, (2.3, 1.7)) if ax is None else np.ravel(ax)
            if len(panels) != len(self.positions):
                raise ValueError(f"ax must be one axes for each of {len(self.positions)} columns, got {len(panels)}.")
            for axes, place in zip(panels, self.positions, strict=True):
                draw_column(axes, self.cells, place)
                column = self.cells.columns[place]
                axes.set_title(shown_name(column.name), parse_math=False)
                if column.kind == "categorical" and 0 < len(column.categories or ()) <= _NAMED:
                    names = _shortened(column.categories or ())
                    axes.set_xticks(range(len(names)), names, fontsize="small", parse_math=False)
            panels[0].legend(frameon=False, fontsize="small", handlelength=1.2)
        self.axes_, self.figure_ = panels, panels[0].figure
        return self


def _shortened(categories: Sequence[Any]) -> list[str]:
    """Return the names of categories, cut so that they do not run into each other."""
    room = _LETTERS // len(categories)
    return [name if len(name) <= room else f"{name[: room - 1]}…" for name in map(str, categories)]
