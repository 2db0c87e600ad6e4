"""The beginning of a request: its division into parts, and the manifest in the folder."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from os import PathLike
from typing import Any

import pyarrow as pa

from skexpand.codec.bounds import Bounds
from skexpand.estimators.wanted import Demand, wanted
from skexpand.expansion.drawing import Source
from skexpand.parts.manifest import MANIFEST, Manifest
from skexpand.parts.model import Model, content_of, loaded
from skexpand.parts.store import Store
from skexpand.parts.tables import as_table, schema_of, target_names
from skexpand.request.counts import check_counts
from skexpand.request.division import CELLS, Division, brings_numbers, rows_wanted
from skexpand.request.given import Given
from skexpand.request.rules import Rule
from skexpand.storage.file import stated_checksum

Convert = Callable[[Any, Any], pa.Table]  # of rows and their target
_FIRST = 1000  # rows whose types are those of all


def begin(
    model: Model,
    n_samples: int | Mapping[Any, int],
    folder: str | PathLike[str],
    *,
    rows_per_part: int | str = "auto",
    seed: int | None = None,
    target: str = "target",
    convert: Convert | None = None,
    given: Given | None = None,
    rules: Sequence[Rule] | None = None,
    bounds: Bounds = None,
) -> int:
    """Write the manifest of a request to a folder, or check that the folder holds the same one.

    .. versionadded:: 0.1

    Parameters
    ----------
    model : ExpansiveSynthesizer, path or bytes
        A fitted synthesizer, the file it was saved to, or the content of such a file.
    n_samples : int or dict
        Number of new rows, in the proportions of the training rows (of those that fulfil what is given), or of each
        class; label sets are tuples.
    folder : path or URL
        A local folder, or that of any file system that fsspec knows. It is made if it is not there.
    rows_per_part : "auto" or int, default="auto"
        Maximum number of rows in a part; parts differ by at most one row. "auto" is 5 million cells.
    seed : int, default=None
        Seed of the rows. If None, that of the folder if it was begun, else the ``random_state`` of the model if that is
        an integer, else a random one.
    target : str, default="target"
        Name of the column of the target, the last one. Several numbers, or the labels of label sets, have a column
        each: named as in the y given to ``fit`` if that was a DataFrame, else "target_0", "target_1" and so on.
    convert : callable, default=None
        Makes an Arrow table from rows and an array of their target; it must be picklable. If None, columns have their
        natural types.
    given, rules, bounds : default=None
        What all new rows have in common, as in :meth:`skexpand.ExpansiveSynthesizer.sample`. Rules must be picklable.
        The manifest states all three, rules by their names: one that has another body needs another folder.

    Returns
    -------
    n_parts : int
        Number of parts.

    Raises
    ------
    ValueError
        If the folder holds something else, or another request, or cannot be written to; if the model is not fitted, or
        a number is no such number; if no training row comes near what is given.
    """
    store = Store(folder)
    before = opened(store)
    store.check_writable()
    content = content_of(model)
    synthesizer = loaded(content, model)
    if seed is None and before is not None:
        seed = before.division.seed
    demand = Demand(given, rules, bounds)
    division, source = divided(synthesizer, n_samples, rows_per_part, seed, demand)
    targets = target_names(synthesizer, target)
    manifest = Manifest(
        division,
        _class_names(synthesizer),
        targets,
        stated_checksum(content),
        _schema_of(synthesizer, division, source, convert or partial(as_table, targets=targets)),
        tuple(demand.told()),
    )
    if before is not None:
        before.refuse_other(manifest, store.name)
        return division.n_parts
    store.make()
    manifest.write(store)
    return division.n_parts


def opened(store: Store) -> Manifest | None:
    """Return the manifest of a folder, None if it is new or empty; refuse one that holds something else."""
    entries = store.entries()
    if entries and MANIFEST not in entries:
        raise ValueError(f"{store.name!r} is not empty and was not begun by skexpand; name an empty or new folder")
    return Manifest.read(store) if entries else None


def divided(
    synthesizer: Any, n_samples: int | Mapping[Any, int], rows_per_part: int | str, seed: int | None, demand: Demand
) -> tuple[Division, Source]:
    """Return the parts of a request, and what makes their rows.

    The seed is the synthesizer's, or a random one, if none is stated.
    """
    check_counts(1, n_samples=sum(rows_wanted(synthesizer, n_samples)))
    if rows_per_part == "auto":
        rows_per_part = max(1, CELLS // synthesizer.n_features_in_)
    check_counts(1, rows_per_part=rows_per_part)
    if seed is None:
        seed = synthesizer.random_state
    if seed is None:
        seed = secrets.randbits(32)
    check_counts(0, seed=seed)
    source, counts = wanted(synthesizer, n_samples, demand, int(seed))
    return Division.of(counts, int(rows_per_part), int(seed)), source


def _class_names(synthesizer: Any) -> tuple[str, ...]:
    """Return what rows are counted by, as text: labels, label sets as JSON such as "[0, 1]", and "all" for numbers."""
    if brings_numbers(synthesizer):
        return ("all",)
    classes = synthesizer.classes_
    return tuple(map(str, (classes.astype(int) if classes.ndim == 2 else classes).tolist()))


def _schema_of(synthesizer: Any, division: Division, source: Source, convert: Convert) -> pa.Schema:
    """Return the columns and types of each part, found from a few rows of each class."""
    few = Division(tuple(min(count, _FIRST) for count in division.counts), 1, division.seed)
    return schema_of(convert(*few.draw(synthesizer, 0, source)))
