"""SMOGN: SMOTE for regression, with Gaussian noise where neighbours are far (package ``smogn``)."""

from adapters.rare_numbers import maker
from smogn import smoter

make = maker(smoter)
