"""ADASYN for rare numbers (package ``ImbalancedLearningRegression``)."""

from adapters.rare_numbers import maker
from ImbalancedLearningRegression import adasyn

make = maker(adasyn)
