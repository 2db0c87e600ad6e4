"""A peer as a sampler of this bench: a process with the peer's own interpreter makes the rows."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from cost import Cost
from protocol import FloatArray, IntArray

from peers.catalogue import GENERATIVE, HERE, PEERS, interpreter_of

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class PeerError(RuntimeError):
    """A peer failed; the message is its own."""


class Peer:
    """One peer, with its defaults or with a budget in seconds of CPU."""

    def __init__(self, name: str, budget: float | None = None) -> None:
        self.name, self.budget = name, budget

    @property
    def python(self) -> Path:
        """The interpreter of its environment."""
        return interpreter_of(self.name)

    def make(self, X: FloatArray, y: Any, counts: IntArray, seed: int) -> tuple[FloatArray, Any, Cost]:
        """Make ``counts[c]`` rows of each class c; return rows, class codes, and what they cost.

        Peers of numbers choose counts by themselves, and return what to train on instead: real and new rows.
        """
        with tempfile.TemporaryDirectory() as folder:
            task, answer = Path(folder) / "task.npz", Path(folder) / "answer.npz"
            budget = np.nan if self.budget is None else self.budget
            np.savez(task, X=X, y=y, counts=counts, seed=seed, budget=budget)
            reply = _worker(self.name).ask({"task": str(task), "answer": str(answer)})
            if reply["error"]:
                raise PeerError(reply["error"])
            with np.load(answer) as made:
                rows, labels = made["X"], made["y"]
        broken = ~np.isfinite(np.column_stack([rows, labels])).all(axis=1)
        if broken.any():
            raise PeerError(f"{self.name} made {int(broken.sum())} rows with gaps or infinities")
        return rows, labels, Cost(reply["seconds"], reply["peak_mib"])


class Worker:
    """A running process that answers one task after the other."""

    def __init__(self, name: str) -> None:
        self.process = subprocess.Popen(
            [str(interpreter_of(name)), str(HERE / "worker.py"), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | ONE_THREAD | {"PYTHONPATH": ""},
            text=True,
        )

    def ask(self, task: dict[str, Any]) -> dict[str, Any]:
        """Hand over a task; wait for the reply."""
        try:
            self.process.stdin.write(json.dumps(task) + "\n")
            self.process.stdin.flush()
            reply = self.process.stdout.readline()
        except BrokenPipeError:
            reply = ""
        if not reply:
            raise PeerError(
                f"the worker ended with status {self.process.wait()}; run peers/worker.py by hand to see why"
            )
        return json.loads(reply)


_worker = cache(Worker)


def find_peer(name: str) -> Peer:
    """Return a peer by its name, as ``ctgan`` or, with 10 seconds of CPU, ``ctgan@10``; KeyError if there is none."""
    peer, _, seconds = name.partition("@")
    if peer not in PEERS or (seconds and peer not in GENERATIVE):
        raise KeyError(name)
    return Peer(peer, float(seconds) if seconds else None)
