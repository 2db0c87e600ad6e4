"""Gaussian noise on rows of rare numbers (package ``ImbalancedLearningRegression``)."""

from adapters.rare_numbers import maker
from ImbalancedLearningRegression import gn

make = maker(gn)
