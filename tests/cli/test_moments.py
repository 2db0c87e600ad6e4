"""Dates and durations of text files, in the shapes that are certain, and new ones in the same shape."""

import pandas as pd
import pytest

from skexpand.cli._moments import Duration, Moment

SHAPES = {
    "day first": (["03.02.2021", "31.12.1999"], ["2021-02-03", "1999-12-31"]),
    "day first, short": (["3.2.2021", "31.12.1999"], ["2021-02-03", "1999-12-31"]),
    "day first, with a time": (["03.02.2021 04:05", "31.12.1999 23:59"], ["2021-02-03 04:05", "1999-12-31 23:59"]),
    "day first, told by the 31st": (["03/02/2021", "31/12/1999"], ["2021-02-03", "1999-12-31"]),
    "day first, with hyphens": (["03-02-2021", "31-12-1999"], ["2021-02-03", "1999-12-31"]),
    "month first": (["02/03/2021", "12/31/1999"], ["2021-02-03", "1999-12-31"]),
    "month first, short": (["2/3/2021", "12/31/1999"], ["2021-02-03", "1999-12-31"]),
    "year first": (["2021/02/03", "1999/12/31"], ["2021-02-03", "1999-12-31"]),
    "year first, with points": (["2021.02.03", "1999.12.31"], ["2021-02-03", "1999-12-31"]),
    "iso, short": (["2021-2-3", "1999-12-31"], ["2021-02-03", "1999-12-31"]),
    "nanoseconds": (["2021-02-03T04:05:06.123456789"], ["2021-02-03T04:05:06.123456789"]),
    "far": (["01.01.0500", "31.12.9998"], ["0500-01-01", "9998-12-31"]),
}
UNCERTAIN = {
    "day or month": ["03/02/2021", "04/05/2021"],
    "day and month": ["31/12/2021", "12/31/2021"],
    "years of two digits": ["03.02.21", "31.12.99"],
    "two marks": ["03.02.2021", "03/02/2021"],
    "two orders": ["03.02.2021", "2021.02.03"],
    "no such day": ["31.02.2021", "01.02.2021"],
    "no such month": ["01.13.2021"],
    "too short": ["3.2"],
    "too long": ["03.02.20211"],
}


@pytest.mark.parametrize("name", SHAPES)
def test_there_and_back(name):
    cells, iso = SHAPES[name]
    moment = Moment.of(cells)
    if name == "far" and pd.__version__ < "3":  # whose moments end in 2262: such dates stay text
        assert moment is None
        return
    values = moment.read([*cells, None])
    assert values[: len(cells)].tolist() == [pd.Timestamp(date) for date in iso]
    assert values.isna().sum() == 1
    assert moment.write(values[: len(cells)]) == cells


@pytest.mark.parametrize("name", UNCERTAIN)
def test_what_is_not_certain_stays_text(name):
    assert Moment.of(UNCERTAIN[name]) is None


def test_durations():
    cells = ["1 days 02:03:04", "0 days 00:00:00.500000", "-1 days +23:00:00"]
    values = Duration.of(cells).read([*cells, None])
    assert values[:3].dt.total_seconds().tolist() == [93784, 0.5, -3600]
    assert Duration().write(values[:3]) == cells
    assert Duration.of(["3 days", "1 day"]) is not None
    assert Duration.of(["99999999999999999999 days"]) is None
    assert Duration.of(["3 daily"]) is None
