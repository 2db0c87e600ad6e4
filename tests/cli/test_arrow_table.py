"""Parquet and Feather: every cell of a file comes back, and new ones in the types of the file, in every format."""

import csv
import datetime
import io
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from skexpand.cli._tables import read_table, write_table

DAY, OTHER = datetime.date(2021, 2, 3), datetime.date(9999, 12, 31)
MOMENT = datetime.datetime(2021, 2, 3, 4, 5, 6)
NOON = datetime.time(12)
WHOLE = {
    str(kind()): (pa.array([low, None, high], kind()), [str(low), "", str(high)])
    for kind, low, high in (
        (pa.int8, -128, 127),
        (pa.int16, -(2**15), 1),
        (pa.int32, 1, 2**31 - 1),
        (pa.int64, 1400000000000000001, -(2**63)),
        (pa.uint8, 0, 255),
        (pa.uint16, 0, 2**16 - 1),
        (pa.uint32, 1, 2**32 - 1),
        (pa.uint64, 2**63 + 1, 2**64 - 1),
    )
}
COLUMNS = {  # name: the column, and its cells in a text file
    **WHOLE,
    "beyond 2^53": (pa.array([2**53, 2**53 + 1, 2**62 + 1]), [str(2**53), str(2**53 + 1), str(2**62 + 1)]),
    "half": (pa.array(np.array([0.1, 65504, 2], np.float16)), ["0.1", "65500.0", "2.0"]),
    "single": (pa.array([0.1, None, 16777216], pa.float32()), ["0.1", "", "16777216.0"]),
    "double": (pa.array([0.1, None, 1e-300]), ["0.1", "", "1e-300"]),
    "truth": (pa.array([True, None, False]), ["True", "", "False"]),
    "day": (pa.array([DAY, None, OTHER]), ["2021-02-03", "", "9999-12-31"]),
    "day in milliseconds": (pa.array([DAY, None, DAY], pa.date64()), ["2021-02-03", "", "2021-02-03"]),
    "midnight": (pa.array([DAY, None, OTHER]).cast(pa.timestamp("ms")), ["2021-02-03", "", "9999-12-31"]),
    "second": (pa.array([MOMENT, None, None], pa.timestamp("ns")), ["2021-02-03T04:05:06", "", ""]),
    "nanosecond": (
        pa.array([1, None, 10**18], pa.timestamp("ns")),
        ["1970-01-01T00:00:00.000000001", "", "2001-09-09T01:46:40.000000000"],
    ),
    "zone": (
        pa.array([MOMENT, None, MOMENT.replace(month=8)], pa.timestamp("ms", "Europe/Paris")),
        ["2021-02-03T05:05:06+01:00", "", "2021-08-03T06:05:06+02:00"],
    ),
    "offset": (pa.array([MOMENT, None, None], pa.timestamp("s", "-02:30")), ["2021-02-03T01:35:06-02:30", "", ""]),
    "time": (pa.array([NOON, None, NOON], pa.time32("s")), ["12:00:00", "", "12:00:00"]),
    "time in microseconds": (
        pa.array([NOON, None, NOON.replace(microsecond=1)]),
        ["12:00:00.000000", "", "12:00:00.000001"],
    ),
    "time in nanoseconds": (
        pa.array([1, None, 86_399_999_999_999], pa.time64("ns")),
        ["00:00:00.000000001", "", "23:59:59.999999999"],
    ),
    "duration": (
        pa.array([1000000, None, -1], pa.duration("us")),
        ["0 days 00:00:01", "", "-1 days +23:59:59.999999"],
    ),
    "long duration": (pa.array([10**12, None, 0], pa.duration("s")), ["11574074 days 01:46:40", "", "0 days 00:00:00"]),
    "exact": (pa.array([Decimal("1.10"), None, Decimal("-2.25")], pa.decimal128(5, 2)), ["1.10", "", "-2.25"]),
    "exact whole": (
        pa.array([Decimal(10**17 + 1), None, Decimal(1)], pa.decimal128(18, 0)),
        [str(10**17 + 1), "", "1"],
    ),
    "exact ids": (
        pa.array([Decimal(10**37 + i) for i in (1, 2, 3)], pa.decimal128(38, 0)),
        [str(10**37 + i) for i in (1, 2, 3)],
    ),
    "exact and large": (
        pa.array([Decimal(10**37 + 1), None, Decimal(3 * 10**36)], pa.decimal128(38, 0)),
        [str(10**37 + 1), "", str(3 * 10**36)],
    ),
    "exact, 256 bits": (
        pa.array([Decimal(f"{10**50}.25"), None, Decimal(1)], pa.decimal256(60, 2)),
        [f"{10**50}.25", "", "1.00"],
    ),
    "text": (pa.array(["a", None, "x,y\n'\"\r"]), ["a", "", "x,y\n'\"\r"]),
    "large text": (pa.array(["", " a ", "NA"], pa.large_string()), ["", " a ", "NA"]),
    "digits": (pa.array(["9" * 5000, "007", "1e999"]), ["9" * 5000, "007", "1e999"]),
    "level": (pa.array(["low", None, "low"]).dictionary_encode(), ["low", "", "low"]),
    "level of numbers": (pa.array([3, None, 1]).dictionary_encode(), ["3", "", "1"]),
    "level of days": (pa.array([DAY, None, OTHER]).dictionary_encode(), ["2021-02-03", "", "9999-12-31"]),
    "ordered": (
        pa.DictionaryArray.from_arrays(pa.array([2, 0, 2], pa.int8()), pa.array(["lo", "mid", "hi"]), ordered=True),
        ["hi", "lo", "hi"],
    ),
    "nothing": (pa.nulls(3), ["", "", ""]),
    "gaps alone": (pa.nulls(3, pa.int64()), ["", "", ""]),
}
BYTES = {
    "bytes": pa.array([b"\x00a", None, b"\xff"]),
    "bytes of one length": pa.array([b"ab", None, b"\xff\x00"], pa.binary(2)),
}
NESTED = {
    "lists": pa.array([[1], [2, 3], None]),
    "records": pa.array([{"a": 1}, {"a": 2}, None]),
    "maps": pa.array([[("a", 1)], [], None], pa.map_(pa.string(), pa.int64())),
}
BINARY = [".parquet", ".feather"]


def store(columns, path):
    """Write Arrow columns."""
    try:
        (feather.write_feather if path.suffix == ".feather" else parquet.write_table)(pa.table(columns), str(path))
    except pa.ArrowNotImplementedError as error:  # Parquet has short floats since Arrow 15
        pytest.skip(str(error))
    return path


def load(path):
    """Read Arrow columns."""
    return (feather if path.suffix == ".feather" else parquet).read_table(path)


def written(table, extension):
    """Return a table behind itself, turned round: known rows, then as many new ones."""
    file = io.BytesIO()
    frame = pd.concat([table.frame, table.frame[::-1]], ignore_index=True)
    table.check_destination("t" + extension, extension not in BINARY)
    write_table(file, Path("t" + extension), frame, table, len(table))
    return file.getvalue()


@pytest.mark.parametrize("source", BINARY)
@pytest.mark.parametrize("extension", BINARY)
@pytest.mark.parametrize("name", [*COLUMNS, *BYTES])
def test_from_binary_to_binary(tmp_path, name, source, extension):
    column = BYTES[name] if name in BYTES else COLUMNS[name][0]
    path, copy = store({"a": column, "b": [1, 2, 3]}, tmp_path / f"a{source}"), tmp_path / f"b{extension}"
    table = read_table(path)
    if name == "half" and extension == ".parquet" and int(pa.__version__.partition(".")[0]) < 15:
        with pytest.raises(ValueError, match=r"halffloat, which t\.parquet cannot hold"):
            written(table, extension)
        return
    copy.write_bytes(written(table, extension))
    cells = load(path)["a"].to_pylist()
    assert load(copy)["a"].to_pylist() == cells + cells[::-1]
    assert (
        load(copy).schema.field("a").type == load(store(load(path), tmp_path / f"c{extension}")).schema.field("a").type
    )


@pytest.mark.parametrize("source", BINARY)
@pytest.mark.parametrize("name", COLUMNS)
def test_from_binary_to_text(tmp_path, name, source):
    column, cells = COLUMNS[name]
    table = read_table(store({"a": column, "b": [1, 2, 3]}, tmp_path / f"a{source}"))
    found = list(csv.reader(io.StringIO(written(table, ".csv").decode(), newline="")))
    assert [row[0] for row in found] == ["a", *cells, *cells[::-1]]


def test_zones_before_there_were_zones(tmp_path):
    column = pa.array([MOMENT.replace(year=1900), MOMENT], pa.timestamp("us", "Europe/Paris"))
    table = read_table(store({"a": column}, tmp_path / "a.parquet"))
    cells = written(table, ".csv").decode().splitlines()[1:3]
    assert [
        pd.Timestamp(cell) for cell in cells
    ] == column.to_pylist()  # whose offset had seconds, which ISO 8601 lacks


def test_gaps_and_numbers_that_are_none(tmp_path):
    path = store({"a": pa.array([1.5, None, float("nan")]), "b": [1, 2, 3]}, tmp_path / "a.parquet")
    table, copy = read_table(path), tmp_path / "b.feather"
    copy.write_bytes(written(table, ".feather"))
    assert load(copy)["a"].is_null().to_pylist() == [False, True, False, True, True, False]
    assert written(table, ".csv").decode().splitlines()[1:4] == ["1.5,1", ",2", "nan,3"]


@pytest.mark.parametrize("extension", [".csv", ".tsv", ".csv.gz"])
@pytest.mark.parametrize("name", BYTES)
def test_bytes_are_no_text(tmp_path, name, extension):
    table = read_table(store({"a": BYTES[name], "b": [1, 2, 3]}, tmp_path / "a.parquet"))
    with pytest.raises(ValueError, match=r"'a' of a\.parquet holds bytes, which t\.[a-z.]* cannot hold as text; write"):
        written(table, extension)


def test_empty_text_beside_gaps(tmp_path):
    path = store({"a": ["", None, "NA"], "b": [1, None, 3]}, tmp_path / "a.parquet")
    with pytest.raises(ValueError, match=r"'a' of a\.parquet has both gaps and empty text, .* --gap TEXT writes gaps"):
        written(read_table(path), ".csv")
    with pytest.raises(ValueError, match="both gaps and the text 'NA'"):
        written(read_table(path, gaps=["NA"]), ".csv")
    assert written(read_table(path, gaps=["none"]), ".csv").decode().splitlines()[1:4] == [",1", "none,none", "NA,3"]
    assert written(read_table(path), ".parquet")


@pytest.mark.parametrize("name", NESTED)
def test_a_cell_is_a_single_value(tmp_path, name):
    table = read_table(store({"a": NESTED[name], "b": [1, 2, 3]}, tmp_path / "a.parquet"))
    with pytest.raises(ValueError, match=rf"'a' of a\.parquet holds {name} \(.*\), .* --drop a, or make"):
        _ = table.frame
    assert table.without(["a"]).frame.columns.tolist() == ["b"]


@pytest.mark.parametrize(
    "column",
    [pa.array([(1, 2, 3)] * 3, pa.month_day_nano_interval()), pa.RunEndEncodedArray.from_arrays([3], [1])],
    ids=["interval", "run-end encoded"],
)
def test_unknown_types(tmp_path, column):
    table = read_table(store({"a": column, "b": [1, 2, 3]}, tmp_path / "a.feather"))
    with pytest.raises(ValueError, match=r"column 'a' of a\.feather has the type .*, which cannot be read; --drop a"):
        _ = table.frame


def test_what_a_format_cannot_hold(tmp_path):
    column = pa.array([Decimal(1000), Decimal(2000), None], pa.decimal128(5, -3))
    table = read_table(store({"a": column, "b": [1, 2, 3]}, tmp_path / "a.feather"))
    with pytest.raises(
        ValueError, match=r"type decimal128\(5, -3\), which t\.parquet cannot hold; write the format of"
    ):
        written(table, ".parquet")
    assert written(table, ".csv").decode().splitlines()[1:] == ["1000,1", "2000,2", ",3", ",3", "2000,2", "1000,1"]


def test_levels_that_are_gaps(tmp_path):
    column = pa.DictionaryArray.from_arrays(
        pa.array([2, 1, None], pa.int8()), pa.array(["lo", None, "hi"]), ordered=True
    )
    table = read_table(store({"a": column, "b": [1, 2, 3]}, tmp_path / "a.feather"))
    assert table.frame["a"].cat.categories.tolist() == ["lo", "hi"]
    copy = tmp_path / "b.feather"
    copy.write_bytes(written(table, ".feather"))
    assert load(copy)["a"].to_pylist() == ["hi", None, None, None, None, "hi"]
    assert load(copy).schema.field("a").type == column.type


@pytest.mark.parametrize("extension", BINARY)
def test_names_and_other_facts_of_the_schema(tmp_path, extension):
    schema = pa.schema([pa.field("a", pa.int64(), nullable=False, metadata={"unit": "kg"})], metadata={"by": "me"})
    table, copy = read_table(store(pa.table([[1, 2]], schema), tmp_path / f"a{extension}")), tmp_path / f"b{extension}"
    copy.write_bytes(written(table, extension))
    found = load(copy).schema
    assert not found.field("a").nullable
    assert found.field("a").metadata[b"unit"] == b"kg"
    assert found.metadata[b"by"] == b"me"


@pytest.mark.parametrize("extension", BINARY)
def test_pandas_reads_whole_numbers_with_gaps_as_such(tmp_path, extension):
    path, copy = store({"a": [2**60 + 1, None], "b": [1, 2]}, tmp_path / f"a{extension}"), tmp_path / f"b{extension}"
    copy.write_bytes(written(read_table(path), extension))
    frame = pd.read_parquet(copy) if extension == ".parquet" else pd.read_feather(copy)
    assert str(frame["a"].dtype) == "Int64"
    assert frame["a"][0] == 2**60 + 1


def test_new_values_stay_within_the_type(tmp_path):
    columns = {"price": pa.array([Decimal("1.5"), Decimal("2.5")], pa.decimal128(3, 2)), "time": [NOON, NOON]}
    table = read_table(store(columns, tmp_path / "a.parquet"))
    frame = pd.DataFrame({"price": [1.234, -99.0], "time": pd.to_timedelta(["-1s", "25h"])})
    rows = table.arrow(frame, 0).to_pylist()
    assert rows[0] == {"price": Decimal("1.23"), "time": datetime.time(0)}
    assert rows[1] == {"price": Decimal("-9.99"), "time": datetime.time(23, 59, 59, 999999)}


def test_types_that_a_synthesizer_takes(tmp_path):
    table = read_table(store({name: column for name, (column, _) in COLUMNS.items()}, tmp_path / "a.feather"))
    dtypes = table.frame.dtypes.astype(str)
    names = ["int32", "uint8", "beyond 2^53", "half", "truth", "exact", "exact whole", "exact ids", "exact and large"]
    found = ["Int32", "UInt8", "int64", "float32", "boolean", "float64", "Int64", "string", "float64"]
    assert dtypes[names].tolist() == found
    assert dtypes["time"].startswith("timedelta64")
    assert dtypes["day"].startswith("datetime64")


@pytest.mark.parametrize("extension", BINARY)
def test_polars_reads_what_is_written(tmp_path, extension):
    if not hasattr(pa, "string_view"):
        pytest.skip("this pyarrow does not read the text of polars")
    frame = pl.DataFrame(
        {
            "text": ["a", "b", None],
            "level": pl.Series(["x", "y", None], dtype=pl.Categorical),
            "choice": pl.Series(["x", "y", None], dtype=pl.Enum(["y", "x"])),
            "time": [NOON, None, NOON],
            "nothing": [None, None, None],
            "bytes": [b"a", None, b""],
        }
    )
    path, copy = tmp_path / f"a{extension}", tmp_path / f"b{extension}"
    (frame.write_parquet if extension == ".parquet" else frame.write_ipc)(path)
    copy.write_bytes(written(read_table(path), extension))
    found = (pl.read_parquet if extension == ".parquet" else pl.read_ipc)(copy)
    assert found.equals(pl.concat([frame, frame[::-1]]))


@pytest.mark.parametrize(("name", "columns"), [(None, ["x"]), ("day", ["day", "x"])], ids=["nameless", "named"])
def test_an_index_with_a_name_is_a_column(tmp_path, name, columns):
    frame = pd.DataFrame({"x": [1, 2]}, index=pd.Index([5, 7], name=name))
    frame.to_parquet(tmp_path / "a.parquet")
    assert read_table(tmp_path / "a.parquet").names == columns


def test_numbers_as_names(tmp_path):
    pd.DataFrame([[1, 2], [3, 4]]).to_parquet(tmp_path / "a.parquet")
    assert read_table(tmp_path / "a.parquet").names == ["0", "1"]


def test_several_columns_of_one_name(tmp_path):
    store(pa.table([pa.array([1]), pa.array([2])], names=["a", "a"]), tmp_path / "a.parquet")
    with pytest.raises(ValueError, match=r"a\.parquet has several columns named 'a'; give them different names"):
        read_table(tmp_path / "a.parquet")


def test_no_parquet_at_all(tmp_path):
    (tmp_path / "a.parquet").write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="Parquet"):
        read_table(tmp_path / "a.parquet")
