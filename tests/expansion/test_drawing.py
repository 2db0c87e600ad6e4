"""New rows in blocks: the same bits for any number of threads."""

import os
from functools import partial

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from sklearn.datasets import load_digits

from skexpand import ExpansiveSynthesizer
from skexpand.expansion.flows import ImageExpansion
from skexpand.expansion.latent import Expansion
from tests.tables import blobs, same_bits


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(Expansion, "chunk", 50)
    monkeypatch.setattr(ImageExpansion, "chunk", 8)


def array():
    return *blobs(np.random.default_rng(0), [40, 12, 25], 4), {}


def trained():
    return *blobs(np.random.default_rng(0), [30, 30], 6), {"latent_dim": 3, "max_epochs": 2, "early_stopping": False}


def mixed():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"height": rng.normal(size=60), "city": rng.choice(["Oslo", "Bergen", None], 60)})
    X["visits"], X["seen"] = rng.poisson(1, 60), np.datetime64("2024-01-01") + rng.integers(0, 99, 60)
    X.loc[::7, "height"] = np.nan
    return X, rng.choice(["ill", "well"], 60), {"rules": [lambda rows: rows["visits"] < 3]}


def images(transition):
    X, y = load_digits(n_class=2, return_X_y=True)
    return X[:10], y[:10], {"image_shape": (8, 8), "transition": transition, "max_epochs": 1, "spread": 1.0}


CASES = {
    "array": array,
    "trained": trained,
    "mixed": mixed,
    "deformation": partial(images, "deformation"),
    "both": partial(images, "both"),
    "latent": partial(images, "latent"),
}


def made(case, groups=False, **parameters):
    """Expand 5 times, and draw 130 rows in any order; return all of it with the parents."""
    X, y, options = CASES[case]()
    synthesizer = ExpansiveSynthesizer(expansion_ratio=5, random_state=0, **options | parameters)
    expanded = synthesizer.fit_resample(X, y, np.arange(len(y)) // 2 if groups else None)
    wanted = np.random.default_rng(1).choice(synthesizer.classes_, 130)
    parents = synthesizer.parents_
    return [*expanded, *parents.values(), *synthesizer.sample(130, wanted), synthesizer.sample(120)[0]]


def check_same(found, expected):
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        if hasattr(one, "equals"):
            assert one.equals(other)
        else:
            assert same_bits(one, other)


@pytest.mark.filterwarnings("ignore::skexpand.ExpansionWarning", "ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("case", [pytest.param(case, marks=[pytest.mark.slow] * (case == "both")) for case in CASES])
def test_any_number_of_threads_gives_the_same_bits(case):
    check_same(made(case, n_jobs=3), made(case))


@pytest.mark.parametrize("n_jobs", [1, 2, -1])
def test_rows_kept_apart_too(n_jobs):
    check_same(made("array", groups=True, n_jobs=n_jobs), made("array", groups=True))


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_rows_are_made_in_this_process_whatever_the_backend_is(backend):
    seen = set()
    rules = [lambda rows: np.full(len(rows), bool(seen.add(os.getpid()) or True))]
    expected = made("array", rules=rules)
    with parallel_config(backend, n_jobs=2):
        check_same(made("array", rules=rules), expected)
    assert seen == {os.getpid()}


def test_one_block_takes_the_stream_as_it_is():
    X, y, _ = array()
    synthesizer = ExpansiveSynthesizer(law="local", random_state=0).fit(X, y)
    rng = np.random.default_rng(5)
    made_of = synthesizer._expansion.draw
    draws = [synthesizer._expansion.of_class(label) for label in (0, 2)]
    expected = np.concatenate([block.rows for draw in draws for block in made_of(draw, 25, X.dtype, rng)])
    wanted = np.random.default_rng(0).permutation(np.repeat([0, 2], 25))
    found, _ = synthesizer.sample(50, wanted, random_state=5)
    assert same_bits(found[np.argsort(wanted, kind="stable")], expected)


def test_blocks_have_streams_of_their_own(seed):
    """No row comes twice: neither in another block, nor in what the same seed gives elsewhere."""
    X, y, _ = array()
    synthesizer = ExpansiveSynthesizer(law="local", expansion_ratio=5, random_state=seed)
    new = synthesizer.fit_resample(X, y)[0][len(X) :]
    drawn, _ = synthesizer.sample(len(new), y=synthesizer.parents_["class"])
    assert len(new) > 2 * Expansion.chunk
    assert len(np.unique(np.concatenate([new, drawn]), axis=0)) == 2 * len(new)


def test_a_generator_goes_on():
    X, y, _ = array()
    synthesizer = ExpansiveSynthesizer(law="local", random_state=0).fit(X, y)
    rng = np.random.default_rng(0)
    first, second = (synthesizer.sample(120, random_state=rng)[0] for _ in range(2))
    assert not np.isin(first, second).any()
    assert same_bits(first, synthesizer.sample(120, random_state=np.random.default_rng(0))[0])


def test_a_rule_that_nothing_keeps_says_so_from_a_thread():
    X, y, _ = array()
    synthesizer = ExpansiveSynthesizer(rules=[lambda rows: rows[:, 0] > 1e6], n_jobs=2, random_state=0)
    with pytest.raises(ValueError, match="new rows of class 0, 0 keep the rules"):
        synthesizer.fit_resample(X, y)
    assert not hasattr(synthesizer, "classes_")


def test_zero_threads_are_refused_before_training():
    X, y, _ = array()
    with pytest.raises(ValueError, match=r"'n_jobs' parameter.*Got 0 instead"):
        ExpansiveSynthesizer(n_jobs=0).fit_resample(X, y)
