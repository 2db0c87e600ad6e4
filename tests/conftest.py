"""Seeds: a test that takes ``seed`` or ``rng`` must hold for any. SKEXPAND_TEST_SEEDS="0-49" tries more than usual."""

import os

import numpy as np
import pytest


def _seeds():
    first, _, last = os.environ.get("SKEXPAND_TEST_SEEDS", "0-1").partition("-")
    return range(int(first), int(last or first) + 1)


@pytest.fixture(params=_seeds(), ids="seed{}".format)
def seed(request):
    """Return each seed in turn."""
    return request.param


@pytest.fixture
def rng(seed):
    """Return a fresh generator for each seed."""
    return np.random.default_rng(seed)
