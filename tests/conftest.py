"""Seeds, and which warnings count.

A test that takes ``seed`` or ``rng`` must hold for any. The fast tests try one, the slow ones another as well;
SKEXPAND_TEST_SEEDS="0-49" tries these.
"""

import os
import warnings

import hypothesis
import numpy as np
import pytest
from sklearn.linear_model import RidgeCV

from skexpand import ExpansionWarning

# the same examples every time, unless more seeds than usual are asked for
hypothesis.settings.register_profile(
    "skexpand",
    deadline=None,
    derandomize="SKEXPAND_TEST_SEEDS" not in os.environ,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.data_too_large],
)
hypothesis.settings.load_profile("skexpand")


def _seeds():
    if "SKEXPAND_TEST_SEEDS" not in os.environ:
        return [0, pytest.param(1, marks=pytest.mark.slow)]
    first, _, last = os.environ["SKEXPAND_TEST_SEEDS"].partition("-")
    return range(int(first), int(last or first) + 1)


@pytest.fixture(params=_seeds(), ids="seed{}".format)
def seed(request):
    """Return each seed in turn."""
    return request.param


@pytest.fixture
def rng(seed):
    """Return a fresh generator for each seed."""
    return np.random.default_rng(seed)


@pytest.fixture
def _ridge_smooths(monkeypatch):
    """Let ridge regression alone smooth numbers, in a twentieth of the time."""
    monkeypatch.setattr("skexpand.target.smoother._candidates", lambda X, y, seed: {"ridge": RidgeCV()})


@pytest.fixture
def _only_failure_signs():
    """Let odd tables show failure signs; other warnings (overflow, division by zero) are errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ExpansionWarning)
        yield
