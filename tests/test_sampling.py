"""``sample``: any number of rows of any class, in any order, in bounded memory."""

import tracemalloc

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from skexpand import ExpansiveSynthesizer
from skexpand.dynamics.law import ClassLaw
from skexpand.expansion.latent import Expansion
from skexpand.network.model import ExpansionNetwork
from tests.tables import blobs, same_bits

CHUNK = Expansion.chunk
COUNTS = [40, 12, 25]


@pytest.fixture(scope="module")
def table():
    return blobs(np.random.default_rng(0), COUNTS, 4, apart=20)


@pytest.fixture(scope="module")
def fitted(table):
    return ExpansiveSynthesizer(random_state=0).fit(*table)


@pytest.fixture
def small_chunks(monkeypatch):
    """Make chunks of 100 rows, and note how many rows are made at a time."""
    monkeypatch.setattr(Expansion, "chunk", 100)
    sizes = []
    sample = ClassLaw.sample

    def spy(self, n_new, *args):
        sizes.append(n_new)
        return sample(self, n_new, *args)

    monkeypatch.setattr(ClassLaw, "sample", spy)
    return sizes


def check_classes(table, new, labels):
    """Check by the nearest class mean that each row was made for its label."""
    X, y = table
    assert np.isfinite(new).all()
    means = np.array([X[y == c].mean(axis=0) for c in range(3)])
    nearest = np.argmin(np.linalg.norm(new[:, None] - means, axis=2), axis=1)
    np.testing.assert_array_equal(nearest, labels)


@pytest.mark.parametrize("n", [1, 10, 77, 1000])
def test_without_y_classes_keep_their_proportions(fitted, table, seed, n):
    new, labels = fitted.sample(n, random_state=seed)
    assert new.shape == (n, 4)
    expected = n * np.array(COUNTS) / 77
    assert (np.abs(np.bincount(labels, minlength=3) - expected) < 1).all()
    check_classes(table, new, labels)


@pytest.mark.parametrize("label", [0, 1, 2])
def test_one_label(fitted, table, seed, label):
    new, labels = fitted.sample(200, y=label, random_state=seed)
    assert (labels == label).all()
    check_classes(table, new, labels)


@pytest.mark.parametrize("kind", [list, np.asarray])
def test_a_label_per_row_in_any_order(fitted, table, rng, kind):
    wanted = rng.choice([0, 2], 300)
    new, labels = fitted.sample(300, y=kind(wanted), random_state=0)
    np.testing.assert_array_equal(labels, wanted)
    check_classes(table, new, wanted)
    assert len(np.unique(new, axis=0)) == 300


@pytest.mark.parametrize("n", [99, 100, 101, 350])
@pytest.mark.parametrize("mixed", [True, False])
def test_chunk_boundaries(fitted, table, small_chunks, rng, n, mixed):
    wanted = rng.integers(0, 3, n) if mixed else np.ones(n, np.intp)
    new, labels = fitted.sample(n, y=wanted, random_state=0)
    np.testing.assert_array_equal(labels, wanted)
    check_classes(table, new, wanted)
    assert len(np.unique(new, axis=0)) == n
    assert sum(small_chunks) == n
    assert max(small_chunks) <= 100


@pytest.mark.parametrize("transport", [None, "gaussian", "marginal"])
def test_decoding_the_law_beforehand_equals_decoding_the_rows(table, monkeypatch, transport):
    synthesizer = ExpansiveSynthesizer(transport=transport, random_state=0).fit(*table)
    beforehand, _ = synthesizer.sample(300)
    monkeypatch.setattr(ExpansionNetwork, "is_linear", False)
    afterwards, _ = synthesizer.sample(300)
    np.testing.assert_allclose(beforehand, afterwards, atol=1e-4)


def test_real_chunks(fitted, table):
    n = 2 * CHUNK + 3
    new, labels = fitted.sample(n, y=np.arange(n) % 3)
    np.testing.assert_array_equal(labels, np.arange(n) % 3)
    check_classes(table, new, labels)


def test_the_same_anchors_serve_every_chunk(table, small_chunks):
    synthesizer = ExpansiveSynthesizer(law="local", transport=None, spread=0, random_state=0)
    with pytest.warns(UserWarning, match="repeat"):
        synthesizer.fit(*table)
    new, _ = synthesizer.sample(1000, y=1)
    rows, counts = np.unique(np.round(new, 3), axis=0, return_counts=True)
    assert len(rows) == 12
    assert counts.min() >= 1000 // 12 - 10
    assert counts.max() <= 1000 // 12 + 11  # one more or less in each of ten chunks


@pytest.mark.parametrize("y", [None, 1, []], ids=["none", "label", "array"])
def test_no_rows(fitted, y):
    new, labels = fitted.sample(0, y=y)
    assert new.shape == (0, 4)
    assert labels.shape == (0,)


def test_the_estimator_s_seed_is_the_default(fitted):
    first, second, other = fitted.sample(20), fitted.sample(20, random_state=0), fitted.sample(20, random_state=1)
    assert same_bits(first[0], second[0])
    assert not np.array_equal(first[0], other[0])


@pytest.mark.parametrize("labels", [["b", "a"], [True, False], [7, -3], [1.0, 2.0]], ids=str)
def test_labels_of_every_kind(labels):
    X, y = blobs(np.random.default_rng(0), [10, 20], 3, apart=20)
    synthesizer = ExpansiveSynthesizer(law="local", random_state=0).fit(X, np.array(labels)[y])
    for code, label in enumerate(labels):
        new, got = synthesizer.sample(30, y=label)
        assert got.tolist() == [label] * 30
        assert got.dtype == np.array(labels).dtype
        assert np.linalg.norm(new.mean(axis=0) - X[y == code].mean(axis=0)) < 5
    assert synthesizer.sample(2, y=labels)[1].tolist() == labels


@pytest.mark.parametrize("n", [-1, 1.5, "5", None])
def test_n_samples_must_be_a_whole_number(fitted, n):
    with pytest.raises(ValueError, match="n_samples must be an integer of at least 0"):
        fitted.sample(n)


@pytest.mark.parametrize("y", [9, "a", [0, 1, 9]], ids=str)
def test_unknown_labels_are_refused(fitted, y):
    with pytest.raises(ValueError, match=r"unknown label.*choose from \[0, 1, 2\]"):
        fitted.sample(3, y=y)


@pytest.mark.parametrize("y", [[0, 1], [[0], [1], [2]], []], ids=str)
def test_y_of_another_length_is_refused(fitted, y):
    with pytest.raises(ValueError, match="n_samples=3"):
        fitted.sample(3, y=y)


@pytest.mark.parametrize("method", ["sample", "encode", "decode"])
def test_an_unfitted_estimator_says_so(method):
    with pytest.raises(NotFittedError, match="not fitted"):
        getattr(ExpansiveSynthesizer(), method)(np.ones((2, 2)) if method != "sample" else 3)


def peak_beside_the_result(synthesizer, n):
    tracemalloc.start()
    new, labels = synthesizer.sample(n)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak - new.nbytes - labels.nbytes


def test_memory_beside_the_result_does_not_grow():
    """Rows of 20 columns take 160 bytes; what grows with n beside them (class codes and places) must stay far below."""
    X, y = blobs(np.random.default_rng(0), [50, 50], 20)
    synthesizer = ExpansiveSynthesizer(law="local", random_state=0).fit(X, y)
    small, large = (peak_beside_the_result(synthesizer, n) for n in (4 * CHUNK, 16 * CHUNK))
    assert (large - small) / (12 * CHUNK) < 40
