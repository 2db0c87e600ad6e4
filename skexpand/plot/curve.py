"""The gain against the number of new rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.exceptions import NotFittedError

from skexpand.plot.marks import draw_curve
from skexpand.plot.style import axes_for, styled


class GainCurveDisplay:
    """The gain of a learner against the number of new rows: how many are enough.

    Make one by :meth:`from_report`.

    .. versionadded:: 0.1

    Parameters
    ----------
    ratios : array-like of shape (n_ratios,)
        New rows for each real row, ascending.
    mean, low, high : array-like of shape (n_ratios,)
        Mean gain over the folds, and the ends of its interval; 0.01 is one percentage point of an accuracy.
    in_points : bool, default=True
        Whether gains are shown in percentage points. If not, as for a target of numbers, in the unit of the metric.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes drawn on.
    figure_ : matplotlib.figure.Figure
        Their figure.

    See Also
    --------
    skexpand.ExpansionReport : Measures the gains.
    sklearn.model_selection.LearningCurveDisplay : The score against the number of real rows.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skexpand import ExpansionReport, ExpansiveSynthesizer
    >>> from skexpand.plot import GainCurveDisplay
    >>> X, y = load_wine(return_X_y=True)
    >>> sampler = ExpansiveSynthesizer(expansion_ratio=3, random_state=0)
    >>> report = ExpansionReport(sampler, X, y, estimator=GaussianNB(), cv=3, random_state=0, verbose=False)
    >>> display = GainCurveDisplay.from_report(report.compute())
    >>> display.ax_.get_xlabel()
    'new rows for each real row'
    """

    ax_: Any
    figure_: Any

    def __init__(
        self, ratios: ArrayLike, mean: ArrayLike, low: ArrayLike, high: ArrayLike, *, in_points: bool = True
    ) -> None:
        self.ratios = ratios
        self.mean = mean
        self.low = low
        self.high = high
        self.in_points = in_points

    @classmethod
    def from_report(cls, report: Any, *, ax: Any = None) -> GainCurveDisplay:
        """Draw the gains that a report has measured.

        Parameters
        ----------
        report : ExpansionReport
            A report on which ``compute`` was called.
        ax : matplotlib.axes.Axes, default=None
            The axes to draw on. If None, those of a new figure.

        Returns
        -------
        display : GainCurveDisplay
            The display, drawn.

        Raises
        ------
        NotFittedError
            If the report has not been computed.
        ImportError
            If matplotlib is missing.
        """
        if not hasattr(report, "comparison_"):
            raise NotFittedError("This report has not been computed yet; call compute() first.")
        comparison = report.comparison_
        gains = map(list, zip(*comparison.gains, strict=True))
        return cls(comparison.ratios, *gains, in_points=comparison.unit.in_points).plot(ax)

    def plot(self, ax: Any = None) -> GainCurveDisplay:
        """Draw the curve.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, default=None
            The axes to draw on. If None, those of a new figure.

        Returns
        -------
        display : GainCurveDisplay
            The display itself.
        """
        with styled():
            self.ax_ = axes_for(ax, (5.6, 3.8))
            draw_curve(self.ax_, np.asarray(self.ratios).tolist(), self.mean, self.low, self.high, self.in_points)
        self.figure_ = self.ax_.figure
        return self
