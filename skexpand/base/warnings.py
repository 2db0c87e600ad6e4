"""Warnings: each failure sign has its own class, so that users can filter it."""


class ExpansionWarning(UserWarning):
    """Base class of all warnings about the quality of an expansion."""


class PoorReconstructionWarning(ExpansionWarning):
    """The autoencoder loses too much of the real rows; look at ``reconstruction_error_``."""


class LowDiversityWarning(ExpansionWarning):
    """New rows of a class repeat each other or stay on few directions; look at ``diversity_``."""


class UnsureLabelsWarning(ExpansionWarning):
    """Labels inferred for rows without one cannot be trusted; look at ``label_distributions_``."""


class DistributionShiftWarning(ExpansionWarning):
    """New rows are distributed differently from the real ones; look at ``distribution_shift_``."""
