"""skexpand: expand small data sets into large ones that train better models.

The path of a row through the modules::

    raw table --codec--> tensor --network: encoder + attention--> latent --dynamics.graph: edges-->
                                                                                    |
    dynamics.koopman: modes + residuals <-------------------------------------------+
        |
        +--dynamics.expander, dynamics.law: new latents--> transport --network: decoder--> codec --> new rows

``expansion`` holds the fitted model. ``request`` checks the arguments of a call, ``training`` fits the network, and
``storage`` saves the result. ``comparison`` compares learners trained with and without new rows.

``ExpansiveSynthesizer`` is the sampler (``fit``, ``fit_resample``, ``sample``), ``ExpandedClassifier`` and
``ExpandedRegressor`` are learners that expand their training rows, and ``skexpand.pipeline`` holds the Pipeline in
which a sampler can be a step. To find out whether expansion is worth it, ``skexpand.metrics`` measures new rows,
``GatedSynthesizer`` expands only if validation supports it, and ``ExpansionReport`` writes a report.
"""

from skexpand._version import __version__
from skexpand.base.warnings import (
    DistributionShiftWarning,
    ExpansionWarning,
    LowDiversityWarning,
    PoorReconstructionWarning,
    UnsureLabelsWarning,
)
from skexpand.estimators.classifier import ExpandedClassifier
from skexpand.estimators.gate import GatedSynthesizer
from skexpand.estimators.regressor import ExpandedRegressor
from skexpand.estimators.synthesizer import ExpansiveSynthesizer
from skexpand.report import ExpansionReport

__all__ = [
    "DistributionShiftWarning",
    "ExpandedClassifier",
    "ExpandedRegressor",
    "ExpansionReport",
    "ExpansionWarning",
    "ExpansiveSynthesizer",
    "GatedSynthesizer",
    "LowDiversityWarning",
    "PoorReconstructionWarning",
    "UnsureLabelsWarning",
    "__version__",
]
