"""ExpansionDisplay: where rows are drawn, in which colours, and what is refused."""

import matplotlib
import numpy as np
import polars as pl
import pytest
from matplotlib.colors import to_hex
from scipy import sparse
from sklearn.exceptions import NotFittedError

from skexpand import ExpansiveSynthesizer
from skexpand.plot import ExpansionDisplay
from skexpand.plot.style import CLASSES, NEW, REAL


def drawn(axes):
    """Return the number of points by their colour."""
    return {to_hex(one.get_facecolor()[0]): len(one.get_offsets()) for one in axes.collections}


def test_two_columns_are_drawn_as_they_are(fitted, wards):
    X, y = wards
    display = ExpansionDisplay.from_estimator(fitted, X, y, features=["$x_1$", "age"], n_samples=30)
    np.testing.assert_array_equal(display.real, X[["$x_1$", "age"]])
    np.testing.assert_array_equal(display.new[:, 1], fitted.sample(30, random_state=0)[0]["age"])
    assert (display.ax_.get_xlabel(), display.ax_.get_ylabel()) == ("$x_1$", "age")
    display.figure_.canvas.draw()  # names of columns are no mathematics


def test_categories_are_named_and_spread_around_their_places(fitted, wards):
    X, _ = wards
    display = ExpansionDisplay.from_estimator(fitted, X, features=["ward", 1])
    names = [label.get_text() for label in display.ax_.get_xticklabels()]
    assert sorted(names) == ["$a$", "b", "c"]
    assert [names[place] for place in display.real[:, 0].round().astype(int)] == X["ward"].tolist()
    assert len(np.unique(display.real[:, 0])) == len(X)
    display.figure_.canvas.draw()


def test_without_features_the_plane_is_that_of_the_real_rows(rng):
    real = rng.standard_normal((40, 3)) * [10, 3, 0.1]
    display = ExpansionDisplay.from_rows(real, real[:9] + 1)
    np.testing.assert_allclose(display.real.mean(axis=0), 0, atol=1e-9)
    assert abs(np.corrcoef(display.real.T)[0, 1]) < 1e-9
    assert display.real[:, 0].std() >= display.real[:, 1].std()
    assert display.new.shape == (9, 2)


def test_colours_are_classes_only_where_both_tables_have_some(fitted, wards):
    X, y = wards
    few = {"n_samples": 50, "features": ["age", 0]}
    by_class = drawn(ExpansionDisplay.from_estimator(fitted, X, y, **few).ax_)
    assert set(by_class) == set(CLASSES[:2])
    assert drawn(ExpansionDisplay.from_estimator(fitted, X, **few).ax_) == {NEW: 50, REAL: 60}


def test_more_classes_than_colours_are_not_told_apart(rng):
    X, y = rng.standard_normal((33, 2)), np.repeat(np.arange(11), 3)
    assert set(drawn(ExpansionDisplay.from_rows(X, X, y, y).ax_)) == {NEW, REAL}


@pytest.mark.parametrize("make", [np.asarray, list, pl.DataFrame, sparse.csr_array], ids=lambda make: make.__name__)
def test_any_container(make, rng):
    X, y = rng.standard_normal((30, 3)).round(2), np.repeat([0, 1], 15)
    table = make(X.tolist()) if make is list else make(X)
    synthesizer = ExpansiveSynthesizer(law="local", random_state=0).fit(table, y)
    display = ExpansionDisplay.from_estimator(synthesizer, table, y, features=[0, 2], n_samples=20)
    np.testing.assert_allclose(display.real, X[:, [0, 2]], rtol=1e-6)


def test_it_is_drawn_onto_given_axes_and_leaves_the_style_alone(fitted, wards):
    import matplotlib.pyplot as plt

    before, axes = dict(matplotlib.rcParams), plt.subplots()[1]
    display = ExpansionDisplay.from_estimator(fitted, *wards, ax=axes)
    assert display.ax_ is axes
    assert display.figure_ is axes.figure
    assert display.plot().ax_ is not axes
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (["age"], "two columns, got 1"),
        (["age", "wards"], "unknown column 'wards'"),
        (["age", 4], "unknown column 4"),
        ("age", "list of columns"),
    ],
)
def test_unknown_features_are_refused(fitted, wards, features, message):
    with pytest.raises(ValueError, match=message):
        ExpansionDisplay.from_estimator(fitted, wards[0], features=features)


def test_bad_input_is_refused(fitted, wards):
    X, y = wards
    with pytest.raises(NotFittedError):
        ExpansionDisplay.from_estimator(ExpansiveSynthesizer(), X)
    with pytest.raises(ValueError, match="inconsistent"):
        ExpansionDisplay.from_estimator(fitted, X, y[1:])
    with pytest.raises(ValueError, match="n_samples"):
        ExpansionDisplay.from_estimator(fitted, X, y, n_samples=0)
    with pytest.raises(ValueError, match="same columns"):
        ExpansionDisplay.from_estimator(fitted, X.iloc[:, :2])


def test_without_matplotlib_the_error_names_the_extra(fitted, wards, monkeypatch):
    monkeypatch.setattr("skexpand.base.extras.find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"Pictures need matplotlib: pip install 'skexpand\[plot\]'"):
        ExpansionDisplay.from_estimator(fitted, *wards)
