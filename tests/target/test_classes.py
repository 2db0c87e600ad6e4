"""What is no label is refused by a message that names it and the way out; what is one keeps its container."""

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from skexpand import ExpandedClassifier, ExpansiveSynthesizer, GatedSynthesizer
from skexpand.metrics import membership_inference, utility_score
from skexpand.report import ExpansionReport
from skexpand.target.classes import Labels, has_gaps
from skexpand.target.unlabeled import unlabeled_mask
from tests.tables import blobs

pytestmark = pytest.mark.filterwarnings("error")


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, "requires y to be passed"),
        ([1.0, np.nan, 2.0], "missing labels"),
        (pd.Series([1, pd.NA, 2], dtype="Int64"), "missing labels"),
        (pl.Series([1, None, 2]), "missing labels"),
        (pd.Series([pd.Timestamp("2024-01-01"), pd.NaT, pd.Timestamp("2025-01-01")]), "missing labels"),
        (np.array(["2024", "NaT"], "M8[D]"), "missing labels"),
        ([1.0, np.inf], "infinity"),
        (np.array(["a", 1], object), r"mixes text, such as 'a', with other labels, such as 1"),
        (np.array([0, 1], object), r"Unknown label type.*objects \(int\).*astype\('int64'\)"),
        (np.array([True, False], object), r"objects \(bool\).*astype\('bool'\)"),
        (np.array([dt.date(2024, 1, 1)] * 2, object), r"objects \(date\).*astype\('str'\)"),
        ([1e300, 2e300], r"Unknown label type: continuous.*such as 2e\+300"),
        ([0.5, 1.0, 2.0], r"Unknown label type: continuous.*such as 0.5.*ExpandedRegressor"),
        ([[1], [1, 2]], "one label for each row"),
        (np.array([[1, 2], [3, 4], [1, 2]]), r"shape \(3, 2\); .* one at a time"),
        (np.zeros((3, 1, 1), int), "one at a time"),
        (np.array([[1, 0], [0, 1], [0, 0]]), "marks 0 classes in row 2"),
        (np.array([[1, 0], [1, 1], [0, 1]]), "marks 2 classes in row 1.*Multilabel"),
    ],
    ids=str,
)
def test_what_is_no_label(y, message):
    with pytest.raises(ValueError, match=message):
        Labels.of(y)


@pytest.mark.parametrize("y", [range(3), pd.RangeIndex(3), [0, 1, 2], (0, 1, 2), np.arange(3), pl.Series([0, 1, 2])])
@pytest.mark.filterwarnings("ignore:The number of unique classes")
def test_new_labels_follow_in_the_container_that_came(y):
    labels = Labels.of(y)
    followed = labels.followed_by(np.array([1, 1]), labels.codes)
    assert list(followed) == [0, 1, 2, 1, 1]
    kept = list if isinstance(y, tuple) else np.ndarray if isinstance(y, range) else pd.Index
    assert isinstance(followed, kept if isinstance(y, tuple | range | pd.Index) else type(y))


B = 2**60  # from here on floats part whole numbers by 256
WIDE = 2**70
TEXT = np.array(["a", "b"], object)


@pytest.mark.parametrize(
    ("y", "classes"),
    [
        (pd.Series([B, B + 1], dtype="Int64"), np.array([B, B + 1])),
        (pd.array([B, B + 1], "Int64"), np.array([B, B + 1])),
        (pd.Index([B, B + 1], dtype="Int64"), np.array([B, B + 1])),
        (pd.Series([2**63, 2**63 + 1], dtype="UInt64"), np.array([2**63, 2**63 + 1], np.uint64)),
        (pd.Series([False, True], dtype="boolean"), np.array([False, True])),
        (pd.Series([1.0, 2.0], dtype="Float64"), np.array([1.0, 2.0])),
        (pd.Series(["a", "b"], dtype="string"), TEXT),
        (pd.Series(pd.Categorical([B, B + 1])), np.array([B, B + 1])),
        (pd.Series(pd.Categorical(pd.array([B, B + 1], "Int64"))), np.array([B, B + 1])),
        (pd.Series(pd.Categorical([False, True])), np.array([False, True])),
        (pd.Series([B, B + 1], dtype=pd.ArrowDtype(pa.int64())), np.array([B, B + 1])),
        (pd.Series([False, True], dtype=pd.ArrowDtype(pa.bool_())), np.array([False, True])),
        (pd.Series(["a", "b"], dtype=pd.ArrowDtype(pa.dictionary(pa.int8(), pa.string()))), TEXT),
        (pa.array([B, B + 1]), np.array([B, B + 1])),
        (pa.chunked_array([[B], [B + 1]]), np.array([B, B + 1])),
        (pd.DataFrame({"y": pd.array([B, B + 1], "Int64")}), np.array([B, B + 1])),
        (pl.DataFrame({"y": [B, B + 1]}), np.array([B, B + 1])),
        (pl.Series([B, B + 1]), np.array([B, B + 1])),
        (pl.Series([1, 2], dtype=pl.Int8), np.array([1, 2], np.int8)),
        (pl.Series([False, True]), np.array([False, True])),
        (pl.Series(["a", "b"], dtype=pl.Enum(["b", "a"])), TEXT),
        ([2**63 + 1, -1], np.array([-1, 2**63 + 1], object)),  # NumPy makes floats of these
        ([2**63, 2**63 + 1], np.array([2**63, 2**63 + 1], np.uint64)),
        (np.array([WIDE, WIDE + 1], object), np.array([WIDE, WIDE + 1], object)),
        (np.array([1, 2], np.float32), np.array([1, 2], np.float32)),
    ],
)
@pytest.mark.filterwarnings("ignore:The number of unique classes")
def test_labels_keep_value_and_type(y, classes):
    labels = Labels.of(y)
    assert labels.classes.dtype == classes.dtype
    assert labels.classes.tolist() == classes.tolist()
    np.testing.assert_array_equal(labels.classes[labels.codes], labels.values)
    assert labels.counts.tolist() == [1, 1]
    followed = labels.followed_by(np.array([1, 1]), labels.codes)
    assert type(followed) is type(y)
    assert str(getattr(followed, "dtype", "")) == str(getattr(y, "dtype", ""))
    again = Labels.of(followed)
    assert again.classes.tolist() == classes.tolist()
    assert again.codes.tolist() == [*labels.codes.tolist(), 1, 1]


@pytest.mark.skipif(not hasattr(np.dtypes, "StringDType"), reason="NumPy 2")
def test_variable_width_text():
    labels = Labels.of(np.array(["a", "b"], np.dtypes.StringDType()))
    assert labels.classes.tolist() == ["a", "b"]
    assert labels.classes.dtype == object, "which learners take"


@pytest.mark.parametrize(
    "make", [lambda y: pd.DataFrame(y).astype("Int64"), lambda y: pd.DataFrame(y == 1, dtype="boolean")]
)
def test_a_nullable_column_for_each_class(make):
    assert Labels.of(make(np.eye(3)[[2, 0, 1]])).codes.tolist() == [2, 0, 1]


@pytest.mark.parametrize(
    "values", [np.array([1, 2]), np.array(["a"]), np.array([1j]), np.array(["a", 0, dt.date(2024, 1, 1)], object)]
)
def test_no_gaps(values):
    assert not has_gaps(values)


@pytest.mark.parametrize("y", [np.zeros(9), np.zeros(31)], ids=["shorter", "longer"])
def test_comparisons_refuse_another_number_of_labels(y):
    X, _ = blobs(np.random.default_rng(0), [15, 15], 2)
    y[::2] = 1
    for compare in (
        lambda: membership_inference(ExpansiveSynthesizer(), X, y),
        lambda: utility_score(ExpansiveSynthesizer(), ExpandedClassifier(), X, y),
        lambda: ExpansionReport(None, X, y, verbose=False).compute(),
    ):
        with pytest.raises(ValueError, match="inconsistent numbers of samples"):
            compare()


def test_one_class_is_named_alike():
    X = np.arange(8.0).reshape(4, 2)
    for sampler in (ExpansiveSynthesizer(), GatedSynthesizer()):
        with pytest.raises(ValueError, match=r"more than one class, got only 1\.0"):
            sampler.fit(X, np.ones(4))


@pytest.mark.parametrize("groups", [[None] * 30, [np.nan] * 30], ids=["None", "NaN"])
@pytest.mark.parametrize("sampler", [ExpansiveSynthesizer(), GatedSynthesizer()], ids=["synthesizer", "gate"])
def test_gaps_in_groups(sampler, groups):
    X, y = blobs(np.random.default_rng(0), [15, 15], 2)
    with pytest.raises(ValueError, match="groups has missing entries"):
        sampler.fit_resample(X, y, groups=groups)


def test_no_marker_marks_no_row():
    assert not unlabeled_mask([0, -1, None], None).any()


@pytest.mark.parametrize(
    ("y", "marker", "message"),
    [
        (
            [0, 1, -1],
            "-1",
            r"unlabeled='-1' marks no row of y, but 1 row\(s\) have -1, .* type int; set unlabeled=-1\.",
        ),
        (pd.Series([0, -1, -1], dtype="Int64"), "-1", r"but 2 row\(s\) have -1, .*; set unlabeled=-1\."),
        (np.array([0, 1, -1.0]), "-1", "type float; set unlabeled=-1.0"),
        (pl.Series(["a", "-1.0"]), -1, "type str; set unlabeled='-1.0'"),
        ([True, False], "True", "set unlabeled=True"),
        (np.array(["a", np.nan]), np.nan, "set unlabeled='nan'"),
        (
            ["a", "missing"],
            "missing",
            r"which no row of y has, but 1 row\(s\) have the text 'missing'; replace it by None",
        ),
    ],
    ids=str,
)
def test_a_marker_that_is_a_label_of_another_type_is_refused(y, marker, message):
    with pytest.raises(ValueError, match=message):
        unlabeled_mask(y, marker)


@pytest.mark.parametrize(
    ("y", "marker"), [([0, 1], "-1"), (["a", "b"], -1), ([True, False], "1"), ([0.5, np.nan], "nan"), (["1"], "1.0")]
)
def test_a_marker_that_no_row_has_changes_nothing(y, marker):
    assert not unlabeled_mask(y, marker).any()
