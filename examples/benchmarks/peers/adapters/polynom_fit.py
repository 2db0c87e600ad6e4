"""polynom-fit-SMOTE, its star topology: rows on the way to the class mean (package ``smote-variants``)."""

from adapters.smote_family import maker
from smote_variants.oversampling._polynom_fit_smote import polynom_fit_SMOTE

make = maker(polynom_fit_SMOTE)  # the public class of this topology wraps this one, and its defaults
