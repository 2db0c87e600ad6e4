"""Columns of text: what they are taken for, and that values are spelled as they were read."""

import numpy as np
import pandas as pd
import pytest

from skexpand.cli._cells import GAPS, Column

COLUMNS = {
    "whole": (["1", "-20", "0"], "int64"),
    "whole with gaps": (["1", "", "3"], "Int64"),
    "decimal": (["1.50", "-0.25", "10.00"], "float64"),
    "decimal with gaps": (["1.5", "NA", "-2.5"], "float64"),
    "powers": (["1.25e-05", "3.5e+20"], "float64"),
    "truth": (["True", "False", "True"], "bool"),
    "truth with gaps": (["true", "", "false"], "boolean"),
    "shouted truth": (["TRUE", "FALSE"], "bool"),
    "leading zeros": (["007", "012", "100"], "string"),
    "text": (["a", "b b", "None"], "string"),
    "text with gaps": (["a", "NULL", "c"], "string"),
    "emoji": (["🌱", "é", "x"], "string"),
    "spaces": ([" a", "b "], "string"),
    "too large": (["99999999999999999999", "1"], "string"),
    "too long": (["9" * 5000, "-1"], "string"),
    "durations": (["1 days 02:03:04", ""], "timedelta64[us]"),
    "version": (["1.2.3", "1.2.4"], "string"),
    "no number": ([".", "-"], "string"),
    "no date": (["2021-02-30", "2021-02-03"], "string"),
    "nothing": (["", "", ""], "string"),
    "two zones": (["2021-02-03T04:05Z", "2021-02-03T04:05+02:00"], "string"),
}
MOMENTS = {
    "days": ["2021-02-03", "1999-12-31", ""],
    "minutes": ["2021-02-03 04:05", "1999-12-31 23:59"],
    "seconds": ["2021-02-03T04:05:06", "1999-12-31T23:59:59"],
    "milliseconds": ["2021-02-03T04:05:06.125", "1999-12-31T23:59:59.000"],
    "utc": ["2021-02-03T04:05:06Z", "NaN", "1999-12-31T23:59:59Z"],
    "zone": ["2021-02-03 04:05+02:00", "1999-12-31 23:59+02:00"],
}


@pytest.mark.parametrize("name", COLUMNS)
def test_type_and_spelling(name):
    cells, dtype = COLUMNS[name]
    column = Column.of(cells)
    assert str(column.values.dtype).replace("[ns]", "[us]") == dtype  # pandas before 3 counts in nanoseconds
    assert column.spell(column.values) == cells
    np.testing.assert_array_equal(column.values.isna(), [cell in GAPS for cell in cells])


@pytest.mark.parametrize("name", MOMENTS)
def test_moments(name):
    cells = MOMENTS[name]
    column = Column.of(cells)
    assert pd.api.types.is_datetime64_any_dtype(column.values.dtype)
    assert column.spell(column.values) == cells


def test_new_decimals_are_rounded_like_the_old(rng):
    column = Column.of(["1.5", "2.25", "3"])
    spelled = column.spell(pd.Series(rng.normal(size=50)))
    assert all(len(cell.split(".")[1]) == 2 for cell in spelled)


def test_what_rounds_to_zero_has_no_sign():
    assert Column.of(["1.5", "2.5"]).spell(pd.Series([-0.01])) == ["0.0"]


@pytest.mark.parametrize(("mark", "dtype"), [(".", "string"), (",", "float64")])
def test_decimal_comma(mark, dtype):
    column = Column.of(["1,50", "2,25"], mark=mark)
    assert str(column.values.dtype) == dtype
    assert column.spell(column.values) == ["1,50", "2,25"]


def test_likely_gaps_among_numbers_and_dates():
    for cells in (["1", "?", "3"], ["1.5", "?", ""], ["03.02.2021", "?"], ["true", "?"]):
        column = Column.of(cells, likely=["?"])
        assert column.values.isna().tolist() == [cell in ("?", "") for cell in cells]
        assert column.spell(column.values) == [cell or "?" for cell in cells]
    assert not Column.of(["1", "?", "x"], likely=["?"]).values.isna().any()
    assert not Column.of(["?", "?"], likely=["?"]).values.isna().any()


def test_gaps_are_spelled_as_most_of_them_are():
    column = Column.of(["1", "NA", "NA", ""])
    assert column.spell(column.values) == ["1", "NA", "NA", "NA"]


def test_stated_gaps():
    column = Column.of(["1", "?", "3"], gaps=["", "?"])
    assert column.spell(column.values) == ["1", "?", "3"]
    assert column.values.isna().tolist() == [False, True, False]
    assert Column.of(["NA", "DE"], gaps=[""]).values.tolist() == ["NA", "DE"]  # Namibia


def test_spaces_around_numbers():
    assert Column.of([" 1", "2 "]).values.tolist() == [1, 2]
