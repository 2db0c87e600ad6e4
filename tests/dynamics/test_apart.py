"""Rows kept apart: what stands for residuals tells no label."""

import numpy as np
import pytest

from skexpand.dynamics.apart import without_labels
from skexpand.dynamics.components import COMPONENTS, fit_component
from skexpand.dynamics.graph import expander_edges, local_edges
from skexpand.dynamics.latents import Latents


def component(rows, labels, name, rng):
    latents = Latents.of(rows, labels)
    local, (expander, _) = local_edges(rows, labels, 5), expander_edges(labels, 4, rng)
    return latents, fit_component(latents, local, expander, COMPONENTS[name], rng)


def test_the_directions_of_steps_do_not_depend_on_labels(rng):
    rows = rng.standard_normal((40, 6))
    directions = []
    for _ in range(2):
        latents, before = component(rows, rng.permutation(np.arange(40) % 2), "local", rng)
        after = without_labels(before, latents, 5)
        np.testing.assert_allclose(np.mean(after.residuals**2), np.mean(before.residuals**2))
        np.testing.assert_array_equal(after.edge_labels, latents.labels[after.edges.sources])
        directions.append(after.residuals / np.linalg.norm(after.residuals))
    np.testing.assert_allclose(*directions)


@pytest.mark.parametrize("name", ["global", "shrunk"])
def test_components_with_means_stay_as_they_are(rng, name):
    latents, fitted = component(rng.standard_normal((40, 6)), np.arange(40) % 2, name, rng)
    assert without_labels(fitted, latents, 5) is fitted


def test_where_no_row_differs_from_its_nearest_no_step_is_made(rng):
    rows = np.repeat(rng.standard_normal((2, 3)), 12, axis=0)
    latents, fitted = component(rows, np.arange(24) % 2, "local", rng)
    assert (without_labels(fitted, latents, 5).residuals == 0).all()
