"""What a call of ``sample`` asks beyond the fit: wishes, further rules, and other bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from skexpand.base.types import FloatArray, IntArray
from skexpand.codec import Schema, TableCodec
from skexpand.codec.bounds import OPEN, Bound, Bounds, bound_of_each, bounded
from skexpand.codec.columns import Column, described_again
from skexpand.expansion.drawing import Source
from skexpand.expansion.latent import Expansion
from skexpand.expansion.wishes import EXACT, Training, wished
from skexpand.request.given import Given, Wish, checked_given
from skexpand.request.rules import Rule, checked_rules


def on_demand(
    source: Source,
    given: Given | None,
    rules: Sequence[Rule] | None,
    bounds: Bounds,
    codes: IntArray | None,
    rng: np.random.Generator,
) -> Source:
    """Return what makes rows as they are wanted; raise an error, before any is made, if there are none such.

    ``codes`` are the classes of the rows, or None if these may be of any.
    """
    source = source._replace(rules=(*source.rules, *checked_rules(rules)))
    if given is None and bounds is None:
        return source
    expansion = source.expansion
    if not (isinstance(expansion, Expansion) and isinstance(expansion.codec, TableCodec)):
        name = "bounds" if given is None else "given"
        raise ValueError(f"{name} is for tables, but rows are images; choose among them by rules.")
    if bounds is not None:
        source = _within(source, expansion, expansion.codec, bounds)
    wishes = checked_given(given, source.schema)
    if source.smoothing is not None and any(wish.place >= source.schema.n_features for wish in wishes):
        raise ValueError(
            "given names the target, but target_law='smooth' predicts it from the other columns; set "
            "target_law='recombined', or choose rows by rules, which see the target."
        )
    return _fulfilling(source, wishes, codes, rng) if wishes else source


def _within(source: Source, expansion: Expansion, codec: TableCodec, bounds: Bounds) -> Source:
    """Return what makes rows within other bounds than those of the fit."""
    if bounds == OPEN:
        raise ValueError("bounds='open' is a choice of fit; give (low, high) by column, where None is an open end.")
    columns, domains = list(source.schema.columns), list(codec.numeric.domains)
    rows = Training.of(expansion).rows
    each = bound_of_each(bounds, [column.name for column in columns], None)
    for place, bound in enumerate(each):
        if bound is None:
            continue
        columns[place] = _bounded(source.schema, place, bound, rows[:, place])
        domains = [columns[j].domain if j == place else domains[k] for k, j in enumerate(codec.measures.tolist())]
    codec = replace(codec, numeric=replace(codec.numeric, domains=domains))
    return source._replace(expansion=replace(expansion, codec=codec), schema=replace(source.schema, columns=columns))


def _bounded(schema: Schema, place: int, bound: Bound, cells: FloatArray) -> Column:
    """Return a column within its bound; levels stay levels."""
    column, field = schema.columns[place], schema.field(place)
    if not field.is_bounded:
        if isinstance(bound, tuple):
            field.position(bound)  # says that there are no bounds
        return column
    values = column.domain.far.left_out(cells[~np.isnan(cells)])
    tolerance, instead = EXACT * float(np.std(values)) if len(values) else 0.0, "use given, which chooses among them"
    domain = bounded(column.domain, bound, column.name, field, values, tolerance, instead)
    if column.domain.levels is not None:
        return column
    return described_again(replace(column, domain=domain), field, column.n_missing, values[:0])


def _fulfilling(source: Source, wishes: list[Wish], codes: IntArray | None, rng: np.random.Generator) -> Source:
    """Return what makes rows that fulfil the wishes, of these classes at least."""
    assert isinstance(source.expansion, Expansion)
    for wish in wishes:
        _refuse_filled_gap(wish, source.expansion)
    expansion = wished(source.expansion, wishes, rng)
    lacking = np.setdiff1d([] if codes is None else codes, expansion.labels)
    if len(lacking):
        label, asked = source.classes.tolist()[int(lacking[0])], " and ".join(wish.stated for wish in wishes)
        raise ValueError(
            f"None of the {int(source.expansion.counts[lacking[0]]):,} training rows of class {label!r} fulfils "
            f"{asked}, or comes near it; loosen this, or make no rows of the class."
        )
    return source._replace(expansion=expansion)


def _refuse_filled_gap(wish: Wish, expansion: Expansion) -> None:
    """Raise an error if a missing cell is asked for and new rows have none."""
    assert isinstance(expansion.codec, TableCodec)
    missing = expansion.codec.missing
    if wish.gap and (missing is None or not missing[:, wish.place].any()):
        raise ValueError(
            f"{wish.stated} asks for a missing cell, but new rows have none with missing='impute'; use 'model'."
        )
