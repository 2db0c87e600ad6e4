"""``sample_batches``: the rows of the parts, one batch in memory at a time."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

from skexpand import ExpansiveSynthesizer
from tests.tables import blobs, same_bits


@pytest.fixture(scope="module")
def model():
    return ExpansiveSynthesizer(law="local", random_state=3).fit(*blobs(np.random.default_rng(0), [40, 20], 4))


def test_batches_are_the_parts_of_the_same_request(model, tmp_path):
    parts = pytest.importorskip("skexpand.parts")
    parts.to_parquet(model, 1000, tmp_path / "big", rows_per_part=300)
    batches = list(model.sample_batches(1000, batch_size=300))
    assert [len(y) for _, y in batches] == [250] * 4
    for part, (X, y) in enumerate(batches):
        frame = pd.read_parquet(tmp_path / "big" / f"part-{part:06d}.parquet")
        assert same_bits(frame.iloc[:, :-1].to_numpy(), X)
        np.testing.assert_array_equal(frame["target"], y)


def test_proportions_and_stated_classes(model):
    assert sum(np.bincount(y) for _, y in model.sample_batches(900, 100)).tolist() == [600, 300]
    assert sum(np.bincount(y, minlength=2) for _, y in model.sample_batches({1: 70}, 30)).tolist() == [0, 70]
    assert list(model.sample_batches(0)) == []


def test_seeds(model):
    X, again, other = (next(model.sample_batches(50, random_state=seed))[0] for seed in (1, 1, 2))
    assert same_bits(X, again)
    assert not same_bits(X, other)
    state = np.random.RandomState(0)
    assert not same_bits(*(next(model.sample_batches(50, random_state=state))[0] for _ in range(2)))


def test_a_frame_gives_frames(model):
    X, y = blobs(np.random.default_rng(0), [40, 20], 2)
    model = ExpansiveSynthesizer(law="local", random_state=0).fit(pd.DataFrame(X, columns=["a", "b"]), y)
    batch, _ = next(model.sample_batches(100, 10))
    assert (list(batch.columns), len(batch)) == (["a", "b"], 10)


def test_memory_is_that_of_a_batch(model):
    def peak(n_samples):
        tracemalloc.start()
        for _ in model.sample_batches(n_samples, batch_size=5_000):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(10_000)
    assert peak(200_000) < 1.5 * peak(20_000)


def test_errors_come_with_the_call(model):
    with pytest.raises(NotFittedError):
        ExpansiveSynthesizer().sample_batches(10)
    with pytest.raises(ValueError, match="batch_size"):
        model.sample_batches(10, batch_size=0)
    with pytest.raises(ValueError, match="n_samples"):
        model.sample_batches(-1)
    with pytest.raises(ValueError, match="not a seed"):
        model.sample_batches(10, random_state=-1)
