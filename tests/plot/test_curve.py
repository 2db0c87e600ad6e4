"""GainCurveDisplay: the figures of a report, in points or in the unit of the metric."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.naive_bayes import GaussianNB

from skexpand import ExpansionReport, ExpansiveSynthesizer
from skexpand.plot import GainCurveDisplay


def test_the_curve_has_the_gains_of_the_report(rng):
    y = np.repeat([0, 1], [20, 40])
    X = rng.standard_normal((60, 3)) + y[:, None]
    sampler = ExpansiveSynthesizer(law="local", expansion_ratio=3, random_state=0)
    report = ExpansionReport(sampler, X, y, estimator=GaussianNB(), cv=3, random_state=0, verbose=False)
    with pytest.raises(NotFittedError, match="compute"):
        GainCurveDisplay.from_report(report)
    display = GainCurveDisplay.from_report(report.compute())
    curve = display.ax_.lines[1]
    np.testing.assert_allclose(curve.get_ydata(), [100 * gain.mean for gain in report.comparison_.gains])
    labels = [label.get_text() for label in display.ax_.get_xticklabels()]
    assert labels == [f"{ratio:.2g}" for ratio in report.comparison_.ratios]
    assert labels[0] == "0"


def test_gains_of_numbers_keep_their_unit(rng):
    X = rng.standard_normal((40, 3))
    sampler = ExpansiveSynthesizer(target="numbers", target_law="recombined", expansion_ratio=2, random_state=0)
    report = ExpansionReport(sampler, X, 50 * X[:, 0], cv=2, random_state=0, verbose=False).compute()
    display = GainCurveDisplay.from_report(report)
    np.testing.assert_allclose(display.ax_.lines[1].get_ydata(), [gain.mean for gain in report.comparison_.gains])
    assert display.ax_.get_ylabel() == "gain"


def test_figures_of_ones_own():
    display = GainCurveDisplay([0, 1, 2], [0, 0.02, 0.03], [0, 0.01, 0.01], [0, 0.03, 0.05]).plot()
    np.testing.assert_allclose(display.ax_.lines[1].get_ydata(), [0, 2, 3])
    assert display.figure_ is display.ax_.figure
