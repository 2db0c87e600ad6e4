"""What is loaded does what was saved, bit for bit."""

import datetime as dt
import uuid
import warnings
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_digits, load_wine
from sklearn.exceptions import NotFittedError

from skexpand import ExpansionWarning, ExpansiveSynthesizer
from tests.mixed import tables
from tests.tables import arc, blobs, same_bits


def saved_and_loaded(synthesizer, folder):
    """Return the synthesizer after its way through a file, which leaves the first one as it was."""
    before = vars(synthesizer).copy()
    synthesizer.save(folder / "a.safetensors")
    assert vars(synthesizer).keys() == before.keys()
    return ExpansiveSynthesizer.load(folder / "a.safetensors")


def assert_same(a, b):
    """Compare all that a user can see of two fitted synthesizers."""
    assert repr(a.get_params()) == repr(b.get_params())
    assert {name for name in vars(a) if not name.startswith("_")} == {n for n in vars(b) if not n.startswith("_")}
    (rows, labels), (others, other_labels) = a.sample(40, random_state=0), b.sample(40, random_state=0)
    assert same_table(rows, others)
    assert labels.dtype == other_labels.dtype
    assert labels.tolist() == other_labels.tolist()
    assert same_table(a.decode(a.encode(rows)), b.decode(b.encode(others)))
    assert same_bits(a.encode(rows), b.encode(rows))
    assert repr(a.columns_) == repr(b.columns_)
    assert [column.describe() for column in a.columns_] == [column.describe() for column in b.columns_]
    assert a.sampling_strategy_ == b.sampling_strategy_
    assert a.classes_.dtype == b.classes_.dtype
    graph, other = a.expansion_graph_, b.expansion_graph_
    assert list(graph.nodes(data=True)) == list(other.nodes(data=True))
    assert list(graph.edges(data=True)) == list(other.edges(data=True))
    for name in ("law_", "spread_", "diversity_", "distribution_shift_", "reconstruction_error_", "n_features_in_"):
        assert getattr(a, name) == getattr(b, name)
    for name in ("koopman_", "spectral_gap_", "synthetic_mask_", "groups_", "feature_names_in_"):
        assert hasattr(a, name) == hasattr(b, name)
        if hasattr(a, name):
            assert np.array_equal(getattr(a, name), getattr(b, name))
    if hasattr(a, "history_"):
        assert repr(a.history_) == repr(b.history_)
    if hasattr(a, "parents_"):
        pd.testing.assert_frame_equal(a.parents_.to_frame(), b.parents_.to_frame())


def same_table(a, b):
    """Tell whether two tables are the same, container, types and all."""
    if isinstance(a, pd.DataFrame):
        pd.testing.assert_frame_equal(a, b, check_exact=True, check_column_type="equiv")
        return True
    if sparse.issparse(a):
        return type(a) is type(b) and same_bits(a.toarray(), b.toarray())
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and repr(a.tolist()) == repr(b.tolist())
    return type(a) is type(b) and a.schema == b.schema and a.equals(b)


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"latent_dim": 2, "max_epochs": 5},
        {"transport": "marginal"},
        {"transport": "gaussian", "law": {"local": 1, "global": np.float64(2)}},
        {"law": "shrunk", "expansion_ratio": np.int64(3), "random_state": np.int32(3)},
        {"bounds": "data", "categorical_features": np.array([0])},
        {"sampling_strategy": {0: 80, 1: 90}, "loss_weights": {"koopman": 0.3}},
        {"sampling_strategy": "minority", "categorical_features": [-1], "bounds": {1: (None, 1e9)}},
    ],
)
def test_parameters(parameters, tmp_path):
    X, y = arc(np.random.default_rng(0), 60)
    synthesizer = ExpansiveSynthesizer(**{"random_state": 0} | parameters)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        synthesizer.fit_resample(np.round(X, 1), y)
    again = saved_and_loaded(synthesizer, tmp_path)
    assert_same(synthesizer, again)
    assert clone(again).get_params().keys() == synthesizer.get_params().keys()


@pytest.mark.parametrize("convert", [sparse.csr_matrix, sparse.csc_array, np.float16, np.float32, np.int16, list, str])
def test_containers(convert, tmp_path):
    convert = np.ndarray.tolist if convert is list else convert
    X, y = blobs(np.random.default_rng(0), (20, 12), 3)
    if convert is str:
        convert = X.round(1).astype(object)
        convert[:, 0] = np.array(["a", "b", None], object)[np.arange(len(X)) % 3]
        X = convert
    else:
        X = convert(10 * X)
    synthesizer = ExpansiveSynthesizer(random_state=0).fit(X, y)
    assert_same(synthesizer, saved_and_loaded(synthesizer, tmp_path))


LABELS = {
    "text": np.array(["ü", "", "b"]),
    "objects": np.array(["a", "b", "c"], object),
    "booleans": np.array([True, False, True]),
    "small": np.array([1, 2, 3], np.uint8),
    "floats": np.array([1.0, 2.0, 3.0], np.float32),
    "categories": pd.Categorical(["x", "y", "z"]),
    "strings": pd.array(["x", "y", "z"], "string"),
}


@pytest.mark.parametrize("kind", LABELS)
def test_labels(kind, tmp_path):
    X, codes = blobs(np.random.default_rng(0), (9, 8, 7), 3)
    y = LABELS[kind][codes]
    synthesizer = ExpansiveSynthesizer(random_state=0)
    synthesizer.fit_resample(
        X, pd.Series(y) if kind in ("categories", "strings") else y, groups=[f"g{i}" for i in codes]
    )
    again = saved_and_loaded(synthesizer, tmp_path)
    assert_same(synthesizer, again)
    assert repr(again.classes_) == repr(synthesizer.classes_)
    assert repr(again.groups_) == repr(synthesizer.groups_)


@pytest.mark.parametrize("transition", ["auto", "latent", "both"])
@pytest.mark.parametrize("shape", [(8, 8), "auto"])
def test_images(shape, transition, tmp_path):
    X, y = load_digits(n_class=3, return_X_y=True)
    synthesizer = ExpansiveSynthesizer(random_state=0, image_shape=shape, transition=transition, max_epochs=2)
    if transition != "auto":
        synthesizer.set_params(early_stopping=False).pretrain(X[45:90].astype(np.uint8))
    synthesizer.fit_resample(X[:45].astype(np.uint8), y[:45])
    assert_same(synthesizer, saved_and_loaded(synthesizer, tmp_path))


CELLS = [1.5, 2, True, "😀", "\ud800", -(10**30), 1e-320, -0.0, b"\xff", (1, (2.5,)), ["a", None], frozenset({1})]
CELLS += [dt.date(2024, 2, 29), dt.time(1, 2, 3, 4), dt.datetime(2024, 2, 29, tzinfo=dt.UTC), dt.timedelta(-1, 5)]
CELLS += [pd.Timestamp("2024-02-29", tz="Asia/Tokyo"), pd.Timedelta(5, "ns"), pd.Interval(0, 1), pd.Period("2024-02")]
CELLS += [np.float32(0.1), np.str_("b"), np.datetime64("2024-02", "M"), Decimal("1.10"), uuid.UUID(int=7)]


def test_odd_cells(tmp_path):
    column = pd.Series([cell for cell in CELLS for _ in range(2)] + [None, pd.NA, pd.NaT, np.nan], dtype=object)
    X = pd.DataFrame({"odd": column, "x": np.arange(len(column))})
    synthesizer = ExpansiveSynthesizer(random_state=0).fit(X, np.arange(len(X)) % 2)
    again = saved_and_loaded(synthesizer, tmp_path)
    seen, loaded = (s.columns_[0].categories for s in (synthesizer, again))
    assert [(type(cell), repr(cell)) for cell in seen] == [(type(cell), repr(cell)) for cell in loaded]
    assert repr(synthesizer.sample(200)[0].odd.tolist()) == repr(again.sample(200)[0].odd.tolist())


TYPES = ["category", "str", "string", "string[python]", "string[pyarrow]", "Int8", "Float32", "boolean", "object"]
TYPES += ["bool", "double[pyarrow]", "date32[pyarrow]", "datetime64[s]", "datetime64[ns, Europe/Berlin]"]
TYPES += ["timestamp[us, tz=Asia/Tokyo][pyarrow]", "timedelta64[ms]", "period[M]", "interval", "Sparse[float64]"]
TYPES += ["large_string[pyarrow]", "decimal", "dictionary", "category of moments", "ordered"]


def column_of(kind, codes):
    """Return a pandas column of a type with as many values as codes."""
    pa = pytest.importorskip("pyarrow")
    moments = pd.Series(pd.to_datetime(["2020-01-31", "2021-03-01", "2022-12-24"]))[codes].reset_index(drop=True)
    text = pd.Series(np.array(["a", "b", "ü"], object)[codes])
    made = {
        "period[M]": lambda: moments.dt.to_period("M"),
        "interval": lambda: pd.Series(pd.arrays.IntervalArray.from_breaks([0.5, 1, 2, 3], closed="both")[codes]),
        "decimal": lambda: pd.Series([Decimal(f"{c}.50") for c in codes], dtype=pd.ArrowDtype(pa.decimal128(7, 2))),
        "dictionary": lambda: text.astype(pd.ArrowDtype(pa.dictionary(pa.int8(), pa.string()))),
        "category of moments": lambda: moments.astype("category"),
        "ordered": lambda: text.astype(pd.CategoricalDtype(["ü", "z", "b", "a"], ordered=True)),
        "date32[pyarrow]": lambda: pd.Series(moments.dt.date, dtype=kind),
        "datetime64[ns, Europe/Berlin]": lambda: moments.dt.tz_localize("Europe/Berlin").astype(kind),
        "timestamp[us, tz=Asia/Tokyo][pyarrow]": lambda: moments.dt.tz_localize("Asia/Tokyo").astype(kind),
        "datetime64[s]": lambda: moments.astype(kind),
        "timedelta64[ms]": lambda: (moments - moments[0]).astype(kind),
        "bool": lambda: pd.Series(codes > 0),
    }
    if kind in made:
        return made[kind]()
    return text.astype(kind) if "str" in kind or kind in ("category", "object") else pd.Series(codes).astype(kind)


@pytest.mark.filterwarnings("ignore::skexpand.ExpansionWarning")
@pytest.mark.parametrize("gaps", [False, True])
def test_types_of_pandas(gaps, tmp_path):
    codes = np.random.default_rng(0).permutation(np.arange(30) % 3)
    X = pd.DataFrame()
    for kind in TYPES if pd.__version__ >= "3" else [kind for kind in TYPES if kind != "str"]:
        X[kind] = column_of(kind, codes % 2 if kind == "boolean" else codes)
        X[f"constant {kind}"] = column_of(kind, codes * 0)
        if gaps and kind not in ("bool", "Sparse[float64]"):
            X.loc[[3, 9], [kind, f"constant {kind}"]] = None
    synthesizer = ExpansiveSynthesizer(random_state=0).fit(X, codes > 0)
    assert_same(synthesizer, saved_and_loaded(synthesizer, tmp_path))


@pytest.mark.parametrize("gaps", [False, True])
def test_types_of_polars(gaps, tmp_path):
    pl = pytest.importorskip("polars")
    rng = np.random.default_rng(0)
    codes = rng.permutation(np.arange(30) % 3)
    days = np.array(["2020-01-31", "2021-03-01", "2022-12-24"], "M8[D]")[codes]
    text = np.array(["a", "b", "ü"])[codes]
    frame = pl.DataFrame(
        {
            "category": pl.Series(text).cast(pl.Categorical),
            "enum": pl.Series(text, dtype=pl.Enum(["ü", "z", "a", "b"])),
            "text": text,
            "day": days,
            "moment": pl.Series(days.astype("M8[ns]")).dt.replace_time_zone("Europe/Berlin"),
            "duration": (days - days[0]).astype("m8[ms]"),
            "number": codes.astype(np.uint8),
            "single": rng.standard_normal(30).astype(np.float32),
            "decimal": pl.Series([Decimal(f"{code}.50") for code in codes], dtype=pl.Decimal(9, 2)),
            "flag": codes > 1,
            "constant moment": pl.Series([dt.datetime(2020, 1, 1)] * 30, dtype=pl.Datetime("us", "Asia/Tokyo")),
            "constant time": [dt.time(1, 2)] * 30,
            "nothing": [None] * 30,
        }
    )
    if gaps:
        frame = frame.with_columns(pl.when(pl.int_range(30) == 5).then(None).otherwise(pl.all()).name.keep())
    synthesizer = ExpansiveSynthesizer(random_state=0).fit(frame, codes > 0)
    assert_same(synthesizer, saved_and_loaded(synthesizer, tmp_path))


@pytest.mark.parametrize(
    "names",
    [
        pd.RangeIndex(2),
        pd.Index([3, 1]),
        pd.Index(["a", "a"]),
        pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", None]),
        pd.to_datetime(["2024-01-01", "2024-01-02"]),
        pd.CategoricalIndex(["p", "q"], name="names"),
    ],
    ids=lambda names: type(names).__name__,
)
def test_names_of_columns(names, tmp_path):
    X, y = blobs(np.random.default_rng(0), (9, 8), 2)
    synthesizer = ExpansiveSynthesizer(random_state=0).fit(pd.DataFrame(X, columns=names), y)
    assert_same(synthesizer, saved_and_loaded(synthesizer, tmp_path))


def round_trip(table, folder):
    """Fit a generated table, and compare what was loaded."""
    X, y = table
    synthesizer = ExpansiveSynthesizer(random_state=0, max_epochs=2, expansion_ratio=2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExpansionWarning)
        synthesizer.fit_resample(X, y)
    assert_same(synthesizer, saved_and_loaded(synthesizer, folder))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder that examples share."""
    return tmp_path_factory.mktemp("stored")


@settings(max_examples=20)
@given(table=tables(max_rows=30))
def test_a_few_generated_tables(table, folder):
    round_trip(table, folder)


@pytest.mark.slow
@settings(max_examples=400)
@given(table=tables())
def test_many_generated_tables(table, folder):
    round_trip(table, folder)


def test_an_unfitted_one_keeps_its_parameters(tmp_path):
    synthesizer = ExpansiveSynthesizer(degree=7, bounds={"a": (dt.date(2020, 1, 1), None)}, image_shape=(8, 8))
    again = saved_and_loaded(synthesizer, tmp_path)
    assert again.get_params() == synthesizer.get_params()
    with pytest.raises(NotFittedError):
        again.sample(3)


def test_what_is_loaded_can_be_fitted_anew(tmp_path):
    X, y = load_wine(return_X_y=True)
    synthesizer = ExpansiveSynthesizer(random_state=0).fit(X[:, :5], y)
    again = saved_and_loaded(synthesizer, tmp_path)
    assert same_bits(again.fit(X, y).sample(9)[0], ExpansiveSynthesizer(random_state=0).fit(X, y).sample(9)[0])
    assert_same(again, saved_and_loaded(again, tmp_path))


def test_random_states_are_left_alone(tmp_path, rng):
    import torch

    X, y = blobs(rng, (9, 8), 2)
    synthesizer = ExpansiveSynthesizer(random_state=0).fit(X, y)
    states = torch.random.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002  - the global state is tested
    saved_and_loaded(synthesizer, tmp_path)
    assert torch.equal(states[0], torch.random.get_rng_state())
    assert np.array_equal(states[1], np.random.get_state()[1])  # noqa: NPY002  - the global state is tested
