"""All parts of a request: in local processes, or on a Dask cluster. Parts whose worker is lost are made again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from functools import partial
from os import PathLike
from typing import TYPE_CHECKING, Any

from tqdm.auto import tqdm

from skexpand.base.parallel import each
from skexpand.codec.bounds import Bounds
from skexpand.parts.beginning import Convert, begin
from skexpand.parts.cluster import check_threads, write_on_cluster
from skexpand.parts.manifest import Manifest
from skexpand.parts.model import Model, content_of
from skexpand.parts.store import Store
from skexpand.parts.writing import begun, finish, missing_parts, records_of, write_part
from skexpand.request.given import Given
from skexpand.request.rules import Rule

if TYPE_CHECKING:
    from distributed import Client

Write = Callable[[list[int], Callable[[], Any]], None]  # parts, and what to call after each


def to_parquet(
    model: Model,
    n_samples: int | Mapping[Any, int],
    folder: str | PathLike[str],
    client: Client | None = None,
    *,
    rows_per_part: int | str = "auto",
    seed: int | None = None,
    target: str = "target",
    n_jobs: int | None = None,
    verbose: int = 0,
    convert: Convert | None = None,
    given: Given | None = None,
    rules: Sequence[Rule] | None = None,
    bounds: Bounds = None,
) -> int:
    """Write any number of new rows to a folder of Parquet files.

    The rows depend on the model, the request and the seed, but not on the number of workers. If the call is
    interrupted, the same call completes the folder: it makes what is missing or damaged only. Lost workers are
    tolerated as long as parts are completed.

    .. versionadded:: 0.1

    Parameters
    ----------
    model : ExpansiveSynthesizer, path or bytes
        A fitted synthesizer, the file it was saved to, or the content of such a file.
    n_samples : int or dict
        Number of new rows, in the proportions of the training rows (of those that fulfil what is given), or of each
        class; label sets are tuples.
    folder : path or URL
        A local folder, or that of any file system that fsspec knows. It is made if it is not there. All workers must
        see it under this name.
    client : distributed.Client, default=None
        The Dask cluster to use; its workers should have one thread each. If None, joblib is used.
    rows_per_part : "auto" or int, default="auto"
        Maximum number of rows in a part; parts differ by at most one row. "auto" is 5 million cells.
    seed : int, default=None
        Seed of the rows. If None, that of the folder if it was begun, else the ``random_state`` of the model if that is
        an integer, else a random one.
    target : str, default="target"
        Name of the column of the target, the last one. Several numbers, or the labels of label sets, have a column
        each: named as in the y given to ``fit`` if that was a DataFrame, else "target_0", "target_1" and so on.
    n_jobs : int, default=None
        Number of processes, if there is no client; None is one unless in a ``joblib.parallel_config``.
    verbose : int, default=0
        1 shows a progress bar of the parts.
    convert : callable, default=None
        Makes an Arrow table from rows and an array of their target; it must be picklable. If None, columns have their
        natural types.
    given, rules, bounds : default=None
        What all new rows have in common, as in :meth:`skexpand.ExpansiveSynthesizer.sample`. Rules must be picklable.
        A folder is completed by a call with the same ones; rules are compared by their names only.

    Returns
    -------
    n_samples : int
        Number of rows in the folder.

    Raises
    ------
    ValueError
        If the folder holds something else, or another request, or cannot be written to; if the model is not fitted, or
        a number is no such number; if no training row comes near what is given.
    OSError
        If a part cannot be written, or all workers were lost.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import pandas as pd
    >>> from sklearn.datasets import load_wine
    >>> from skexpand import ExpansiveSynthesizer
    >>> from skexpand.parts import to_parquet
    >>> synthesizer = ExpansiveSynthesizer(random_state=0).fit(*load_wine(return_X_y=True))
    >>> with TemporaryDirectory() as folder:
    ...     n_rows = to_parquet(synthesizer, 100_000, f"{folder}/wine", rows_per_part=25_000)
    ...     frame = pd.read_parquet(f"{folder}/wine")
    >>> n_rows, frame.shape
    (100000, (100000, 14))
    """
    if client is not None:
        check_threads(client)
    content = content_of(model)
    common: dict[str, Any] = {"convert": convert, "given": given, "rules": rules, "bounds": bounds}
    begin(content, n_samples, folder, rows_per_part=rows_per_part, seed=seed, target=target, **common)
    folder, write = str(folder), partial(write_part, **common)

    def in_processes(parts: list[int], step: Callable[[], Any]) -> None:
        each(write, [(content, part, folder) for part in parts], n_jobs, step)

    def on_cluster(parts: list[int], step: Callable[[], Any]) -> None:
        write_on_cluster(client, content, parts, folder, write, step)

    _complete(Store(folder), in_processes if client is None else on_cluster, verbose)
    return finish(folder)


def _complete(store: Store, write: Write, verbose: int) -> None:
    """Write what is missing, in rounds: after each in which workers were lost, what is still missing."""
    manifest, left = begun(store), missing_parts(store.name)
    n_parts = manifest.division.n_parts
    with tqdm(total=n_parts, initial=n_parts - len(left), desc="writing", unit="part", disable=not verbose) as progress:
        while left:
            try:
                write(left, progress.update)
                return
            except BrokenExecutor as error:
                before, left = left, _unwritten(store, manifest, left)
                progress.n = n_parts - len(left)
                if left == before:
                    raise ChildProcessError(
                        f"workers were killed before any part was complete; {n_parts - len(left)} of {n_parts} are. "
                        "If memory is short, take fewer rows per part or fewer workers."
                    ) from error


def _unwritten(store: Store, manifest: Manifest, parts: list[int]) -> list[int]:
    records = records_of(store, manifest)
    return [part for part in parts if part not in records]
