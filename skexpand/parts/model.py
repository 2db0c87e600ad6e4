"""The synthesizer that makes parts: fitted, or as the path or content of its file; loaded once per process."""

from __future__ import annotations

from functools import lru_cache
from os import PathLike, fspath
from typing import Any

import fsspec

from skexpand.estimators.synthesizer import ExpansiveSynthesizer
from skexpand.estimators.wanted import Demand, source_of
from skexpand.expansion.drawing import Source
from skexpand.storage.estimator import from_bytes, to_bytes

Model = ExpansiveSynthesizer | str | PathLike[str] | bytes


def content_of(model: Model) -> bytes:
    """Return the content of the file of a synthesizer; raise an error if there is none or it is not fitted."""
    if isinstance(model, bytes):
        return model
    if isinstance(model, str | PathLike):
        with fsspec.open(fspath(model), "rb") as file:
            return bytes(file.read())
    if not isinstance(model, ExpansiveSynthesizer):
        raise TypeError(
            f"model is a {type(model).__name__}; give a fitted ExpansiveSynthesizer, the path of a saved one, or the "
            "content of its file."
        )
    return to_bytes(model)


def loaded(content: bytes, model: Model = b"") -> ExpansiveSynthesizer:
    """Return the fitted synthesizer in the content of a file; a second call in the same process reads nothing."""
    return _loaded(content, repr(fspath(model)) if isinstance(model, str | PathLike) else "model")


def kept_source(synthesizer: ExpansiveSynthesizer, content: bytes, demand: Demand, seed: int) -> Source:
    """Return what makes the rows of a request; the last one of a process is kept, for its next part."""
    key = content, seed, *demand.told(), *(demand.rules or ())
    source = _kept.get(key)
    if source is None:
        source = source_of(synthesizer, demand, seed)
        _kept.clear()
        _kept[key] = source
    return source


_kept: dict[tuple[Any, ...], Source] = {}


@lru_cache(maxsize=2)
def _loaded(content: bytes, name: str) -> ExpansiveSynthesizer:
    synthesizer: Any = from_bytes(ExpansiveSynthesizer, content, name)
    if "_source" not in vars(synthesizer):
        raise ValueError(f"{name} holds a synthesizer that is not fitted; fit it and save it again.")
    return synthesizer
