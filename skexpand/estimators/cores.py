"""A core given as a parameter: a pretrained synthesizer, or the file of one."""

from __future__ import annotations

from functools import lru_cache
from os import PathLike
from pathlib import Path
from typing import Any

from skexpand.expansion.core import Core


def stated_core(core: str | PathLike[str] | Any | None, kind: type) -> Core[Any] | None:
    """Return the core in a pretrained synthesizer of a kind, or in the file of one; None for None.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is not one of a synthesizer, or ``pretrain`` was never called on it.
    """
    if core is None:
        return None
    if isinstance(core, str | PathLike):
        path = Path(core).resolve()
        state = path.stat()
        found = _loaded(kind, path, state.st_mtime_ns, state.st_size)
    else:
        found = core
    if "_core" not in vars(found):
        named = repr(str(core)) if isinstance(core, str | PathLike) else type(core).__name__
        raise ValueError(f"core={named} has no core: call pretrain(X) on that synthesizer first, and save it again.")
    return vars(found)["_core"]


@lru_cache(maxsize=4)
def _loaded(kind: type, path: Path, modified: int, size: int) -> Any:
    """Read a file once a process, and again when it has changed."""
    from skexpand.storage.estimator import load

    return load(kind, path)
