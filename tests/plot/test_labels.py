"""LabelSpreadingDisplay: which rows, which lines, which labels."""

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from sklearn.datasets import load_digits

from skexpand import ExpansiveSynthesizer
from skexpand.plot import LabelSpreadingDisplay


@pytest.fixture(scope="module")
def islands():
    """Return two islands of rows far apart, one label on each, and a fitted synthesizer."""
    rng = np.random.default_rng(0)
    truth = np.repeat([0, 1], 40)
    X = rng.standard_normal((80, 2)) + 30 * truth[:, None]
    y = np.full(80, -1)
    y[[0, 79]] = truth[[0, 79]]
    return X, y, truth, ExpansiveSynthesizer(unlabeled=-1, random_state=0).fit(X, y)


def test_labels_lines_and_rings(islands):
    X, y, truth, synthesizer = islands
    display = LabelSpreadingDisplay.from_estimator(synthesizer, X, y)
    np.testing.assert_array_equal(display.labels, truth)
    assert np.flatnonzero(display.given).tolist() == [0, 79]
    assert (truth[display.edges[:, 0]] == truth[display.edges[:, 1]]).all(), (
        "no line leads from one island to the other"
    )
    assert len(display.edges) >= 80 * 5
    dots = [one for one in display.ax_.collections if isinstance(one, PathCollection)]
    assert [len(one.get_offsets()) for one in dots] == [39, 1, 39, 1]


def test_rows_with_a_label_are_drawn_first(islands):
    X, y, _, synthesizer = islands
    display = LabelSpreadingDisplay.from_estimator(synthesizer, X, y, n_rows=12)
    assert display.places.shape == (12, 2)
    assert display.given.sum() == 2
    again = LabelSpreadingDisplay.from_estimator(synthesizer, X, y, n_rows=12)
    np.testing.assert_array_equal(display.places, again.places)


def test_images():
    X, y = load_digits(return_X_y=True, n_class=2)
    X, truth = X[:80], y[:80]
    y = np.where(np.arange(80) < 6, truth, -1)
    synthesizer = ExpansiveSynthesizer(image_shape=(8, 8), unlabeled=-1, max_epochs=0, spread=1.0, random_state=0)
    display = LabelSpreadingDisplay.from_estimator(synthesizer.fit(X, y), X, y)
    assert np.mean(display.labels == truth) > 0.95


def test_what_cannot_be_drawn_is_refused(islands):
    X, y, truth, synthesizer = islands
    with pytest.raises(ValueError, match="none was inferred"):
        LabelSpreadingDisplay.from_estimator(ExpansiveSynthesizer(law="local").fit(X, truth), X, truth)
    with pytest.raises(ValueError, match="inconsistent"):
        LabelSpreadingDisplay.from_estimator(synthesizer, X[:40], y)
    with pytest.raises(ValueError, match="n_rows"):
        LabelSpreadingDisplay.from_estimator(synthesizer, X, y, n_rows=1)
    many = ExpansiveSynthesizer(unlabeled=-1, random_state=0)
    rows, labels = np.repeat(X[:44], 1, axis=0), np.r_[np.repeat(np.arange(11), 3), np.full(11, -1)]
    with pytest.warns(match="far from all others"):
        many.fit(rows, labels)
    with pytest.raises(ValueError, match="11 classes"):
        LabelSpreadingDisplay.from_estimator(many, rows, labels)
