"""Rows with and without a label, the graph of their neighbours, and the labels that were inferred."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from skexpand.base.isolation import isolated
from skexpand.base.random import RandomState, make_generator
from skexpand.base.types import UNLABELED, BoolArray, FloatArray, IntArray
from skexpand.dynamics.neighbors import neighbor_graph
from skexpand.plot.graph import laid_out, rows_of_graph
from skexpand.plot.marks import draw_graph, draw_labels
from skexpand.plot.style import CLASSES, axes_for, styled
from skexpand.request.counts import check_counts
from skexpand.target.classes import Labels


class LabelSpreadingDisplay:
    """How few labels became many: rows, the graph of their neighbours, and the inferred labels.

    Make one by :meth:`from_estimator`. Colours are classes; rows that came with a label are ringed; the surer an
    inferred label, the larger its dot. Rows are placed by t-SNE, so that neighbours are close, and lines join
    neighbours.

    .. versionadded:: 0.1

    Parameters
    ----------
    places : ndarray of shape (n_samples, 2)
        Where the rows are.
    edges : ndarray of shape (n_edges, 2)
        The rows that lines join.
    labels : ndarray of shape (n_samples,)
        The class of each row, given or inferred.
    certainty : ndarray of shape (n_samples,)
        The probability of that class.
    given : ndarray of shape (n_samples,)
        Which rows came with a label.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes drawn on.
    figure_ : matplotlib.figure.Figure
        Their figure.

    See Also
    --------
    ExpansionDisplay : Real and new rows.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_wine
    >>> from skexpand import ExpansiveSynthesizer
    >>> from skexpand.plot import LabelSpreadingDisplay
    >>> X, y = load_wine(return_X_y=True)
    >>> y_few = np.where(np.arange(len(y)) % 20, -1, y)
    >>> synthesizer = ExpansiveSynthesizer(unlabeled=-1, random_state=0).fit(X, y_few)
    >>> display = LabelSpreadingDisplay.from_estimator(synthesizer, X, y_few)
    >>> int(display.given.sum()), display.places.shape
    (9, (178, 2))
    """

    ax_: Any
    figure_: Any

    def __init__(
        self, places: FloatArray, edges: IntArray, labels: NDArray[Any], certainty: FloatArray, given: BoolArray
    ) -> None:
        self.places = places
        self.edges = edges
        self.labels = labels
        self.certainty = certainty
        self.given = given

    @classmethod
    def from_estimator(
        cls,
        synthesizer: Any,
        X: ArrayLike,
        y: ArrayLike,
        *,
        n_rows: int = 1000,
        random_state: RandomState = 0,
        ax: Any = None,
    ) -> LabelSpreadingDisplay:
        """Draw the rows that a synthesizer was fitted to, and the labels that it has inferred.

        Parameters
        ----------
        synthesizer : ExpansiveSynthesizer
            A synthesizer fitted to rows of which some have no label.
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The rows given to ``fit``.
        y : array-like of shape (n_samples,)
            The labels given to ``fit``, with its marker for rows without a label.
        n_rows : int, default=1000
            Maximum number of rows drawn. All rows with a label are, unless they are more, and a random choice of the
            others. Placing a thousand rows takes a few seconds.
        random_state : int, RandomState instance or None, default=0
            Seed of that choice.
        ax : matplotlib.axes.Axes, default=None
            The axes to draw on. If None, those of a new figure.

        Returns
        -------
        display : LabelSpreadingDisplay
            The display, drawn.

        Raises
        ------
        NotFittedError
            If the synthesizer is not fitted.
        ValueError
            If all rows of the fit had a label, the target is numbers, X or y are not those of the fit, or there are
            more than ten classes.
        ImportError
            If matplotlib is missing.

        Notes
        -----
        The graph is that of the nearest rows among those drawn: of encoded columns for tables, of gradients for images.
        With at least a thousand images, labels spread along the graph of a core trained on them, which is not kept.
        """
        check_is_fitted(synthesizer)
        check_counts(4, n_rows=n_rows)
        _refuse_what_cannot_be_drawn(synthesizer)
        codes = Labels.of(y, synthesizer.unlabeled).codes
        check_consistent_length(codes, synthesizer.transduction_)
        with isolated():
            rows = rows_of_graph(synthesizer, X)
            check_consistent_length(rows, codes)
            drawn = _drawn(codes, n_rows, make_generator(random_state))
            joins = neighbor_graph(rows[drawn]).tocoo()
            edges = np.column_stack(joins.coords)[joins.coords[0] < joins.coords[1]]
            places = laid_out(rows[drawn])
        found, certainty = synthesizer.transduction_, synthesizer.label_distributions_.max(axis=1)
        return cls(places, edges, found[drawn], certainty[drawn], codes[drawn] != UNLABELED).plot(ax)

    def plot(self, ax: Any = None) -> LabelSpreadingDisplay:
        """Draw the rows, the graph and the labels.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, default=None
            The axes to draw on. If None, those of a new figure.

        Returns
        -------
        display : LabelSpreadingDisplay
            The display itself.
        """
        with styled():
            self.ax_ = axes_for(ax, (6.4, 5.2))
            draw_graph(self.ax_, self.places, self.edges)
            draw_labels(self.ax_, self.places, self.labels, self.certainty, self.given)
            self.ax_.set(xticks=[], yticks=[])
            self.ax_.spines[:].set_visible(False)
            self.ax_.legend(frameon=False, handletextpad=0.2, loc="center left", bbox_to_anchor=(1, 0.5))
        self.figure_ = self.ax_.figure
        return self


def _drawn(codes: IntArray, n_rows: int, rng: np.random.Generator) -> IntArray:
    """Return the rows that are drawn, ascending: those with a label first, the others as many as there is room for."""
    order = rng.permutation(len(codes))
    return np.sort(order[np.argsort(codes[order] == UNLABELED, kind="stable")][:n_rows])


def _refuse_what_cannot_be_drawn(synthesizer: Any) -> None:
    """Raise a ValueError if no label was inferred, or there are more classes than colours."""
    if synthesizer.target == "numbers":
        raise ValueError(
            "With target='numbers', numbers are predicted and nothing spreads along a graph; use ExpansionDisplay, and "
            "look at transduction_."
        )
    if not hasattr(synthesizer, "label_distributions_"):
        raise ValueError(
            "All rows of the fit had a label, so none was inferred; mark rows without one, and name the marker by "
            "unlabeled."
        )
    if len(synthesizer.classes_) > len(CLASSES):
        raise ValueError(
            f"There are {len(synthesizer.classes_)} classes, but only {len(CLASSES)} colours; use ExpansionDisplay."
        )
