"""imbalanced-learn's Pipeline, the one in which a sampler may change y.

scikit-learn's own Pipeline passes only X from step to step, so a sampler cannot be one of its steps.
"""

from __future__ import annotations

import sys

from imblearn.pipeline import Pipeline, make_pipeline

__all__ = ["Pipeline", "make_pipeline"]

_WAYS_OUT = (
    "ExpansiveSynthesizer adds rows to X and y, which scikit-learn's Pipeline cannot do: its steps only change X. "
    "Two ways out: (1) use `from skexpand.pipeline import Pipeline` (imbalanced-learn's), with the same steps; "
    "(2) keep scikit-learn's Pipeline and make `ExpandedClassifier(classifier, synthesizer)` its last step."
)


def refuse_sklearn_pipeline(name: str) -> None:
    """Raise a TypeError with the ways out if scikit-learn's Pipeline is asking a step for ``transform``.

    Its own message would only say that the step has none. A sampler must not define ``transform``
    (imbalanced-learn refuses samplers that do), so the question itself is the place to answer.
    """
    if name not in ("transform", "fit_transform"):
        return
    caller = sys._getframe(2)
    if caller.f_code.co_name == "_validate_steps" and caller.f_globals.get("__name__") == "sklearn.pipeline":
        raise TypeError(_WAYS_OUT)
