"""What a call costs: seconds, and peak memory beyond what the process held before.

The operating system counts the memory, so that of NumPy, torch and their libraries is all in it. Only Linux lets a
process reset its own peak; elsewhere the figure is NaN. Memory that an earlier call freed but the process kept is
used again unseen: a figure is a lower bound.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

_PROCESS = Path("/proc/self")


class Cost(NamedTuple):
    """Seconds and mebibytes."""

    seconds: float
    peak_mib: float


def measured(
    function: Callable[..., Any], *arguments: Any, clock: Callable[[], float] = time.perf_counter
) -> tuple[Any, Cost]:
    """Call a function; return its result and its cost. ``time.process_time`` as the clock gives seconds of CPU."""
    before = _reset_peak()
    start = clock()
    result = function(*arguments)
    seconds = clock() - start
    return result, Cost(seconds, _mebibytes("VmHWM") - before)


def _reset_peak() -> float:
    """Set the process's peak memory to what it holds now, and return that."""
    try:
        (_PROCESS / "clear_refs").write_text("5")
    except OSError:
        return float("nan")
    return _mebibytes("VmRSS")


def _mebibytes(field: str) -> float:
    try:
        status = (_PROCESS / "status").read_text()
    except OSError:
        return float("nan")
    return int(re.search(rf"{field}:\s+(\d+) kB", status)[1]) / 1024
