r"""What the losses of a batch are computed from; each part is computed when the first loss needs it.

.. math:: r_e = b_e - K a_e, \qquad \hat y = m_c + K (y - m_c) + \sum_e w_e r_e, \quad \lVert w \rVert_2 = 1

Class means m and operator K are the epoch's snapshot; a and b, the deviations of the ends of edges, are encoded anew,
with gradient.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor
from torch.nn import functional as F

from skexpand.network.model import ExpansionNetwork, Output

N_PROJECTIONS = 16
RECOMBINED = 4  # residuals in each expansion


@dataclass
class Snapshot:
    """What the losses need of the whole training set, renewed each epoch without gradient."""

    means: Tensor  # (n_classes, latent_dim)
    operator: Tensor  # (latent_dim, latent_dim), one Koopman step for rows from the left


class Batch:
    """A batch of rows, and the quantities that losses need.

    Parameters
    ----------
    network : ExpansionNetwork
        The network that is trained.
    rows, codes : Tensor
        All rows (n, n_columns) and their class codes.
    edges : Tensor of shape (2, n_edges)
        Sources and targets of the edges between fitted rows.
    picked : Tensor
        Which rows the batch consists of.
    snapshot : Snapshot or None
        None where no loss needs edges.
    generator : torch.Generator
        Where edges, weights and directions are drawn from.
    """

    def __init__(
        self,
        network: ExpansionNetwork,
        rows: Tensor,
        codes: Tensor,
        edges: Tensor,
        picked: Tensor,
        snapshot: Snapshot | None,
        generator: torch.Generator,
    ) -> None:
        self.network, self.rows, self.codes, self.edges = network, rows, codes, edges
        self.generator = generator
        self.x, self.labels = rows[picked], codes[picked]
        self._output: Output = network(self.x)
        self._snapshot = snapshot

    @property
    def snapshot(self) -> Snapshot:
        """Class means and operator of the epoch."""
        assert self._snapshot is not None
        return self._snapshot

    @property
    def reconstruction(self) -> Tensor:
        """The rows as the autoencoder reconstructs them."""
        return self._output.reconstruction

    @property
    def logits(self) -> Tensor:
        """The scores of the classes."""
        return self._output.logits

    @cached_property
    def _steps(self) -> tuple[Tensor, Tensor]:
        """As many random edges as there are rows: the deviations of their sources and targets."""
        pick = torch.randint(self.edges.shape[1], (len(self.x),), generator=self.generator)
        sources, targets = self.edges[0][pick], self.edges[1][pick]
        centre = self.snapshot.means[self.codes[sources]]
        return self.network.encoder(self.rows[sources]) - centre, self.network.encoder(self.rows[targets]) - centre

    @property
    def after(self) -> Tensor:
        """The deviations of the targets of edges."""
        return self._steps[1]

    @cached_property
    def residuals(self) -> Tensor:
        """The residuals of the operator's prediction."""
        return self.after - self._steps[0] @ self.snapshot.operator

    @cached_property
    def deviations(self) -> Tensor:
        """The rows' latent deviations from their class means."""
        return self._output.latents - self.snapshot.means[self.labels]

    @cached_property
    def expansion(self) -> Tensor:
        """The law applied to these deviations: K (y - m) plus a unit-norm sum of residuals."""
        residuals, shape = self.residuals, (len(self.x), RECOMBINED)
        pick = torch.randint(len(residuals), shape, generator=self.generator)
        weights = torch.randn(shape, generator=self.generator, dtype=torch.float32)
        weights = F.normalize(weights, dim=1).to(residuals.device)
        return self.deviations @ self.snapshot.operator + torch.einsum("ne,nel->nl", weights, residuals[pick])

    @cached_property
    def expanded(self) -> Tensor:
        """The expansion as decoded rows."""
        return self.network.decoder(self.snapshot.means[self.labels] + self.expansion)

    @cached_property
    def directions(self) -> Tensor:
        """Random unit directions, one per column of (n_columns, n_projections)."""
        shape = self.x.shape[1], N_PROJECTIONS
        directions = torch.randn(shape, generator=self.generator, dtype=torch.float32)
        return F.normalize(directions.to(self.x.device), dim=0)
