"""SMOTE-IPF: SMOTE, then noisy rows filtered by an ensemble of trees (package ``smote-variants``)."""

from adapters.smote_family import maker
from smote_variants import SMOTE_IPF

make = maker(SMOTE_IPF)
