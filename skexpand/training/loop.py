"""Training of the network: epoch loop, early stopping, history (the loss is in ``losses.py``).

Held-out reconstruction chooses the epoch, and epoch 0 (PCA) is a candidate: where the linear autoencoder is
already exact, nothing is trained at all.
"""

from __future__ import annotations

import copy
import math
import warnings

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from torch import Tensor
from torch.nn import functional as F
from tqdm.auto import trange

from skexpand.base.adam import Adam
from skexpand.base.random import draw_seed
from skexpand.base.types import FloatArray, IntArray
from skexpand.dynamics.graph import Edges
from skexpand.network.model import Build, ExpansionNetwork
from skexpand.request.plan import Plan
from skexpand.training.batch import Batch, Snapshot
from skexpand.training.history import History
from skexpand.training.losses import LOSSES

BATCH_SIZE = 64
PATIENCE = 10
EXACT = 1e-6  # relative reconstruction error below which training stops
MIN_ROWS = 10  # fewer rows cannot spare any for validation


def train(
    X: FloatArray,
    labels: IntArray,
    edges: Edges,
    build: Build,
    plan: Plan,
    rng: np.random.Generator,
    exact: bool = False,
) -> tuple[ExpansionNetwork, History]:
    """Train on encoded rows X of shape (n, n_columns) with class codes; return the network and its history.

    ``build`` makes the network of epoch 0 from the rows that may be seen; it may draw from torch's global generator.
    ``exact`` says that this network gives all rows back. Then nothing is left to learn: with more columns than rows,
    rows held out would lie in directions that the others do not show, and no network tells these.
    """
    fitted, held_out = _hold_out(X, labels, plan, rng)
    history = History()
    if exact and plan.early_stopping and plan.max_epochs and len(X) <= X.shape[1]:
        for _ in range(2):
            draw_seed(rng)  # as many as for a training whose best epoch is 0
        history.records.append({"epoch": 0, "validation_reconstruction": float("nan")})
        return _start(build, X, plan, rng), history
    network = _start(build, X[fitted], plan, rng)
    if (not len(held_out) and plan.early_stopping) or not plan.max_epochs:
        history.records.append({"epoch": 0, "validation_reconstruction": float("nan")})
        return _start(build, X, plan, rng), history
    Trainer(network, X, labels, edges, plan, rng, fitted, held_out).run(history)
    if history.best_epoch == 0:  # the linear autoencoder is best: fit it to all rows
        network = _start(build, X, plan, rng)
    network.eval()
    if not plan.early_stopping and not np.isfinite(network.decode(network.encode(X))).all():
        raise ValueError(
            f"Training diverged: after {plan.max_epochs} epochs the network returns no finite numbers. Lower "
            f"learning_rate={plan.learning_rate:g}, or set early_stopping=True."
        )
    return network, history


def _hold_out(X: FloatArray, labels: IntArray, plan: Plan, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    rows = np.arange(len(X))
    if not plan.early_stopping or len(X) < MIN_ROWS:
        return rows, rows[:0]
    n_held_out = min(math.ceil(plan.validation_fraction * len(X)), len(X) - 1)
    fitted, held_out = train_test_split(rows, test_size=n_held_out, random_state=draw_seed(rng))
    return np.sort(fitted), np.sort(held_out)


def _start(build: Build, X: FloatArray, plan: Plan, rng: np.random.Generator) -> ExpansionNetwork:
    """Build the network at epoch 0, its weights drawn without touching torch's global generator."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(draw_seed(rng))  # torch.manual_seed would seed the GPUs as well
        network = build(X)
    return network.to(plan.device).eval()


class Trainer:
    """One run of the epoch loop."""

    def __init__(
        self,
        network: ExpansionNetwork,
        X: FloatArray,
        labels: IntArray,
        edges: Edges,
        plan: Plan,
        rng: np.random.Generator,
        fitted: IntArray,
        held_out: IntArray,
    ) -> None:
        self.network, self.plan = network, plan
        self.X = torch.as_tensor(X, dtype=torch.float32, device=plan.device)
        self.labels = torch.as_tensor(labels, dtype=torch.long, device=plan.device)
        self.fitted, self.held_out = torch.as_tensor(fitted), torch.as_tensor(held_out)
        inside = np.isin(edges.sources, fitted) & np.isin(edges.targets, fitted)
        self.edges = torch.as_tensor(np.stack([edges.sources[inside], edges.targets[inside]]))
        self.generator = torch.Generator().manual_seed(draw_seed(rng))
        self.optimizer = Adam(network.parameters(), plan.learning_rate)

    def run(self, history: History) -> None:
        """Train until held-out reconstruction stops improving; leave the best weights in the network."""
        best_error = self._validate()
        history.records.append({"epoch": 0, "validation_reconstruction": best_error})
        best_state = copy.deepcopy(self.network.state_dict())
        if best_error <= EXACT:
            return
        stopped = False
        for epoch in trange(1, self.plan.max_epochs + 1, disable=not self.plan.verbose, desc="training"):
            record = {"epoch": epoch, **self._epoch(), "validation_reconstruction": self._validate()}
            history.records.append(record)
            error = record["validation_reconstruction"]
            if error < best_error or not self.plan.early_stopping:
                best_error, history.best_epoch = error, epoch
                best_state = copy.deepcopy(self.network.state_dict())
            if stopped := self.plan.early_stopping and epoch - history.best_epoch >= PATIENCE:
                break
        self.network.load_state_dict(best_state)
        if self.plan.early_stopping and not stopped and history.best_epoch == self.plan.max_epochs:
            warnings.warn(
                f"Held-out reconstruction was still improving after max_epochs={self.plan.max_epochs}; "
                "raise max_epochs or learning_rate.",
                ConvergenceWarning,
                stacklevel=2,
            )

    @torch.no_grad()
    def _validate(self) -> float:
        if not len(self.held_out):
            return float("nan")
        self.network.eval()
        rows = self.X[self.held_out]
        error = F.mse_loss(self.network(rows).reconstruction, rows)
        return float(error / rows.square().mean().clamp_min(1e-12))

    def _epoch(self) -> dict[str, float]:
        self.network.train()
        snapshot = self._snapshot() if self._uses_edges else None
        order = self.fitted[torch.randperm(len(self.fitted), generator=self.generator)]
        sums: dict[str, float] = {}
        batches = order.split(BATCH_SIZE)
        for rows in batches:
            terms = self._losses(rows, snapshot)
            loss = torch.stack([self.plan.loss_weights[name] * term for name, term in terms.items()]).sum()
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            for name, term in terms.items():
                sums[name] = sums.get(name, 0.0) + float(term.detach()) / len(batches)
        return sums

    @property
    def _uses_edges(self) -> bool:
        weights = self.plan.loss_weights
        return self.edges.shape[1] > 0 and any(weights[name] for name, loss in LOSSES.items() if loss.needs_edges)

    @torch.no_grad()
    def _snapshot(self) -> Snapshot:
        latents = self.network.encoder(self.X)
        onehot = F.one_hot(self.labels[self.fitted], self.network.classifier.out_features).to(latents.dtype)
        means = onehot.T @ latents[self.fitted] / onehot.sum(0).clamp_min(1).unsqueeze(1)
        deviations = latents - means[self.labels]
        before, after = deviations[self.edges[0]], deviations[self.edges[1]]
        gram = before.T @ before
        identity = torch.eye(len(gram), dtype=gram.dtype, device=gram.device)
        ridge = 1e-3 * gram.diagonal().mean().clamp_min(1e-6) * identity
        return Snapshot(means, torch.linalg.solve(gram + ridge, before.T @ after))

    def _losses(self, rows: Tensor, snapshot: Snapshot | None) -> dict[str, Tensor]:
        """Compute the terms that have weight (and those that are recorded in any case)."""
        batch = Batch(self.network, self.X, self.labels, self.edges, rows, snapshot, self.generator)
        return {
            name: loss.term(*(getattr(batch, part) for part in loss.takes))
            for name, loss in LOSSES.items()
            if (self.plan.loss_weights[name] or loss.always) and not (loss.needs_edges and snapshot is None)
        }
