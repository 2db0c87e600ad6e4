"""skexpand: expand small data sets into large ones that train better models.

The way of a row, and the modules that it passes::

    raw table --codec--> tensor --network: encoder + attention--> latent --dynamics.graph: edges-->
                                                                                    |
    dynamics.koopman: modes + residuals <-------------------------------------------+
        |
        +--dynamics.expander, dynamics.law: new latents--> transport --network: decoder--> codec --> new rows

``expansion`` puts it together. Before it, ``request`` checks what a call asks for; ``training`` fits the network;
``storage`` keeps the result. Beside it, ``comparison`` sets learners with new rows against those without.

``ExpansiveSynthesizer`` is the sampler (``fit``, ``fit_resample``, ``sample``), ``ExpandedClassifier`` and
``ExpandedRegressor`` are learners that expand their training rows, and ``skexpand.pipeline`` holds the Pipeline in
which a sampler can be a step. Whether it is worth it: ``skexpand.metrics`` measures, ``GatedSynthesizer`` expands only
where a gain is shown, ``ExpansionReport`` shows people.
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
