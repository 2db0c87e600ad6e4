"""Training: epoch 0 is a candidate, the best epoch is kept, and every loss can be switched off."""

import warnings

import numpy as np
import pytest
import torch
from sklearn.exceptions import ConvergenceWarning

from skexpand import ExpansiveSynthesizer
from skexpand.codec import NumericCodec
from skexpand.codec.domain import Domain
from skexpand.dynamics.graph import local_edges
from skexpand.fitting.start import linear_start
from skexpand.request.plan import LOSS_WEIGHTS, Plan
from skexpand.training import loop
from skexpand.training.history import History
from skexpand.training.loop import PATIENCE, Trainer, train
from tests.tables import arc, blobs

OPTIONAL = [name for name in LOSS_WEIGHTS if name != "reconstruction"]


def encoded(X):
    return NumericCodec.fit(X, [Domain()] * X.shape[1]).encode(X)


def run(X, labels, latent_dim, seed=0, **parameters):
    """Train on a table; return the network and its history."""
    X = encoded(X)
    plan = Plan.of(ExpansiveSynthesizer(**parameters))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        start = linear_start(latent_dim, int(labels.max()) + 1, plan.n_heads)
        return train(X, labels, local_edges(X, labels, 5), start, plan, np.random.default_rng(seed))


def make_trainer(rng, latent_dim=2, noise=0.0, **parameters):
    """Return a trainer before its first epoch, with every fifth row held out."""
    X, labels = arc(rng, 100)
    X = encoded(X + noise * rng.standard_normal(X.shape))
    plan = Plan.of(ExpansiveSynthesizer(**parameters))
    rows = np.arange(100)
    network = loop._start(linear_start(latent_dim, 2, plan.n_heads), X, plan, rng)
    edges = local_edges(X, labels, 5)
    return Trainer(network, X, labels, edges, plan, rng, rows[rows % 5 > 0], rows[rows % 5 == 0])


def test_nothing_is_trained_where_pca_is_exact(rng):
    X, labels = blobs(rng, [30, 30], 5)
    network, history = run(X, labels, 5)
    assert history.best_epoch == 0
    assert len(history.records) == 1
    assert history.records[0]["validation_reconstruction"] < 1e-6
    np.testing.assert_allclose(network.decode(network.encode(encoded(X))), encoded(X), atol=1e-4)
    assert not network.training


def test_training_beats_pca_on_a_curve(rng, seed):
    X, labels = arc(rng, 200)
    _, history = run(X, labels, 1, seed, max_epochs=40, learning_rate=1e-2)
    errors = history.column("validation_reconstruction")
    assert history.best_epoch > 0
    assert min(errors) < 0.7 * errors[0]


def test_epoch_zero_is_kept_where_training_only_harms(rng, seed):
    # independent columns: PCA is the best there is, and huge steps destroy it
    X, labels = rng.standard_normal((60, 6)), np.arange(60) % 2
    network, history = run(X, labels, 3, seed, max_epochs=15, learning_rate=1.0)
    errors = history.column("validation_reconstruction")
    assert history.best_epoch == 0
    assert len(errors) == PATIENCE + 1
    assert float(network.encoder.gate.detach()) == 0
    # and then all rows decide on the axes, not only those that were fitted
    values, vectors = np.linalg.eigh(np.cov(encoded(X).T))
    projector = vectors[:, np.argsort(values)[-3:]] @ vectors[:, np.argsort(values)[-3:]].T
    axes = network.encoder.linear.weight.detach().double().numpy()
    np.testing.assert_allclose(axes.T @ axes, projector, atol=1e-4)


@pytest.mark.parametrize("learning_rate", [1e-2, 1e-1])
def test_the_best_state_is_restored(rng, learning_rate):
    trainer = make_trainer(rng, 1, max_epochs=40, learning_rate=learning_rate)
    history = History()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        trainer.run(history)
    errors = history.column("validation_reconstruction")
    assert history.best_epoch == int(np.argmin(errors))
    assert trainer._validate() == pytest.approx(min(errors), rel=1e-6)
    assert len(errors) == min(41, history.best_epoch + PATIENCE + 1)
    assert history.column("epoch") == list(range(len(errors)))


def test_without_early_stopping_all_epochs_run_on_all_rows(rng, seed, monkeypatch):
    seen = []
    losses = Trainer._losses

    def spy(self, rows, snapshot):
        seen.append(rows)
        return losses(self, rows, snapshot)

    monkeypatch.setattr(Trainer, "_losses", spy)
    X, labels = blobs(rng, [20, 20], 4)
    network, history = run(X, labels, 4, seed, early_stopping=False, max_epochs=12)
    assert history.best_epoch == 12
    assert len(history.records) == 13
    assert np.isnan(history.column("validation_reconstruction")).all()
    assert sorted(set(torch.cat(seen).tolist())) == list(range(40))
    assert np.isfinite(network.encode(encoded(X))).all()


@pytest.mark.parametrize(
    ("errors", "n_epochs", "kept", "warns"),
    [
        ([1, 0.9, 0.8, 0.7], 3, 3, True),  # still improving
        ([1, 0.9, 0.8, 0.85], 3, 2, False),
        ([1] + [2] * 50, PATIENCE, 0, False),  # never improves
        ([1, 0.5, 0.6, 0.4] + [0.45] * 50, 3 + PATIENCE, 3, False),
    ],
    ids=["cut short", "past the best", "epoch 0", "stopped"],
)
def test_early_stopping(rng, monkeypatch, errors, n_epochs, kept, warns):
    errors = iter(errors)
    monkeypatch.setattr(Trainer, "_validate", lambda self: float(next(errors)))
    trainer, history = make_trainer(rng, 1, max_epochs=3 if n_epochs == 3 else 100), History()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        trainer.run(history)
    assert [w.category for w in caught] == [ConvergenceWarning] * warns
    assert len(history.records) == n_epochs + 1
    assert history.best_epoch == kept
    if warns:
        assert "max_epochs=3" in str(caught[0].message)


@pytest.mark.parametrize("off", [[], *([name] for name in OPTIONAL), OPTIONAL], ids=str)
def test_a_loss_without_weight_is_not_computed(rng, off):
    X, labels = arc(rng, 40)
    weights = dict.fromkeys(LOSS_WEIGHTS, 0.1) | dict.fromkeys(off, 0)
    _, history = run(X, labels, 1, max_epochs=2, loss_weights=weights)
    expected = {"epoch", "validation_reconstruction", *LOSS_WEIGHTS} - set(off)
    assert all(set(record) == expected for record in history.records[1:])
    assert all(np.isfinite(value) and value >= 0 for record in history.records for value in record.values())


@pytest.mark.parametrize("name", LOSS_WEIGHTS)
def test_every_loss_moves_the_encoder(rng, name):
    trainer = make_trainer(rng, 2, loss_weights=dict.fromkeys(LOSS_WEIGHTS, 1.0))
    terms = trainer._losses(trainer.fitted[:50], trainer._snapshot())
    terms[name].backward()
    gradient = trainer.network.encoder.linear.weight.grad
    assert torch.isfinite(gradient).all()
    assert gradient.abs().max() > 0


@pytest.mark.parametrize("name", ["reconstruction", "classification", "koopman", "transport"])
def test_a_loss_of_great_weight_goes_down(rng, name):
    """All but "covariance", which the law keeps by construction, so that its loss starts at its noise."""
    weights = dict.fromkeys(LOSS_WEIGHTS, 0.0) | {"reconstruction": 0.1, name: 10.0}
    trainer = make_trainer(rng, 2, noise=0.3, learning_rate=1e-3, loss_weights=weights)
    with torch.no_grad():
        trainer.network.decoder.linear.weight.mul_(2)  # away from the optimum that it starts at
    before = mean_loss(trainer, name)
    for _ in range(40):
        trainer._epoch()
    assert mean_loss(trainer, name) < before


def mean_loss(trainer, name):
    """Return a loss on all fitted rows, averaged over draws of edges, weights and directions."""
    snapshot = trainer._snapshot()
    with torch.no_grad():
        return np.mean([float(trainer._losses(trainer.fitted, snapshot)[name]) for _ in range(20)])


def test_the_snapshot_holds_class_means_and_the_best_linear_step(rng):
    trainer = make_trainer(rng, 2)
    snapshot = trainer._snapshot()
    fitted = trainer.fitted.numpy()
    latents, labels = trainer.network.encode(trainer.X.numpy()), trainer.labels.numpy()
    means = np.array([latents[[i for i in fitted if labels[i] == c]].mean(axis=0) for c in (0, 1)])
    np.testing.assert_allclose(snapshot.means, means, atol=1e-5)
    sources, targets = trainer.edges.numpy()
    assert np.isin(sources, fitted).all(), "an edge starts at a held-out row"
    assert np.isin(targets, fitted).all(), "an edge leads to a held-out row"
    before, after = latents[sources] - means[labels[sources]], latents[targets] - means[labels[targets]]
    expected = np.linalg.lstsq(before, after, rcond=None)[0]
    np.testing.assert_allclose(snapshot.operator, expected, atol=2e-2)  # the ridge is one thousandth


@pytest.mark.parametrize("counts", [[2, 2], [5, 4], [30, 1], [1, 1], [40, 1, 1]], ids=str)
@pytest.mark.parametrize("early_stopping", [True, False])
def test_tiny_classes(rng, counts, early_stopping):
    X, labels = blobs(rng, counts, 4)
    network, history = run(X, labels, 2, max_epochs=3, early_stopping=early_stopping)
    assert np.isfinite(network.encode(encoded(X))).all()
    if early_stopping and len(X) < loop.MIN_ROWS:
        assert history.best_epoch == 0
        assert len(history.records) == 1


def test_rows_that_are_all_alike_do_not_spoil_the_weights():
    network, _ = run(np.ones((20, 3)), np.arange(20) % 2, 1, early_stopping=False, max_epochs=3)
    assert all(torch.isfinite(p).all() for p in network.parameters())


def test_progress_bar_only_when_asked_for(rng, capsys):
    X, labels = arc(rng, 40)
    run(X, labels, 1, max_epochs=2)
    quiet = capsys.readouterr()
    assert quiet.out == quiet.err == ""
    run(X, labels, 1, max_epochs=2, verbose=1)
    shown = capsys.readouterr().err
    assert "training" in shown
    assert "2/2" in shown


@pytest.mark.parametrize("max_epochs", [1, 30])
def test_divergence_is_told(rng, max_epochs):
    X, labels = arc(rng, 60)
    with pytest.raises(ValueError, match=r"Training diverged.*learning_rate=1e\+30.*early_stopping"):
        run(X, labels, 1, max_epochs=max_epochs, learning_rate=1e30, early_stopping=False)
    network, history = run(X, labels, 1, max_epochs=max_epochs, learning_rate=1e30)
    assert history.best_epoch == 0
    assert np.isfinite(network.encode(encoded(X))).all()


def test_history_columns():
    history = History([{"epoch": 0}, {"epoch": 1, "koopman": 0.5}])
    assert history.column("epoch") == [0, 1]
    assert np.isnan(history.column("koopman")[0])
    assert history.column("koopman")[1] == 0.5
