"""The checks that imbalanced-learn and scikit-learn have for every estimator."""

import pytest
from imblearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    check_param_validation,
)
from imblearn.utils.estimator_checks import parametrize_with_checks as imblearn_checks
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.utils.estimator_checks import parametrize_with_checks as sklearn_checks

from skexpand import ExpandedClassifier, ExpandedRegressor, ExpansiveSynthesizer, GatedSynthesizer

# seeded, since some of these checks compare two runs; the second is the drop-in for SMOTE
SAMPLER = ExpansiveSynthesizer(random_state=0)
DROP_IN = ExpansiveSynthesizer(law="local", expansion_ratio=1, random_state=0)

# few folds and a quick law, since every check decides anew
GATE = GatedSynthesizer(DROP_IN, cv=2, n_repeats=1, random_state=0)


@imblearn_checks([SAMPLER, GATE])
def test_imbalanced_learn(estimator, check):
    check(estimator)


# without the smoother of numbers, which is validated in every fit
LEARNERS = [
    ExpandedClassifier(LogisticRegression(), ExpansiveSynthesizer(random_state=0)),
    ExpandedRegressor(Ridge(), ExpansiveSynthesizer(law="global", random_state=0), target_law="recombined"),
]


# new rows are made of rows, whatever their weights
UNEQUAL = dict.fromkeys(
    ["check_sample_weight_equivalence_on_dense_data", "check_sample_weight_equivalence_on_sparse_data"],
    "a row of weight 2 is one row for the sampler, and one of weight 0 too",
)


@sklearn_checks(
    [SAMPLER, GATE, *LEARNERS],
    expected_failed_checks=lambda estimator: UNEQUAL if estimator in LEARNERS else {},
)
def test_scikit_learn(estimator, check):
    check(estimator)


@pytest.mark.parametrize("check", [check_param_validation, check_dataframe_column_names_consistency])
def test_checks_that_are_not_yielded(check):
    check("ExpansiveSynthesizer", ExpansiveSynthesizer())
    check("GatedSynthesizer", GATE)


@pytest.mark.slow
@imblearn_checks([DROP_IN])
def test_imbalanced_learn_on_the_drop_in(estimator, check):
    check(estimator)


@pytest.mark.slow
@sklearn_checks([DROP_IN])
def test_scikit_learn_on_the_drop_in(estimator, check):
    check(estimator)


@pytest.mark.slow
@sklearn_checks([ExpandedRegressor(Ridge(), SAMPLER)], expected_failed_checks=lambda estimator: UNEQUAL)
def test_scikit_learn_on_smooth_numbers(estimator, check):
    check(estimator)
