"""How good are new rows? Four questions, each answered by figures, and each figure with its reference.

===============  =====================================================================================================
fidelity         distributed like the real ones? ``column_wasserstein``, ``sliced_wasserstein``,
                 ``maximum_mean_discrepancy``, ``correlation_difference``, ``two_sample_auc``
diversity        across the whole region, without repeats? ``density``, ``coverage``, ``clipped_density``,
                 ``clipped_coverage``, ``repeats``, ``effective_sample_size``
privacy          what do they reveal?  ``distance_to_closest_record``, ``nearest_neighbour_distance_ratio``, and the
                 only one that means anything for privacy, ``membership_inference``
utility          does a learner gain? ``utility_score``
===============  =====================================================================================================

All but the last take ``(real, synthetic)`` or a sampler and return a ``Figure``: its ``value``, and for comparison
``matched`` and ``reference``, the same between samples of equal size, the latter of real rows only. Tables may be
DataFrames with categories, dates and missing values; they are encoded by the library's codec.
"""

from skexpand.metrics._figure import Figure
from skexpand.metrics.diversity import (
    clipped_coverage,
    clipped_density,
    coverage,
    density,
    effective_sample_size,
    repeats,
)
from skexpand.metrics.fidelity import (
    column_wasserstein,
    correlation_difference,
    maximum_mean_discrepancy,
    sliced_wasserstein,
    two_sample_auc,
)
from skexpand.metrics.privacy import (
    distance_to_closest_record,
    membership_inference,
    nearest_neighbour_distance_ratio,
)
from skexpand.metrics.utility import Utility, utility_score

__all__ = [
    "Figure",
    "Utility",
    "clipped_coverage",
    "clipped_density",
    "column_wasserstein",
    "correlation_difference",
    "coverage",
    "density",
    "distance_to_closest_record",
    "effective_sample_size",
    "maximum_mean_discrepancy",
    "membership_inference",
    "nearest_neighbour_distance_ratio",
    "repeats",
    "sliced_wasserstein",
    "two_sample_auc",
    "utility_score",
]
