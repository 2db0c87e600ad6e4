"""What ``inspect`` says of columns that are not what they look like, and nothing of others."""

import pandas as pd
import pytest

from skexpand.cli._hints import hint
from skexpand.cli._tables import read_table
from skexpand.codec import infer_columns

SAID = {
    "row numbers": (["0", "1", "2"], "every value differs, as row numbers do: --drop 'a b'?"),
    "row numbers, mixed": (["3", "1", "2"], "as row numbers do"),
    "row numbers with gaps": (["3", "", "2"], "as row numbers do"),
    "row numbers as floats": (["0.0", "1.0", "2.0"], "as row numbers do"),
    "rising numbers": (["3", "7", "12"], "every value differs, in rising order: --drop 'a b'?"),
    "names": (["r1", "r2", "r3"], "every value differs: --drop 'a b'?"),
    "dates as numbers": (["20210203", "19991231", "20000101"], "looks like dates (YYYYMMDD), taken for numbers"),
    "times as numbers": (["20210203040506", "19991231235959", ""], "looks like dates (YYYYMMDD), taken for numbers"),
    "dates of two orders": (["03/02/2021", "04/05/2021", "03/02/2021"], "looks like dates, taken for text; write them"),
    "years of two digits": (
        ["03.02.21", "31.12.99", ""],
        "looks like dates, taken for text; write them all",
    ),
    "months by name": (["3 Feb 2021", "31 Dec 1999", ""], "looks like dates, taken for text"),
    "two zones": (["2021-02-03T04:05+01:00", "2021-08-03T04:05+02:00", ""], "looks like dates, taken for text"),
    "an odd word": (["1.5", "2.5", "below 1"], "taken for text because of 'below 1'; --gap 'below 1' if that is a gap"),
    "a mark of gaps among words": (["x", "?", "y"], "'?' taken for text; --gap '?' if that is a gap"),
    "the other decimal mark": (
        ["1,5", "2,5", ""],
        "looks like numbers with a decimal comma, taken for text; --dec",
    ),
}
SILENT = {
    "numbers": ["3", "7", "5"],
    "some twice": ["1", "2", "2"],
    "eight digits": ["20211301", "20210203", "20210101"],
    "dates": ["2021-02-03", "1999-12-31", ""],
    "words": ["x", "y", "x"],
    "decimals": ["1.5", "2.5", "3.5"],
    "nothing": ["", "", ""],
    "one number": ["7", "", ""],
}


def said(path, cells):
    """Return what is said of a column of these cells."""
    path.write_text("a b,c,d\n" + "".join(f'"{cell}",{row}.5,x\n' for row, cell in enumerate(cells)))
    table = read_table(path)
    return hint(table, "a b", infer_columns(table.frame)[0].kind)


@pytest.mark.parametrize("name", SAID)
def test_what_is_said(tmp_path, name):
    cells, line = SAID[name]
    assert line in said(tmp_path / "t.csv", cells)


@pytest.mark.parametrize("name", SILENT)
def test_nothing_is_said(tmp_path, name):
    assert said(tmp_path / "t.csv", SILENT[name]) == ""


@pytest.mark.parametrize("dtype", ["uint64", "Int64", "float64"])
def test_of_a_binary_file(tmp_path, dtype):
    frame = pd.DataFrame({"id": pd.Series([2, 0, 1], dtype=dtype), "day": [20210203, 20210204, 20210203]})
    frame.to_parquet(tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet")
    assert "as row numbers do: --drop id?" in hint(table, "id", "integer")
    assert "looks like dates (YYYYMMDD)" in hint(table, "day", "integer")
