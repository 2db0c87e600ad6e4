"""Rules and bounds of a single call of ``sample``."""

import numpy as np
import pandas as pd
import pytest

from skexpand import ExpansiveSynthesizer

RNG = np.random.default_rng(0)
X = pd.DataFrame(
    {
        "age": RNG.integers(20, 60, 120),
        "score": RNG.standard_normal(120),
        "few": RNG.choice([1, 2, 5], 120),
        "sex": RNG.choice(["F", "M"], 120),
    }
)
Y = np.arange(120) % 2


@pytest.fixture(scope="module")
def fitted():
    return ExpansiveSynthesizer(rules=[lambda rows: rows.few < 5], random_state=0).fit(X[X.few < 5], Y[X.few < 5])


def test_rules_come_on_top_of_those_of_the_fit(fitted):
    new, _ = fitted.sample(300, rules=[lambda rows: rows.age > 30], given={"sex": "F"})
    assert ((new.age > 30) & (new.few < 5) & (new.sex == "F")).all()
    assert fitted.sample(300)[0].age.min() <= 30


def test_a_rule_that_no_row_keeps_says_so(fitted):
    with pytest.raises(ValueError, match="0 keep the rules"):
        fitted.sample(3, rules=[lambda rows: rows.age > 99])
    with pytest.raises(TypeError, match="rules must be functions"):
        fitted.sample(3, rules=["age > 3"])


def test_bounds_narrow_and_widen(fitted):
    ages = fitted.sample(3000, bounds={"age": (0, 100), "score": (-9, None)})[0].age
    assert ages.min() < X.age.min()
    assert ages.max() > X.age.max()
    low = float(X.score.min())
    new, _ = fitted.sample(3000, bounds={"score": (low, None)})
    assert new.score.min() >= low > fitted.sample(3000)[0].score.min()
    new, _ = fitted.sample(3000, bounds="data")
    assert new.score.between(X.score.min() - 1e-4, X.score.max() + 1e-4).all()


def test_bounds_of_an_array():
    rows = X[["age", "score"]].to_numpy() - 30
    synthesizer = ExpansiveSynthesizer(random_state=0).fit(rows, Y)
    new, _ = synthesizer.sample(2000, bounds={0: (-10, 29)}, given={1: (-30, None)})
    assert (new[:, 0] >= -10).all()
    assert (new[:, 0] <= 29).all()
    assert (new[:, 1] >= -30).all()


def test_what_is_given_may_lie_within_wider_bounds(fitted):
    with pytest.raises(ValueError, match="leaves no value"):
        fitted.sample(3, given={"age": (60, 62)})
    assert fitted.sample(30, given={"age": (60, 62)}, bounds={"age": (0, 99)})[0].age.between(60, 62).all()


@pytest.mark.parametrize(
    ("bounds", "error", "message"),
    [
        ({"agg": (0, 1)}, ValueError, "bounds names the unknown column"),
        ({"age": (30, 99)}, ValueError, "the table itself has .* widen the bounds or use given"),
        ({"age": 3}, ValueError, "must be a pair"),
        ({"sex": (0, 1)}, TypeError, "holds categories, which have no bounds"),
        ("open", ValueError, "bounds='open' is a choice of fit"),
    ],
    ids=str,
)
def test_bounds_that_make_no_sense(fitted, bounds, error, message):
    with pytest.raises(error, match=message):
        fitted.sample(3, bounds=bounds)


def test_a_rule_alone_is_refused(fitted):
    with pytest.raises(TypeError, match=r"rules must be a list of functions, got .*; put it into a list"):
        fitted.sample(3, rules=lambda rows: rows.age > 30)
