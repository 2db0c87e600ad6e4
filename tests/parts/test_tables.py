"""Containers of the fitted table: columns, types and the target in Arrow and pandas."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy import sparse

from skexpand import ExpansiveSynthesizer, parts
from skexpand.parts.tables import as_frame, as_table, in_schema, schema_of


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "age": rng.integers(20, 90, 60),
            "dose": rng.gamma(2, size=60).round(2),
            "ward": pd.Categorical(rng.choice(["a", "b", "c"], 60)),
            "seen": pd.Timestamp("2021-03-01") + pd.to_timedelta(rng.integers(0, 300, 60), "D"),
            "note": rng.choice(["x", "y", None], 60, p=[0.5, 0.3, 0.2]),
        }
    )


@pytest.fixture
def labels():
    return np.array(["ill", "well"])[np.arange(60) % 2]


def fitted(X, y):
    return ExpansiveSynthesizer(law="local", random_state=0).fit(X, y)


def test_pandas_types_come_back(frame, labels, tmp_path):
    model = fitted(frame, labels)
    parts.to_parquet(model, 300, tmp_path / "big", rows_per_part=100, target="state")
    found = pd.read_parquet(tmp_path / "big")
    assert found.shape == (300, 6)
    for name in ("age", "dose", "ward"):
        assert found[name].dtype == frame[name].dtype
    assert found["seen"].dt.hour.eq(0).all()
    assert set(found["note"].dropna()) == {"x", "y"}
    assert found["state"].value_counts().to_dict() == {"ill": 150, "well": 150}


def test_polars(frame, labels, tmp_path):
    polars = pytest.importorskip("polars")
    model = fitted(polars.from_pandas(frame.drop(columns="seen")), labels)
    parts.to_parquet(model, 50, tmp_path / "big")
    found = polars.read_parquet(tmp_path / "big" / "*.parquet")
    assert found.columns == ["age", "dose", "ward", "note", "target"]
    assert as_frame(*model.sample(5), ["target"]).shape == (5, 5)


def test_sparse_rows_are_dense_columns(tmp_path):
    rng = np.random.default_rng(0)
    X = sparse.csr_matrix(rng.poisson(0.5, (60, 8)).astype(np.float32))
    model = fitted(X, np.arange(60) % 2)
    parts.to_parquet(model, 40, tmp_path / "big", seed=3)
    expected, _ = next(model.sample_batches(40, random_state=3))
    np.testing.assert_array_equal(pd.read_parquet(tmp_path / "big").iloc[:, :-1], expected.toarray())


def test_arrays_of_objects(frame, labels, tmp_path):
    parts.to_parquet(fitted(frame[["age", "note"]].to_numpy(object), labels), 40, tmp_path / "big")
    found = pd.read_parquet(tmp_path / "big")
    assert found["x0"].dtype == np.int64
    assert set(found["x1"].dropna()) == {"x", "y"}


def test_names_that_repeat_are_refused(frame, labels):
    X = frame.rename(columns={"age": "target"})
    for function in (as_table, as_frame):
        with pytest.raises(ValueError, match=r"Two columns would be named 'target'; rename one, or state another"):
            function(X, labels, ["target"])
        with pytest.raises(ValueError, match=r"Two columns would be named 'dose'"):
            function(X, np.zeros((60, 2)), ["kind", "dose"])


def test_cells_of_several_types_are_refused(labels):
    X = pd.DataFrame({"a": ["x", 1] * 30})
    with pytest.raises(ValueError, match="Parquet cannot hold a column as it is"):
        as_table(X, labels, ["target"])


def test_all_parts_have_the_types_of_the_first_rows():
    first = pa.table({"a": pa.nulls(3), "b": [1, 2, None]})
    schema = schema_of(first)
    assert [str(field.type) for field in schema] == ["string", "int64"]
    assert in_schema(pa.table({"a": ["x"], "b": pa.nulls(1)}), schema).schema.equals(schema)
    with pytest.raises(ValueError, match="column 'b' was int64 in the first rows, but"):
        in_schema(pa.table({"a": ["x"], "b": ["y"]}), schema)
