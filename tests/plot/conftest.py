"""Tables to draw, figures without a window, and none left open."""

import numpy as np
import pandas as pd
import pytest

from skexpand import ExpansiveSynthesizer


@pytest.fixture(autouse=True)
def no_window(monkeypatch):
    plt = pytest.importorskip("matplotlib.pyplot")
    plt.switch_backend("Agg")
    yield
    plt.close("all")


@pytest.fixture(scope="session")
def wards():
    """Return a mixed table with a gap, and names that matplotlib must take as text."""
    rng = np.random.default_rng(0)
    y = np.repeat(["ill", "well"], [20, 40])
    X = pd.DataFrame(
        {
            "$x_1$": rng.standard_normal(60) + (y == "well"),
            "age": rng.integers(20, 90, 60),
            "ward": rng.choice(["$a$", "b", "c"], 60),
            "seen": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, 60), "D"),
        }
    )
    X.loc[3, "$x_1$"] = np.nan
    return X, y


@pytest.fixture(scope="session")
def fitted(wards):
    return ExpansiveSynthesizer(law="local", random_state=0).fit(*wards)
