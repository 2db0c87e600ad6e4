"""skexpand.images: rows of images and back, and pictures of what was made."""

import doctest

import numpy as np
import pandas as pd
import pytest
from numpydoc.validate import validate
from scipy import sparse
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError

import skexpand.images
from skexpand import ExpansiveSynthesizer
from skexpand.images import plot_expansion, plot_flows, plot_interpolation, plot_reconstruction, to_images, to_rows
from tests.test_docstrings import NOT_ASKED_FOR


@pytest.fixture(scope="module")
def fitted():
    X, y = load_digits(n_class=3, return_X_y=True)
    return ExpansiveSynthesizer(image_shape=(8, 8), spread=1.0, random_state=0).fit(X[:30], y[:30])


@pytest.fixture(autouse=True)
def _no_window():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    yield
    pyplot.close("all")


@pytest.mark.parametrize("shape", [(8, 9), (3, 8, 9), (8, 9, 3), (1, 8, 9), (8, 9, 1)])
def test_rows_and_back(rng, shape):
    images = rng.integers(0, 256, (5, *shape), dtype=np.uint8)
    X, image_shape = to_rows(images)
    assert X.shape == (5, np.prod(shape))
    assert image_shape == shape
    np.testing.assert_array_equal(to_images(X, image_shape), images)


def test_no_images_and_one():
    assert to_rows(np.empty((0, 8, 9)))[0].shape == (0, 72)
    assert to_images(np.empty((0, 72)), (8, 9)).shape == (0, 8, 9)
    assert to_images(np.arange(72), (8, 9)).shape == (1, 8, 9)


def test_rows_in_any_container(rng):
    X = rng.random((5, 64))
    for container in (pd.DataFrame, sparse.csr_array, np.ndarray.tolist):
        np.testing.assert_array_equal(to_images(container(X), (8, 8)), X.reshape(5, 8, 8))


def test_rows_of_other_images_are_not_cut_into_pieces():
    with pytest.raises(ValueError, match=r"image_shape=\(4, 4\) has 16 pixels.*X has 64 columns"):
        to_images(np.zeros((5, 64)), (4, 4))


@pytest.mark.parametrize(("shape", "message"), [((5, 64), "already flat"), ((5, 4, 4, 4), "not the shape of an image")])
def test_what_is_no_image(shape, message):
    with pytest.raises(ValueError, match=message):
        to_rows(np.zeros(shape))


def test_plot_expansion_has_a_line_per_class(fitted):
    figure = plot_expansion(fitted, n_children=4)
    assert len(figure.axes) == 3 * 5
    assert [axes.get_ylabel() for axes in figure.axes[::5]] == ["0", "1", "2"]
    pictures = [axes.images[0].get_array() for axes in figure.axes]
    assert all(picture.min() >= 0 and picture.max() <= 1 for picture in pictures)
    assert not np.array_equal(pictures[1], pictures[2])
    assert len(plot_expansion(fitted, n_children=2, n_classes=2).axes) == 2 * 3


def test_plot_flows_has_a_column_per_edge(fitted):
    figure = plot_flows(fitted, n_flows=3)
    assert [axes.get_ylabel() for axes in figure.axes[::3]] == ["source", "flow", "moved", "target", "left over"]
    source, moved, target = (figure.axes[k].images[0].get_array() for k in (0, 6, 9))
    assert np.square(moved - target).sum() < 0.8 * np.square(source - target).sum()


def test_plot_interpolation_leads_from_source_to_target(fitted):
    figure = plot_interpolation(fitted, n_edges=2, n_steps=5)
    assert len(figure.axes) == 2 * 6
    *steps, target = [axes.images[0].get_array() for axes in figure.axes[:6]]
    assert np.square(steps[-1] - target).sum() < np.square(steps[0] - target).sum()
    expansion = fitted._expansion
    sources = expansion.codec.decode(expansion.images, np.dtype(float)).reshape(-1, 8, 8) / expansion.codec.high
    assert any(np.allclose(steps[0], source, atol=1e-3) for source in sources)


def test_plot_reconstruction_shows_what_is_lost():
    X, y = load_digits(n_class=3, return_X_y=True)
    fitted = ExpansiveSynthesizer(image_shape=(8, 8), transition="latent", latent_dim=6, max_epochs=0, random_state=0)
    fitted.fit(X[:30], y[:30])
    for rows in (None, X[30:40]):
        figure = plot_reconstruction(fitted, rows, n_images=4)
        assert len(figure.axes) == 3 * 4 + 1  # and the colour scale
        original, decoded, error = (figure.axes[k].images[0] for k in (0, 4, 8))
        np.testing.assert_allclose(error.get_array(), decoded.get_array() - original.get_array(), atol=1e-12)
        assert error.get_clim()[0] == -error.get_clim()[1]
        known = (X[:30] if rows is None else rows).reshape(-1, 8, 8) / X[:30].max()
        assert any(np.allclose(original.get_array(), image) for image in known)
    with pytest.raises(ValueError, match="5 columns, but the images of fit have 64"):
        plot_reconstruction(fitted, X[:3, :5])


def test_children_of_latent_images_have_the_anchor_asked_for():
    X, y = load_digits(n_class=3, return_X_y=True)
    fitted = ExpansiveSynthesizer(image_shape=(8, 8), transition="latent", max_epochs=0, spread=0, law="local")
    with pytest.warns(UserWarning, match="repeat the table"):
        fitted.fit(X[:30], y[:30])
    figure = plot_expansion(fitted, n_children=3)
    original, *children = [axes.images[0].get_array() for axes in figure.axes[:4]]
    decoded = fitted.decode(fitted.encode(original.reshape(1, -1) * X[:30].max())).reshape(8, 8) / X[:30].max()
    for child in children:
        np.testing.assert_allclose(child, decoded, atol=1e-6)
    with pytest.raises(ValueError, match="transition='latent' has no flow"):
        plot_flows(fitted)


def test_colours(rng):
    X = np.cumsum(rng.random((6, 8, 8, 3)), axis=1).reshape(6, -1)
    synthesizer = ExpansiveSynthesizer(image_shape=(8, 8, 3), spread=1.0, random_state=0).fit(X, [0, 0, 0, 1, 1, 1])
    assert plot_expansion(synthesizer, n_children=1).axes[0].images[0].get_array().shape == (8, 8, 3)


def test_ink_is_dark_and_other_grey_images_are_no_negatives(rng):
    images, y = rng.random((6, 8, 8)), [0, 0, 0, 1, 1, 1]
    ink = np.pad(images[:, 2:6, 2:6], ((0, 0), (2, 2), (2, 2)))
    for X, shades in ((ink, "gray_r"), (1 - ink, "gray"), (images, "gray")):
        fitted = ExpansiveSynthesizer(image_shape=(8, 8), spread=1.0, random_state=0).fit(X.reshape(6, -1), y)
        for plot in (plot_expansion, plot_flows, plot_interpolation, plot_reconstruction):
            assert plot(fitted).axes[0].images[0].get_cmap().name == shades


@pytest.mark.parametrize("count", [0, -1, 1.5])
def test_a_number_of_panels_that_is_none(fitted, count):
    for plot, name in (
        (plot_expansion, "n_children"),
        (plot_expansion, "n_classes"),
        (plot_flows, "n_flows"),
        (plot_interpolation, "n_edges"),
        (plot_interpolation, "n_steps"),
        (plot_reconstruction, "n_images"),
    ):
        with pytest.raises(ValueError, match=f"{name} must be an integer of at least 1, got {count}"):
            plot(fitted, **{name: count})


def test_few_panels_stand_in_line_and_no_name_is_cut_off(fitted):
    figure = plot_reconstruction(fitted, n_images=1)
    figure.draw_without_rendering()
    lines = figure.axes[:3]
    assert min(axes.yaxis.label.get_window_extent().x0 for axes in lines) >= 0
    np.testing.assert_allclose(np.ptp([axes.get_position().x0 for axes in lines]), 0, atol=1e-3)


def test_what_cannot_be_shown(rng):
    with pytest.raises(NotFittedError):
        plot_expansion(ExpansiveSynthesizer())
    X = rng.random((10, 64))
    with pytest.raises(ValueError, match="image_shape=None, so not to images"):
        plot_flows(ExpansiveSynthesizer(law="local", random_state=0).fit(X, np.arange(10) % 2))
    single = ExpansiveSynthesizer(image_shape=(8, 8), random_state=0)
    with pytest.warns(UserWarning, match="repeat the table"):
        single.fit(X[:2], [0, 1])
    with pytest.raises(ValueError, match="no flow to show"):
        plot_flows(single)
    with pytest.raises(ValueError, match=r"X has shape \(5, 8, 8\).*to_rows"):
        plot_reconstruction(single, rng.random((5, 8, 8)))


@pytest.mark.parametrize("name", skexpand.images.__all__)
def test_numpydoc(name):
    errors = [error for error in validate(f"skexpand.images.{name}")["errors"] if error[0] not in NOT_ASKED_FOR]
    assert not errors


def test_examples():
    assert doctest.testmod(skexpand.images).failed == 0
