"""Real and new rows on two axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from skexpand.base.random import RandomState
from skexpand.base.types import FloatArray
from skexpand.metrics._rows import Cells, encoded, read_both
from skexpand.plot.choice import chosen_columns, shown_name
from skexpand.plot.marks import draw_classes, draw_rows, principal_plane
from skexpand.plot.style import CLASSES, axes_for, styled
from skexpand.request.counts import check_counts
from skexpand.target.classes import label_array

_JITTER = 0.22  # of the step between two categories, to either side


class Axis(NamedTuple):
    """One axis: its name, and the texts of categories at 0, 1, 2, …, or None for numbers."""

    name: str
    categories: tuple[str, ...] | None = None


class ExpansionDisplay:
    """Real and new rows on two axes: two columns, or the first two principal components of the real rows.

    Make one by :meth:`from_estimator` or :meth:`from_rows`. With labels of at most ten classes, colours are classes
    and real rows are ringed; otherwise, real and new rows have a colour each.

    .. versionadded:: 0.1

    Parameters
    ----------
    real, new : ndarray of shape (n_samples, 2)
        Where the rows are.
    axes : tuple of Axis
        The two axes.
    labels, new_labels : ndarray of shape (n_samples,) or None, default=None
        Classes of real and new rows.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes drawn on.
    figure_ : matplotlib.figure.Figure
        Their figure.

    See Also
    --------
    ColumnDensityDisplay : Each column by itself.
    skexpand.images.plot_expansion : Real and new images.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from skexpand import ExpansiveSynthesizer
    >>> from skexpand.plot import ExpansionDisplay
    >>> X, y = load_wine(return_X_y=True)
    >>> synthesizer = ExpansiveSynthesizer(random_state=0).fit(X, y)
    >>> display = ExpansionDisplay.from_estimator(synthesizer, X, y)
    >>> display.real.shape, display.new.shape
    ((178, 2), (500, 2))
    """

    ax_: Any
    figure_: Any

    def __init__(
        self,
        real: FloatArray,
        new: FloatArray,
        axes: tuple[Axis, Axis],
        labels: NDArray[Any] | None = None,
        new_labels: NDArray[Any] | None = None,
    ) -> None:
        self.real = real
        self.new = new
        self.axes = axes
        self.labels = labels
        self.new_labels = new_labels

    @classmethod
    def from_estimator(
        cls,
        synthesizer: Any,
        X: ArrayLike,
        y: ArrayLike | None = None,
        *,
        features: Sequence[Any] | None = None,
        n_samples: int = 500,
        random_state: RandomState = 0,
        ax: Any = None,
    ) -> ExpansionDisplay:
        """Draw rows, and new ones that a fitted synthesizer makes, in the proportions of its classes.

        Parameters
        ----------
        synthesizer : ExpansiveSynthesizer
            A fitted synthesizer.
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Real rows, in the container that it was fitted to.
        y : array-like of shape (n_samples,), default=None
            Their classes. If None, classes are not distinguished.
        features : list of two column names or positions, default=None
            The columns on the two axes; a row with a gap in one is not drawn. If None, the first two principal
            components of the real rows.
        n_samples : int, default=500
            Number of new rows.
        random_state : int, RandomState instance or None, default=0
            Seed of the new rows.
        ax : matplotlib.axes.Axes, default=None
            The axes to draw on. If None, those of a new figure.

        Returns
        -------
        display : ExpansionDisplay
            The display, drawn.

        Raises
        ------
        NotFittedError
            If the synthesizer is not fitted.
        ValueError
            If X has other columns, y has another length, or features are not two known columns.
        ImportError
            If matplotlib is missing.
        """
        check_is_fitted(synthesizer)
        check_counts(2, n_samples=n_samples)
        new, new_labels = synthesizer.sample(n_samples, random_state=random_state)
        return cls.from_rows(X, new, y, None if y is None else new_labels, features=features, ax=ax)

    @classmethod
    def from_rows(
        cls,
        X: ArrayLike,
        X_new: ArrayLike,
        y: ArrayLike | None = None,
        y_new: ArrayLike | None = None,
        *,
        features: Sequence[Any] | None = None,
        ax: Any = None,
    ) -> ExpansionDisplay:
        """Draw the rows of two tables with the same columns, whatever made the new ones.

        Parameters
        ----------
        X, X_new : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Real and new rows.
        y, y_new : array-like of shape (n_samples,), default=None
            Their classes. If either is None, classes are not distinguished.
        features : list of two column names or positions, default=None
            The columns on the two axes. If None, the first two principal components of the real rows.
        ax : matplotlib.axes.Axes, default=None
            The axes to draw on. If None, those of a new figure.

        Returns
        -------
        display : ExpansionDisplay
            The display, drawn.
        """
        if features is None:
            rows = encoded(X, X_new)
            real, new = principal_plane(rows[0], *rows)
            axes = Axis("first principal component"), Axis("second")
        else:
            real, new, axes = _on_columns(read_both(X, X_new), features)
        labels = [None if given is None else label_array(given) for given in (y, y_new)]
        for rows_drawn, of_them in zip((real, new), labels, strict=True):
            if of_them is not None:
                check_consistent_length(rows_drawn, of_them)
        return cls(real, new, axes, *labels).plot(ax)

    def plot(self, ax: Any = None) -> ExpansionDisplay:
        """Draw the rows.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, default=None
            The axes to draw on. If None, those of a new figure.

        Returns
        -------
        display : ExpansionDisplay
            The display itself.
        """
        with styled():
            self.ax_ = axes_for(ax, (6.4, 4.6))
            if self.labels is None or self.new_labels is None or len(np.unique(self.labels)) > len(CLASSES):
                draw_rows(self.ax_, self.real, self.new)
            else:
                draw_classes(self.ax_, (self.real, self.labels), (self.new, self.new_labels))
            for axis, of_axes in zip(self.axes, (self.ax_.xaxis, self.ax_.yaxis), strict=True):
                of_axes.set_label_text(axis.name, parse_math=False)
                if axis.categories is not None:
                    of_axes.set_ticks(range(len(axis.categories)), axis.categories, parse_math=False)
        self.figure_ = self.ax_.figure
        return self


def _on_columns(cells: Cells, features: Sequence[Any]) -> tuple[FloatArray, FloatArray, tuple[Axis, Axis]]:
    """Return where rows are by two of their columns, and what the axes are."""
    places = chosen_columns(features, [column.name for column in cells.columns])
    if len(places) != 2:
        raise ValueError(f"features must be two columns, got {len(places)}: {features!r}.")
    found, axes, rng = [rows[:, places].copy() for rows in (cells.real, cells.synthetic)], [], np.random.default_rng(0)
    for j, place in enumerate(places):
        column = cells.columns[place]
        categories = None
        if column.kind == "categorical" and column.categories is not None:
            categories = tuple(str(category)[:20] for category in column.categories)
            for rows in found:
                rows[:, j] += rng.uniform(-_JITTER, _JITTER, len(rows))
        axes.append(Axis(shown_name(column.name), categories))
    return found[0], found[1], (axes[0], axes[1])
