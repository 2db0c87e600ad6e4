"""The law of expansion against its formula: what new rows are made of, and their mean and covariance."""

from dataclasses import replace

import numpy as np
import pytest

from skexpand.dynamics.components import COMPONENTS, Component, Setting, fit_component, innovation_factor
from skexpand.dynamics.graph import Edges, expander_edges, local_edges
from skexpand.dynamics.koopman import Koopman, edmd
from skexpand.dynamics.latents import Latents
from skexpand.dynamics.law import ClassLaw, law_covariance, target_covariance, with_gaussian_map
from tests.tables import blobs

COUNTS = [25, 8, 40]
N_NEW = 10_000


def latents_of(rng, counts=COUNTS, dim=4):
    return Latents.of(*blobs(rng, counts, dim))


def fit(rng, latents, setting, degree=4, n_neighbors=4):
    if isinstance(setting, str):
        setting = COMPONENTS[setting]
    local = local_edges(latents.rows, latents.labels, n_neighbors)
    expander, _ = expander_edges(latents.labels, degree, rng)
    return fit_component(latents, local, expander, setting, rng)


def sample(rng, component, label, n_new=N_NEW, degree=4, spread=1.0):
    return ClassLaw.of(component, label, spread).sample(n_new, degree, rng)


def check_moments(rows, mean, covariance):
    """Check mean and covariance of n sampled rows within 5 standard errors.

    Anchors and edges are drawn evenly, that is without replacement, which only makes the moments less variable than
    those of n independent rows; and since the weights of different rows have independent signs, their residuals are
    uncorrelated. So the standard error of a mean is at most sd / sqrt(n), and that of a covariance entry at most the
    standard deviation of the products over the rows, divided by sqrt(n). Beyond 5 of them lies, by chance, one figure
    in 1.7 million; a test looks at 4 + 16.
    """
    deviations = rows - mean
    products = np.einsum("ni,nj->nij", deviations, deviations)
    root_n = np.sqrt(len(rows))
    slack = 1e-6 * np.abs(rows).max()  # single precision
    assert (np.abs(deviations.mean(axis=0)) <= 5 * deviations.std(axis=0) / root_n + slack).all()
    error = np.abs(products.mean(axis=0) - covariance)
    assert (error <= 5 * products.std(axis=0) / root_n + slack).all()


def test_latents_center_each_class_and_are_unbiased(rng):
    latents = latents_of(rng, [25, 1, 8])
    for label, count in enumerate([25, 1, 8]):
        rows = latents.rows[latents.labels == label]
        np.testing.assert_allclose(latents.means[label], rows.mean(axis=0), atol=1e-12)
        deviations = latents.deviations[latents.labels == label]
        expected = np.cov(rows.T) if count > 1 else np.zeros((4, 4))
        np.testing.assert_allclose(deviations.T @ deviations / count, expected, atol=1e-12)
    assert len(latents.known_deviations) == 33


@pytest.mark.parametrize("name", COMPONENTS)
@pytest.mark.parametrize("label", [0, 1, 2])
def test_new_rows_have_the_mean_and_the_covariance_of_the_law(rng, name, label):
    component = fit(rng, latents_of(rng), name)
    rows = sample(rng, component, label)[0]
    check_moments(rows, component.means[label], law_covariance(component, label))


@pytest.mark.parametrize("name", COMPONENTS)
@pytest.mark.parametrize("counts", [COUNTS, [12, 1, 3]])
def test_the_gaussian_map_takes_the_covariance_to_the_target(rng, name, counts):
    latents = latents_of(rng, counts)
    component = with_gaussian_map(fit(rng, latents, name), latents)
    for label in range(3):
        target = target_covariance(component, latents, label)
        check_moments(sample(rng, component, label)[0], component.means[label], target)


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_new_row_follows_the_formula(rng, name):
    latents = latents_of(rng)
    component = replace(fit(rng, latents, name), shrinkage=np.zeros(3))
    made, links = sample(rng, component, 2, 200, spread=0.7)
    operator = component.koopman.operator
    for i in range(200):
        anchor = latents.rows[links.anchors[i]]
        moved = sum(w * component.residuals[e] for w, e in zip(links.weights[i], links.edges[i], strict=True))
        expected = component.means[2] + operator @ (anchor - component.means[2]) + 0.7 * moved
        np.testing.assert_allclose(made[i], expected, atol=1e-5)


def test_forgetting_keeps_the_class_covariance(rng):
    """K = 0, own edges only: the law's covariance is the sample covariance of the class, exactly.

    With as many local edges as expander edges each expander edge is taken once, and in a regular graph each row is
    the end of equally many; so the residuals are the deviations from the class mean.
    """
    latents = latents_of(rng, [25, 8, 41])
    component = fit(rng, latents, Setting("zero", local_share=0.0, own_share=1.0, shrink=False))
    np.testing.assert_array_equal(component.anchors, 0)
    for label in range(3):
        rows = latents.rows[latents.labels == label]
        np.testing.assert_allclose(law_covariance(component, label), np.cov(rows.T), atol=1e-10)


def test_keeping_adds_neighbour_differences_over_root_two(rng):
    latents = latents_of(rng)
    component = fit(rng, latents, "local")
    made, links = sample(rng, component, 0, 300)
    edges = component.edges
    differences = (latents.rows[edges.targets] - latents.rows[edges.sources]) / np.sqrt(2)
    expected = latents.rows[links.anchors] + np.einsum("nd,ndk->nk", links.weights, differences[links.edges])
    np.testing.assert_allclose(made, expected, atol=1e-5)
    assert (latents.labels[links.anchors] == 0).all()
    # half of a class's edges are its own, the other half come from all classes
    own = np.mean(latents.labels[edges.sources][links.edges] == 0)
    assert own == pytest.approx(0.5 + 0.5 * 25 / 73, abs=0.01)


def test_residuals_along_modes_fill_up_what_the_step_loses(rng):
    """r = b - K a, scaled per mode to the variance 1 - rho^2, so that K S K' + Q = S."""
    latents = latents_of(rng, [60, 60])
    component = fit(rng, latents, Setting("koopman", local_share=0.5, own_share=0.5, shrink=False), n_neighbors=6)
    koopman, edges = component.koopman, component.edges
    raw = latents.deviations[edges.targets] - latents.deviations[edges.sources] @ koopman.operator.T
    ratio = (component.residuals @ koopman.readout.T) / (raw @ koopman.readout.T)
    gain = ratio[0]
    np.testing.assert_allclose(ratio, np.broadcast_to(gain, ratio.shape), rtol=1e-6)
    along = np.mean((component.residuals @ koopman.readout.T) ** 2, axis=0)
    expected = 1 - koopman.eigenvalues**2
    assert (gain > 0).all()
    assert (along <= expected + 1e-9).all()
    np.testing.assert_allclose(along[gain < 2.99], expected[gain < 2.99], rtol=1e-6)


def test_the_operator_is_fitted_to_the_mixed_edges(rng):
    latents = latents_of(rng, [60, 30])
    component = fit(rng, latents, Setting("koopman", local_share=0.5, own_share=None, shrink=True))
    edges = component.edges
    local = local_edges(latents.rows, latents.labels, 4)
    known = set(zip(local.sources, local.targets, strict=True))
    assert len(edges) == len(local)
    assert sum(e in known for e in zip(edges.sources, edges.targets, strict=True)) >= len(local) // 2
    assert (latents.labels[edges.sources] == latents.labels[edges.targets]).all()
    # the covariance that the operator was fitted with is modes modes', since readout covariance readout' = I
    covariance = component.koopman.modes @ component.koopman.modes.T
    expected = edmd(latents.deviations[edges.sources], latents.deviations[edges.targets], covariance)
    np.testing.assert_allclose(component.koopman.operator, expected.operator, atol=1e-8)


def test_innovation_is_what_the_step_loses_of_white_noise(rng):
    rows = np.linalg.qr(rng.standard_normal((60, 4)))[0] * np.sqrt(60)
    koopman = edmd(rows, 0.7 * rows + 0.3 * rng.standard_normal((60, 4)), np.eye(4))
    factor = innovation_factor(koopman)
    operator = koopman.operator
    np.testing.assert_allclose(factor @ factor.T, np.eye(4) - operator @ operator.T, atol=1e-10)


def test_of_coloured_noise_the_factor_is_the_root_of_what_the_step_loses_twice(rng):
    """F = (I - K^2)^(1/2) for any covariance; F F' is I - K K' for a white one alone."""
    mixing = rng.standard_normal((4, 4)) * [3.0, 1.0, 0.5, 0.2]
    rows = np.linalg.qr(rng.standard_normal((60, 4)))[0] * np.sqrt(60) @ mixing
    koopman = edmd(rows, 0.7 * rows + 0.3 * rng.standard_normal((60, 4)) @ mixing, mixing.T @ mixing)
    factor, operator = innovation_factor(koopman), koopman.operator
    np.testing.assert_allclose(factor @ factor, np.eye(4) - operator @ operator, atol=1e-8)
    assert np.abs(factor @ factor.T - (np.eye(4) - operator @ operator.T)).max() > 0.01


@pytest.mark.parametrize("white", [True, False])
def test_shrunk_rows_have_the_covariance_that_the_derivation_gives(rng, white):
    """T + delta (K S K' - sigma^2 (I - F F')), with T = (1 - delta) S + delta sigma^2 I; T itself if S is white."""
    dim, n, delta = 4, 400, 0.4
    mixing = np.eye(dim) if white else rng.standard_normal((dim, dim)) * [3.0, 1.0, 0.5, 0.2]
    covariance = mixing.T @ mixing
    axes = np.linalg.qr(rng.standard_normal((dim, dim)))[0]
    modes, values = mixing.T @ axes, np.array([0.9, 0.6, 0.3, 0.0])
    koopman = Koopman(modes, np.linalg.inv(modes), values)
    normal = rng.standard_normal((n, dim))
    whitened = np.linalg.qr(normal - normal.mean(axis=0))[0] * np.sqrt(n)
    variance = np.trace(covariance) / dim
    component = Component(
        setting=COMPONENTS["shrunk"],
        koopman=koopman,
        means=np.zeros((1, dim)),
        labels=np.zeros(n, np.intp),
        anchors=koopman.advance(whitened @ mixing),
        residuals=(whitened * np.sqrt(1 - values**2)) @ modes.T,
        edges=Edges(np.arange(n), np.arange(n)),
        edge_labels=np.zeros(n, np.intp),
        own_share=np.ones(1),
        shrinkage=np.full(1, delta),
        noise=np.sqrt(variance) * innovation_factor(koopman),
    )
    operator, factor = koopman.operator, innovation_factor(koopman)
    target = (1 - delta) * covariance + delta * variance * np.eye(dim)
    excess = operator @ covariance @ operator.T - variance * (np.eye(dim) - factor @ factor.T)
    np.testing.assert_allclose(law_covariance(component, 0), target + delta * excess, atol=1e-8)
    assert bool(np.abs(excess).max() < 1e-8) is white
    check_moments(sample(rng, component, 0)[0], np.zeros(dim), target + delta * excess)


@pytest.mark.parametrize("pooling", [0.0, 1.0])
@pytest.mark.parametrize("name", COMPONENTS)
def test_pooling_none_and_all(rng, name, pooling):
    latents = latents_of(rng)
    component = fit(rng, latents, replace(COMPONENTS[name], own_share=1 - pooling))
    for label in range(3):
        _, links = sample(rng, component, label, 2_000)
        n_used = np.sum(component.edge_labels[links.edges] == label)
        n_own = np.sum(component.edge_labels == label)
        if pooling == 0:
            assert n_used == 8_000
        else:  # each of its edges is used as often as any other, give or take one
            assert abs(n_used - 8_000 * n_own / len(component.edges)) <= n_own


def test_own_share_grows_with_the_class(rng):
    latents = latents_of(rng, [5, 1, 45])
    component = fit(rng, latents, "shrunk")
    np.testing.assert_allclose(component.own_share, [5 / 10, 0, 45 / 50])


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_class_of_one_row_lives_on_the_residuals_of_others(rng, name):
    latents = latents_of(rng, [30, 1, 20])
    component = with_gaussian_map(fit(rng, latents, name), latents)
    made, links = sample(rng, component, 1)
    assert (links.anchors == 30).all()
    assert (component.edge_labels[links.edges] != 1).all()
    check_moments(made, latents.rows[30], target_covariance(component, latents, 1))
    assert np.trace(np.cov(made.T)) > 0.05 * np.trace(np.cov(latents.known_deviations.T))


@pytest.mark.parametrize("name", COMPONENTS)
def test_classes_of_one_row_alone_repeat_it(rng, name):
    latents = Latents.of(rng.standard_normal((3, 4)), np.arange(3))
    component = with_gaussian_map(fit(rng, latents, name), latents)
    made, _ = sample(rng, component, 2, 50)
    np.testing.assert_allclose(made, np.broadcast_to(latents.rows[2], (50, 4)), atol=1e-6)


@pytest.mark.parametrize("name", COMPONENTS)
def test_zero_spread_leaves_only_the_moved_anchors(rng, name):
    component = fit(rng, latents_of(rng), name)
    made, links = sample(rng, component, 0, 100, spread=0.0)
    np.testing.assert_allclose(made, component.means[0] + component.anchors[links.anchors], atol=1e-5)


@pytest.mark.parametrize("name", COMPONENTS)
def test_more_columns_than_rows(rng, name):
    latents = latents_of(rng, [6, 5], dim=40)
    component = with_gaussian_map(fit(rng, latents, name), latents)
    rows, _ = sample(rng, component, 0)
    assert np.isfinite(rows).all()
    made, target = np.trace(np.cov(rows.T)), np.trace(target_covariance(component, latents, 0))
    assert made == pytest.approx(target, rel=0.1)


@pytest.mark.parametrize("name", COMPONENTS)
def test_mapping_the_terms_equals_mapping_the_rows(rng, seed, name):
    latents = latents_of(rng)
    law = ClassLaw.of(with_gaussian_map(fit(rng, latents, name), latents), 1, 1.0)
    matrix, offset = (rng.standard_normal(shape).astype(np.float32) for shape in ((4, 6), 6))

    def affine(rows):
        return rows @ matrix + offset

    rows, links = law.sample(100, 4, np.random.default_rng(seed))
    mapped, same_links = law.through(affine).sample(100, 4, np.random.default_rng(seed))
    np.testing.assert_array_equal(links.edges, same_links.edges)
    np.testing.assert_allclose(mapped, affine(rows), atol=1e-4)
