"""The classes that a file may hold, and the forms they are stored in.

No other class is ever created from a file, whatever the file says. A dataclass or named tuple is taken apart into its
fields; for the others, ``forms`` says how. What is read for a part must be what its type hint says.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from skexpand.storage.forms import (
    ArraySeriesForm,
    Form,
    LevelsForm,
    NetworkForm,
    ParentsForm,
    SeriesForm,
    SourceForm,
    TensorForm,
)
from skexpand.storage.hints import fits

_MODULES = {
    "skexpand.expansion.appearance": ["AppearanceExpansion", "ImageCore"],
    "skexpand.expansion.core": ["Core"],
    "skexpand.expansion.drawing": {"Source": SourceForm()},
    "skexpand.expansion.latent": ["Expansion", "LatentImageExpansion"],
    "skexpand.expansion.flows": ["ImageExpansion"],
    "skexpand.expansion.smoothing": ["Smoothing"],
    "skexpand.expansion.provenance": {"Parents": ParentsForm()},
    "skexpand.training.history": ["History"],
    "skexpand.codec.category": ["CategoryCodec"],
    "skexpand.codec.centred": ["CentredImages"],
    "skexpand.codec.choices": ["OneHot"],
    "skexpand.codec.columns": ["Column"],
    "skexpand.codec.domain": ["Domain"],
    "skexpand.codec.far": ["Far"],
    "skexpand.codec.fields": {"Blank": Form(), "NumberField": Form(), "LevelField": LevelsForm()},
    "skexpand.codec.gaps": ["GapCodec"],
    "skexpand.codec.image": ["ImageCodec", "Layout"],
    "skexpand.codec.joint": ["JointSchema"],
    "skexpand.codec.moment": ["MomentField"],
    "skexpand.codec.numeric": ["NumericCodec"],
    "skexpand.codec.objects": ["ObjectField"],
    "skexpand.codec.schema": ["Schema"],
    "skexpand.codec.shares": ["Shares"],
    "skexpand.codec.series": {"ArraySeries": ArraySeriesForm(), "FrameSeries": SeriesForm()},
    "skexpand.codec.table": ["TableCodec"],
    "skexpand.codec.zoned": {"ZonedSeries": SeriesForm()},
    "skexpand.dynamics.components": ["Component", "Setting"],
    "skexpand.dynamics.deformation": ["FlowSpace"],
    "skexpand.dynamics.graph": ["Edges", "Graph"],
    "skexpand.dynamics.koopman": ["Koopman"],
    "skexpand.dynamics.registration": ["Flows"],
    "skexpand.network.model": {"ExpansionNetwork": NetworkForm()},
    "skexpand.dynamics.transport": ["MarginalMap"],
    "torch": {"Tensor": TensorForm()},
}
_FORMS: dict[str, tuple[str, Form]] = {
    name: (module, forms[name] if isinstance(forms, dict) else Form())
    for module, forms in _MODULES.items()
    for name in forms
}


def is_known(value: Any) -> bool:
    """Return whether the class of an object is in the list."""
    cls = type(value)
    return cls.__name__ in _FORMS and _FORMS[cls.__name__][0] == cls.__module__


@cache
def defaults(name: str) -> dict[str, Any]:
    """Return the parts of a class that have a default, with it; none for a class that is not in the list."""
    return _FORMS[name][1].defaults(classes()[name]) if name in _FORMS else {}


def taken_apart(value: Any) -> dict[str, Any]:
    """Return the parts of an object by name."""
    form = _FORMS[type(value).__name__][1]
    return form.taken_apart(value)


def put_together(name: str, parts: dict[str, Any], device: str) -> Any:
    """Return the object of this class that has these parts, its tensors on a torch device."""
    if name not in _FORMS:
        raise ValueError(f"it has an object of the class {name!r}, which is not one of ours")
    form, cls = _FORMS[name][1], classes()[name]
    hints = form.hints(cls, classes())
    if hints.keys() != parts.keys():
        raise ValueError(f"a {name} has the parts {sorted(parts)}, but should have {sorted(hints)}")
    for part, value in parts.items():
        if not fits(value, hints[part]):
            raise ValueError(f"{part} of a {name} is of type {type(value).__name__}, but should be {hints[part]}")
    return form.put_together(cls, parts, device)


@cache
def classes() -> dict[str, Any]:
    """Return all classes by name; the first call imports torch."""
    return {name: getattr(import_module(module), name) for name, (module, _) in _FORMS.items()}
