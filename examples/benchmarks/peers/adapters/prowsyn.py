"""ProWSyn: proximity-weighted oversampling (package ``smote-variants``)."""

from adapters.smote_family import maker
from smote_variants import ProWSyn

make = maker(ProWSyn)
