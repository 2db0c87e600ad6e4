"""Parts on Dask: as tasks that write files, and as partitions of a lazy DataFrame."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from typing import TYPE_CHECKING, Any

from skexpand.codec.bounds import Bounds
from skexpand.estimators.wanted import Demand
from skexpand.parts.beginning import divided
from skexpand.parts.model import Model, content_of, kept_source, loaded
from skexpand.parts.tables import as_frame, target_names
from skexpand.request.division import Division
from skexpand.request.given import Given
from skexpand.request.rules import Rule

if TYPE_CHECKING:
    import dask.dataframe as dd
    import pandas as pd


def write_on_cluster(
    client: Any,
    content: bytes,
    parts: list[int],
    folder: str,
    write: Callable[[bytes, int, str], int],
    step: Callable[[], Any],
) -> None:
    """Write parts on the workers of a cluster; raise a BrokenExecutor if a part was lost with several workers.

    ``write`` is given the content of the model, a part and the folder.
    """
    from distributed import KilledWorker, as_completed

    # the results of tasks, other than what is scattered, are made again when a worker is lost
    shared = client.submit(_same, (content, write), pure=False)
    futures = [client.submit(_write_shared, shared, part, folder, pure=False) for part in parts]
    try:
        for future in as_completed(futures):
            future.result()
            step()
    except KilledWorker as error:
        raise BrokenExecutor(str(error)) from error
    finally:
        client.cancel(futures)


def check_threads(client: Any) -> None:
    """Warn of workers with several threads, in which parts wait for each other and share one memory."""
    workers = client.scheduler_info(n_workers=-1)["workers"].values()
    most = max((worker["nthreads"] for worker in workers), default=1)
    if most > 1:
        warnings.warn(
            f"Workers have up to {most} threads, in which parts wait for each other; start processes with one thread "
            "each: LocalCluster(threads_per_worker=1), or dask worker --nthreads 1 --nworkers N.",
            stacklevel=3,
        )


def to_dask_dataframe(
    model: Model,
    n_samples: int | Mapping[Any, int],
    *,
    rows_per_part: int | str = "auto",
    seed: int | None = None,
    target: str = "target",
    given: Given | None = None,
    rules: Sequence[Rule] | None = None,
    bounds: Bounds = None,
) -> dd.DataFrame:
    """Return any number of new rows as a lazy Dask DataFrame, a partition for each part.

    The rows are those that :func:`to_parquet` writes for the same request and seed. They are made when they are
    needed, each time anew, so ``persist`` what is used several times.

    .. versionadded:: 0.1

    Parameters
    ----------
    model : ExpansiveSynthesizer, path or bytes
        A fitted synthesizer, the file it was saved to, or the content of such a file.
    n_samples : int or dict
        Number of new rows, in the proportions of the training rows (of those that fulfil what is given), or of each
        class; label sets are tuples.
    rows_per_part : "auto" or int, default="auto"
        Maximum number of rows in a partition; partitions differ by at most one row. "auto" is 5 million cells.
    seed : int, default=None
        Seed of the rows. If None, the ``random_state`` of the model if that is an integer, else a random one.
    target : str, default="target"
        Name of the column of the target, the last one. Several numbers, or the labels of label sets, have a column
        each: named as in the y given to ``fit`` if that was a DataFrame, else "target_0", "target_1" and so on.
    given, rules, bounds : default=None
        What all new rows have in common, as in :meth:`skexpand.ExpansiveSynthesizer.sample`. Rules must be picklable.

    Returns
    -------
    frame : dask.dataframe.DataFrame
        New rows and their target.

    Raises
    ------
    ValueError
        If the model is not fitted, or a number is no such number; if no training row comes near what is given.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from skexpand import ExpansiveSynthesizer
    >>> from skexpand.parts import to_dask_dataframe
    >>> synthesizer = ExpansiveSynthesizer(random_state=0).fit(*load_wine(return_X_y=True))
    >>> frame = to_dask_dataframe(synthesizer, 100_000, rows_per_part=10_000)
    >>> frame.npartitions
    10
    >>> frame.get_partition(0)["target"].value_counts().compute().sort_index().tolist()
    [3314, 3989, 2697]
    """
    import dask.dataframe as dd

    content = content_of(model)
    synthesizer = loaded(content, model)
    demand = Demand(given, rules, bounds)
    division, source = divided(synthesizer, n_samples, rows_per_part, seed, demand)
    first = Division(tuple(min(count, 1) for count in division.counts), 1, division.seed)
    targets = target_names(synthesizer, target)
    meta = as_frame(*first.draw(synthesizer, 0, source), targets)[:0]
    return dd.from_map(_partition, range(division.n_parts), args=[content, division, targets, demand], meta=meta)


def _partition(part: int, content: bytes, division: Division, targets: Sequence[str], demand: Demand) -> pd.DataFrame:
    synthesizer = loaded(content)
    source = kept_source(synthesizer, content, demand, division.seed)
    return as_frame(*division.draw(synthesizer, part, source), targets)


def _same(shared: Any) -> Any:
    return shared


def _write_shared(shared: tuple[bytes, Callable[[bytes, int, str], int]], part: int, folder: str) -> int:
    content, write = shared
    return write(content, part, folder)
