"""Whether a value is what a type hint says."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, Union, get_args, get_origin

import numpy as np

from skexpand.codec.fields import Field, LevelField, NumberField
from skexpand.codec.moment import MomentField
from skexpand.codec.objects import ObjectField
from skexpand.codec.series import ArraySeries, FrameSeries, Series

_PROTOCOLS: dict[Any, tuple[type, ...]] = {
    Series: (ArraySeries, FrameSeries),
    Field: (LevelField, MomentField, NumberField, ObjectField),
}


def fits(value: Any, hint: Any) -> bool:
    """Return whether a value is what a hint says: a class, an array's type, a union, list, tuple or dict of such."""
    if isinstance(hint, TypeVar):
        hint = hint.__bound__
    kind, args = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if kind in (Union, types.UnionType):
        return any(fits(value, arg) for arg in args)
    if kind is np.ndarray:
        return isinstance(value, np.ndarray) and _has_type(value, args[1])
    if kind in (list, Sequence):
        return isinstance(value, list) and all(fits(item, args[0]) for item in value)
    if kind is tuple:
        return isinstance(value, tuple) and _items_fit(value, args)
    if kind in (dict, Mapping):
        return isinstance(value, dict) and all(fits(k, args[0]) and fits(v, args[1]) for k, v in value.items())
    if hint is float:
        return type(value) in (int, float) or isinstance(value, np.floating)
    if hint is int:
        return type(value) is int or isinstance(value, np.integer)
    return isinstance(value, _PROTOCOLS.get(hint, kind or hint))


def _has_type(array: np.ndarray, hint: Any) -> bool:
    (scalar,) = get_args(hint)
    return scalar is Any or issubclass(array.dtype.type, scalar)


def _items_fit(items: tuple[Any, ...], hints: tuple[Any, ...]) -> bool:
    if hints[-1] is Ellipsis:
        return all(fits(item, hints[0]) for item in items)
    return len(items) == len(hints) and all(map(fits, items, hints))
