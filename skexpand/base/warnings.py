"""Warnings of their own classes, so that users can filter each failure sign by itself."""


class ExpansionWarning(UserWarning):
    """Base of all warnings about the quality of an expansion."""


class PoorReconstructionWarning(ExpansionWarning):
    """The autoencoder loses too much of the real rows; look at ``reconstruction_error_``."""


class LowDiversityWarning(ExpansionWarning):
    """New rows of a class repeat each other or stay on few directions; look at ``diversity_``."""


class UnsureLabelsWarning(ExpansionWarning):
    """Labels inferred for rows without one cannot be trusted; look at ``label_distributions_``."""


class DistributionShiftWarning(ExpansionWarning):
    """New rows are distributed unlike the real ones; look at ``distribution_shift_``."""
