"""Rows without a number: what comes back, what is inferred from what, what is refused, and when there is a warning."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from skexpand import ExpandedRegressor, ExpansiveSynthesizer, UnsureLabelsWarning
from skexpand.fitting import rows as fitting_rows
from tests.tables import same_bits

pytestmark = pytest.mark.usefixtures("_only_failure_signs", "_ridge_smooths")

rng = np.random.default_rng(0)
X = rng.standard_normal((80, 4))
y = np.round(20 + 5 * X[:, 0] - 3 * X[:, 1], 1)
KNOWN = np.isin(np.arange(80), rng.permutation(80)[:24])
MARKED = np.where(KNOWN, y, np.nan)


def synthesizer(**parameters):
    stated = {"target": "numbers", "unlabeled": "missing", "law": "local", "expansion_ratio": 5, "random_state": 0}
    return ExpansiveSynthesizer(**stated | parameters)


@pytest.fixture
def expanded():
    """Return a fitted sampler, and what it returned."""
    sampler = synthesizer()
    return sampler, *sampler.fit_resample(X, MARKED)


def test_rows_come_back_first_with_a_number_each(expanded):
    sampler, X_big, y_big = expanded
    assert same_bits(X_big[:80], X)
    np.testing.assert_array_equal(y_big[:80][KNOWN], y[KNOWN])
    np.testing.assert_array_equal(y_big[:80], sampler.transduction_)
    error = np.abs(y_big[:80] - y)[~KNOWN].mean()
    assert error < 0.2 * np.abs(y - y[KNOWN].mean())[~KNOWN].mean()
    assert sampler.label_error_ < 0.2
    np.testing.assert_array_equal(y_big, np.round(y_big, 1))
    assert len(y_big) == 80 + 4 * 24  # the ratio refers to rows with a number
    np.testing.assert_array_equal(sampler.synthetic_mask_, np.arange(len(y_big)) >= 80)
    np.testing.assert_array_equal(sampler.inferred_mask_, np.append(~KNOWN, np.zeros(96, bool)))
    np.testing.assert_array_equal(sampler.parents_["row"], np.arange(80, len(y_big)))
    assert not KNOWN[sampler.parents_["anchor"]].all(), "rows without a number are anchors as well"
    assert not hasattr(sampler, "label_distributions_")


def test_numbers_are_predicted_by_what_the_known_ones_have_taught(expanded):
    sampler, X_big, y_big = expanded
    smoothing = sampler._source.smoothing
    np.testing.assert_array_equal(smoothing.targets[:, 0], y[KNOWN])
    predicted = smoothing.predict(smoothing.codec.encode(X_big))[:, 0]
    inner = (predicted > y[KNOWN].min()) & (predicted < y[KNOWN].max()) & ~np.append(KNOWN, np.zeros(96, bool))
    np.testing.assert_allclose(y_big[inner], predicted[inner], atol=0.0501)


def test_a_marker_that_no_row_has_changes_nothing():
    plain, marked = synthesizer(unlabeled=None), synthesizer()
    for one, other in zip(plain.fit_resample(X[:30], y[:30]), marked.fit_resample(X[:30], y[:30]), strict=True):
        assert same_bits(one, other)
    assert not hasattr(marked, "transduction_")
    assert not hasattr(marked, "label_error_")


def test_mixed_tables_with_gaps_whose_rules_see_the_rows_with_a_number():
    table = pd.DataFrame(X).add_prefix("x").assign(town=np.where(X[:, 0] > 0, "Oslo", "Bergen"))
    table.loc[::7, "x1"] = np.nan
    sampler = synthesizer(rules=[lambda rows: rows["target"] > 12])
    X_big, y_big = sampler.fit_resample(table, pd.Series(MARKED))
    pd.testing.assert_frame_equal(X_big.iloc[:80], table)
    assert (y_big[80:] > 12).all()
    assert y_big.notna().all()


def test_not_all_of_many_rows_are_anchors(monkeypatch):
    monkeypatch.setattr(fitting_rows, "MAX_ANCHORS", 10)
    sampler = synthesizer()
    X_big, y_big = sampler.fit_resample(X, MARKED)
    assert len(np.unique(np.append(np.flatnonzero(KNOWN), sampler.parents_["anchor"]))) <= 34
    assert len(X_big) == len(y_big) == 176
    assert np.isfinite(y_big).all()


def test_same_seed_same_rows_and_files(expanded, tmp_path):
    sampler, X_big, y_big = expanded
    again = clone(sampler)
    for one, other in zip((X_big, y_big), again.fit_resample(X, MARKED), strict=True):
        assert same_bits(one, other)
    sampler.save(tmp_path / "numbers.safetensors")
    loaded = ExpansiveSynthesizer.load(tmp_path / "numbers.safetensors")
    np.testing.assert_array_equal(loaded.transduction_, sampler.transduction_)
    np.testing.assert_array_equal(loaded.inferred_mask_, sampler.inferred_mask_)
    assert loaded.label_error_ == sampler.label_error_
    assert same_bits(loaded.sample(5)[1], sampler.sample(5)[1])
    assert not hasattr(again.fit(X, y), "transduction_"), "a later fit without such rows forgets them"
    assert not hasattr(again, "label_error_")


@pytest.mark.parametrize(
    ("numbers", "parameters", "message"),
    [
        (np.full(8, np.nan), {}, "Of 8 rows, 0 have a number, but at least 5 must"),
        (np.append(1.0, np.full(7, np.nan)), {}, "Of 8 rows, 1 have a number"),
        (np.append(np.arange(4.0), np.full(4, -9)), {"unlabeled": -9}, "marked by unlabeled=-9.* give more rows"),
        (np.where(np.arange(8) < 6, 1.0, np.nan), {"unlabeled": None}, "contains NaN.* set unlabeled='missing'"),
        (np.where(np.arange(8) < 6, 1.0, np.nan), {"target_law": "recombined"}, "2 of 8 rows .* target_law='smooth'"),
        (np.where(np.arange(8) < 6, 1.0, np.nan), {"class_shares": "balanced"}, "class_shares='balanced' is for class"),
        (np.where(np.eye(8, 2) > 0, np.nan, 1.0), {}, "Row 0 of y has the marker .* in some of its 2 columns only"),
        ([[1.0, 2.0]] * 7 + [None], {}, "rows of different lengths"),
        (np.append(["high"] * 6, [None, None]), {}, "numbers.*high"),
    ],
)
def test_what_cannot_be_inferred_is_refused_before_anything_is_trained(numbers, parameters, message):
    sampler = synthesizer(**parameters)
    with pytest.raises(ValueError, match=message):
        sampler.fit(X[:8], numbers)
    assert not hasattr(sampler, "classes_")
    with pytest.raises(ValueError, match=message):
        ExpandedRegressor(sampler=sampler, target_law=sampler.target_law).fit(X[:8], numbers)


def test_groups_would_leak():
    with pytest.raises(ValueError, match="a split by groups would leak"):
        synthesizer().fit_resample(X, MARKED, groups=np.arange(80) // 2)


@pytest.mark.parametrize("method", ["fit", "fit_resample"])
def test_numbers_of_noise_are_warned_of(method):
    noise = np.where(KNOWN, np.random.default_rng(1).standard_normal(80), np.nan)
    with pytest.warns(UnsureLabelsWarning, match=r"held out, their error is \d+% of") as caught:
        getattr(synthesizer(), method)(X, noise)
    assert {w.filename for w in caught if w.category is UnsureLabelsWarning} == {__file__}


def test_numbers_that_can_be_trusted_or_are_too_few_to_tell_are_not_warned_of():
    few = np.where(np.arange(80) < 6, np.random.default_rng(0).standard_normal(80), np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UnsureLabelsWarning)
        synthesizer().fit(X, MARKED)
        sampler = synthesizer().fit(X, few)
        assert synthesizer().fit(X, np.where(KNOWN, 3.0, np.nan)).transduction_.tolist() == [3.0] * 80
    assert np.isnan(sampler.label_error_)
