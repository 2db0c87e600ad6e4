"""Text files: every cell comes back as it was, in Parquet and Feather as the value that it stands for."""

import datetime
import io
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from skexpand.cli._tables import read_table, write_table
from tests.cli.test_arrow_table import BINARY, load

ZONE = datetime.timezone(datetime.timedelta(hours=2))
COLUMNS = {  # name: the cells, and their values in a binary file
    "whole": (["1400000000000000001", "-0", "+5"], [1400000000000000001, 0, 5]),
    "whole, with gaps": ([str(2**63 - 1), "", "NA"], [2**63 - 1, None, None]),
    "groups": (["4 297", "", "567"], [4297, None, 567]),
    "decimal": (["0.1", "1.50", "1e-05"], [0.1, 1.5, 1e-5]),
    "decimal, as repr writes it": (["0.30000000000000004", "", "1e22"], [0.1 + 0.2, None, 1e22]),
    "decimal, more digits than a float has": (
        ["0.12345678901234567890123", "", "-12.5"],
        [Decimal("0.12345678901234567890123"), None, Decimal("-12.5")],
    ),
    "decimal, large": (["12345678901234567.89", "1.00", "NaN"], [Decimal("12345678901234567.89"), Decimal(1), None]),
    "per cent": (["5.5%", "", "10.0%"], [5.5, None, 10.0]),
    "truth": (["TRUE", "FALSE", ""], [True, False, None]),
    "day": (["03.02.2021", "?", "31.12.1999"], [datetime.datetime(2021, 2, 3), None, datetime.datetime(1999, 12, 31)]),
    "zone": (["2021-02-03T04:05+02:00", "", ""], [datetime.datetime(2021, 2, 3, 4, 5, tzinfo=ZONE), None, None]),
    "nanoseconds": (
        ["2021-02-03T04:05:06.123456789", "", ""],
        [pd.Timestamp("2021-02-03T04:05:06.123456789"), None, None],
    ),
    "duration": (["1 days 00:00:01", "", "0 days 00:00:00"], [datetime.timedelta(1, 1), None, datetime.timedelta(0)]),
    "text": (["007", " a ", ""], ["007", " a ", None]),
    "too large": (["9" * 20, "1", ""], ["9" * 20, "1", None]),
    "digits": (["9" * 5000, "1", ""], ["9" * 5000, "1", None]),
    "nothing": (["", "", "NA"], [None, None, None]),
}


def table_of(tmp_path, cells):
    """Return a table of a column and another, read from a file."""
    path = tmp_path / "a.csv"
    path.write_text("".join(f"{cell};{row}\n" for row, cell in enumerate(["a", *cells])))
    return read_table(path)


def written(table, frame, extension):
    """Return what is written: the known rows, then the frame's."""
    file = io.BytesIO()
    table.check_destination("t" + extension, extension not in BINARY)
    rows = pd.concat([table.frame, frame], ignore_index=True)
    write_table(file, Path("t" + extension), rows, table, len(table))
    return file.getvalue()


@pytest.mark.parametrize("extension", BINARY)
@pytest.mark.parametrize("name", COLUMNS)
def test_from_text_to_binary(tmp_path, name, extension):
    cells, values = COLUMNS[name]
    table, copy = table_of(tmp_path, cells), tmp_path / f"b{extension}"
    copy.write_bytes(written(table, table.frame[::-1], extension))
    assert load(copy)["a"].to_pylist() == values + values[::-1]


@pytest.mark.parametrize("name", COLUMNS)
def test_from_text_to_text(tmp_path, name):
    cells, _ = COLUMNS[name]
    table = table_of(tmp_path, cells)
    lines = written(table, table.frame, ".csv").decode().splitlines()
    assert [line.split(";")[0] for line in lines[1 : len(cells) + 1]] == cells


def test_exact_numbers_of_both_widths(tmp_path):
    table = table_of(tmp_path, ["0.12345678901234567890", "1.5"])
    assert table.arrow(table.frame, 2).schema.field("a").type == pa.decimal128(21, 20)
    table = table_of(tmp_path, ["0." + "1" * 60, "1.5"])
    assert table.arrow(table.frame, 2).schema.field("a").type == pa.decimal256(61, 60)


@pytest.mark.parametrize("cell", ["0." + "1" * 90, "1e-400", "1.5e-99999999"])
def test_numbers_that_a_binary_file_cannot_hold(tmp_path, cell):
    table = table_of(tmp_path, [cell, "1.5"])
    with pytest.raises(ValueError, match=r"column 'a' has numbers of \d+ digits, which t\.parquet cannot hold"):
        written(table, table.frame, ".parquet")
    assert written(table, table.frame[:0], ".csv").decode().splitlines()[1] == f"{cell};1"


def test_values_that_options_spell(tmp_path):
    assert table_of(tmp_path, ["03.02.2021", "05.02.2021"]).value("a", "04.02.2021") == pd.Timestamp("2021-02-04")
    assert table_of(tmp_path, ["03.02.2021", "05.02.2021"]).value("a", "2021-02-04") == pd.Timestamp("2021-02-04")
    assert table_of(tmp_path, ["1.234,5", "2,0"]).value("a", "1.000,5") == 1000.5
    assert table_of(tmp_path, ["5%", "10%"]).value("a", "7") == 7
    assert table_of(tmp_path, ["5%", "10%"]).value("a", "7.5") == 7.5
    with pytest.raises(ValueError, match="x"):
        table_of(tmp_path, ["1.5", "2"]).value("a", "x")
