"""What may be asked of a column, by its type; anything else is refused, with a line that says what it holds."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from skexpand.codec import Schema
from skexpand.codec.joint import JointSchema
from skexpand.request.given import checked_given

DAYS = pd.to_datetime("2024-01-01") + pd.to_timedelta(np.arange(40) % 30, "D")
X = pd.DataFrame(
    {
        "age": np.arange(20, 60),
        "dose": np.round(np.linspace(0.5, 9.4, 40), 1),
        "score": np.random.default_rng(0).standard_normal(40),
        "few": np.tile([1, 2, 5, 9], 10),
        "sex": ["F", "M"] * 20,
        "grade": pd.Categorical(["low", "mid", "high", None] * 10, ["low", "mid", "high"], ordered=True),
        "smokes": [True, False] * 20,
        "seen": DAYS,
        "zoned": DAYS.tz_localize("Europe/Berlin"),
        "stay": pd.to_timedelta(np.arange(40), "h"),
        "paid": [Decimal(k) / 4 for k in range(40)],
        "born": [dt.date(1980, 1, 1 + k % 30) for k in range(40)],
        "same": ["x"] * 40,
        "twice": np.arange(40.0) / 7,
    }
)
X.loc[3, "score"] = np.nan
SCHEMA = Schema.of(X)
ROWS = SCHEMA.read(X)


def asked(given, schema=SCHEMA, rows=ROWS):
    """Return which rows fulfil what is given."""
    return np.all([wish.holds(rows[:, wish.place]) for wish in checked_given(given, schema)], axis=0)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"age": 33}, X.age == 33),
        ({"age": (30, 40)}, X.age.between(30, 40)),
        ({"age": (30.2, None)}, X.age >= 31),
        ({"age": (-np.inf, 30)}, X.age <= 30),
        ({"age": [20, (50, 52), 59]}, X.age.isin([20, 50, 51, 52, 59])),
        ({"age": {21, 22}}, X.age.isin([21, 22])),
        ({"age": np.array([21, 22])}, X.age.isin([21, 22])),
        ({"age": pd.Series([21, 22])}, X.age.isin([21, 22])),
        ({"dose": (0.55, 1.04)}, X.dose.between(0.6, 1.0)),
        ({"score": None}, X.score.isna()),
        ({"score": [np.nan, (0, None)]}, X.score.isna() | (X.score >= 0)),
        ({"score": (None, None)}, X.score.notna()),
        ({"few": (2, 6)}, X.few.isin([2, 5])),
        ({"sex": "F"}, X.sex == "F"),
        ({"sex": ["F", "M"], "age": (None, 25)}, X.age <= 25),
        ({"grade": ("mid", None)}, X.grade.isin(["mid", "high"])),
        ({"grade": pd.NA}, X.grade.isna()),
        ({"smokes": True}, X.smokes),
        ({"smokes": np.bool_(False)}, ~X.smokes),
        ({"seen": "2024-01-07"}, X.seen == "2024-01-07"),
        ({"seen": (dt.date(2024, 1, 5), pd.Timestamp("2024-01-08 07:00"))}, X.seen.between("2024-01-05", "2024-01-08")),
        ({"zoned": ("2024-01-04 20:00", "2024-01-06")}, X.zoned.dt.day.isin([5, 6])),
        ({"stay": (pd.Timedelta("3h"), np.timedelta64(5, "h"))}, X.stay.dt.total_seconds().between(3 * 3600, 5 * 3600)),
        ({"stay": ("3h", "0 days 05:00:00")}, X.stay.dt.total_seconds().between(3 * 3600, 5 * 3600)),
        ({"stay": ["7h", pd.Timedelta("9h")]}, X.stay.isin(pd.to_timedelta([7, 9], "h"))),
        ({"zoned": "2024-01-04T23:00Z"}, X.zoned.dt.day == 5),
        ({"zoned": pd.Timestamp("2024-01-05T08:00", tz="Asia/Tokyo")}, X.zoned.dt.day == 5),
        ({"paid": (Decimal("0.5"), 1)}, X.paid.isin([Decimal("0.5"), Decimal("0.75"), 1])),
        ({"born": dt.date(1980, 1, 3)}, X.born == dt.date(1980, 1, 3)),
        ({"same": "x"}, X.same == "x"),
    ],
    ids=str,
)
def test_which_rows_fulfil_it(given, expected):
    np.testing.assert_array_equal(asked(given), expected.to_numpy(bool))


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int16])
def test_columns_of_an_array_are_asked_by_position(kind):
    rows = (X[["age", "few"]] - 3).to_numpy(kind)
    given = {1: 2, np.int64(0): (20, 30)}
    expected = (rows[:, 1] == 2) & (rows[:, 0] >= 20) & (rows[:, 0] <= 30)
    np.testing.assert_array_equal(asked(given, Schema.of(rows), rows), expected)
    assert expected.any()


def test_an_array_of_objects_with_categories():
    objects = X[["age", "sex"]].to_numpy(object)
    schema = Schema.of(objects)
    np.testing.assert_array_equal(asked({1: "M"}, schema, schema.read(objects)), X.sex == "M")


def test_large_integers_are_exact():
    keys = pd.DataFrame({"key": 2**60 + np.arange(40)})
    schema = Schema.of(keys)
    np.testing.assert_array_equal(
        asked({"key": (2**60 + 7, 2**60 + 8)}, schema, schema.read(keys)).nonzero()[0], [7, 8]
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"agg": 3}, r"unknown column 'agg'; did you mean 'age'\?"),
        ({0: 3}, r"unknown column 0; the columns are \['age', 'dose'.*\], and labels are stated by y"),
        ({"sex": "X"}, r"given\['sex'\] = 'X': 'X' is no category of the column; it has \['F', 'M'\]"),
        ({"sex": ("F", "M")}, r"is a range, and the column's categories have no order"),
        ({"grade": ("high", "low")}, r"is an empty range: 'low' comes before 'high'"),
        ({"age": (40, 30)}, r"given\['age'\] = \(40, 30\) is an empty range: 40 is larger than 30"),
        ({"age": (30.2, 30.8)}, "leaves no value that a new row may have; the column is age: integer"),
        ({"age": 200}, "leaves no value that a new row may have; the column is age: integer.* to 59"),
        ({"dose": 1.05}, "leaves no value .* 1 decimal"),
        ({"few": 3}, "leaves no value .* 4 values: 1, 2, 5, 9"),
        ({"seen": ("2024-01-05 05:00", "2024-01-05 18:00")}, "leaves no value"),
        ({"age": "33"}, "'33' is no value of a column that is integer"),
        ({"smokes": "yes"}, "'yes' is no value of a column that is boolean"),
        ({"seen": 3}, "3 is no value of a column that is datetime"),
        ({"seen": "soon"}, "'soon' is no value of a column that is datetime"),
        ({"stay": "soon"}, "'soon' is no value of a column that is timedelta"),
        ({"stay": "NaT"}, "'NaT' is no value of a column that is timedelta"),
        ({"seen": pd.Timestamp("2024-01-05", tz="UTC")}, "tz='UTC'.* has a time zone, and the column has none; leave"),
        ({"seen": ("2024-01-05T00:00Z", None)}, "'2024-01-05T00:00Z' has a time zone, and the column has none"),
        ({"born": dt.datetime(1980, 1, 3, tzinfo=dt.UTC)}, "has a time zone, and the column has none"),
        ({"age": None}, r"given\['age'\] = None asks for a missing cell, and the column has none"),
        ({"age": []}, r"given\['age'\] = \[\] names no value"),
        ({"age": (1, 2, 3)}, r"a range is a pair \(low, high\)"),
    ],
    ids=str,
)
def test_what_no_new_row_has_is_refused(given, message):
    with pytest.raises(ValueError, match=message):
        checked_given(given, SCHEMA)


def test_a_hint_names_columns_as_they_are_named():
    numbered = Schema.of(X[["age", "few"]].to_numpy())
    for name, message in [("1", r"'1'; did you mean 1\?"), (-1, r"-1; the columns are \[0, 1\]")]:
        with pytest.raises(ValueError, match=message):
            checked_given({name: 3}, numbered)
    joint = JointSchema.joined(X[["age"]], X["dose"].to_numpy()[:, None], "auto", None)
    with pytest.raises(ValueError, match=r"'price'; the columns are \['age'\], and that of the target is \['target'\]"):
        checked_given({"price": 3}, joint)


def test_names_that_repeat_are_refused():
    twice = X[["age", "few"]].set_axis(["a", "a"], axis=1)
    with pytest.raises(ValueError, match="names the column 'a', of which there are 2"):
        checked_given({"a": 3}, Schema.of(twice))


@pytest.mark.parametrize("given", [5, "age", [("age", 3)]], ids=str)
def test_anything_but_a_dict_is_refused(given):
    with pytest.raises(TypeError, match="given must be a dict"):
        checked_given(given, SCHEMA)


def test_the_nearest_value_of_several_ranges():
    (wish,) = checked_given({"age": [(30, 32), 40]}, SCHEMA)
    np.testing.assert_array_equal(wish.nearest(np.array([20.0, 31, 35, 37, 99])), [30, 31, 32, 40, 40])
