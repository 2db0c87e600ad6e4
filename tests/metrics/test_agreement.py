"""Agreement with sdmetrics where it computes the same. It is no test dependency: this runs where it is installed."""

import numpy as np
import pandas as pd
import pytest

from skexpand.metrics import column_wasserstein, correlation_difference, repeats

sdmetrics = pytest.importorskip("sdmetrics", exc_type=ImportError)


@pytest.fixture
def tables(cloud, rng):
    """Return two tables, a third of the second's rows being rows of the first."""
    real, new = (pd.DataFrame(cloud(60), columns=list("abcd")) for _ in range(2))
    new["d"] = new["d"] * 2 - new["a"]
    new.iloc[:20] = real.iloc[:20]
    for frame in (real, new):
        frame["kind"] = rng.choice(["x", "y", "z"], 60)
    new.loc[:19, "kind"] = real.loc[:19, "kind"]
    return real, new


def test_correlations(tables):
    from sdmetrics.column_pairs import CorrelationSimilarity

    real, new = (frame.drop(columns="kind") for frame in tables)
    pairs = [list(pair) for pair in ("ab", "ac", "ad", "bc", "bd", "cd")]
    similarities = [CorrelationSimilarity.compute(real[pair], new[pair]) for pair in pairs]
    expected = 2 * (1 - np.mean(similarities))
    assert correlation_difference(real.to_numpy(), new.to_numpy()).value == pytest.approx(expected)


def test_total_variation(tables):
    from sdmetrics.single_column import TVComplement

    real, new = tables
    expected = 1 - TVComplement.compute(real["kind"], new["kind"])
    assert column_wasserstein(real, new)["kind"].value == pytest.approx(expected)


def test_new_rows(tables):
    from sdmetrics.single_table import NewRowSynthesis

    real, new = (frame.drop(columns="kind") for frame in tables)  # it cannot query text of pandas 3
    columns = {name: {"sdtype": "numerical"} for name in real}
    expected = 1 - NewRowSynthesis.compute(real, new, {"columns": columns}, numerical_match_tolerance=1e-9)
    assert repeats(real, new).value == pytest.approx(expected)
