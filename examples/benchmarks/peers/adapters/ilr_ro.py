"""Random over-sampling of rare numbers (package ``ImbalancedLearningRegression``)."""

from adapters.rare_numbers import maker
from ImbalancedLearningRegression import ro

make = maker(ro)
