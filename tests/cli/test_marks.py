"""One decimal mark a file: what tells it, and what is refused because nothing does."""

import pytest

from skexpand.cli._marks import decimal_mark
from skexpand.cli._tables import read_table

POINT, COMMA = ["1.63", "12"], ["1,63", "12"]
TOLD = {  # cells of the columns, the delimiter, the mark
    "points": ([POINT, ["4.297", "1.234"]], ";", "."),
    "a comma, and thousands": ([COMMA, ["4.297", "1.234"]], ";", ","),
    "a comma, and thousands, in one column": ([["4.297", "1,63"]], ";", ","),
    "quoted commas between commas": ([["1,63", "2,5"], ["4.297", "1.234"]], ",", ","),
    "millions": ([["1.234.567", "12"], ["1.234", "5"]], ";", ","),
    "a leading zero": ([["0.297", "4.297"]], ";", "."),
    "a group of four": ([["1234.567", "4.297"]], ";", "."),
    "both marks in a cell": ([["1,234.5", "5"], ["4.297", "4"]], "\t", "."),
    "thousands between commas": ([["1,234", "567"]], ",", "."),
    "three decimals, by habit": ([["4.297", "1.234"]], ";", "."),
    "three decimals with commas, by habit": ([["4,297", "1,234"]], ";", ","),
    "lists between commas": ([["1,3", "2,4"], POINT], ",", "."),  # of answers, say
    "no numbers": ([["a", "b"], []], ";", "."),
}


@pytest.mark.parametrize("name", TOLD)
def test_what_tells_it(name):
    columns, delimiter, mark = TOLD[name]
    assert decimal_mark({str(place): cells for place, cells in enumerate(columns)}, delimiter, "t.csv") == mark


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            {"a": POINT, "b": COMMA},
            r"t\.csv has a decimal point in column 'a' \(1\.63\) and a decimal comma in",
        ),
        (
            {"a": ["4.297", "567"]},
            r"column 'a' of t\.csv may hold thousands or decimals \(4\.297\), and",
        ),
        ({"a": ["4.297", "1.234"], "b": ["4,297"]}, r"column 'a' of t\.csv may hold thousands or decimals"),
        ({"a": ["1,5", "2.5"]}, r"column 'a' of t\.csv has both a decimal point \(2\.5\) and a decimal comma \(1,5\)"),
    ],
    ids=["two columns", "thousands or decimals", "either", "one column"],
)
def test_what_is_refused(columns, message):
    with pytest.raises(ValueError, match=message + r".*--decimal"):
        decimal_mark(columns, ";", "t.csv")


def test_of_a_file(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("people;area\n4.297;1,63\n12.500;?\n567;10,00\n")
    frame = read_table(path).frame
    assert frame["people"].tolist() == [4297, 12500, 567]
    assert frame["area"].dropna().tolist() == [1.63, 10]


def test_stated(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a;b\n4.297;1,63\n567;1,5\n")
    assert read_table(path, mark=".").frame["a"].tolist() == [4.297, 567]
    assert read_table(path, mark=".").frame["b"].tolist() == ["1,63", "1,5"]
    path.write_text("a;b\n1.5;1,63\n2.5;1,5\n")
    assert read_table(path, mark=",").frame["a"].tolist() == ["1.5", "2.5"]


def test_a_column_that_is_left_out_tells_nothing(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a;b\n1.5;1,63\n2.5;1,5\n")
    table = read_table(path)
    with pytest.raises(ValueError, match="decimal point in column 'a'"):
        _ = table.frame
    assert table.without(["a"]).frame["b"].tolist() == [1.63, 1.5]
