"""How objects are stored: the parts of each, and how it is built from them."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from typing import Any, get_type_hints

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from skexpand.codec.fields import key_of
from skexpand.codec.series import Series

Parts = dict[str, Any]


class Form:
    """A dataclass or a named tuple: its fields."""

    def hints(self, cls: Any, names: dict[str, Any]) -> dict[str, Any]:
        """Return the type of each part; ``names`` are those that hints may name without importing them."""
        hints = get_type_hints(cls, localns=names)
        return {name: hints[name] for name in _field_names(cls)}

    def defaults(self, cls: Any) -> Parts:
        """Return the parts that have a default, with it."""
        if not is_dataclass(cls):
            return dict(getattr(cls, "_field_defaults", {}))
        stated = {field.name: field.default for field in fields(cls) if field.default is not MISSING}
        return stated | {f.name: f.default_factory() for f in fields(cls) if f.default_factory is not MISSING}

    def taken_apart(self, value: Any) -> Parts:
        """Return the parts of an object."""
        return {name: getattr(value, name) for name in _field_names(type(value))}

    def put_together(self, cls: Any, parts: Parts, device: str) -> Any:
        """Return the object with these parts."""
        return cls(**parts)


def _field_names(cls: Any) -> list[str]:
    return [field.name for field in fields(cls)] if is_dataclass(cls) else list(cls._fields)


class SourceForm(Form):
    """What makes new rows; rules are functions and not kept."""

    def hints(self, cls: Any, names: dict[str, Any]) -> dict[str, Any]:
        return {name: hint for name, hint in super().hints(cls, names).items() if name != "rules"}

    def taken_apart(self, value: Any) -> Parts:
        return {name: part for name, part in super().taken_apart(value).items() if name != "rules"}

    def put_together(self, cls: Any, parts: Parts, device: str) -> Any:
        return cls(**parts, rules=())


class LevelsForm(Form):
    """Categories: their cells, in the order of their codes, which are not kept."""

    def hints(self, cls: Any, names: dict[str, Any]) -> dict[str, Any]:
        return {"name": Any, "cells": Series, "n_levels": int}

    def taken_apart(self, value: Any) -> Parts:
        return {"name": value.name, "cells": value.cells, "n_levels": len(value.codes)}

    def put_together(self, cls: Any, parts: Parts, device: str) -> Any:
        keys = map(key_of, parts["cells"].to_list()[: parts["n_levels"]])
        codes = {key: code for code, key in enumerate(keys)}
        if len(codes) != parts["n_levels"]:
            raise ValueError(
                f"column {parts['name']!r} has {len(codes)} categories, but should have {parts['n_levels']}"
            )
        return cls(parts["name"], codes, parts["cells"])


class SeriesForm(Form):
    """A column of a DataFrame, as its own library has it."""

    def hints(self, cls: Any, names: dict[str, Any]) -> dict[str, Any]:
        return {"native": Any}

    def taken_apart(self, value: Any) -> Parts:
        return {"native": value.native}

    def put_together(self, cls: Any, parts: Parts, device: str) -> Any:
        return cls(nw.from_native(parts["native"], series_only=True))


class ArraySeriesForm(SeriesForm):
    """A column of an array."""

    def hints(self, cls: Any, names: dict[str, Any]) -> dict[str, Any]:
        return {"native": NDArray[Any]}

    def put_together(self, cls: Any, parts: Parts, device: str) -> Any:
        return cls(parts["native"])


class ParentsForm(Form):
    """The parents of new rows: their columns."""

    def hints(self, cls: Any, names: dict[str, Any]) -> dict[str, Any]:
        return {"columns": dict[str, NDArray[Any]]}

    def taken_apart(self, value: Any) -> Parts:
        return {"columns": dict(value)}

    def put_together(self, cls: Any, parts: Parts, device: str) -> Any:
        return cls(parts["columns"])


class TensorForm(Form):
    """A torch tensor: its values, whatever the device they were on."""

    def hints(self, cls: Any, names: dict[str, Any]) -> dict[str, Any]:
        return {"values": NDArray[np.number]}

    def taken_apart(self, value: Any) -> Parts:
        return {"values": value.detach().cpu().numpy()}

    def put_together(self, cls: Any, parts: Parts, device: str) -> Any:
        import torch

        return torch.tensor(parts["values"], device=device)


class NetworkForm(Form):
    """A network: what it was built with, and its weights."""

    def hints(self, cls: Any, names: dict[str, Any]) -> dict[str, Any]:
        return {"n_heads": int, "shape": tuple[int, int, int] | None, "weights": dict[str, NDArray[np.float32]]}

    def taken_apart(self, value: Any) -> Parts:
        weights = {name: tensor.cpu().numpy() for name, tensor in value.state_dict().items()}
        return {"n_heads": value.n_heads, "shape": value.shape, "weights": weights}

    def put_together(self, cls: Any, parts: Parts, device: str) -> Any:
        return cls.of_weights(parts["weights"], parts["n_heads"], parts["shape"]).to(device).eval()
