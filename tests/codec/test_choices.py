"""One-hot columns: found where they are no chance, decided together, and left alone where they are no choice."""

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skexpand import ExpansiveSynthesizer
from skexpand.codec import Origin, TableCodec, infer_columns
from skexpand.codec.choices import LEAST_EXPECTED, exclusive_columns


def one_hot(rng, n=60, shares=(0.5, 0.3, 0.2), dropped=0):
    """Return indicators (n, n_options) of which one is on; without the first ``dropped`` of them, or none."""
    return np.eye(len(shares))[rng.choice(len(shares), n, p=shares)][:, dropped:]


def columns_found(rows):
    return [columns.tolist() for columns in exclusive_columns(rows, np.arange(rows.shape[1]))]


def table(rng, n=60, **parameters):
    """Return two numbers and three indicators, and labels that depend on both."""
    indicators = one_hot(rng, n, **parameters)
    y = rng.permutation(np.arange(n) % 2)
    return np.column_stack([rng.standard_normal((n, 2)) + y[:, None], indicators]), y


def assert_one_each(rows, allow_none=False):
    """At most one of the columns is on in each row, and each cell is one of two values."""
    on = rows == rows.max(axis=0)
    assert (on | (rows == rows.min(axis=0))).all()
    sums = on.sum(axis=1)
    assert (sums <= 1).all() if allow_none else (sums == 1).all()


def test_one_hot_columns_are_a_choice(rng):
    assert columns_found(table(rng)[0]) == [[2, 3, 4]]


def test_one_of_them_may_be_left_out(rng):
    assert columns_found(table(rng, dropped=1)[0]) == [[2, 3]]


def test_neighbouring_choices_are_told_apart(rng):
    rows = np.column_stack([one_hot(rng), one_hot(rng, shares=(0.6, 0.4))])
    assert columns_found(rows) == [[0, 1, 2], [3, 4]]


def test_scaled_columns_are_found_too(rng):
    rows = StandardScaler().fit_transform(table(rng)[0])
    assert columns_found(rows) == [[2, 3, 4]]


@pytest.mark.parametrize("dtype", [bool, np.int64, np.uint8, np.float32])
def test_of_every_type(rng, dtype):
    assert columns_found(one_hot(rng).astype(dtype)) == [[0, 1, 2]]


def test_columns_that_are_on_together_are_none(rng):
    rows = one_hot(rng, shares=(0.5, 0.5))
    rows[0] = 1
    assert columns_found(rows) == []


def test_rare_columns_may_exclude_each_other_by_chance():
    rows = np.zeros((100, 2))
    rows[:10, 0] = rows[10:20, 1] = 1  # one row with both is expected
    assert LEAST_EXPECTED > 100 * 0.1 * 0.1
    assert columns_found(rows) == []


def test_independent_columns_are_rarely_taken_for_a_choice(rng):
    tables = [rng.random((40, 2)) < 0.2 for _ in range(300)]
    assert np.mean([bool(columns_found(rows)) for rows in tables]) < 0.1


def test_gaps_constants_third_values_and_no_rows(rng):
    rows = one_hot(rng, shares=(0.5, 0.5))
    for cell in (np.nan, 0.5):
        other = rows.copy()
        other[0, 0] = cell
        assert columns_found(other) == []
    assert columns_found(np.column_stack([np.ones(60), np.zeros(60)])) == []
    assert columns_found(rows[:0]) == []


def test_columns_that_count_as_constant_are_none(rng):
    rows = table(rng)[0]
    rows[:, 2:] = 1 + rows[:, 2:] * np.finfo(float).eps
    assert columns_found(rows) == [[2, 3, 4]]
    codec = TableCodec.fit(rows, infer_columns(rows))
    assert codec.choices == []
    np.testing.assert_allclose(codec.decode(codec.encode(rows), rows.dtype), rows)


def test_options_come_as_often_as_among_the_anchors(rng):
    rows, _ = table(rng)
    codec = TableCodec.fit(rows, infer_columns(rows))
    anchors = rng.integers(0, 60, 500)
    encoded = codec.encode(rows)[anchors] + 0.5 * rng.standard_normal((500, 5))
    new = codec.decode(encoded, np.dtype(float), origin=Origin(anchors, rng))[:, 2:]
    assert_one_each(new)
    assert np.abs(new.sum(axis=0) - rows[anchors, 2:].sum(axis=0)).max() <= 2


def test_an_option_that_no_anchor_has_is_not_taken(rng):
    rows, _ = table(rng)
    codec = TableCodec.fit(rows, infer_columns(rows))
    anchors = np.flatnonzero(rows[:, 2] == 0)
    encoded = codec.encode(rows)[anchors] + 5 * rng.standard_normal((len(anchors), 5))
    new = codec.decode(encoded, np.dtype(float), origin=Origin(anchors, rng))
    assert (new[:, 2] == 0).all()


def test_rows_kept_apart_have_what_their_anchor_has(rng):
    rows, _ = table(rng)
    codec = TableCodec.fit(rows, infer_columns(rows))
    encoded = codec.encode(rows) + 5 * rng.standard_normal(rows.shape)
    new = codec.decode(encoded, np.dtype(float), origin=Origin(np.arange(60), rng, apart=True))
    np.testing.assert_array_equal(new[:, 2:], rows[:, 2:])


def test_decode_inverts_encode_and_makes_anything_legal(rng):
    rows, _ = table(rng, dropped=1)
    codec = TableCodec.fit(rows, infer_columns(rows))
    np.testing.assert_allclose(codec.decode(codec.encode(rows), rows.dtype), rows, atol=1e-12)
    assert_one_each(codec.decode(3 * rng.standard_normal((50, 4)), rows.dtype)[:, 2:], allow_none=True)


@pytest.mark.parametrize("container", [np.asarray, pd.DataFrame], ids=["array", "frame"])
@pytest.mark.parametrize("dropped", [0, 1])
@pytest.mark.parametrize("scale", [lambda X: X, lambda X: StandardScaler().fit_transform(X)], ids=["raw", "scaled"])
def test_new_rows_choose_once(rng, container, dropped, scale):
    X, y = table(rng, dropped=dropped)
    X = scale(X)
    synthesizer = ExpansiveSynthesizer(expansion_ratio=5, random_state=0)
    new = np.asarray(synthesizer.fit_resample(container(X), y)[0])
    np.testing.assert_array_equal(new[:60], X)
    assert_one_each(new[:, 2:], allow_none=dropped > 0)
    assert_one_each(np.asarray(synthesizer.sample(40)[0])[:, 2:], allow_none=dropped > 0)


def test_dummies_of_pandas(rng):
    X, y = table(rng)
    frame = pd.get_dummies(pd.DataFrame({"size": X[:, 0], "kind": np.array(list("abc"))[X[:, 2:].argmax(axis=1)]}))
    new, _ = ExpansiveSynthesizer(random_state=0).fit_resample(frame, y)
    assert (new.dtypes == frame.dtypes).all()
    assert (new.filter(like="kind_").sum(axis=1) == 1).all()


def test_sparse_one_hot_encodings(rng):
    cells = rng.choice(list("abcd"), (60, 2))
    X, y = OneHotEncoder().fit_transform(cells), np.arange(60) % 2
    new, _ = ExpansiveSynthesizer(random_state=0).fit_resample(X, y)
    assert_one_each(new.toarray()[:, :4])
    assert_one_each(new.toarray()[:, 4:])


def test_a_pretrained_synthesizer_looks_at_the_rows_of_fit(rng):
    X, y = table(rng, n=200)
    synthesizer = ExpansiveSynthesizer(max_epochs=2, random_state=0).pretrain(X)
    new, _ = synthesizer.fit_resample(X[:50], y[:50])
    assert_one_each(new[:, 2:])


def test_a_saved_synthesizer_still_knows(rng, tmp_path):
    X, y = table(rng)
    synthesizer = ExpansiveSynthesizer(random_state=0).fit(X, y)
    synthesizer.save(tmp_path / "it.safetensors")
    again = ExpansiveSynthesizer.load(tmp_path / "it.safetensors")
    np.testing.assert_array_equal(again.sample(50)[0], synthesizer.sample(50)[0])
    assert_one_each(again.sample(50)[0][:, 2:])
