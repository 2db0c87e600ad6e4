"""The same work on many folds, or for many blocks of rows, side by side, with bitwise identical results.

Each task runs on one thread, because the last bit of a sum depends on how it is split; results come in the order of
the tasks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from joblib import parallel_config
from joblib.parallel import get_active_backend
from sklearn.utils.parallel import Parallel, delayed

from skexpand.base.isolation import isolated
from skexpand.base.threads import one_thread

T = TypeVar("T")


def each(
    function: Callable[..., T],
    tasks: Iterable[tuple[Any, ...]],
    n_jobs: int | None = None,
    step: Callable[[], Any] = lambda: None,
) -> list[T]:
    """Return ``function(*task)`` of every task; ``step`` is called after each, on Ray after all.

    ``n_jobs`` is scikit-learn's: None is one process, unless ``joblib.parallel_config`` says otherwise; -1 takes all
    cores.
    """
    found = []
    one_by_one = getattr(get_active_backend()[0], "supports_return_generator", False)
    workers = Parallel(n_jobs=n_jobs, return_as="generator" if one_by_one else "list")
    for result in workers(delayed(_on_one_thread)(function, task) for task in tasks):
        found.append(result)
        step()
    return found


def in_threads(function: Callable[..., None], tasks: Iterable[tuple[Any, ...]], n_jobs: int | None = None) -> None:
    """Call ``function(*task)`` for every task, each isolated; tasks are taken from the iterable as threads get free.

    ``n_jobs`` is as in scikit-learn where memory is shared: None is one thread, unless ``joblib.parallel_config``
    says otherwise and its backend is "threading".
    """
    Parallel(n_jobs=n_jobs, require="sharedmem")(delayed(_isolated)(function, task) for task in tasks)


def _isolated(function: Callable[..., None], task: tuple[Any, ...]) -> None:
    with isolated():
        function(*task)


@contextmanager
def in_this_process() -> Iterator[None]:
    """Send nothing to the caller's joblib backend, which may be a cluster; learners keep an ``n_jobs`` of their own."""
    with parallel_config("threading", n_jobs=1):
        yield


def _on_one_thread(function: Callable[..., T], task: tuple[Any, ...]) -> T:
    """Run a task in the current process."""
    with one_thread():
        return function(*task)
