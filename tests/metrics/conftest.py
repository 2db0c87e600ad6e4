"""Samples whose figures are known."""

import numpy as np
import pytest


@pytest.fixture
def cloud(rng):
    """Return a function that draws correlated normal rows, always of the same distribution."""
    mixing = np.eye(4) + rng.standard_normal((4, 4)) / 4
    return lambda n_rows: rng.standard_normal((n_rows, 4)) @ mixing
