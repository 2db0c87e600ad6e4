"""LabeledFold as scikit-learn's splitters, and in what takes a splitter."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    KFold,
    LeaveOneGroupOut,
    LeaveOneOut,
    RepeatedStratifiedKFold,
    StratifiedKFold,
    cross_val_predict,
    cross_validate,
)
from sklearn.semi_supervised import LabelSpreading, SelfTrainingClassifier

from skexpand.model_selection import LabeledFold


@pytest.fixture
def table(rng):
    y = np.where(np.arange(60) % 3 == 0, np.arange(60) % 2, -1)
    X = rng.standard_normal((60, 3))
    X[:, 0] += 4 * (np.arange(60) % 2)
    return X, y


@pytest.mark.parametrize("cv", [2, 5, StratifiedKFold(4, shuffle=True, random_state=0), LeaveOneOut()])
def test_unlabeled_rows_are_in_every_training_side_and_in_no_test_side(table, cv):
    X, y = table
    fold, unlabeled = LabeledFold(cv), np.flatnonzero(y == -1)
    splits = list(fold.split(X, y))
    assert len(splits) == fold.get_n_splits(X, y)
    for train, test in splits:
        assert np.isin(unlabeled, train).all()
        assert (y[test] != -1).all()
        np.testing.assert_array_equal(np.union1d(train, test), np.arange(60))
        assert not np.intersect1d(train, test).size
    np.testing.assert_array_equal(np.sort(np.concatenate([test for _, test in splits])), np.flatnonzero(y != -1))


def test_a_number_is_stratified(table):
    X, y = table
    expected = [np.flatnonzero(y != -1)[test] for _, test in StratifiedKFold(5).split(X[y != -1], y[y != -1])]
    for (_, test), reference in zip(LabeledFold(5).split(X, y), expected, strict=True):
        np.testing.assert_array_equal(test, reference)
        assert np.bincount(y[test]).tolist() == [2, 2]


@pytest.mark.parametrize("n_targets", [1, 2])
@pytest.mark.parametrize("container", [np.asarray, pd.DataFrame])
def test_measurements_are_not_stratified(rng, n_targets, container):
    y = rng.standard_normal((40, n_targets))
    y[::2] = np.nan
    folds = list(LabeledFold(4, "missing").split(y, container(y)))
    assert LabeledFold(KFold(4), "missing").get_n_splits(y, container(y)) == 4
    for (train, test), (_, expected) in zip(folds, KFold(4).split(y[1::2]), strict=True):
        np.testing.assert_array_equal(test, 1 + 2 * expected)
        np.testing.assert_array_equal(np.union1d(train, test), np.arange(40))
    y[1, -1] = np.nan
    if n_targets == 2:
        with pytest.raises(ValueError, match="Row 1 of y has the marker of unlabeled='missing' in some"):
            next(LabeledFold(4, "missing").split(y, container(y)))


LABELS = {
    "numbers": (lambda y: y, -1),
    "text": (lambda y: np.array(["no", "yes", "-1"])[y], -1),
    "text and a number": (lambda y: np.array(["no", "yes", -1], dtype=object)[y], -1),
    "text and None": (lambda y: np.array(["no", "yes", None], dtype=object)[y], "missing"),
    "NaN": (lambda y: np.array([0, 1, np.nan])[y], np.nan),
    "list": (lambda y: y.tolist(), -1),
    "pandas, nullable": (lambda y: pd.Series(y, dtype="Int64").replace(-1, pd.NA), "missing"),
    "pandas, text": (lambda y: pd.Series(np.array(["no", "yes", None], dtype=object)[y]), "missing"),
    "polars": (lambda y: pl.Series([None if label == -1 else label for label in y.tolist()]), "missing"),
    "zero": (lambda y: y + 1, 0),
}


@pytest.mark.parametrize("kind", LABELS)
def test_any_container_and_marker(table, kind):
    X, y = table
    make, marker = LABELS[kind]
    found = list(LabeledFold(3, unlabeled=marker).split(X, make(y)))
    for (train, test), (expected_train, expected_test) in zip(found, LabeledFold(3).split(X, y), strict=True):
        np.testing.assert_array_equal(train, expected_train)
        np.testing.assert_array_equal(test, expected_test)


def test_a_marker_that_no_row_has_changes_nothing(table):
    X, y = table
    X, y = X[y != -1], y[y != -1]
    for found, expected in zip(LabeledFold(4).split(X, y), StratifiedKFold(4).split(X, y), strict=True):
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("cv", [GroupKFold(3), LeaveOneGroupOut()])
def test_groups_are_passed_on(table, cv):
    X, y = table
    groups = np.arange(60) // 10
    fold = LabeledFold(cv)
    splits = list(fold.split(X, y, groups))
    assert len(splits) == fold.get_n_splits(X, y, groups) == (3 if isinstance(cv, GroupKFold) else 6)
    for train, test in splits:
        assert not np.intersect1d(groups[train[y[train] != -1]], groups[test]).size


def test_an_iterable_of_splits_numbers_all_rows(table):
    X, y = table
    given = [(np.arange(30), np.arange(30, 60)), (np.arange(30, 60), np.arange(30))]
    fold = LabeledFold(iter(given))
    assert fold.get_n_splits() == 2
    for _ in range(2):
        for (train, test), (_, all_test) in zip(fold.split(X, y), given, strict=True):
            np.testing.assert_array_equal(test, [row for row in all_test if y[row] != -1])
            assert np.isin(np.flatnonzero(y == -1), train).all()


def test_as_cv_of_scikit_learn(table):
    X, y = table
    base = SelfTrainingClassifier(LogisticRegression())
    assert cross_validate(base, X, y, cv=LabeledFold(4))["test_score"].mean() > 0.8
    search = GridSearchCV(LabelSpreading(kernel="knn"), {"n_neighbors": [3, 5]}, cv=LabeledFold(4)).fit(X, y)
    assert search.best_score_ > 0.8
    clone(search)
    repeated = LabeledFold(RepeatedStratifiedKFold(n_splits=2, n_repeats=3, random_state=0))
    assert len(cross_validate(base, X, y, cv=repeated)["test_score"]) == 6
    with pytest.raises(ValueError, match="partitions"):
        cross_val_predict(base, X, y, cv=LabeledFold(4))  # rows without a label are never predicted


def test_groups_are_routed(table):
    X, y = table
    with config_context(enable_metadata_routing=True):
        scores = cross_validate(
            SelfTrainingClassifier(LogisticRegression()),
            X,
            y,
            cv=LabeledFold(LeaveOneGroupOut()),
            params={"groups": np.arange(60) // 10},
        )
    assert len(scores["test_score"]) == 6


def test_what_cannot_be_split_is_refused(table):
    X, y = table
    with pytest.raises(ValueError, match="needs y"):
        next(LabeledFold().split(X))
    with pytest.raises(ValueError, match="All 60 rows have the label unlabeled=-1"):
        next(LabeledFold().split(X, np.full(60, -1)))
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        next(LabeledFold().split(X[:50], y))


def test_its_name():
    assert repr(LabeledFold(3)) == "LabeledFold(cv=3, unlabeled=-1)"
