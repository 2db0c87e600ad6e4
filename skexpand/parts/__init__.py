"""Rows in parts: any number of new rows as a folder of Parquet files, in several processes or on a cluster.

A request is divided into parts without chance, and each part has a stream of random numbers of its own. So the rows
are the same for any number of workers, in any order, and after any number of retries. ``to_parquet`` does all of it, in
local processes or on Dask; with another engine, call ``begin``, ``write_part`` for each part, and ``finish``. It needs
the extra ``parts``; Dask needs the extra ``dask``.
"""

try:
    from skexpand.parts.beginning import begin
    from skexpand.parts.cluster import to_dask_dataframe
    from skexpand.parts.running import to_parquet
    from skexpand.parts.writing import finish, missing_parts, write_part
except ModuleNotFoundError as error:
    missing = str(error.name).partition(".")[0]
    raise ImportError(f"Rows in parts need {missing}: pip install 'skexpand[parts]'") from error

__all__ = ["begin", "finish", "missing_parts", "to_dask_dataframe", "to_parquet", "write_part"]
