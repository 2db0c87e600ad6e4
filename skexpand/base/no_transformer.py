"""The error a sampler raises if it is used as a transformer."""

from __future__ import annotations

from typing import Any

from skexpand.base.sklearn_private import asked_by_pipeline


class NoTransformer:
    """A sampler that explains how to use it when scikit-learn's Pipeline looks up ``transform``.

    scikit-learn's own message would only say that the step has no ``transform``. A sampler must not define it
    (imbalanced-learn refuses samplers that do), so the message is raised when the attribute is looked up.
    """

    def __getattr__(self, name: str) -> Any:
        if name in ("transform", "fit_transform") and asked_by_pipeline():
            raise TypeError(
                f"{type(self).__name__} adds rows to X and y, which scikit-learn's Pipeline cannot do: its steps only "
                "change X. Two ways out: (1) use `from skexpand.pipeline import Pipeline` (imbalanced-learn's), with "
                "the same steps; (2) keep scikit-learn's Pipeline and make `ExpandedClassifier(classifier, sampler)` "
                "or, for numbers, `ExpandedRegressor(regressor, sampler)` its last step."
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
