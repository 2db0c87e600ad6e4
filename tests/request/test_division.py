"""Requests in parts: every row once, parts and classes even, and streams that do not depend on other parts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skexpand.request.division import Division, in_proportion, rows_per_class


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=9).filter(any), st.integers(1, 40))
def test_every_row_is_in_one_part_and_parts_are_even(counts, n_parts):
    division = Division.of(counts, -(-sum(counts) // n_parts), 0)
    table = np.array([division.counts_of(part) for part in range(division.n_parts)], object)
    assert table.sum(axis=0).tolist() == counts
    assert np.ptp(table.sum(axis=1)) <= 1
    assert (np.ptp(table, axis=0) <= 1).all()


def test_many_small_classes_do_not_meet_in_the_last_part():
    division = Division.of([1] * 1000, 100, 0)
    assert [sum(division.counts_of(part)) for part in range(10)] == [100] * 10


def test_a_part_has_at_most_the_rows_stated():
    division = Division.of([7, 3], 4, 0)
    assert division.n_parts == 3
    assert [division.counts_of(part) for part in range(3)] == [[2, 1], [2, 1], [3, 1]]


def test_proportions_leave_nothing_to_chance():
    assert in_proportion(10, [50, 50, 50]) == [4, 3, 3]
    assert in_proportion(7, [59, 71, 48]) == [2, 3, 2]
    assert in_proportion(10**18, [1, 2]) == [333333333333333333, 666666666666666667]


def test_rows_of_each_class():
    classes, present = np.array(["a", "b"]), np.array([30, 10])
    assert rows_per_class(8, classes, present) == [6, 2]
    assert rows_per_class({"b": 5}, classes, present) == [0, 5]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [(-1, "n_samples"), (2.5, "n_samples"), ({"c": 1}, "unknown class 'c'"), ({"a": -1}, "-1 rows of class 'a'")],
)
def test_wrong_requests(wrong, said):
    with pytest.raises(ValueError, match=said):
        rows_per_class(wrong, np.array(["a", "b"]), np.array([30, 10]))
