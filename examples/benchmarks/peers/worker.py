"""Runs in a peer's environment: ``python worker.py NAME``, a task per line in, a reply per line out.

Each task is done by a child of this process: imports and compilation, done once before, cost no task anything; memory
starts at the same level for each; and a task that crashes, or runs away, ends alone.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import time
import traceback
import warnings

import numpy as np

MAX_SECONDS = 600  # of CPU, if no budget is stated
OVERRUN = 4  # a task with a budget ends after so many times that,
LEAST_LIMIT = 30  # but is given so many seconds at least


def main() -> None:
    """Import and warm up the adapter, then serve."""
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what packages print must not be taken for a reply
    warnings.simplefilter("ignore")
    make = importlib.import_module(f"adapters.{sys.argv[1]}").make
    targets = getattr(make, "warm_up", np.repeat([0, 1], [25, 15]))
    make(np.random.default_rng(0).standard_normal((40, 3)), targets, np.array([0, 4]), 0, 0.1)
    for line in sys.stdin:
        print(json.dumps(in_child(make, **json.loads(line))), file=replies, flush=True)


def in_child(make, task: str, answer: str) -> dict:
    """Do a task in a child; return its cost, or its error."""
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(receive)
        with os.fdopen(send, "w") as pipe:
            json.dump(attempt(make, task, answer), pipe)
        os._exit(0)
    os.close(send)
    with os.fdopen(receive) as pipe:
        reply = pipe.read()
    status = os.waitpid(child, 0)[1]
    if reply:
        return json.loads(reply)
    if os.WIFSIGNALED(status):
        return {"error": f"ended by signal {os.WTERMSIG(status)} (24: out of CPU time, 9: out of memory)"}
    return {"error": f"ended with status {os.WEXITSTATUS(status)}"}


def attempt(make, task: str, answer: str) -> dict:
    """Do a task; write the rows to ``answer``."""
    with np.load(task) as file:
        X, y, counts, seed, budget = (file[key] for key in ("X", "y", "counts", "seed", "budget"))
    budget = None if np.isnan(budget) else float(budget)
    limit = MAX_SECONDS if budget is None else max(LEAST_LIMIT, OVERRUN * budget)
    end = int(time.process_time() + limit) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (end, end + 5))  # first a signal that says why, then the end
    before, start = peak_mib(), time.process_time()
    try:
        rows, labels, *stated = make(X, y, counts, int(seed), budget)
    except Exception as error:  # whatever a peer raises is its failure, and recorded
        return {"error": f"{type(error).__name__}: {error}", "where": traceback.format_exc()}
    seconds = stated[0] if stated else time.process_time() - start
    np.savez(answer, X=np.asarray(rows, dtype=float), y=np.asarray(labels, dtype=y.dtype))
    return {"error": "", "seconds": seconds, "peak_mib": peak_mib() - before}


def peak_mib() -> float:
    """Return the highest memory of this process, in mebibytes (Linux states kibibytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
