"""Numbers of text files: decimal marks, groups of three, per cent; and new numbers like them."""

import numpy as np
import pandas as pd
import pytest

from skexpand.cli._numbers import Number, looks_like_number

WRITTEN = {  # cells, the decimal mark, their values
    "decimal comma": (["1,50", "-2,25", "10,00"], ",", [1.5, -2.25, 10.0]),
    "groups with points": (["1.234,56", "12,00", "-1.234.567,89"], ",", [1234.56, 12, -1234567.89]),
    "groups with commas": (["1,234.56", "12.00", "1,234,567.89"], ".", [1234.56, 12, 1234567.89]),
    "groups with spaces": (["1 234,56", "12,00", "12 345,00"], ",", [1234.56, 12, 12345]),
    "groups with hard spaces": (["1\u00a0234,5", "12,0"], ",", [1234.5, 12]),
    "groups with narrow spaces": (["1\u202f234,5", "12,0"], ",", [1234.5, 12]),
    "groups with apostrophes": (["1'234.50", "12.00"], ".", [1234.5, 12]),
    "groups with typographic apostrophes": (["1’234’567", "12"], ".", [1234567, 12]),
    "whole numbers in groups": (["4.297", "567", "1.234.567"], ",", [4297, 567, 1234567]),
    "groups from five digits on": (["1234", "12.345"], ",", [1234, 12345]),
    "per cent": (["5%", "-10%"], ".", [5, -10]),
    "decimals, per cent": (["5,5 %", "10,0 %"], ",", [5.5, 10]),
    "dollars": (["$1,234.50", "-$5.00"], ".", [1234.5, -5]),
    "euros": (["1.234 €", "-5 €"], ",", [1234, -5]),
    "powers": (["1.25e-05", "3.5e+20"], ".", [1.25e-5, 3.5e20]),
    "as large as 64 bits": ([str(2**63 - 1), str(-(2**63) + 1)], ".", [2**63 - 1, -(2**63) + 1]),
}
OTHER = {
    "two kinds of groups": (["1 234", "1'234"], "."),
    "groups of two": (["1.23.456", "1.2"], ","),
    "groups of four": (["1,2345"], "."),
    "a group that begins with zero": (["0,123"], "."),
    "leading zeros": (["007", "1"], "."),
    "some per cent": (["5%", "5"], "."),
    "two currencies": (["$5", "€5"], "."),
    "too large": (["9223372036854775808", "1"], "."),
    "too many digits for Python": (["9" * 5000], "."),
    "infinite": (["1e999", "1.5"], "."),
    "the other mark": (["1,5"], "."),
    "groups and powers": (["1,234e5"], "."),
    "no digits": (["."], "."),
    "a version": (["1.2.3"], "."),
    "a date": (["03.02.2021"], ","),
    "none": ([], "."),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_there_and_back(name):
    cells, mark, values = WRITTEN[name]
    number = Number.of(cells, mark)
    assert number.read([*cells, None]).tolist()[:-1] == values
    assert number.read(cells).dtype == (np.int64 if all(type(value) is int for value in values) else float)
    assert number.write(pd.Series(values)) == cells


@pytest.mark.parametrize("name", OTHER)
def test_no_numbers(name):
    assert Number.of(*OTHER[name]) is None


def test_new_ones():
    assert Number.of(["1.234,50"], ",").write(pd.Series([-98765.432, 0.5, -0.001])) == ["-98.765,43", "0,50", "0,00"]
    assert Number.of(["1234", "12 345"], ".").write(pd.Series([9999, 10000, -1234567])) == [
        "9999",
        "10 000",
        "-1 234 567",
    ]
    assert Number.of(["5 %", "7 %"], ".").write(pd.Series([-6])) == ["-6 %"]


def test_either_mark():
    assert all(map(looks_like_number, ["1,5", "1.5", "12", "1.234,5", "5%"]))
    assert not looks_like_number("1.2.3")
