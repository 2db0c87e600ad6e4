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
psutil = pytest.importorskip("psutil")

REQUEST = {"n_samples": 3_000_000, "rows_per_part": 30_000}  # 100 parts, large enough to be hit


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


def test_rows_on_demand_are_those_of_the_files(model, tmp_path):
    request = {"n_samples": {0: 100, 2: 50}, "rows_per_part": 40, "given": {0: (13.0, 14.0)}, "rules": [strong]}
    frame = parts.to_dask_dataframe(model, **request)
    parts.to_parquet(model, **request, folder=tmp_path / "wine")
    found = frame.compute(scheduler="synchronous").reset_index(drop=True)
    pd.testing.assert_frame_equal(found, pd.read_parquet(tmp_path / "wine"))
    assert found.x0.between(13, 14).all()
    assert (found.x4 > 90).all()
    assert found.target.value_counts().to_dict() == {0: 100, 2: 50}


def strong(rows):
    return rows[:, 4] > 90


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
    """Kills workers, each time after a few more parts and then at a random moment."""

    def __init__(self, folder, workers, n_kills, seed):
        super().__init__()
        self.records, self.workers, self.chance = folder / "_records", workers, random.Random(seed)
        self.left, self.stopped = n_kills, False

    def run(self):
        while self.left and not self.stopped:
            if self.wait_for(self.done() + self.chance.randint(1, 6)) and (found := self.workers()):
                os.kill(self.chance.choice(found), signal.SIGKILL)
                self.left -= 1

    def wait_for(self, count):
        while not self.stopped:
            if self.done() >= count:
                time.sleep(self.chance.uniform(0, 0.05))
                return True
            time.sleep(0.002)

    def done(self):
        return len(list(self.records.glob("*.json")))


@contextmanager
def killing(folder, workers, n_kills, seed):
    """Kill workers in the meantime."""
    killer = Killer(folder, workers, n_kills, seed)
    killer.start()
    try:
        yield killer
    finally:
        killer.stopped = True
        killer.join()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9 here")
def test_killed_workers_of_a_cluster(model, tmp_path, expected, seed):
    """Nothing is lost, nothing doubled."""
    folder = tmp_path / "wine"

    def workers():
        return [worker.pid for worker in psutil.Process().children(recursive=True) if "spawn_main" in shown(worker)]

    with local_cluster(2) as client, killing(folder, workers, 10, seed) as killer:
        parts.to_parquet(model, **REQUEST, folder=folder, client=client)
    assert killer.left == 0
    assert content(folder) == expected


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9 here")
def test_killed_processes_of_joblib(model, tmp_path, expected, seed):
    folder = tmp_path / "wine"

    def workers():
        return [worker.pid for worker in psutil.Process().children(recursive=True) if "LokyProcess" in shown(worker)]

    with killing(folder, workers, 3, seed) as killer:
        parts.to_parquet(model, **REQUEST, folder=folder, n_jobs=2)
    assert killer.left == 0
    assert content(folder) == expected


def shown(process):
    """Return the command line of a process, nothing if it has ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
