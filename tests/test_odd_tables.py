"""Odd tables (tiny classes, constant columns, huge values, ...): each gives a sensible result."""

import numpy as np
import pandas as pd
import pytest

from skexpand import ExpansiveSynthesizer
from skexpand.dynamics.components import COMPONENTS
from tests.pairwise import pairwise
from tests.tables import blobs, same_bits

LAWS = ["auto", *COMPONENTS]
TRANSPORTS = [None, "gaussian", "marginal"]
COUNTS = [(20, 1), (20, 2), (2, 2), (1, 1), (1, 1, 1), (2, 1), (30, 1, 1, 2), (1, 40)]


pytestmark = pytest.mark.usefixtures("_only_failure_signs")


def expand(X, y, **parameters):
    parameters = {"expansion_ratio": 3, "random_state": 0, "max_epochs": 2} | parameters
    return ExpansiveSynthesizer(**parameters).fit_resample(X, y)


def table(counts=(20, 15), n_columns=4):
    return blobs(np.random.default_rng(0), counts, n_columns)


@pytest.mark.parametrize(("law", "transport", "counts"), pairwise(LAWS, TRANSPORTS, COUNTS))
def test_tiny_classes(law, transport, counts):
    X, y = table(counts)
    X_big, y_big = expand(X, y, law=law, transport=transport, early_stopping=False)  # so that the network trains
    assert np.isfinite(X_big).all()
    assert same_bits(X_big[: len(X)], X)
    assert np.bincount(y_big).tolist() == [3 * max(counts)] * len(counts)
    for label, count in enumerate(counts):
        if count == 1 and max(counts) > 1:
            new = X_big[len(X) :][y_big[len(X) :] == label]
            assert len(np.unique(new, axis=0)) == len(new), "a single row is repeated"


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_all_rows_equal(law, transport):
    X = np.full((12, 3), 0.1)
    X_big, _ = expand(X, np.arange(12) % 2, law=law, transport=transport, early_stopping=False)
    assert (X_big == 0.1).all()


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_each_class_repeats_one_row(law, transport):
    X = np.repeat([[0.0, 1.0, 2.0], [5.0, 5.0, 5.0]], 10, axis=0)
    X_big, y_big = expand(X, np.repeat([0, 1], 10), law=law, transport=transport)
    np.testing.assert_allclose(X_big, X[[0, 10]][y_big], atol=1e-4)


@pytest.mark.parametrize(("law", "transport", "value"), pairwise(LAWS, TRANSPORTS, [0.0, 0.1, -3e5]))
def test_constant_and_duplicate_columns(law, transport, value):
    X, y = table()
    X = np.column_stack([X, np.full(35, value), X[:, 0], -2 * X[:, 1]])
    X_big, _ = expand(X, y, law=law, transport=transport)
    assert (X_big[:, 4] == value).all()
    if transport != "marginal":  # a map per column need not keep what columns have in common
        np.testing.assert_allclose(X_big[:, 5], X_big[:, 0], atol=1e-4)
        np.testing.assert_allclose(X_big[:, 6], -2 * X_big[:, 1], atol=1e-4)


@pytest.mark.parametrize("law", LAWS)
def test_a_column_that_varies_in_one_row_only(law):
    X, y = table()
    X[:, 1] = 0
    X[7, 1] = 1
    assert np.isfinite(expand(X, y, law=law)[0]).all()


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_one_column(law, transport):
    X, y = table(n_columns=1)
    X_big, _ = expand(X, y, law=law, transport=transport)
    assert X_big.shape == (120, 1)
    assert np.isfinite(X_big).all()
    assert X_big[35:].std() > 0.3 * X.std()


@pytest.mark.parametrize("law", LAWS)
def test_far_more_columns_than_rows(law):
    X, y = table((10, 10), 2000)
    X_big, _ = expand(X, y, law=law)
    assert X_big.shape == (60, 2000)
    assert np.isfinite(X_big).all()
    assert same_bits(X_big[:20], X)
    # new rows are as far from their class mean as the rows are, give or take what the law adds
    means = np.array([X[y == c].mean(axis=0) for c in (0, 1)])
    real = np.linalg.norm(X - means[y], axis=1).mean()
    new = np.linalg.norm(X_big[20:] - means[np.repeat([0, 1], 20)], axis=1).mean()
    assert 0.5 < new / real < 2


@pytest.mark.slow
def test_many_rows():
    X, y = table((30_000, 20_000), 10)
    X_big, y_big = ExpansiveSynthesizer(random_state=0, max_epochs=2).fit_resample(X, y)
    assert np.bincount(y_big).tolist() == [60_000, 60_000]
    assert np.isfinite(X_big).all()
    np.testing.assert_allclose(X_big[50_000:].std(axis=0), X.std(axis=0), rtol=0.25)


@pytest.mark.parametrize(("law", "transport", "scale"), pairwise(LAWS, TRANSPORTS, [1e300, 1e-300, 1e150, 1e-150]))
def test_huge_and_tiny_values(law, transport, scale):
    X, y = table()
    X /= 10 * np.abs(X).max()
    expected = expand(X, y, law=law, transport=transport)[0]
    made = expand(scale * X, y, law=law, transport=transport)[0]
    np.testing.assert_allclose(made / scale, expected, atol=1e-3 * X.std())


def test_huge_and_tiny_columns_side_by_side():
    X, y = table()
    scales = np.array([1e300, 1.0, 1e-300, 1e-20])
    X_big, _ = expand(X * scales, y)
    assert np.isfinite(X_big).all()
    ratio = (X_big[35:] / scales).std(axis=0) / X.std(axis=0)
    assert ((ratio > 0.3) & (ratio < 3)).all()


def test_a_far_outlier():
    X, y = table()
    X[3, 2] = 1e12
    assert np.isfinite(expand(X, y)[0]).all()


@pytest.mark.parametrize(
    "labels",
    [["ill", "well"], [True, False], [np.str_("b"), np.str_("a")], [2.0, 1.0], [-1, 1], ["", "ü"]],
    ids=["text", "bool", "numpy text", "float", "sign", "odd text"],
)
def test_labels_of_every_kind(labels):
    X, y = table()
    names = np.array(labels)[y]
    y_big = expand(X, names)[1]
    assert y_big.dtype == names.dtype
    assert same_bits(y_big[:35], names)
    assert {label: int(np.sum(y_big == label)) for label in labels} == dict.fromkeys(labels, 60)


def test_object_labels():
    X, y = table()
    names = np.array(["a", "b"], dtype=object)[y]
    y_big = expand(X, names)[1]
    assert y_big.dtype == object
    assert y_big[:35].tolist() == names.tolist()


def test_more_heads_than_tokens():
    X, y = table(n_columns=2)
    X_big, _ = expand(X, y, n_heads=64, latent_dim=1)
    assert np.isfinite(X_big).all()


def test_more_neighbours_and_degree_than_rows():
    X, y = table((6, 4))
    X_big, _ = expand(X, y, n_neighbors=50, degree=50)
    assert np.isfinite(X_big).all()


@pytest.mark.parametrize(
    ("transport", "kind", "dtype"), pairwise(TRANSPORTS, ["array", "DataFrame"], ["f2", "f4", "f8"])
)
def test_values_up_to_the_largest_of_their_type(dtype, kind, transport):
    X, y = table()
    largest = np.finfo(dtype).max
    X = (X / np.abs(X).max()).astype(dtype) * largest
    X[:, 0] = np.where(X[:, 1] > 0, largest, -largest)  # their difference is infinite
    X_big, _ = expand(X if kind == "array" else pd.DataFrame(X), y, transport=transport)
    made = np.asarray(X_big)[35:]
    assert made.dtype == dtype
    assert np.isfinite(made).all()
    assert np.abs(made).max() > largest / 2


def test_halves_are_exact():
    """Rows near the largest float are those of the same table in other units, bit for bit where none is cut off."""
    X, y = table()
    X /= 1e3 * np.abs(X).max()
    unit = 2.0**1023
    expected, made = expand(X, y)[0], expand(X * unit, y)[0]
    assert same_bits(made, expected * unit)
