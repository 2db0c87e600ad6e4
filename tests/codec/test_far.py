"""Values far from all others are found, and heavy tails are none."""

import numpy as np
import pytest

from skexpand.codec.far import Far, far_values, suspects


def far(values):
    return far_values(*np.unique(values, return_counts=True))


@pytest.mark.parametrize("n", [20, 50, 300])
@pytest.mark.parametrize("value", [17_000.0, 1e9, -1e6])
def test_a_single_outlier(rng, n, value):
    values = rng.normal(170, 8, n)
    values[3] = value
    assert far(values) == Far((), (value,))
    assert suspects(values[:, None]).tolist() == [0]


@pytest.mark.parametrize("value", [-999.0, 9999.0, 0.0])
@pytest.mark.parametrize("share", [0.1, 0.7])
def test_sentinels(rng, value, share):
    values = np.where(np.arange(100) < 100 * share, value, rng.normal(170, 8, 100))
    assert far(values) == Far((value,), ())
    assert suspects(values[:, None]).tolist() == [0]
    np.testing.assert_array_equal(far(values).left_out(values), values[int(100 * share) :])


def test_a_sentinel_beside_a_scale(rng):
    values = np.concatenate([rng.integers(1, 6, 50), [999] * 5]).astype(float)
    assert far(values).sentinels == (999.0,)


@pytest.mark.parametrize(
    "draw",
    [
        lambda rng: rng.standard_normal(200),
        lambda rng: rng.lognormal(0, 2, 200),
        lambda rng: rng.lognormal(8, 1.5, 200).round(-2),
        lambda rng: rng.exponential(size=200) ** 2,
        lambda rng: rng.pareto(1, 200),
        lambda rng: rng.negative_binomial(0.3, 0.02, 200).astype(float),
        lambda rng: rng.integers(0, 2, 200).astype(float),
        lambda rng: np.where(rng.random(200) < 0.8, 0, rng.lognormal(3, 1, 200)),
    ],
    ids=["normal", "lognormal", "incomes", "squares", "pareto", "counts", "flags", "zeros"],
)
def test_heavy_tails_have_none(rng, draw):
    found = [far(draw(rng)) for _ in range(50)]
    assert sum(map(bool, found)) <= 1


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e300])
def test_any_scale(rng, scale):
    values = rng.standard_normal(50)
    values[0] = 1e5
    assert far(scale * values).outliers == (scale * 1e5,)
    assert suspects((scale * values)[:, None]).tolist() == [0]


def test_gaps_are_no_suspects(rng):
    rows = rng.uniform(size=(50, 3))
    rows[:, 0], rows[::2, 1] = np.nan, np.nan
    assert suspects(rows).tolist() == []
