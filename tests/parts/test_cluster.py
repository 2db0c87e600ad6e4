"""Dask: the same files on clusters of processes, whatever happens to these; lazy DataFrames with the right types."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest

from skexpand import ExpansiveSynthesizer, parts
from skexpand.parts.cluster import check_threads
from tests.parts.conftest import content

dd = pytest.importorskip("dask.dataframe")
distributed = pytest.importorskip("distributed")

REQUEST = {"n_samples": 6_000_000, "rows_per_part": 60_000}  # 100 parts, large enough to be hit


@pytest.fixture(scope="module")
def expected(model, tmp_path_factory):
    """Return the files that one process writes, undisturbed."""
    folder = tmp_path_factory.mktemp("expected") / "wine"
    parts.to_parquet(model, **REQUEST, folder=folder)
    return content(folder)


@contextmanager
def local_cluster(n_workers):
    """Start a cluster of processes with one thread each."""
    options = {"processes": True, "threads_per_worker": 1, "dashboard_address": None}
    with distributed.LocalCluster(n_workers=n_workers, **options) as cluster, distributed.Client(cluster) as client:
        yield client


def test_a_dataframe_is_lazy_and_has_the_rows_of_the_parts(model, tmp_path):
    frame = parts.to_dask_dataframe(model, 1000, rows_per_part=300)
    assert frame.npartitions == 4
    parts.to_parquet(model, 1000, tmp_path / "wine", rows_per_part=300)
    found = frame.compute(scheduler="synchronous")
    pd.testing.assert_frame_equal(found.reset_index(drop=True), pd.read_parquet(tmp_path / "wine"))
    pd.testing.assert_series_equal(found.dtypes, frame.dtypes)


def test_types_of_a_dataframe_are_known_beforehand():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {"age": rng.integers(0, 9, 40), "ward": pd.Categorical(rng.choice(["a", "b"], 40)), "x": rng.random(40)}
    )
    model = ExpansiveSynthesizer(law="local", random_state=0).fit(X, rng.choice(["no", "yes"], 40))
    frame = parts.to_dask_dataframe(model, 100, rows_per_part=30, target="ill")
    found = frame.compute(scheduler="synchronous")
    pd.testing.assert_series_equal(found.dtypes, frame.dtypes)
    assert frame["ward"].cat.known
    assert frame.groupby("ill").size().compute(scheduler="synchronous").sum() == 100


def test_workers_of_several_threads_are_warned_of():
    class Client:
        def scheduler_info(self, **_):
            return {"workers": {"a": {"nthreads": 1}, "b": {"nthreads": 4}}}

    with pytest.warns(UserWarning, match=r"up to 4 threads.*threads_per_worker=1"):
        check_threads(Client())


@pytest.mark.slow
@pytest.mark.parametrize("n_workers", [2, 3])
def test_the_same_files_on_a_local_cluster(model, tmp_path, expected, n_workers):
    with local_cluster(n_workers) as client:
        parts.to_parquet(model, **REQUEST, folder=tmp_path / "wine", client=client)
    assert content(tmp_path / "wine") == expected


@pytest.mark.slow
def test_the_same_files_over_tcp(model, saved, tmp_path, expected):
    """A scheduler and two workers as programs of their own, as on a cluster."""
    file = tmp_path / "scheduler.json"
    options = ["--scheduler-file", str(file), "--no-dashboard"]
    dask = [sys.executable, "-m", "distributed.cli"]
    programs = [subprocess.Popen([*dask[:2], "distributed.cli.dask_scheduler", *options, "--port", "0"])]
    worker = [*dask[:2], "distributed.cli.dask_worker", *options, "--nthreads", "1", "--local-directory", str(tmp_path)]
    programs += [subprocess.Popen(worker) for _ in range(2)]
    try:
        with distributed.Client(scheduler_file=str(file), timeout=60) as client:
            client.wait_for_workers(2, timeout=60)
            assert client.scheduler.address.startswith("tcp://")
            parts.to_parquet(saved, **REQUEST, folder=tmp_path / "wine", client=client)
            done = {
                len(worker["metrics"]) and worker["nthreads"] for worker in client.scheduler_info()["workers"].values()
            }
            assert done == {1}
            frame = parts.to_dask_dataframe(saved, 100_000, rows_per_part=10_000)
            assert len(frame) == 100_000
    finally:
        for program in programs:
            program.terminate()
            program.wait()
    assert content(tmp_path / "wine") == expected


class Killer(threading.Thread):
    """Kills a random worker at random moments while parts are written."""

    def __init__(self, pids, n_kills, seed):
        super().__init__()
        self.pids, self.left, self.chance, self.killed, self.stop = pids, n_kills, random.Random(seed), 0, False

    def run(self):
        while self.left and not self.stop:
            time.sleep(self.chance.uniform(0.1, 1.5))
            for pid in self.chance.sample(found := self.pids(), min(1, len(found))):
                os.kill(pid, signal.SIGKILL)
                self.left -= 1
                self.killed += 1


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9 here")
def test_killed_workers_of_a_cluster(model, tmp_path, expected, seed):
    """Ten times: nothing is lost, nothing doubled."""
    with local_cluster(2) as client:
        killer = Killer(lambda: [*client.run(os.getpid).values()], 10, seed)
        killer.start()
        for _ in range(40):  # until ten are killed: each round writes the folder anew
            parts.to_parquet(model, **REQUEST, folder=tmp_path / "wine", client=client)
            assert content(tmp_path / "wine") == expected
            if not killer.left:
                break
            for part in range(100):
                (tmp_path / "wine" / f"part-{part:06d}.parquet").unlink()
        killer.stop = True
        killer.join()
    assert killer.killed == 10


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9 here")
def test_killed_processes_of_joblib(model, tmp_path, expected, seed):
    psutil = pytest.importorskip("psutil")

    def workers():
        children = psutil.Process().children(recursive=True)
        return [child.pid for child in children if "LokyProcess" in " ".join(child.cmdline())]

    killer = Killer(workers, 10, seed)
    killer.start()
    for _ in range(40):
        parts.to_parquet(model, **REQUEST, folder=tmp_path / "wine", n_jobs=2)
        assert content(tmp_path / "wine") == expected
        if not killer.left:
            break
        for part in range(100):
            (tmp_path / "wine" / f"part-{part:06d}.parquet").unlink()
    killer.stop = True
    killer.join()
    assert killer.killed == 10
