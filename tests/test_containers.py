"""Round trips: what comes in as one container and type goes out as the same."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.neighbors import KNeighborsClassifier

from skexpand import ExpandedClassifier, ExpansiveSynthesizer, GatedSynthesizer
from skexpand.report import ExpansionReport
from tests.tables import blobs, same_bits

DTYPES = [np.float64, np.float32, np.int64, np.int16, np.uint8, np.bool_]


def expand(X, y, **parameters):
    synthesizer = ExpansiveSynthesizer(law="local", expansion_ratio=3, random_state=0, **parameters)
    return synthesizer, *synthesizer.fit_resample(X, y)


def table(seed=0):
    return blobs(np.random.default_rng(seed), [20, 15], 4)


def frame_of(X):
    """Return a DataFrame of five kinds of column, with an index of its own."""
    return pd.DataFrame(
        {
            "float": X[:, 0],
            "single": X[:, 1].astype(np.float32),
            "int": np.rint(10 * X[:, 2]).astype(np.int64),
            "small": np.rint(X[:, 3]).astype(np.int8),
            "bool": X[:, 0] > np.median(X[:, 0]),
        },
        index=[f"row {i}" for i in range(len(X))],
    )


@pytest.mark.filterwarnings("ignore::skexpand.LowDiversityWarning")  # four booleans can only repeat each other
@pytest.mark.parametrize("dtype", DTYPES)
def test_arrays_keep_their_type(seed, dtype):
    X, y = table(seed)
    X = X > 0 if dtype is np.bool_ else np.clip(np.rint(10 * X), 0, 200).astype(dtype)
    synthesizer, X_big, y_big = expand(X, y)
    assert X_big.dtype == dtype
    assert y_big.dtype == y.dtype
    assert same_bits(X_big[: len(X)], X)
    assert len(X_big) == 120
    sampled = synthesizer.sample(30)[0]
    assert sampled.dtype == dtype
    assert type(sampled) is np.ndarray


def test_new_whole_numbers_are_rounded_not_cut(seed):
    X, y = table(seed)
    whole = np.rint(3 * X).astype(np.int64)
    new = expand(whole, y)[1][len(X) :]
    same_law = expand(whole.astype(float), y)[1][len(X) :]
    np.testing.assert_allclose(new, np.rint(same_law), atol=1 + 1e-9)
    assert np.mean(new == np.rint(same_law)) > 0.999
    assert abs(np.mean(new - same_law)) < 0.1, "cutting would shift the rows towards zero"


def test_lists_of_whole_numbers_give_whole_numbers():
    X, y = table()
    X = np.rint(3 * X).astype(int)
    _, X_big, y_big = expand(X.tolist(), y.tolist())
    assert isinstance(X_big, list)
    assert isinstance(y_big, list)
    assert X_big == expand(X, y)[1].tolist()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("kind", [sparse.csr_matrix, sparse.csc_matrix, sparse.csr_array, sparse.csc_array])
def test_sparse(seed, kind, dtype):
    X, y = table(seed)
    X = np.where(X > 0, X, 0).astype(dtype)
    synthesizer, X_big, _ = expand(kind(X), y)
    assert sparse.issparse(X_big)
    assert X_big.format == kind(X).format
    assert X_big.dtype == dtype
    assert isinstance(X_big, sparse.sparray) == isinstance(kind(X), sparse.sparray)
    assert same_bits(X_big.toarray()[: len(X)], X)
    new = X_big.toarray()[len(X) :]
    assert (new >= 0).all()
    assert (new == 0).mean() == pytest.approx((X == 0).mean(), abs=0.1)
    assert new.sum(axis=1).mean() == pytest.approx(X.sum(axis=1).mean(), rel=0.2)
    assert synthesizer.sample(5)[0].format == kind(X).format


@pytest.mark.parametrize("kind", [sparse.coo_matrix, sparse.lil_matrix, sparse.dok_array])
def test_other_sparse_formats_are_accepted(kind):
    X, y = table()
    X_big = expand(kind(X), y)[1]
    assert sparse.issparse(X_big)
    np.testing.assert_allclose(X_big.toarray()[: len(X)], X)


def test_frames_keep_names_and_types(seed):
    X, y = table(seed)
    X = frame_of(X)
    target = pd.Series(np.where(y, "ill", "well"), index=X.index, name="outcome")
    synthesizer, X_big, y_big = expand(X, target)
    pd.testing.assert_series_equal(X_big.dtypes, X.dtypes)
    pd.testing.assert_frame_equal(X_big.iloc[:35], X.reset_index(drop=True))
    assert isinstance(y_big, pd.Series)
    assert y_big.name == "outcome"
    assert y_big.dtype == target.dtype
    assert y_big.iloc[:35].tolist() == target.tolist()
    assert set(X_big["bool"].unique()) == {True, False}
    assert synthesizer.feature_names_in_.tolist() == list(X.columns)
    assert X_big.index.is_unique


def test_sample_gives_frames_back(seed):
    X, y = table(seed)
    X = frame_of(X)
    synthesizer = ExpansiveSynthesizer(random_state=seed).fit(X, y)
    new, _ = synthesizer.sample(40)
    pd.testing.assert_series_equal(new.dtypes, X.dtypes)
    assert new.shape == (40, 5)
    pd.testing.assert_series_equal(synthesizer.sample(0)[0].dtypes, X.dtypes)
    pd.testing.assert_series_equal(synthesizer.decode(synthesizer.encode(X)).dtypes, X.dtypes)


@pytest.mark.filterwarnings("ignore:pandas.DataFrame with sparse columns")
def test_nullable_and_sparse_frames(seed):
    X, y = table(seed)
    X = pd.DataFrame(
        {
            "nullable": pd.array(np.rint(X[:, 0]).astype(int), dtype="Int64"),
            "boolean": pd.array(X[:, 1] > X[:, 1].mean(), dtype="boolean"),
            "sparse": pd.arrays.SparseArray(np.where(X[:, 2] > 0, X[:, 2], 0.0), fill_value=0.0),
            "plain": X[:, 3],
        }
    )
    synthesizer, X_big, _ = expand(X, y)
    pd.testing.assert_series_equal(X_big.dtypes, X.dtypes)
    pd.testing.assert_frame_equal(X_big.iloc[:35], X)
    pd.testing.assert_series_equal(synthesizer.sample(3)[0].dtypes, X.dtypes)


def test_frames_of_sparse_columns(seed):
    X, y = table(seed)
    X = pd.DataFrame(np.where(X > 0, X, 0), columns=list("abcd")).astype(pd.SparseDtype(float, 0.0))
    _, X_big, _ = expand(X, y)
    pd.testing.assert_series_equal(X_big.dtypes, X.dtypes)
    pd.testing.assert_frame_equal(X_big.iloc[:35], X)


def test_object_columns_that_hold_numbers(seed):
    X, y = table(seed)
    X = pd.DataFrame(X).astype(object)
    _, X_big, _ = expand(X, y)
    np.testing.assert_array_equal(X_big.iloc[:35].to_numpy(float), X.to_numpy(float))


def test_whole_numbers_beyond_the_precision_of_floats_stay_untouched():
    X, y = table()
    ids = 2**60 + np.arange(35)
    _, X_big, _ = expand(np.column_stack([np.rint(X).astype(np.int64), ids]), y)
    np.testing.assert_array_equal(X_big[:35, 4], ids)
    for column in (ids, pd.array(ids, dtype="Int64")):
        frame = pd.DataFrame({"id": column, "x": X[:, 0]}, index=np.arange(35)[::-1])
        _, X_big, _ = expand(frame, y)
        assert X_big["id"].iloc[:35].tolist() == ids.tolist()
        assert X_big["id"].dtype == frame["id"].dtype
        assert X_big.index.equals(pd.RangeIndex(120))


@pytest.mark.parametrize("names", [[3, 1, 2, 0], [("x", 1), ("x", 2), ("y", 1), ("y", 2)]], ids=str)
def test_unusual_column_names(names):
    X, y = table()
    X = pd.DataFrame(X)
    X.columns = pd.MultiIndex.from_tuples(names) if isinstance(names[0], tuple) else names
    synthesizer, X_big, _ = expand(X, y)
    assert X_big.columns.equals(X.columns)
    assert synthesizer.sample(3)[0].columns.equals(X.columns)


def test_labels_keep_their_container():
    X, y = table()
    one_hot = np.eye(3)[np.arange(35) % 3].astype(int)
    _, _, big = expand(X, one_hot)
    assert big.sum(axis=0).tolist() == [36, 36, 36]
    assert (big.sum(axis=1) == 1).all()
    for container in (sparse.csr_matrix, sparse.coo_array):  # dense behind, as imbalanced-learn has it
        assert same_bits(expand(X, container(one_hot))[2], big)
    dummies = pd.get_dummies(pd.Series(one_hot.argmax(axis=1)))
    pd.testing.assert_frame_equal(expand(X, dummies)[2], pd.DataFrame(big == 1))
    assert same_bits(expand(X, pl.DataFrame(one_hot))[2].to_numpy(), big)
    categories = pd.Series(pd.Categorical(np.where(y, "b", "a")))
    _, _, big = expand(X, categories)
    assert big.dtype == categories.dtype
    assert big.value_counts().to_dict() == {"a": 60, "b": 60}


HUGE = [2**60, 2**60 + 1]  # one and the same as floats


@pytest.mark.parametrize(
    "container",
    [
        lambda y: np.array(HUGE)[y],
        lambda y: pd.Series(np.array(HUGE)[y], dtype="Int64"),
        lambda y: pd.Series(np.array(HUGE)[y], dtype="int64[pyarrow]"),
        lambda y: pd.Series(pd.Categorical(np.array(HUGE)[y])),
        lambda y: pl.Series(np.array(HUGE)[y]),
        lambda y: np.array(HUGE)[y].tolist(),
    ],
    ids=["array", "nullable", "arrow", "category", "polars", "list"],
)
def test_labels_beyond_the_precision_of_floats(container):
    X, y = table()
    labels = container(y)
    counts = dict(zip(HUGE, [25, 30], strict=True))
    synthesizer, _, big = expand(X, labels, sampling_strategy=counts)
    assert synthesizer.classes_.tolist() == HUGE
    assert synthesizer.sampling_strategy_ == {HUGE[0]: 5, HUGE[1]: 15}
    assert {label: list(big).count(label) for label in HUGE} == counts
    for wanted in (HUGE[1], np.uint64(HUGE[1]), [HUGE[1]] * 3, pd.Series([HUGE[1]] * 3, dtype="Int64")):
        assert synthesizer.sample(3, y=wanted)[1].tolist() == [HUGE[1]] * 3
    with pytest.raises(ValueError, match="unknown label 1152921504606846978"):
        synthesizer.sample(3, y=2**60 + 2)
    model = ExpandedClassifier(KNeighborsClassifier(1), synthesizer).fit(X, labels)
    assert model.classes_.tolist() == HUGE
    assert model.predict(X).tolist() == np.array(HUGE)[y].tolist()
    gate = GatedSynthesizer(synthesizer, KNeighborsClassifier(), cv=2, n_repeats=1, random_state=0).fit(X, labels)
    assert list(gate.sampling_strategy_) == HUGE


@pytest.mark.parametrize("dtype", ["boolean", "bool[pyarrow]", "category"])
def test_truth_values_as_labels(dtype):
    X, y = table()
    labels = pd.Series(y == 1).astype(dtype)
    synthesizer, _, big = expand(X, labels)
    assert big.dtype == labels.dtype
    assert synthesizer.classes_.dtype == np.bool_
    assert list(map(type, synthesizer.sampling_strategy_)) == [bool, bool]
    assert synthesizer.sample(2, y=True)[1].tolist() == [True, True]
    assert ExpandedClassifier(KNeighborsClassifier(), synthesizer).fit(X, labels).predict(X).dtype == np.bool_
    report = ExpansionReport(synthesizer, X, labels, estimator=KNeighborsClassifier(), cv=2, verbose=False).compute()
    assert report.settings_["n_classes"] == 2
