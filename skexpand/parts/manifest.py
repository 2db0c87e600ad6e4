"""The manifest of a folder: what was asked for, who writes it, and, at the end, what each part must be."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import pyarrow as pa

from skexpand._version import __version__
from skexpand.parts.store import Store
from skexpand.request.division import Division

MANIFEST, SUCCESS, RECORDS = "_manifest.json", "_SUCCESS", "_records"
FORMAT, VERSION = "skexpand parts", 1


class Record(NamedTuple):
    """What a complete part is."""

    rows: int
    checksum: str  # SHA-256 of the file


@dataclass(frozen=True)
class Manifest:
    """What a folder holds, or will.

    Attributes
    ----------
    division
        The request in parts.
    classes
        What rows are counted by, as text: each label, each label set, or "all" for numbers.
    targets
        The name of each column of the target.
    model
        The checksum of the saved synthesizer, which its file states, too.
    schema
        Columns and types of each part.
    demand
        What all rows have in common, as text.
    written_by
        The library's version.
    parts
        The record of each part, once all are complete.
    """

    division: Division
    classes: tuple[str, ...]
    targets: tuple[str, ...]
    model: str
    schema: pa.Schema
    demand: tuple[str, ...] = ()
    written_by: str = f"skexpand {__version__}"
    parts: tuple[Record, ...] = ()

    @classmethod
    def read(cls, store: Store) -> Manifest | None:
        """Return the manifest of a folder, None if it has none."""
        content = store.read(MANIFEST)
        if content is None:
            return None
        try:
            stated = json.loads(content)
            if (stated["format"], stated["format_version"]) != (FORMAT, VERSION):
                raise ValueError(f"{stated['written_by']} wrote it in another format")
            return cls._of(stated)
        except (KeyError, TypeError, ValueError, pa.ArrowException) as error:
            raise ValueError(f"{MANIFEST} in {store.name!r} cannot be read ({error}); take another folder") from error

    @classmethod
    def _of(cls, stated: dict[str, Any]) -> Manifest:
        plan = stated["plan"]
        rows = plan["rows_per_class"]
        schema = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(stated["schema"]["arrow"])))
        parts = tuple(Record(part["rows"], part["sha256"]) for part in stated["parts"])
        division = Division(tuple(rows.values()), plan["n_parts"], plan["seed"])
        target = plan["target"]
        targets = (target,) if isinstance(target, str) else tuple(target)
        demand = tuple(plan.get("demand", ()))
        return cls(division, tuple(rows), targets, plan["model"], schema, demand, stated["written_by"], parts)

    def write(self, store: Store) -> None:
        """Write it to a folder."""
        document = {
            "format": FORMAT,
            "format_version": VERSION,
            "written_by": self.written_by,
            "plan": self.plan(),
            "schema": {
                "columns": {field.name: str(field.type) for field in self.schema},
                "arrow": base64.b64encode(self.schema.serialize()).decode(),
            },
            "parts": [
                {"file": file_of(part), "rows": record.rows, "sha256": record.checksum}
                for part, record in enumerate(self.parts)
            ],
        }
        store.write(MANIFEST, json.dumps(document, indent=1).encode())

    def plan(self) -> dict[str, Any]:
        """Return what decides on the rows."""
        return {
            "rows_per_class": dict(zip(self.classes, self.division.counts, strict=True)),
            "n_parts": self.division.n_parts,
            "seed": self.division.seed,
            "target": self.targets[0] if len(self.targets) == 1 else [*self.targets],
            "model": self.model,
            "demand": [*self.demand],
        }

    def complete(self, parts: tuple[Record, ...]) -> Manifest:
        """Return the manifest with the records of all parts."""
        return replace(self, parts=parts)

    def refuse_other(self, other: Manifest, folder: str) -> None:
        """Raise a ValueError, naming the difference, unless another manifest asks for the same rows."""
        mine = {**self.plan(), "version": self.written_by}
        theirs = {**other.plan(), "version": other.written_by}
        different = [name for name in mine if mine[name] != theirs[name]]
        if different or not self.schema.equals(other.schema):
            shown = [f"{name} {mine[name]!r}, now {theirs[name]!r}" for name in different if name != "model"]
            shown += ["another fitted synthesizer"] if "model" in different else []
            raise ValueError(
                f"{folder!r} holds parts of another request ({'; '.join(shown or ['other columns'])}); repeat that "
                "one, or take another folder."
            )


def file_of(part: int) -> str:
    """Return the name of the file of a part."""
    return f"part-{part:06d}.parquet"


def record_of(part: int) -> str:
    """Return the name of the record of a part, which is kept until all parts are complete."""
    return f"{RECORDS}/part-{part:06d}.json"
