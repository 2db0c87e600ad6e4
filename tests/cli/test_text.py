"""Text files: delimiters, encodings, and lines that are not as they should be."""

import gzip

import pytest

from skexpand.cli._text import read_cells, write_cells

ROWS = [["a", "b"], ["1", "x y"], ["2", ""]]


@pytest.mark.parametrize("delimiter", list(",;\t|"))
def test_delimiters_are_found(tmp_path, delimiter):
    path = tmp_path / "t.csv"
    path.write_text(write_cells(ROWS, delimiter))
    assert read_cells(path, None, "utf-8") == (ROWS, delimiter)


def test_a_comma_inside_cells_is_no_delimiter(tmp_path):
    rows = [["size", "height, cm"], ["1,5", "2,5"], ["3", "4"]]
    path = tmp_path / "t.csv"
    path.write_text(write_cells(rows, ";"))
    assert read_cells(path, None, "utf-8") == (rows, ";")


def test_a_stated_delimiter_is_taken(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b;c\n1,2;3\n")
    assert read_cells(path, ";", "utf-8") == ([["a,b", "c"], ["1,2", "3"]], ";")


def test_quotes_and_line_breaks_in_cells(tmp_path):
    rows = [['a "b"', "c"], ["1\n2", "3,4"], ["1\r2", "1\r\n2"]]
    path = tmp_path / "t.csv"
    path.write_text(write_cells(rows, ","), newline="")
    assert read_cells(path, None, "utf-8")[0] == rows


@pytest.mark.parametrize(
    "text", ["\ufeffa,b\n1,2\n", "a,b\r\n1,2\r\n", "a,b\n\n1,2\n\n"], ids=["mark", "crlf", "blank"]
)
def test_what_other_programs_write(tmp_path, text):
    path = tmp_path / "t.csv"
    path.write_text(text, newline="")
    assert read_cells(path, None, "utf-8")[0] == [["a", "b"], ["1", "2"]]


@pytest.mark.parametrize("stated", ["sep=;\n", "sep=;\r\n", '"sep=;"\n'])
def test_a_first_line_that_states_the_delimiter(tmp_path, stated):
    path = tmp_path / "t.csv"
    path.write_text(stated + "a,b;c\n1,2;3\n", newline="")
    assert read_cells(path, None, "utf-8") == ([["a,b", "c"], ["1,2", "3"]], ";")
    assert read_cells(path, ",", "utf-8")[0][0] == ["a", "b;c"]
    path.write_text(stated + "a;b\n1;2;3\n", newline="")
    with pytest.raises(ValueError, match=r"line 3 of t\.csv has 3 cells"):
        read_cells(path, None, "utf-8")


def test_packed_files(tmp_path):
    path = tmp_path / "t.tsv.gz"
    path.write_bytes(gzip.compress(b"a\tb\n1\t2\n"))
    assert read_cells(path, None, "utf-8") == ([["a", "b"], ["1", "2"]], "\t")
    path.write_bytes(b"a\tb\n1\t2\n")
    with pytest.raises(ValueError, match=r"t\.tsv\.gz cannot be unpacked"):
        read_cells(path, None, "utf-8")


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (gzip.compress(b"a"), "a packed file, whose name must end"),
        (b"PK\x03\x04\xff", "a spreadsheet or an archive"),
    ],
    ids=["gzip", "xlsx"],
)
def test_files_under_a_wrong_name(tmp_path, start, said):
    path = tmp_path / "t.csv"
    path.write_bytes(start)
    with pytest.raises(ValueError, match=said):
        read_cells(path, None, "utf-8")


def test_a_cell_beyond_all_limits(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(f"a,b\n{'x' * 200_000},1\n")
    with pytest.raises(ValueError, match=r"line 2 of t\.csv cannot be read: field larger than field limit"):
        read_cells(path, None, "utf-8")


def test_encodings(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes("a,b\n1,é\n".encode("latin-1"))
    assert read_cells(path, None, "latin-1")[0][1] == ["1", "é"]
    with pytest.raises(ValueError, match=r"line 2 of t\.csv is not utf-8 text \(byte 0xe9\); name its --encoding"):
        read_cells(path, None, "utf-8")
    path.write_bytes("a,b\n1,é\n".encode("utf-16"))
    with pytest.raises(ValueError, match="it begins like utf-16"):
        read_cells(path, None, "utf-8")
    with pytest.raises(ValueError, match="--encoding 'klingon' is unknown"):
        read_cells(path, None, "klingon")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n1,2,3\n", "line 3 of t.csv has 3 cells, the first has 2"),
        ("a,b\n1,2\n1\n", "line 3 of t.csv has 1 cells, the first has 2"),
        ('a,b\n1,"2\n', "line 2 of t.csv cannot be read"),
        ("a,b\n", "t.csv has no rows"),
        ("", "t.csv has no rows"),
    ],
    ids=["long", "short", "quote", "no rows", "empty"],
)
def test_broken_files(tmp_path, text, message):
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_cells(path, None, "utf-8")
