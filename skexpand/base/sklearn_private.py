"""The one door to names of scikit-learn and Python that are private, and so may move with any release.

Everything else imports them from here (ruff's TID251 sees to that), under the names that they have there. Of
imbalanced-learn, only public names are used. What to do when one moves stands in CONTRIBUTING.md.
"""

from __future__ import annotations

import sys
from typing import Any

from sklearn.base import BaseEstimator, _clone_parametrized, _fit_context
from sklearn.utils import _safe_indexing
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import _check_y

__all__ = [
    "DIAGRAMS_SHOW_TABLES",
    "HasMethods",
    "Interval",
    "StrOptions",
    "_check_y",
    "_clone_parametrized",
    "_fit_context",
    "_safe_indexing",
    "asked_by_pipeline",
    "validate_params",
]

# The boxes of diagrams show what ``_get_params_html`` returns; scikit-learn < 1.7 shows the text of an estimator alone.
DIAGRAMS_SHOW_TABLES = hasattr(BaseEstimator, "_get_params_html")


def validate_params(estimator: Any) -> None:
    """Refuse parameters of an estimator that its ``_parameter_constraints`` exclude."""
    estimator._validate_params()


def asked_by_pipeline() -> bool:
    """Return whether the function that calls this one was called where scikit-learn's Pipeline checks its steps."""
    caller = sys._getframe(2)
    return (caller.f_globals.get("__name__"), caller.f_code.co_name) == ("sklearn.pipeline", "_validate_steps")
