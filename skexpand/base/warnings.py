"""Warnings: each failure sign has its own class, so that users can filter it."""

from skexpand._version import DOCS


class ExpansionWarning(UserWarning):
    """Base class of all warnings about the quality of an expansion; the text ends with a link to its explanation."""

    def __str__(self) -> str:
        return f"{super().__str__()} See {DOCS}/user_guide/messages.html#{type(self).__name__.lower()}"


class PoorReconstructionWarning(ExpansionWarning):
    """The autoencoder loses too much of the real rows; look at ``reconstruction_error_``."""


class LowDiversityWarning(ExpansionWarning):
    """New rows of a class repeat each other or stay on few directions; look at ``diversity_``."""


class OutlierWarning(ExpansionWarning):
    """Columns have values far from all others, or codes such as -999 for a gap; look at ``columns_``."""


class UnsureLabelsWarning(ExpansionWarning):
    """Labels or numbers inferred for rows without one cannot be trusted; look at ``label_distributions_``.

    For numbers, look at ``label_error_``.
    """


class DistributionShiftWarning(ExpansionWarning):
    """New rows are distributed differently from the real ones; look at ``distribution_shift_``."""
