"""Linear algebra on one thread, because the last bit of a sum depends on how it is split.

Threads that are inside at the same time do not wait for each other. OpenMP keeps a count for each calling thread, which
is set and restored there. BLAS keeps one for the process: the first thread that comes in sets it to 1, the last one
that leaves restores it. No lock is held while other code runs, which might give this thread's place to a task that
waits for the same lock (as Dask's workers do).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock, local
from typing import Any

from threadpoolctl import ThreadpoolController

_TURN = Lock()  # held while counts are read and set
_inside: dict[str, int] = {}  # threads inside, by pool
_before: dict[str, int] = {}  # the count that a pool had when the first came in
_here = local()  # how often this thread is inside
_TORCH = "torch"


@contextmanager
def one_thread(controller: ThreadpoolController | None = None) -> Iterator[None]:
    """Run BLAS, OpenMP and torch (where it is loaded) on one thread.

    ``controller`` says which pools there are; by default they are looked up.
    """
    pools = (controller or ThreadpoolController()).lib_controllers
    own = [pool for pool in pools if _is_own(pool)]
    shared = [pool for pool in pools if not _is_own(pool)]
    with _TURN:
        torch_before = _enter_torch(own)
        own_before = [pool.num_threads for pool in own]
        for pool in own:
            pool.set_num_threads(1)
        for pool in shared:
            if _came_in(pool.filepath, pool.num_threads):
                _set_shared(pool, 1)
    try:
        yield
    finally:
        with _TURN:
            for pool in shared:
                if _left(pool.filepath):
                    _set_shared(pool, _before[pool.filepath])
            for pool, count in zip(own, own_before, strict=True):
                pool.set_num_threads(count)
            _leave_torch(torch_before)


@cache
def pools_with_torch() -> ThreadpoolController:
    """Return the pools that are there once torch is loaded; looking them up takes milliseconds."""
    import torch  # noqa: F401

    return ThreadpoolController()


def _is_own(pool: Any) -> bool:
    """Return whether each thread has a count of its own."""
    return "openmp" in (pool.user_api, getattr(pool, "threading_layer", None))


def _set_shared(pool: Any, count: int) -> None:
    """Set the count of the process, which threadpoolctl 3.8 lets one thread at a time do."""
    release = getattr(pool, "clear_controlling_thread", lambda force=False: None)
    release(force=True)
    pool.set_num_threads(count)
    release()


def _enter_torch(own: list[Any]) -> int | None:
    """Set torch to one thread; return what to restore.

    The linear algebra inside torch's wheels (MKL) is not visible to threadpoolctl. torch keeps a count for each thread,
    which starts as the one set last by any thread. So a thread that meets torch for the first time while others are
    inside reads their 1, and is to be left with what these found.
    """
    if "torch" not in sys.modules:
        return None
    import torch

    # by the caller; asked before torch starts its count, and without meaning where threads start with 1
    limited = all(pool.num_threads == 1 for pool in own) and os.environ.get("OMP_NUM_THREADS") != "1"
    count, nested = torch.get_num_threads(), getattr(_here, "inside", 0) > 0
    if not _came_in(_TORCH, count) and count == 1 and not nested and not limited:
        count = _before[_TORCH]
    _here.inside = getattr(_here, "inside", 0) + 1
    torch.set_num_threads(1)
    return count


def _leave_torch(count: int | None) -> None:
    if count is not None:
        import torch

        _left(_TORCH)
        _here.inside -= 1
        torch.set_num_threads(count)


def _came_in(pool: str, count: int) -> bool:
    """Note that a thread is inside; return whether it is the first."""
    _inside[pool] = _inside.get(pool, 0) + 1
    if _inside[pool] == 1:
        _before[pool] = count
    return _inside[pool] == 1


def _left(pool: str) -> bool:
    """Note that a thread has left; return whether it was the last."""
    _inside[pool] -= 1
    return _inside[pool] == 0
