"""Tables in files: types, layout, and the way back."""

import gzip
import io
from pathlib import Path

import pandas as pd
import pytest

from skexpand.cli._tables import format_of, read_table, write_table

TEXT = "id;price;day;ok;note\n007;1,50;2021-02-03;TRUE;a\n012;2,25;;FALSE;\n100;10,00;1999-12-31;TRUE;b;b\n".replace(
    "b;b", '"b;b"'
)


def written(table, frame, extension, n_originals):
    """Return what write_table writes."""
    file = io.BytesIO()
    write_table(file, Path("t" + extension), frame, table, n_originals)
    return file.getvalue()


@pytest.fixture
def table(tmp_path):
    """Return a table with a column of each sort, as a European spreadsheet writes it."""
    path = tmp_path / "t.csv"
    path.write_text(TEXT)
    return read_table(path)


def test_types(table):
    kinds = ["string", "float64", table.frame["day"].dtype, "bool", "string"]
    assert [str(dtype) for dtype in table.frame.dtypes] == list(map(str, kinds))
    assert table.frame["price"].tolist() == [1.5, 2.25, 10.0]


@pytest.mark.parametrize("n_originals", [0, 2, 3])
def test_a_text_file_comes_back_as_it_was(table, n_originals):
    assert written(table, table.frame, ".csv", n_originals).decode() == TEXT


def test_cells_of_the_file_are_kept_and_new_ones_spelled_like_them(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1.0,+5\n2.255,07\n")
    table = read_table(path)
    frame = pd.concat([table.frame, pd.DataFrame({"a": [1.23456, None], "b": ["x", None]})], ignore_index=True)
    assert written(table, frame, ".csv", 2) == b"a,b\n1.0,+5\n2.255,07\n1.235,x\n,\n"


def test_another_extension_another_delimiter(table):
    assert written(table, table.frame, ".tsv", 3).startswith(b"id\tprice\t")


def test_a_column_of_ours_behind_those_of_the_file(table):
    frame = table.frame.assign(new=[False, True, True])
    assert written(table, frame, ".csv", 1).decode().splitlines()[2] == "012;2,25;;FALSE;;True"


@pytest.mark.parametrize("extension", [".parquet", ".feather"])
def test_from_text_to_binary_and_back(table, tmp_path, extension):
    path = tmp_path / f"t{extension}"
    path.write_bytes(written(table, table.frame, extension, 0))
    again = read_table(path)
    found = again.frame.astype({"id": "string", "note": "string"})  # objects in old pandas, with None for a gap
    pd.testing.assert_frame_equal(found, table.frame, check_dtype=False)
    assert written(again, again.frame, ".csv", 0).decode().splitlines()[1].startswith("007,1.5,2021-02-03")


def test_names(table):
    table.check_name("day")
    assert table.without(["price", "ok"]).names == ["id", "day", "note"]
    with pytest.raises(ValueError, match="no column is named 'prise'; did you mean 'price'"):
        table.check_name("prise")
    with pytest.raises(ValueError, match="no column is named 'x'; the columns are id, price, day, ok, note"):
        table.check_name("x")


def test_many_names_are_not_all_listed(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("\n".join([",".join(f"column{i}" for i in range(50)), ",".join("1" * 50)]))
    with pytest.raises(ValueError, match="column19 and 30 more"):
        read_table(path).check_name("?")


def test_several_columns_of_one_name(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,a,b\n1,2,3\n")
    with pytest.raises(ValueError, match=r"t\.csv has several columns named 'a'; give them different names"):
        read_table(path)


@pytest.mark.parametrize("name", ["t.xlsx", "t", "t.parquet.gz", "t.gz", "t.csv.zip"])
def test_unknown_formats(tmp_path, name):
    with pytest.raises(ValueError, match=r"has no known format; its name must end in \.csv, \.tsv, "):
        format_of(tmp_path / name)


def test_packed_text(table, tmp_path):
    path = tmp_path / "t.csv.gz"
    path.write_bytes(written(table, table.frame, ".csv.gz", 3))
    assert gzip.decompress(path.read_bytes()).decode() == TEXT
    assert written(table, table.frame, ".csv.gz", 3) == path.read_bytes()  # no time in it
    pd.testing.assert_frame_equal(read_table(path).frame, table.frame)
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(ValueError, match=r"t\.csv\.gz cannot be unpacked \(.*\); repair it, or unpack it first"):
        read_table(path)


def test_extensions_in_capitals(tmp_path):
    assert format_of(tmp_path / "T.CSV") == format_of(tmp_path / "T.CSV.GZ") == ".csv"
