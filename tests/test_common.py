"""The checks that imbalanced-learn and scikit-learn have for every estimator. None is expected to fail."""

import pytest
from imblearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    check_param_validation,
)
from imblearn.utils.estimator_checks import parametrize_with_checks as imblearn_checks
from sklearn.linear_model import LogisticRegression
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


LEARNERS = [
    ExpandedClassifier(LogisticRegression(), ExpansiveSynthesizer(random_state=0)),
    ExpandedRegressor(sampler=ExpansiveSynthesizer(law="global", random_state=0)),
]


@sklearn_checks([SAMPLER, GATE, *LEARNERS])
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
