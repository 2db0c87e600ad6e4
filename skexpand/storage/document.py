"""Objects as a JSON document beside named arrays, and back.

JSON values are stored as they are. Anything else is an object whose first key begins with ``$`` and states its kind:

.. code-block:: text

   {"$array": "state.labels", "dtype": "int64", "shape": [150]}      an array, by the name of its tensor
   {"$tuple": [28, 28]}   {"$dict": [[0, 50], [1, 100]]}             containers that JSON lacks
   {"$date": "2024-02-29"}   {"$column": "pandas", ...}              see ``scalars`` and ``columns``
   {"$": "Edges", "sources": ..., "targets": ...}                    an object of a class in ``registry``

An array that several objects share is stored once.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skexpand.storage import registry
from skexpand.storage.columns import MISSING, is_column, is_missing, is_pandas_scalar, read_column, write_column
from skexpand.storage.containers import is_table, read_table, write_table
from skexpand.storage.json import Arrays, Json
from skexpand.storage.scalars import KINDS, TAGS, is_json

# what safetensors and NumPy share
STORED = [
    "bool",
    *(f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)),
    *(f"float{bits}" for bits in (16, 32, 64)),
]
_WAY_OUT = "use numbers, text or dates instead"


class DocumentWriter:
    """Turns values into JSON and gathers the arrays among them."""

    def __init__(self) -> None:
        self.arrays: Arrays = {}
        self._seen: dict[int, tuple[NDArray[Any], Json]] = {}  # the arrays are kept, so that ids stay theirs

    def value(self, value: Any, place: str) -> Json:
        """Return a value as JSON; ``place`` names it in errors, and the arrays in it."""
        if is_json(value):
            return value
        for is_one, write in _WRITERS:
            if is_one(value):
                return write(self, value, place)
        raise ValueError(f"{place} is {value!r}, of type {type(value).__name__}, which cannot be stored; {_WAY_OUT}.")

    def _scalar(self, value: Any, place: str) -> Json:
        tag = TAGS[type(value)]
        try:
            return {tag: KINDS[tag].write(value)}
        except ValueError as error:
            raise ValueError(
                f"{place} is {value!r}, which cannot be stored: {error}; use datetime.timezone or zoneinfo."
            ) from error

    def _list(self, value: list[Any], place: str) -> Json:
        return [self.value(item, f"{place}.{k}") for k, item in enumerate(value)]

    def _tuple(self, value: tuple[Any, ...], place: str) -> Json:
        return {"$tuple": self._list(list(value), place)}

    def _frozenset(self, value: frozenset[Any], place: str) -> Json:
        return {"$frozenset": self._list(list(value), place)}

    def _dict(self, value: dict[Any, Any], place: str) -> Json:
        if all(type(key) is str and not key.startswith("$") for key in value):
            return {key: self.value(item, f"{place}.{key}") for key, item in value.items()}
        items = enumerate(value.items())
        return {"$dict": [[self.value(key, place), self.value(item, f"{place}.{k}")] for k, (key, item) in items]}

    def _array(self, value: NDArray[Any], place: str) -> Json:
        if id(value) not in self._seen:
            write = self._cells if value.dtype.kind in "OU" else self._tensor
            self._seen[id(value)] = value, write(value, place)
        return self._seen[id(value)][1]

    def _tensor(self, value: NDArray[Any], place: str) -> Json:
        """Set an array apart; moments as whole ticks."""
        value = np.array(value, value.dtype.newbyteorder("="), order="C")
        stored = value.view(np.int64) if value.dtype.kind in "mM" else value
        if stored.dtype.name not in STORED:
            raise ValueError(f"{place} is an array of type {value.dtype}, which cannot be stored; {_WAY_OUT}.")
        self.arrays[place] = stored
        return {"$array": place, "dtype": value.dtype.name, "shape": list(value.shape)}

    def _cells(self, value: NDArray[Any], place: str) -> Json:
        """Write text or objects: each distinct one once, and which of them each entry is if any comes twice."""
        dtype, shape = value.dtype.str[1:], list(value.shape)  # without the order of bytes
        texts = [json.dumps(self.value(cell, place)) for cell in value.ravel().tolist()]
        codes = {text: code for code, text in enumerate(dict.fromkeys(texts))}
        written = {"$cells": [json.loads(text) for text in codes], "dtype": dtype, "shape": shape}
        if len(codes) == len(texts):
            return written
        return written | {"codes": self._tensor(np.array([codes[text] for text in texts], np.int64), place)}

    def _number(self, value: np.generic, place: str) -> Json:
        """Write a scalar of NumPy with its type; moments as ticks."""
        name = "str" if isinstance(value, np.str_) else value.dtype.name
        if value.dtype.kind in "mM":
            return {"$numpy": name, "value": int(value.view(np.int64))}
        if name not in (*STORED, "str"):
            raise ValueError(f"{place} is {value!r}, of type {name}, which cannot be stored; {_WAY_OUT}.")
        return {"$numpy": name, "value": self.value(value.item(), place)}

    def _dtype(self, value: np.dtype[Any], place: str) -> Json:
        if value.name not in STORED:
            raise ValueError(f"{place} is NumPy's type {value}, which cannot be stored; {_WAY_OUT}.")
        return {"$dtype": value.name}

    def _column(self, value: Any, place: str) -> Json:
        return write_column(value, self, place)

    def _table(self, value: Any, place: str) -> Json:
        return {"$table": write_table(value, self, place)}

    def _pandas_scalar(self, value: Any, place: str) -> Json:
        import pandas as pd

        return {"$pandas": write_column(pd.Series([value]), self, place)}

    def _missing(self, value: Any, place: str) -> Json:
        return {"$missing": MISSING[type(value).__name__]}

    def _object(self, value: Any, place: str) -> Json:
        parts = registry.taken_apart(value).items()
        return {"$": type(value).__name__} | {name: self.value(part, f"{place}.{name}") for name, part in parts}


_WRITERS: list[tuple[Callable[[Any], bool], Callable[[DocumentWriter, Any, str], Json]]] = [
    (lambda value: type(value) in TAGS, DocumentWriter._scalar),
    (lambda value: type(value) is list, DocumentWriter._list),
    (lambda value: type(value) is tuple, DocumentWriter._tuple),
    (lambda value: type(value) is frozenset, DocumentWriter._frozenset),
    (lambda value: type(value) is dict, DocumentWriter._dict),
    (lambda value: type(value) is np.ndarray, DocumentWriter._array),
    (lambda value: isinstance(value, np.generic), DocumentWriter._number),
    (lambda value: isinstance(value, np.dtype), DocumentWriter._dtype),
    (registry.is_known, DocumentWriter._object),
    (is_column, DocumentWriter._column),
    (is_table, DocumentWriter._table),
    (is_pandas_scalar, DocumentWriter._pandas_scalar),
    (is_missing, DocumentWriter._missing),
]


class DocumentReader:
    """Turns JSON and arrays into values again; trusts neither.

    Attributes
    ----------
    unread
        Names of arrays that nothing referred to so far.
    """

    def __init__(self, arrays: Arrays, device: str) -> None:
        self._arrays, self._device = arrays, device
        self.unread = set(arrays)

    def value(self, text: Json) -> Any:
        """Return the value that was written."""
        if isinstance(text, list):
            return [self.value(item) for item in text]
        if not isinstance(text, dict):
            return text
        tag = next(iter(text), "")
        if not tag.startswith("$"):
            return {key: self.value(item) for key, item in text.items()}
        if tag in KINDS:
            return KINDS[tag].read(text[tag])
        if tag not in _READERS:
            raise ValueError(f"it has {tag!r}, which this version does not know")
        return _READERS[tag](self, text)

    def _tuple(self, text: Json) -> tuple[Any, ...]:
        return tuple(self.value(text["$tuple"]))

    def _frozenset(self, text: Json) -> frozenset[Any]:
        return frozenset(self.value(text["$frozenset"]))

    def _dict(self, text: Json) -> dict[Any, Any]:
        return {self.value(key): self.value(item) for key, item in text["$dict"]}

    def _array(self, text: Json) -> NDArray[Any]:
        name, dtype = text["$array"], np.dtype(text["dtype"])
        if name not in self._arrays:
            raise ValueError(f"the tensor {name!r} is missing")
        self.unread.discard(name)
        array, stored = self._arrays[name], np.dtype(np.int64) if dtype.kind in "mM" else dtype
        if array.dtype != stored or list(array.shape) != text["shape"]:
            raise ValueError(
                f"the tensor {name!r} is {array.dtype} of shape {list(array.shape)}, but should be {stored} of shape "
                f"{text['shape']}"
            )
        return array if dtype == stored else array.view(dtype)

    def _cells(self, text: Json) -> NDArray[Any]:
        dtype, cells = np.dtype(text["dtype"]), self.value(text["$cells"])
        if dtype.kind not in "OU" or dtype.str[1:] != text["dtype"]:  # NumPy 1 cuts huge sizes
            raise ValueError(f"it has cells of type {dtype}")
        array = np.empty(len(cells), dtype)
        for place, cell in enumerate(cells):  # all at once would take cells apart that are lists
            array[place] = cell
        array = array[self._array(text["codes"])] if "codes" in text else array
        return array.reshape(text["shape"])

    def _number(self, text: Json) -> Any:
        dtype, value = np.dtype(text["$numpy"]), self.value(text["value"])
        return np.int64(value).view(dtype) if dtype.kind in "mM" else dtype.type(value)

    def _dtype(self, text: Json) -> np.dtype[Any]:
        return np.dtype(STORED[STORED.index(text["$dtype"])])

    def _column(self, text: Json) -> Any:
        return read_column(text, self)

    def _table(self, text: Json) -> Any:
        return read_table(text["$table"], self)

    def _pandas_scalar(self, text: Json) -> Any:
        return read_column(text["$pandas"], self).iloc[0]

    def _missing(self, text: Json) -> Any:
        import pandas as pd

        return {"NA": pd.NA, "NaT": pd.NaT}[text["$missing"]]

    def _object(self, text: Json) -> Any:
        parts = {name: self.value(part) for name, part in text.items() if name != "$"}
        return registry.put_together(text["$"], parts, self._device)


_READERS: dict[str, Callable[[DocumentReader, Json], Any]] = {
    "$tuple": DocumentReader._tuple,
    "$frozenset": DocumentReader._frozenset,
    "$dict": DocumentReader._dict,
    "$array": DocumentReader._array,
    "$cells": DocumentReader._cells,
    "$numpy": DocumentReader._number,
    "$dtype": DocumentReader._dtype,
    "$column": DocumentReader._column,
    "$table": DocumentReader._table,
    "$pandas": DocumentReader._pandas_scalar,
    "$missing": DocumentReader._missing,
    "$": DocumentReader._object,
}
