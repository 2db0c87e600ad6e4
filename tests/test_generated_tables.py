"""Tables that hypothesis makes up: each comes out legal, or is refused in our own words."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from skexpand import ExpansionWarning, ExpansiveSynthesizer
from tests.mixed import illegal, tables

REFUSALS = ("infinity", "more than one class", "minimum of 2")


def check(X, y, **parameters):
    """Expand a table and look at every cell."""
    before = X.copy()
    synthesizer = ExpansiveSynthesizer(random_state=0, max_epochs=2, **parameters)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ExpansionWarning)
        X_big, y_big = synthesizer.fit_resample(X, y)
        sampled, _ = synthesizer.sample(7)
    pd.testing.assert_frame_equal(X, before)
    pd.testing.assert_frame_equal(X_big.iloc[: len(X)], X.reset_index(drop=True))
    assert X_big.index.equals(pd.RangeIndex(len(y_big)))
    assert X_big.columns.equals(X.columns)
    assert illegal(X_big.iloc[len(X) :], X) == []
    assert illegal(sampled, X) == []
    assert len(synthesizer.columns_) == X.shape[1]
    assert all(column.describe() for column in synthesizer.columns_)


@settings(max_examples=40)
@given(tables())
def test_a_few(table):
    check(*table, expansion_ratio=3)


@pytest.mark.slow
@settings(max_examples=500)
@given(tables())
def test_five_hundred(table):
    check(*table, expansion_ratio=3)


@settings(max_examples=20)
@given(tables(max_rows=20))
def test_complete_rows_when_asked(table):
    X, y = table
    synthesizer = ExpansiveSynthesizer(random_state=0, missing="impute", expansion_ratio=3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExpansionWarning)
        new = synthesizer.fit_resample(X, y)[0].iloc[len(X) :]
    for j in range(X.shape[1]):
        assert new.iloc[:, j].isna().all() == X.iloc[:, j].isna().all()
        assert new.iloc[:, j].isna().any() == X.iloc[:, j].isna().all()


@settings(max_examples=20)
@given(tables(max_rows=20))
def test_polars(table):
    pl = pytest.importorskip("polars")
    X, y = table
    X = X.loc[:, [str(dtype) != "object" for dtype in X.dtypes]]
    X.columns = [f"{j}😀" for j in range(X.shape[1])]
    if not X.shape[1]:
        return
    frame = pl.from_pandas(X.reset_index(drop=True))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExpansionWarning)
        X_big, _ = ExpansiveSynthesizer(random_state=0, expansion_ratio=3).fit_resample(frame, y)
    assert X_big.schema == frame.schema
    assert X_big[: len(X)].equals(frame)
    for name, dtype in frame.schema.items():
        new, real = X_big[name][len(X) :], frame[name]
        assert not new.null_count() or real.null_count()
        if dtype in (pl.String, pl.Boolean) or isinstance(dtype, pl.Categorical | pl.Enum):
            assert set(new.to_list()) <= set(real.to_list())
        if dtype.is_float():
            assert np.isfinite(new.drop_nulls().fill_nan(0).to_numpy()).all()
