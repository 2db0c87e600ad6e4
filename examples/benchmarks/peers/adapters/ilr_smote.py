"""SMOTE for rare numbers (package ``ImbalancedLearningRegression``)."""

from adapters.rare_numbers import maker
from ImbalancedLearningRegression import smote

make = maker(smote)
