"""A report that is computed once."""

import numpy as np
import pandas as pd
import pytest
from sklearn.naive_bayes import GaussianNB

from skexpand import ExpansionReport, ExpansiveSynthesizer

NASTY = "<script>alert('x')</script>"


@pytest.fixture(scope="session")
def wards():
    """Return a small mixed table with gaps, uneven classes, and names that an HTML page must escape."""
    rng = np.random.default_rng(0)
    y = np.repeat(["ill & <b>", "well"], [20, 50])
    X = pd.DataFrame(
        {
            NASTY: rng.standard_normal(70) + (y == "well"),
            "$\\frac{1}{0}$ 年齢": rng.integers(20, 90, 70),
            "ward": rng.choice(["<i>a</i>", "b", "c"], 70),
            "seen": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, 70), "D"),
        }
    )
    X.loc[:4, NASTY] = np.nan
    return X, y


@pytest.fixture(scope="session")
def report(wards):
    """Return a report on it."""
    sampler = ExpansiveSynthesizer(law="local", expansion_ratio=2, random_state=0)
    return ExpansionReport(sampler, *wards, cv=3, random_state=0, verbose=False).compute()


@pytest.fixture
def numbers(rng):
    """Return numbers, for learners that take nothing else, and uneven classes."""
    y = np.repeat([0, 1], [20, 40])
    return rng.standard_normal((60, 3)) + y[:, None], y


@pytest.fixture
def quick():
    """Return a function that computes a report of a quick learner."""

    def computed(sampler, X, y, **parameters):
        parameters = {"estimator": GaussianNB(), "cv": 3, "random_state": 0, "verbose": False} | parameters
        return ExpansionReport(sampler, X, y, **parameters).compute()

    return computed
