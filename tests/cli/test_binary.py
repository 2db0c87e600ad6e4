"""Parquet and Feather: the schema of a file stays as it was."""

import datetime

import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from skexpand.cli._tables import read_table, write_table

COLUMNS = {
    "whole": pa.array([1, None, 3], pa.int32()),
    "large": pa.array([2**62 + 1, None, 3], pa.int64()),
    "unsigned": pa.array([1, 2, 3], pa.uint8()),
    "single": pa.array([0.1, None, 0.3], pa.float32()),
    "truth": pa.array([True, None, False]),
    "day": pa.array([datetime.date(2021, 2, 3), None, datetime.date(1999, 12, 31)]),
    "moment": pa.array([datetime.datetime(2021, 2, 3, 4), None, None], pa.timestamp("ms", "Europe/Paris")),
    "text": pa.array(["a", None, "c"], pa.large_string()),
    "level": pa.array(["low", "high", "low"]).dictionary_encode(),
}


def store(table, path):
    """Write an Arrow table."""
    (feather.write_feather if path.suffix == ".feather" else parquet.write_table)(table, str(path))


def load(path):
    """Read an Arrow table."""
    return (feather if path.suffix == ".feather" else parquet).read_table(path)


@pytest.mark.parametrize("extension", [".parquet", ".feather"])
def test_there_and_back(tmp_path, extension):
    source, copy = tmp_path / f"a{extension}", tmp_path / f"b{extension}"
    store(pa.table(COLUMNS), source)
    table = read_table(source)
    with open(copy, "wb") as file:
        write_table(file, extension, table.frame, table, 0)
    assert load(copy).schema.remove_metadata() == load(source).schema.remove_metadata()
    assert load(copy).to_pylist() == load(source).to_pylist()


def test_whole_numbers_and_truth_values_with_gaps(tmp_path):
    store(pa.table(COLUMNS), tmp_path / "a.parquet")
    frame = read_table(tmp_path / "a.parquet").frame
    assert frame.dtypes[["whole", "unsigned", "truth"]].astype(str).tolist() == ["Int32", "uint8", "boolean"]


def test_exact_decimals_become_floats(tmp_path):
    store(pa.table({"a": pa.array([1, 2], pa.decimal128(5, 2)), "b": [1, 2]}), tmp_path / "a.parquet")
    assert read_table(tmp_path / "a.parquet").frame["a"].dtype == float


@pytest.mark.parametrize(("name", "columns"), [(None, ["x"]), ("day", ["day", "x"])], ids=["nameless", "named"])
def test_an_index_with_a_name_is_a_column(tmp_path, name, columns):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"x": [1, 2]}, index=pd.Index([5, 7], name=name))
    frame.to_parquet(tmp_path / "a.parquet")
    assert read_table(tmp_path / "a.parquet").names == columns


def test_numbers_as_names(tmp_path):
    pd = pytest.importorskip("pandas")
    pd.DataFrame([[1, 2], [3, 4]]).to_parquet(tmp_path / "a.parquet")
    assert read_table(tmp_path / "a.parquet").names == ["0", "1"]


def test_several_columns_of_one_name(tmp_path):
    store(pa.table([pa.array([1]), pa.array([2])], names=["a", "a"]), tmp_path / "a.parquet")
    with pytest.raises(ValueError, match=r"a\.parquet has several columns of one name"):
        read_table(tmp_path / "a.parquet")


def test_no_parquet_at_all(tmp_path):
    (tmp_path / "a.parquet").write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="Parquet"):
        read_table(tmp_path / "a.parquet")
