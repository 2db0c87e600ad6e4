"""Rows on demand: the law of a class, conditioned on wishes such as ``{"sex": "F", "age": (30, 40)}``.

Drawing rows until enough of them fulfil a wish takes twenty times the rows where one in twenty does, and rare ones are
hardly ever hit. Instead, the rows that fulfil it are made a class of their own for as long as rows are drawn:

1. **weighed**: only rows that fulfil the wish, or come near it, are anchors, all equally often;
2. **moved**: an anchor that only comes near gets values of rows that fulfil it, and what goes with them
   (``conditioning.py``);
3. the law recombines residuals among these anchors and borrows from all rows, as any small class does;
4. new rows that miss the wish by what they borrowed are moved back, and a cell that still misses it, by rounding, is
   its anchor's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skexpand.base.types import FloatArray, IntArray, RowArray, SampleArray
from skexpand.codec import Origin, TableCodec
from skexpand.codec.domain import Domain
from skexpand.dynamics.components import Component, fit_component
from skexpand.dynamics.expander import ExpanderMap
from skexpand.dynamics.graph import NO_EDGES, expander_edges, local_edges, rows_by_class
from skexpand.dynamics.latents import Latents
from skexpand.expansion.blocks import Draw
from skexpand.expansion.conditioning import Conditioning
from skexpand.expansion.latent import Expansion
from skexpand.request.given import Wish

REACH = 0.5  # standard deviations from a wish at which a row still comes near it
LEAST = 100  # anchors of a class: if fewer rows fulfil a wish, those that come nearest join them
EXACT = 1e-4  # standard deviations: what a row may lose on its way through the network
_MOST = 4_096  # anchors of a class: joining more takes longer than they are worth


class Training(NamedTuple):
    """The training rows, as a fitted expansion remembers them."""

    latents: SampleArray
    encoded: RowArray
    rows: FloatArray
    labels: IntArray

    @classmethod
    def of(cls, expansion: Expansion) -> Training:
        """Take the latents from the law that keeps its anchors, and what they do not tell from the codec."""
        law = expansion.components["local"]
        latents = (law.means[law.labels] + law.anchors).astype(np.float32)
        encoded = expansion.network.decode(latents)
        origin = Origin(np.arange(len(latents)), np.random.default_rng(0), apart=True)  # each row is its own anchor
        rows = expansion.codec.decode(encoded, np.dtype(np.float64), None, origin)
        return cls(latents, encoded, rows, expansion.labels)


@dataclass(frozen=True, kw_only=True)
class WishedExpansion(Expansion):
    """An expansion whose rows fulfil wishes; its own rows are the anchors.

    Attributes
    ----------
    anchors : ndarray of shape (n_anchors,)
        Which training rows they are.
    wishes : list of Wish
        What is asked.
    cells : ndarray of shape (n_anchors, n_wishes)
        The anchors' values there, which fulfil it.
    conditioning : Conditioning
        How rows are moved.
    fulfilling : ndarray of shape (n_classes,)
        Rows of each class that fulfil the wishes; that come near, where none fulfils them.
    """

    anchors: IntArray
    wishes: list[Wish]
    cells: FloatArray
    conditioning: Conditioning
    fulfilling: IntArray

    @property
    def counts(self) -> IntArray:
        """The rows of each class that fulfil the wishes."""
        return self.fulfilling

    def of_class(self, label: int) -> Draw:
        """Return what makes encoded rows of one class, moved to where they fulfil the wishes."""
        return partial(self._moved, super().of_class(label))

    def _moved(self, draw: Draw, n_new: int, rng: np.random.Generator) -> Iterator[tuple[str, RowArray, ExpanderMap]]:
        for name, encoded, links in draw(n_new, rng):
            yield name, self.conditioning.applied(encoded, links.anchors), links

    def decode_new(
        self, encoded: RowArray, dtype: np.dtype[Any], anchors: IntArray, rng: np.random.Generator, out: Any = None
    ) -> NDArray[Any]:
        """Map encoded new rows to raw ones that fulfil the wishes."""
        rows = super().decode_new(encoded, dtype, self.anchors[anchors], rng, out)
        for wish, cells in zip(self.wishes, self.cells.T, strict=True):
            missed = ~wish.holds(rows[:, wish.place])
            rows[missed, wish.place] = cells[anchors[missed]]
        return rows


def wished(expansion: Expansion, wishes: list[Wish], rng: np.random.Generator) -> WishedExpansion:
    """Return the expansion whose rows fulfil the wishes; raise a ValueError if no training row comes near."""
    training, codec = Training.of(expansion), expansion.codec
    assert isinstance(codec, TableCodec)
    missed = np.array([_missed(wish, training.rows, codec) for wish in wishes])
    distance = np.sqrt(np.square(missed).sum(axis=0))
    fulfils, near = distance <= EXACT, distance <= REACH
    if not near.any():
        raise ValueError(_too_rare(wishes, missed))
    anchors = _chosen(training.labels, distance, rng)
    labels, cells = training.labels[anchors], _values(wishes, missed, training, anchors, codec, rng)
    rows = training.rows[anchors]
    rows[:, [wish.place for wish in wishes]] = cells
    conditioning = Conditioning.of(codec, training.encoded, training.labels, wishes, rows)
    latents = training.latents[anchors]
    moved = np.flatnonzero(~fulfils[anchors])
    if len(moved):
        latents[moved] = expansion.network.encode(conditioning.applied(training.encoded[anchors[moved]], moved))
    parts = {field.name: getattr(expansion, field.name) for field in fields(Expansion)} | {
        "labels": labels,
        "components": _components(expansion, latents.astype(np.float64), labels, rng),
        "mixture": {name: weight for name, weight in expansion.mixture.items() if weight > 0},
        "marginals": None,
    }
    n_classes = int(training.labels.max()) + 1
    counts = np.bincount(training.labels[fulfils if fulfils.any() else near], minlength=n_classes)
    return WishedExpansion(
        **parts, anchors=anchors, wishes=wishes, cells=cells, conditioning=conditioning, fulfilling=counts
    )


def _missed(wish: Wish, rows: FloatArray, codec: TableCodec) -> FloatArray:
    """Return by how many standard deviations each row misses a wish; a category is met or not."""
    cells = rows[:, wish.place]
    missed = np.where(wish.holds(cells), 0.0, np.inf)
    place = np.flatnonzero(codec.measures == wish.place)
    if not len(place) or not codec.numeric.scale[place[0]] or not len(wish.low):
        return missed
    looked_at = np.flatnonzero((missed > 0) & ~np.isnan(cells))
    ends = (codec.numeric.encode_column(int(place[0]), part) for part in (cells, wish.nearest(cells)))
    steps = np.abs(np.subtract(*ends))
    missed[looked_at] = steps[looked_at]
    return missed


def _chosen(labels: IntArray, distance: FloatArray, rng: np.random.Generator) -> IntArray:
    """Return the anchors, ascending: rows of each class that fulfil the wishes, and the nearest if these are few."""
    parts = []
    for rows in rows_by_class(labels):
        n_fulfilling, n_near = (int(np.sum(distance[rows] <= limit)) for limit in (EXACT, REACH))
        nearest = rows[np.argsort(distance[rows], kind="stable")]
        if n_fulfilling > _MOST:
            nearest = rng.permutation(nearest[:n_fulfilling])
        parts.append(nearest[: min(max(n_fulfilling, LEAST), n_near, _MOST)])
    return np.sort(np.concatenate(parts))


def _values(
    wishes: list[Wish],
    missed: FloatArray,
    training: Training,
    anchors: IntArray,
    codec: TableCodec,
    rng: np.random.Generator,
) -> FloatArray:
    """Return the anchors' values that fulfil each wish: their own, or such as rows of their class have that do."""
    domains = dict(zip(codec.measures.tolist(), codec.numeric.domains, strict=True))
    columns, labels = [], training.labels[anchors]
    for wish, lacking in zip(wishes, missed > EXACT, strict=True):
        cells = training.rows[anchors, wish.place]
        for label in np.unique(labels).tolist():
            found = training.rows[~lacking & (training.labels == label), wish.place]
            near = np.flatnonzero(lacking[anchors] & (labels == label))
            if len(found):
                cells[near] = _between(found, len(near), domains.get(wish.place), rng)
        columns.append(wish.nearest(cells))
    return np.column_stack(columns)


def _between(values: FloatArray, n: int, domain: Domain | None, rng: np.random.Generator) -> FloatArray:
    """Draw n values like those of a few rows: of numbers, also what lies between one and the next."""
    if domain is None or np.isnan(values).any():
        return rng.choice(values, n)
    places = rng.uniform(0, len(values) - 1, n)
    return domain.nearest(np.interp(places, np.arange(len(values)), np.sort(values)))


def _components(
    expansion: Expansion, latents: FloatArray, labels: IntArray, rng: np.random.Generator
) -> dict[str, Component]:
    """Fit the law's components to the anchors, each class by itself; they borrow from all training rows."""
    codes, places = np.unique(labels, return_inverse=True)
    rows = Latents.of(latents, places)
    bases = {name: expansion.components[name] for name, weight in expansion.mixture.items() if weight > 0}
    n_neighbors = int(np.bincount(expansion.graph.local.sources, minlength=1).max())
    local = local_edges(latents, places, n_neighbors)
    is_local = all(base.setting.local_share == 1 for base in bases.values())
    expander = NO_EDGES if is_local else expander_edges(places, expansion.degree, rng)[0]
    fitted = {name: fit_component(rows, local, expander, base.setting, rng) for name, base in bases.items()}
    return {name: _borrowing(component, bases[name], codes, labels) for name, component in fitted.items()}


def _borrowing(component: Component, base: Component, codes: IntArray, labels: IntArray) -> Component:
    """Return a component of some classes, under their codes, that pools the edges of all rows as well."""
    n_classes = len(base.means)

    def of_all(values: FloatArray) -> FloatArray:
        found = np.zeros((n_classes, *values.shape[1:]))
        found[codes] = values
        return found

    return replace(
        component,
        means=of_all(component.means),
        labels=labels,
        residuals=np.concatenate([component.residuals, base.residuals]),
        edges=component.edges + base.edges,
        edge_labels=np.concatenate([codes[component.edge_labels], np.full(len(base.edges), n_classes)]),
        own_share=of_all(component.own_share),
        shrinkage=of_all(component.shrinkage),
    )


def _too_rare(wishes: list[Wish], missed: FloatArray) -> str:
    """Return how rare each wish is among the training rows, and which is the one to loosen."""
    held = (missed <= EXACT).sum(axis=1)
    n_rows = missed.shape[1]
    each = "; ".join(f"{wish.stated} by {n:,}" for wish, n in zip(wishes, held.tolist(), strict=True))
    without = [int((np.delete(missed, k, axis=0) <= EXACT).all(axis=0).sum()) for k in range(len(wishes))]
    rarest = int(np.argmax(without)) if len(wishes) > 1 else 0
    gain = f" (the others together are fulfilled by {without[rarest]:,})" if len(wishes) > 1 else ""
    return (
        f"None of the {n_rows:,} training rows fulfils what is given or comes near it: {each}. "
        f"Loosen {wishes[rarest].stated}{gain}."
    )
