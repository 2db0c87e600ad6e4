"""The remedies: each does what its name says to any table, or says why it cannot."""

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skexpand.report.contenders import (
    Repeated,
    TableSMOTE,
    all_contenders,
    smote_title,
    with_class_weights,
)


def test_class_weights_are_found_in_pipelines():
    weighted = with_class_weights(make_pipeline(StandardScaler(), LogisticRegression()))
    assert weighted.get_params()["logisticregression__class_weight"] == "balanced"
    assert with_class_weights(KNeighborsClassifier()) is None


def test_repeats_are_repeats(wards, seed):
    X, y = wards
    X_all, y_all = Repeated(seed).fit_resample(X, y)
    assert (y_all == "well").sum() == (y_all != "well").sum() == 50
    pd.testing.assert_frame_equal(X_all[:70], X)
    assert len(X_all.drop_duplicates()) == len(X.drop_duplicates())


def test_on_numbers_it_is_smote(numbers, seed):
    X, y = numbers
    found, expected = (sampler.fit_resample(X, y) for sampler in (TableSMOTE(seed), SMOTE(random_state=seed)))
    np.testing.assert_array_equal(found[0], expected[0])
    np.testing.assert_array_equal(found[1], expected[1])


def test_on_a_mixed_table_new_rows_are_legal_and_complete(wards, seed):
    X, y = wards
    X_all, y_all = TableSMOTE(seed).fit_resample(X, y)
    assert len(X_all) == len(y_all) == 100
    pd.testing.assert_frame_equal(X_all[:70], X)
    new = X_all[70:]
    assert (new.dtypes == X.dtypes).all()
    assert set(new["ward"]) <= set(X["ward"])
    assert not new.isna().any(axis=None)


def test_the_variant_is_named(wards):
    X, _ = wards
    assert smote_title(X) == "SMOTENC, gaps filled"
    assert smote_title(X[["ward"]]) == "SMOTEN"
    assert smote_title(np.eye(3)) == "SMOTE"


def test_categories_alone(wards, seed):
    X, y = wards
    X_all, _ = TableSMOTE(seed).fit_resample(X[["ward"]], y)
    assert set(X_all["ward"]) == set(X["ward"])


@pytest.mark.parametrize(
    ("counts", "estimator", "reasons"),
    [
        ([5, 5], LogisticRegression(), ["", "equal size", "equal size", "equal size", ""]),
        ([9, 1], LogisticRegression(), ["", "", "", "single row", ""]),
        ([9, 3], KNeighborsClassifier(), ["", "no class weights", "", "", ""]),
    ],
)
def test_reasons_not_to_compete(counts, estimator, reasons):
    labels = np.repeat([0, 1], counts)
    contenders = all_contenders(SMOTE(), estimator, np.zeros((len(labels), 2)), labels, seed=0)
    for contender, reason in zip(contenders, reasons, strict=True):
        assert reason in contender.why_not
        assert bool(reason) == bool(contender.why_not)


def test_a_remedy_that_fails_is_said_to(quick, numbers, monkeypatch):
    def fail(*_):
        raise RuntimeError("no <b>luck</b>")

    monkeypatch.setattr(Repeated, "fit_resample", fail)
    report = quick(SMOTE(random_state=0), *numbers)
    assert report.comparison_.results[2].failure == "It failed: RuntimeError: no <b>luck</b>"
    assert "no &lt;b&gt;luck" in report.to_html()
