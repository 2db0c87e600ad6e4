"""ColumnDensityDisplay: which columns, in which panels, and what is drawn in each."""

import numpy as np
import pytest

from skexpand.plot import ColumnDensityDisplay


def test_columns_are_drawn_in_the_order_asked_for(fitted, wards):
    display = ColumnDensityDisplay.from_estimator(fitted, wards[0], features=["ward", "$x_1$"], n_samples=50)
    assert [axes.get_title("left") for axes in display.axes_] == ["ward", "$x_1$"]
    names = [label.get_text() for label in display.axes_[0].get_xticklabels()]
    assert sorted(names) == ["$a$", "b", "c"]
    shares = [stairs.get_data().values for stairs in display.axes_[0].patches]
    np.testing.assert_allclose(shares[0], [(wards[0]["ward"] == name).mean() for name in names])
    display.figure_.canvas.draw()


def test_without_features_those_that_differ_most_come_first(rng):
    real = rng.standard_normal((50, 20))
    display = ColumnDensityDisplay.from_rows(real, real + 3 * (np.arange(20) == 7))
    assert display.axes_[0].get_title("left") == "column 7"
    assert len(display.axes_) == 12


def test_given_axes(fitted, wards):
    import matplotlib.pyplot as plt

    panels = plt.subplots(1, 2)[1]
    display = ColumnDensityDisplay.from_estimator(fitted, wards[0], features=["age", "seen"], ax=panels)
    assert list(display.axes_) == list(panels)
    with pytest.raises(ValueError, match="each of 2 columns, got 1"):
        display.plot(panels[:1])


def test_an_empty_column_is_drawn(rng):
    real = np.column_stack([rng.standard_normal(30), np.full(30, np.nan)])
    display = ColumnDensityDisplay.from_rows(real, real, features=[0, 1])
    display.figure_.canvas.draw()
    assert len(display.axes_) == 2
