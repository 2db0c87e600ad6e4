"""How many rows of which class: SMOTE's meaning of sampling_strategy, times the ratio."""

from collections import Counter, OrderedDict

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE

from skexpand.request import totals as request
from skexpand.request.totals import resolve_ratio
from skexpand.target.classes import Labels

NAMES = ["auto", "minority", "not minority", "not majority", "all"]


def target(counts, rng=None):
    y = np.repeat(np.arange(len(counts)), counts)
    return y if rng is None else rng.permutation(y)


def new_rows_per_class(y, strategy, ratio):
    return request.new_rows_per_class(Labels.of(y), strategy, ratio)


def totals(y, strategy, ratio):
    new = new_rows_per_class(y, strategy, ratio)
    return {label: count + new[label] for label, count in sorted(Counter(y.tolist()).items())}


@pytest.mark.parametrize("strategy", NAMES)
@pytest.mark.parametrize("counts", [[30, 12, 20], [10, 10], [12, 30, 12], [8, 40]], ids=str)
def test_ratio_one_reaches_what_smote_reaches(rng, strategy, counts):
    y = target(counts, rng)
    X = rng.standard_normal((len(y), 2))
    _, y_smote = SMOTE(sampling_strategy=strategy, random_state=0).fit_resample(X, y)
    assert totals(y, strategy, 1) == dict(sorted(Counter(y_smote.tolist()).items()))


@pytest.mark.parametrize("share", [0.55, 0.6, 0.7, 1.0])
def test_a_float_means_what_it_means_in_smote(rng, share):
    y = target([10, 20], rng)
    X = rng.standard_normal((30, 2))
    _, y_smote = SMOTE(sampling_strategy=share, random_state=0).fit_resample(X, y)
    assert totals(y, share, 1) == dict(sorted(Counter(y_smote.tolist()).items()))


@pytest.mark.parametrize("ratio", [1, 1.5, 3, 10])
def test_the_ratio_multiplies_the_totals(ratio):
    y = target([30, 12, 20])
    assert totals(y, "auto", ratio) == dict.fromkeys(range(3), round(30 * ratio))
    assert totals(y, "minority", ratio) == {0: round(30 * ratio), 1: round(30 * ratio), 2: round(20 * ratio)}
    assert totals(y, "stratified", ratio) == {0: round(30 * ratio), 1: round(12 * ratio), 2: round(20 * ratio)}


@pytest.mark.parametrize("ratio", [1, 4])
def test_halfway_takes_the_root_of_the_ratio_of_classes(ratio):
    y = target([400, 100, 4])
    assert totals(y, "halfway", ratio) == {0: 400 * ratio, 1: 200 * ratio, 2: 40 * ratio}


@pytest.mark.parametrize("counts", [[3, 2], [7, 6, 1], [10, 10]], ids=str)
def test_halfway_takes_no_row_away(counts):
    new = new_rows_per_class(target(counts), "halfway", 1)
    assert all(count >= 0 for count in new.values())


@pytest.mark.parametrize(("n_rows", "ratio"), [(4, 100), (20, 100), (100, 20), (800, 2.5), (1000, 2), (50_000, 2)])
def test_auto_ratio(n_rows, ratio):
    assert resolve_ratio("auto", n_rows) == ratio
    assert resolve_ratio(7, n_rows) == 7


@pytest.mark.parametrize("kind", [dict, OrderedDict])
def test_a_dict_is_taken_as_it_is(kind):
    y = target([30, 12, 20])
    assert totals(y, kind({1: 50, 2: 20}), 10) == {0: 30, 1: 50, 2: 20}


def test_a_callable_sees_y(rng):
    y = target([30, 12], rng)

    def double(labels):
        np.testing.assert_array_equal(labels, y)
        return {label: 2 * count for label, count in Counter(labels.tolist()).items()}

    assert totals(y, double, "auto") == {0: 60, 1: 24}


@pytest.mark.parametrize("labels", [["b", "a"], [True, False], [3, -1], [1.0, 2.0]], ids=str)
def test_labels_of_every_kind(labels):
    y = np.repeat(labels, [4, 2])
    new = new_rows_per_class(y, "auto", 2)
    assert new == {labels[0]: 4, labels[1]: 6}
    assert list(new) == sorted(labels)
    assert new_rows_per_class(y, {labels[1]: 9}, 2) == {labels[0]: 0, labels[1]: 7}


def test_one_class_is_refused_by_name():
    with pytest.raises(ValueError, match="more than one class, got only 'only'"):
        new_rows_per_class(np.array(["only"] * 5), "auto", 1)
    with pytest.raises(ValueError, match="got only 3"):
        new_rows_per_class(np.array([3] * 5), "auto", 1)


def test_totals_below_the_present_counts_are_refused():
    with pytest.raises(ValueError, match=r"asks for 29 rows of class 0, which has 30"):
        new_rows_per_class(target([30, 12]), {0: 29, 1: 50}, 1)


def test_unknown_classes_are_refused():
    with pytest.raises(ValueError, match=r"\[7\].*not in y"):
        new_rows_per_class(target([30, 12]), {7: 50}, 1)


def test_a_float_needs_two_classes_and_must_not_remove_rows():
    with pytest.raises(ValueError, match="two classes; y has 3"):
        new_rows_per_class(target([30, 12, 5]), 0.5, 1)
    with pytest.raises(ValueError, match="asks for 9 rows of the minority class 1, which has 12"):
        new_rows_per_class(target([30, 12]), 0.3, 1)


@pytest.mark.parametrize("stated", [{0: 30.7, 1: 50}, {0: "many"}, {0: None}, {0: np.nan}, {0: np.inf}], ids=str)
def test_totals_must_be_whole_numbers(stated):
    with pytest.raises(TypeError, match="must be integers"):
        new_rows_per_class(target([30, 12]), stated, 1)


def test_what_a_callable_returns_must_be_a_dict():
    with pytest.raises(TypeError, match="must return a dict"):
        new_rows_per_class(target([30, 12]), lambda y: [40, 40], 1)
