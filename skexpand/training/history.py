"""The record of a training."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class History:
    """The history of training: one record per epoch, starting with epoch 0.

    Attributes
    ----------
    records : list of dict
        Per epoch: ``epoch``, the mean of each loss term over the batches (not for epoch 0) and
        ``validation_reconstruction``, the mean squared error on held-out rows relative to their variance
        (NaN without held-out rows).
    best_epoch : int
        The epoch whose weights were kept.
    """

    records: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int = 0

    def column(self, name: str) -> list[float]:
        """Return one quantity over the epochs (NaN where it was not recorded)."""
        return [record.get(name, float("nan")) for record in self.records]
