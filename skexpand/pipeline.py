"""imbalanced-learn's Pipeline, in which a sampler may change y.

scikit-learn's own Pipeline passes only X from step to step, so a sampler cannot be one of its steps.
"""

from __future__ import annotations

from imblearn.pipeline import Pipeline, make_pipeline

__all__ = ["Pipeline", "make_pipeline"]
