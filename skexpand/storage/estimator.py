"""Which parts of a synthesizer are kept: its parameters, the result of a fit, the result of pretraining.

Attributes that follow from these are computed again, so that a file cannot contradict itself.
"""

from __future__ import annotations

import json
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skexpand._version import __version__
from skexpand.base.isolation import isolated
from skexpand.base.sklearn_private import validate_params
from skexpand.codec import TableCodec
from skexpand.expansion.core import SETTINGS, Core
from skexpand.expansion.drawing import Source
from skexpand.expansion.provenance import Parents
from skexpand.fitting.signs import SIGNS
from skexpand.request.plan import resolve_device
from skexpand.storage.document import DocumentReader, DocumentWriter
from skexpand.storage.file import content_of, read_content, read_file, write_file
from skexpand.storage.hints import fits
from skexpand.storage.json import Arrays, Json
from skexpand.storage.old import up_to_date

STATE: dict[str, Any] = {
    "_source": Source,
    "_core": Core,
    "pretrain_history_": list[Any],
    "sampling_strategy_": dict[Any, int],
    **{f"{sign.name}_": float for sign in SIGNS},
    "n_features_in_": int,
    "feature_names_in_": NDArray[np.object_],
    "target_names_": NDArray[np.object_],
    "parents_": Parents,
    "synthetic_mask_": NDArray[np.bool_],
    "groups_": NDArray[Any],
    "transduction_": NDArray[Any],
    "label_distributions_": NDArray[np.float64],
    "label_accuracy_": float,
    "label_error_": float,
    "inferred_mask_": NDArray[np.bool_],
}


def save(estimator: Any, path: str | PathLike[str]) -> None:
    """Write a synthesizer to a file (see :meth:`skexpand.ExpansiveSynthesizer.save`)."""
    write_file(Path(path), to_bytes(estimator))


def to_bytes(estimator: Any) -> bytes:
    """Return the content of the file of a synthesizer."""
    parameters = estimator.get_params(deep=False)
    refuse_functions(parameters)
    if isinstance(parameters["core"], PathLike):
        parameters["core"] = str(parameters["core"])
    state = {name: vars(estimator)[name] for name in STATE if name in vars(estimator)}
    writer = DocumentWriter()
    documents = {"parameters": writer.value(parameters, "parameters"), "state": writer.value(state, "state")}
    _refuse_what_changes(documents, writer)
    texts = {name: json.dumps(document, indent=1) for name, document in documents.items()}
    return content_of({"written_by": f"skexpand {__version__}", **texts}, writer.arrays)


def refuse_functions(parameters: dict[str, Any]) -> None:
    """Refuse parameters that are code, the state of a generator, or another synthesizer."""
    for name in ("rules", "sampling_strategy"):
        if callable(parameters[name]) or (name == "rules" and parameters[name]):
            raise ValueError(
                f"{name}={parameters[name]!r} holds functions, which cannot be stored; set_params({name}=...) to "
                "something else first, and set it again after loading."
            )
    if hasattr(parameters["core"], "pretrain"):
        raise ValueError(
            f"core is a {type(parameters['core']).__name__}, which cannot be stored within another; save it to a file "
            "of its own first, and set_params(core=...) to its path."
        )
    if isinstance(parameters["random_state"], np.random.RandomState | np.random.Generator):
        raise ValueError(
            f"random_state={parameters['random_state']!r} is a generator, whose state cannot be stored; "
            "set_params(random_state=...) to a whole number or None first."
        )


def _refuse_what_changes(documents: dict[str, Json], writer: DocumentWriter) -> None:
    """Raise an error for state that would not be the same when loaded."""
    reader, again = DocumentReader(writer.arrays, "cpu"), DocumentWriter()
    for name, document in documents.items():
        try:
            same = again.value(reader.value(document), name) == document
        except Exception as error:  # whatever cannot be read back, for whatever reason, must not be written
            raise ValueError(
                f"{name} of this synthesizer cannot be stored: {error}; cast unusual columns before fitting."
            ) from error
        if not same:
            raise ValueError(
                f"{name} of this synthesizer would change when stored; cast columns of unusual types before fitting."
            )


def load(cls: Any, path: str | PathLike[str]) -> Any:
    """Return the synthesizer in a file (see :meth:`skexpand.ExpansiveSynthesizer.load`)."""
    return from_bytes(cls, read_file(Path(path)), repr(str(path)))


def from_bytes(cls: Any, content: bytes, name: str) -> Any:
    """Return the synthesizer in the content of a file of this name."""
    texts, arrays = read_content(content, name)
    try:
        return _restored(cls, texts, arrays)
    except Exception as error:  # the checksum is right, so the file was made this way: any error is the file's fault
        raise ValueError(
            f"{name} does not hold a synthesizer that `save` wrote: {error}; fit and save again."
        ) from error


def _restored(cls: Any, texts: dict[str, str], arrays: Arrays) -> Any:
    documents = {name: _parsed(texts[name]) for name in ("parameters", "state")}
    documents = up_to_date(int(texts["format_version"]), documents)
    estimator = cls(**DocumentReader(arrays, "cpu").value(documents["parameters"]))
    validate_params(estimator)
    estimator.device = usable_device(estimator.device)
    reader = DocumentReader(arrays, resolve_device(estimator.device))
    reader.value(documents["parameters"])  # may refer to arrays, too
    state = reader.value(documents["state"])
    for name, value in state.items():
        if name not in STATE or not fits(value, STATE[name]):
            raise ValueError(f"{name} is of type {type(value).__name__}, but should be {STATE.get(name, 'absent')}")
    if reader.unread:
        raise ValueError(f"nothing refers to the tensor(s) {sorted(reader.unread)[:9]}")
    if "_core" in state:
        try_out_core(state["_core"])
    if "_source" in state:
        try_out(state["_source"])
        n_columns = state["_source"].schema.n_features
        if state["n_features_in_"] != n_columns:
            raise ValueError(f"n_features_in_ is {state['n_features_in_']}, but there are {n_columns} columns")
    estimator._restore(state)
    return estimator


def _parsed(text: str) -> Json:
    def refuse(constant: str) -> None:
        raise ValueError(f"it has {constant}, which is not JSON")

    return json.loads(text, parse_constant=refuse)


def usable_device(device: str) -> str:
    """Return the device if it is here, else "auto"."""
    try:
        resolve_device(device)
    except ValueError:
        return "auto"
    return device


def try_out(source: Source) -> None:
    """Raise an error for parts that do not fit together, such as references to rows that do not exist."""
    expansion, n_classes = source.expansion, len(source.classes)
    labels, n_rows = expansion.labels, len(expansion.labels)
    graph = expansion.class_graph()
    kinds = [name for name, weight in expansion.attributes()["law_"].items() if weight > 0]
    edges = [graph.local, graph.expander, *map(expansion.edges_of, kinds)]
    if not np.array_equal(np.unique(labels), np.arange(n_classes)) or _n_distinct(source.classes) != n_classes:
        raise ValueError(f"its labels are not those of {n_classes} classes")
    n_images = len(getattr(expansion, "images", labels))
    if n_images != n_rows:
        raise ValueError(f"it has {n_images} images for {n_rows} labels")
    if any(len(edge.sources) != len(edge.targets) for edge in edges):
        raise ValueError("its edges do not have two ends each")
    for ends in [end for edge in edges for end in (edge.sources, edge.targets)]:
        if len(ends) and not 0 <= ends.min() <= ends.max() < n_rows:
            raise ValueError(f"its edges lead to rows that are not among its {n_rows}")
    with isolated():
        rows = source.schema.room(n_classes)
        source.fill(rows, np.arange(n_classes), np.random.default_rng(0))
        expansion.decode(expansion.encode(rows), source.schema.dtype)
    source.schema.write(rows)
    source.target_of(rows)


def _n_distinct(classes: NDArray[Any]) -> int:
    """Return how many classes there are; label sets are lines."""
    return len(np.unique(classes, axis=0 if classes.ndim == 2 else None))


def try_out_core(core: Core) -> None:
    """Refuse a core whose parts do not fit together."""
    is_table = isinstance(core.codec, TableCodec)
    if core.settings.keys() != set(SETTINGS) or (core.settings["image_shape"] is None) != is_table:
        raise ValueError("its pretrained core is neither one of tables nor one of images")
    with isolated():
        latents = np.zeros((1, core.network.classifier.in_features), np.float32)
        rows = core.codec.decode(core.network.decode(latents), core.schema.dtype)
        core.network.encode(core.codec.encode(rows))
    core.schema.write(rows)
    if rows.shape[1] != len(core.schema.columns):
        raise ValueError(
            f"its pretrained core encodes {rows.shape[1]} columns and describes {len(core.schema.columns)}"
        )
