"""The ablation's variants: the synthesizer with one part removed or replaced.

Where a parameter removes the part, the parameter does it. Elsewhere a function or a setting of
:mod:`skexpand.dynamics` or :mod:`skexpand.network` is replaced while the sampler runs, so that the library needs no
switch that only the ablation would use.

The network matters only where it is trained, and its parts can be told apart only there. So variants of the network
and its losses are compared with ``trained``: half as many latent dimensions as columns, and a fixed number of epochs
whether held-out rows gain by them or not.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any
from unittest import mock

import numpy as np
from branches import Nothing, Perceptron
from on_top import relabelled, representative
from samplers import FloatArray, IntArray, Sampler, expansive

from skexpand.codec.category import CategoryCodec, with_shares
from skexpand.codec.choices import exclusive_columns
from skexpand.dynamics import expander as expander_map
from skexpand.dynamics import graph, selection
from skexpand.dynamics.components import COMPONENTS, Setting, stated_mixture
from skexpand.dynamics.graph import Edges, rows_by_class
from skexpand.dynamics.latents import Latents
from skexpand.network.model import vector_branch  # from the module that builds it, which is thus loaded


@dataclass(frozen=True)
class Variant:
    """What is done to the synthesizer.

    Attributes
    ----------
    change : str
        The change in words, for the table.
    against : str
        The variant that it is compared with.
    parameters : Mapping
        Parameters of the synthesizer.
    patch : callable
        Returns a context in which the synthesizer runs.
    on_top : callable
        Makes another sampler of the synthesizer's.
    """

    change: str
    against: str = "full"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    patch: Callable[[], AbstractContextManager[Any]] = nullcontext
    on_top: Callable[[Sampler], Sampler] = lambda sampler: sampler


def make_variant(law: str, name: str) -> Sampler:
    """Return the sampler of a variant under a law."""
    variant = VARIANTS[name]
    if law not in ("auto", *COMPONENTS):
        raise KeyError(law)

    def sample(X: FloatArray, y: IntArray, total: int, seed: int) -> tuple[FloatArray, IntArray]:
        parameters = {"law": law, **variant.parameters}
        if parameters.get("latent_dim") == "half":
            parameters["latent_dim"] = max(1, np.count_nonzero(np.ptp(X, axis=0)) // 2)
        with variant.patch():
            return variant.on_top(expansive(**parameters))(X, y, total, seed)

    return sample


@contextmanager
def replaced(original: Any, substitute: Any) -> Iterator[None]:
    """Put ``substitute`` wherever a module of skexpand has imported ``original``."""
    modules = [module for name, module in sys.modules.items() if name.startswith("skexpand.")]
    with ExitStack() as stack:
        for module in modules:
            for name in [name for name, value in vars(module).items() if value is original]:
                stack.enter_context(mock.patch.object(module, name, substitute))
        yield


def settings(where: Callable[[Setting], bool] = lambda setting: True, **changes: Any) -> AbstractContextManager[Any]:
    """Change the settings of the law's components."""
    changed = {name: replace(setting, **changes) for name, setting in COMPONENTS.items() if where(setting)}
    return mock.patch.dict(COMPONENTS, changed)


def choosing(choose: Callable[..., dict[str, float]]) -> AbstractContextManager[None]:
    """Choose the mixture of ``law="auto"`` in another way."""
    return replaced(selection.choose_mixture, choose)


def by_prior(latents: Latents, *_: Any) -> dict[str, float]:
    """Take the prior's weights, whatever held-out rows say."""
    return selection.prior_mixture(latents)


def by_validation(latents: Latents, n_neighbors: int, degree: int, rng: np.random.Generator) -> dict[str, float]:
    """Take the component that predicts held-out rows best, whatever the prior says."""
    pure = [stated_mixture(name) for name in COMPONENTS]
    choosers = [lambda _, mixture=mixture: mixture for mixture in pure]
    scores, _ = selection.held_out_scores(latents, choosers, n_neighbors, degree, rng.spawn(1)[0])
    return pure[int(scores.mean(axis=0).argmax())] if len(scores) else selection.prior_mixture(latents)


def learned(setting: Setting) -> bool:
    """Return whether a component's operator is learned."""
    return setting.operator == "koopman"


def network(branch: Callable[[int, int], Any]) -> AbstractContextManager[None]:
    """Build the network with another branch in place of attention."""
    return replaced(vector_branch, lambda n_heads: branch)


def convex_weights(n_new: int, degree: int, rng: np.random.Generator) -> FloatArray:
    """Draw uniformly from the simplex, as interpolation does."""
    return rng.dirichlet(np.ones(degree), n_new).astype(np.float32)


def expander(pairs_of: Callable[[int, int, np.random.Generator], IntArray]) -> AbstractContextManager[None]:
    """Join the rows of each class by other pairs than a random regular graph's.

    As many edges are drawn from them as from the expander.
    """

    def edges_of(labels: IntArray, degree: int, rng: np.random.Generator) -> tuple[Edges, FloatArray]:
        edges = graph.NO_EDGES
        for rows in rows_by_class(labels):
            pairs = rows[pairs_of(len(rows), degree, rng)] if len(rows) > 1 else np.empty((0, 2), np.intp)
            edges += Edges(pairs[:, 0], pairs[:, 1]) + Edges(pairs[:, 1], pairs[:, 0])
        return edges, np.full(int(labels.max()) + 1, np.nan)

    return replaced(graph.expander_edges, edges_of)


def ring(n_nodes: int, degree: int, rng: np.random.Generator) -> IntArray:
    """Join each node to the next, in random order."""
    order = rng.permutation(n_nodes)
    return np.column_stack([order, np.roll(order, -1)])


def complete(n_nodes: int, degree: int, rng: np.random.Generator) -> IntArray:
    """Join all nodes to all."""
    return np.column_stack(np.triu_indices(n_nodes, 1))


def random_pairs(n_nodes: int, degree: int, rng: np.random.Generator) -> IntArray:
    """Join as many pairs at random as a regular graph has, with no regard to degrees."""
    first = rng.integers(n_nodes, size=max(1, n_nodes * degree // 2))
    return np.column_stack([first, (first + rng.integers(1, n_nodes, size=len(first))) % n_nodes])


def category(decide: Callable[[FloatArray, FloatArray], IntArray]) -> AbstractContextManager[None]:
    """Decide by another function of scores (n, n_categories) and shares which category a new row gets."""
    return replaced(with_shares, decide)


def highest(scores: FloatArray, _: FloatArray) -> IntArray:
    """Take the category with the highest score."""
    return scores.argmax(axis=1)


def drawn(rng: np.random.Generator) -> Callable[[FloatArray, FloatArray], IntArray]:
    """Take the scores for probabilities."""

    def draw(scores: FloatArray, _: FloatArray) -> IntArray:
        cumulated = np.cumsum(np.maximum(scores, 0.0), axis=1)
        return np.sum(rng.random((len(scores), 1)) * cumulated[:, -1:] >= cumulated[:, :-1], axis=1)

    return draw


@contextmanager
def categories_of_anchors() -> Iterator[None]:
    """Copy the anchor's category; where it is missing, decide as the library does."""
    as_before = CategoryCodec.decided

    def decided(self: CategoryCodec, block: FloatArray, anchors: FloatArray, rng: np.random.Generator) -> IntArray:
        missing = np.isnan(anchors)
        return np.where(missing, as_before(self, block, anchors, rng), np.where(missing, 0, anchors).astype(np.intp))

    with mock.patch.object(CategoryCodec, "decided", decided):
        yield


def without_loss(*names: str) -> dict[str, Any]:
    """Return the parameter that switches losses of the training off."""
    return {"loss_weights": dict.fromkeys(names, 0.0)}


HALF = {"latent_dim": "half"}  # of the columns that vary
TRAINED = HALF | {"early_stopping": False, "max_epochs": 30}
VARIANTS = {
    "full": Variant("nothing removed", against=""),
    "bottleneck": Variant("half the latent dimensions", parameters=HALF),
    "trained": Variant("half the latent dimensions, trained", "bottleneck", TRAINED),
    "untrained": Variant("half the latent dimensions, PCA alone", "bottleneck", HALF | {"max_epochs": 0}),
    "perceptron": Variant("a perceptron for attention", "trained", TRAINED, lambda: network(Perceptron)),
    "linear": Variant("no nonlinear branch", "trained", TRAINED, lambda: network(Nothing)),
    "class_head": Variant(
        "a classification head added", "trained", TRAINED | {"loss_weights": {"classification": 0.1}}
    ),
    "no_koopman_loss": Variant("no Koopman loss", "trained", TRAINED | without_loss("koopman")),
    "no_transport_loss": Variant("no Wasserstein loss", "trained", TRAINED | without_loss("transport")),
    "no_covariance_loss": Variant("no covariance loss", "trained", TRAINED | without_loss("covariance")),
    "koopman_zero": Variant("K = 0 for the learned operator", patch=lambda: settings(learned, operator="zero")),
    "koopman_identity": Variant("K = I for the learned operator", patch=lambda: settings(learned, operator="identity")),
    "no_local_edges": Variant("no local edges", patch=lambda: settings(local_share=0.0)),
    "only_local_edges": Variant("no expander edges: nearest neighbours only", patch=lambda: settings(local_share=1.0)),
    "random_pairs": Variant("random pairs for the expander", patch=lambda: expander(random_pairs)),
    "ring": Variant("a ring for the expander", patch=lambda: expander(ring)),
    "complete": Variant("the complete graph for the expander", patch=lambda: expander(complete)),
    "no_pooling": Variant("no pooling: edges of the own class only", parameters={"pooling": 0.0}),
    "only_pooling": Variant("edges of all classes alike", parameters={"pooling": 1.0}),
    "convex": Variant(
        "convex for unit-norm weights", patch=lambda: replaced(expander_map.draw_weights, convex_weights)
    ),
    "no_shrinkage": Variant("no shrinkage", patch=lambda: settings(shrink=False)),
    "gaussian_map": Variant("transport: the Gaussian map added", parameters={"transport": "gaussian"}),
    "marginal_map": Variant("transport: Gaussian and marginal map added", parameters={"transport": "marginal"}),
    "category_parent": Variant("categories: the anchor's", patch=categories_of_anchors),
    "category_argmax": Variant("categories: the highest score, whatever the shares", patch=lambda: category(highest)),
    "category_sample": Variant(
        "categories: drawn by the scores", patch=lambda: category(drawn(np.random.default_rng(0)))
    ),
    "no_choices": Variant("one-hot columns each for itself", patch=lambda: replaced(exclusive_columns, lambda *_: [])),
    "prior_alone": Variant("the law by its prior alone", patch=lambda: choosing(by_prior)),
    "validation_alone": Variant("the law by validation alone", patch=lambda: choosing(by_validation)),
    "even_mixture": Variant("all components alike", parameters={"law": dict.fromkeys(COMPONENTS, 1.0)}),
    "degree_2": Variant("2 residuals a row for 4", parameters={"degree": 2}),
    "degree_8": Variant("8 residuals a row for 4", parameters={"degree": 8}),
    "neighbours_3": Variant("3 nearest neighbours for 5", parameters={"n_neighbors": 3}),
    "neighbours_10": Variant("10 nearest neighbours for 5", parameters={"n_neighbors": 10}),
    "shorter_steps": Variant("0.8 of the spread", parameters={"spread": 0.8}),
    "longer_steps": Variant("1.2 of the spread", parameters={"spread": 1.2}),
    "relabelled": Variant("new rows relabelled by extra trees", on_top=relabelled),
    "representative": Variant("new rows chosen to stand for six times as many", on_top=representative),
    "within_range": Variant("new values within the range of the real ones", parameters={"bounds": "data"}),
}
