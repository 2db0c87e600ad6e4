"""Parts in a folder, free of any engine: each is written anywhere and in any order, and at last the folder is finished.

A part counts as complete once its record (row count and checksum) is written, which happens after its file. So an
interrupt, a killed process or a full disk leaves a folder in which the missing parts are known.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from os import PathLike

import pyarrow as pa
import pyarrow.parquet as pq

from skexpand.codec.bounds import Bounds
from skexpand.estimators.wanted import Demand
from skexpand.parts.beginning import Convert, opened
from skexpand.parts.manifest import RECORDS, SUCCESS, Manifest, Record, file_of, record_of
from skexpand.parts.model import Model, content_of, kept_source, loaded
from skexpand.parts.store import Store
from skexpand.parts.tables import as_table, in_schema
from skexpand.request.given import Given
from skexpand.request.rules import Rule
from skexpand.storage.file import stated_checksum

PARQUET = {"dictionary_pagesize_limit": 2**15}  # beyond so many bytes, distinct values are not worth a dictionary


def write_part(
    model: Model,
    part: int,
    folder: str | PathLike[str],
    convert: Convert | None = None,
    *,
    given: Given | None = None,
    rules: Sequence[Rule] | None = None,
    bounds: Bounds = None,
) -> int:
    """Write one part to a folder that :func:`begin` has begun, whole or not at all; one that is there is replaced.

    A process that writes several parts loads the synthesizer once.

    .. versionadded:: 0.1

    Parameters
    ----------
    model : ExpansiveSynthesizer, path or bytes
        As in :func:`begin`.
    part : int
        Number of the part, from 0.
    folder : path or URL
        As in :func:`begin`.
    convert : callable, default=None
        As in :func:`begin`.
    given, rules, bounds : default=None
        As in :func:`begin`.

    Returns
    -------
    n_rows : int
        Number of rows of the part.

    Raises
    ------
    ValueError
        If the folder was not begun (or another machine sees another folder of this name), or for another model or other
        rows, or by another version; or if there is no such part.
    OSError
        If the file cannot be written.
    """
    store = Store(folder)
    manifest = begun(store)
    content = content_of(model)
    synthesizer = loaded(content, model)
    demand = Demand(given, rules, bounds)
    _check(manifest, content, part, demand)
    source = kept_source(synthesizer, content, demand, manifest.division.seed)
    drawn = manifest.division.draw(synthesizer, part, source)
    rows = (convert or partial(as_table, targets=manifest.targets))(*drawn)
    del drawn
    table = in_schema(rows, manifest.schema)
    del rows  # of which the table may be a copy
    if manifest.parts:  # finished before, and damaged since
        store.remove(SUCCESS)
    with store.created(file_of(part)) as file:
        pq.write_table(table, pa.PythonFile(file, mode="w"), **PARQUET)
    store.write(record_of(part), json.dumps({"rows": table.num_rows, "sha256": file.checksum}).encode())
    return int(table.num_rows)


def missing_parts(folder: str | PathLike[str]) -> list[int]:
    """Return the numbers of the parts of a folder that are not there, or damaged; each file is read to find out.

    .. versionadded:: 0.1

    Parameters
    ----------
    folder : path or URL
        A folder that :func:`begin` has begun.

    Returns
    -------
    parts : list of int
        Their numbers, ascending.
    """
    store = Store(folder)
    manifest = begun(store)
    records = records_of(store, manifest)
    parts = range(manifest.division.n_parts)
    return [part for part in parts if part not in records or store.checksum(file_of(part)) != records[part].checksum]


def finish(folder: str | PathLike[str]) -> int:
    """Complete the manifest by the row count and checksum of each part, and then write the file ``_SUCCESS``.

    .. versionadded:: 0.1

    Parameters
    ----------
    folder : path or URL
        A folder that :func:`begin` has begun, with all parts.

    Returns
    -------
    n_rows : int
        Number of rows in all.

    Raises
    ------
    ValueError
        If parts are missing.
    """
    store = Store(folder)
    manifest = begun(store)
    records, files = records_of(store, manifest), {*store.entries()}
    parts = range(manifest.division.n_parts)
    missing = [part for part in parts if part not in records or file_of(part) not in files]
    if missing:
        raise ValueError(
            f"{len(missing)} of {len(parts)} parts are missing in {store.name!r}, the first is {missing[0]}; write "
            "them first."
        )
    manifest.complete(tuple(records[part] for part in parts)).write(store)
    store.write(SUCCESS, b"")
    store.remove(RECORDS)
    store.remove_partial_files()
    return manifest.division.n_rows


def begun(store: Store) -> Manifest:
    """Return the manifest of a folder; raise a ValueError if it has none."""
    manifest = opened(store)
    if manifest is None:
        raise ValueError(f"{store.name!r} was not begun here; call begin first, with a folder that all workers share")
    return manifest


def records_of(store: Store, manifest: Manifest) -> dict[int, Record]:
    """Return the record of each part that was completed."""
    records = dict(enumerate(manifest.parts))
    for name in store.entries(RECORDS):
        stated = json.loads(store.read(f"{RECORDS}/{name}") or b"{}")
        records[int(name.partition("-")[2].partition(".")[0])] = Record(stated["rows"], stated["sha256"])
    return records


def _check(manifest: Manifest, content: bytes, part: int, demand: Demand) -> None:
    """Refuse a model, version or number that is not of this request."""
    if manifest.written_by != Manifest.written_by:
        raise ValueError(f"the folder was begun by {manifest.written_by}, and this is {Manifest.written_by}; use that")
    if manifest.model != stated_checksum(content):
        raise ValueError("the folder was begun for another fitted synthesizer; give that one")
    if [*manifest.demand] != demand.told():
        stated = "; ".join(manifest.demand) or "no given, rules or bounds"
        raise ValueError(f"the folder was begun for other rows ({stated}); give the same to write_part")
    if not 0 <= part < manifest.division.n_parts:
        raise ValueError(f"part {part} is not among the {manifest.division.n_parts} parts; count from 0")
