"""All parts in one call: the same files for any number of processes, a rerun that makes only what is missing."""

import os
import subprocess
from concurrent.futures import BrokenExecutor

import pytest

from skexpand import parts
from skexpand.parts import running
from tests.parts.conftest import content


@pytest.fixture(scope="module")
def expected(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("expected") / "wine"
    assert parts.to_parquet(model, 1000, folder, rows_per_part=150) == 1000
    return content(folder)


@pytest.fixture
def made(monkeypatch):
    """Return the list of parts that are made."""
    made, write_part = [], running.write_part
    monkeypatch.setattr(
        running, "write_part", lambda *args, **common: made.append(args[1]) or write_part(*args, **common)
    )
    return made


@pytest.mark.slow
def test_the_same_files_with_two_processes(model, tmp_path, expected):
    parts.to_parquet(model, 1000, tmp_path / "wine", rows_per_part=150, n_jobs=2)
    assert content(tmp_path / "wine") == expected
    demand = {"given": {0: (13.0, 14.0)}, "rules": [lambda rows: rows[:, 4] > 90]}
    for n_jobs in (1, 2):
        parts.to_parquet(model, 400, tmp_path / f"some{n_jobs}", rows_per_part=50, n_jobs=n_jobs, **demand)
    assert content(tmp_path / "some1") == content(tmp_path / "some2")


def test_a_rerun_makes_only_what_is_missing(model, tmp_path, expected, made):
    folder = tmp_path / "wine"
    parts.to_parquet(model, 1000, folder, rows_per_part=150)
    (folder / "part-000002.parquet").unlink()
    (folder / "part-000005.parquet").write_bytes(b"damaged")
    made.clear()
    parts.to_parquet(model, 1000, folder, rows_per_part=150)
    assert made == [2, 5]
    assert content(folder) == expected
    made.clear()
    parts.to_parquet(model, 1000, folder, rows_per_part=150)
    assert made == []


def test_an_interrupt_leaves_a_folder_that_the_same_call_completes(model, tmp_path, expected, monkeypatch):
    write_part = running.write_part

    def interrupted(*args, **common):
        if args[1] == 3:
            raise KeyboardInterrupt
        return write_part(*args, **common)

    monkeypatch.setattr(running, "write_part", interrupted)
    with pytest.raises(KeyboardInterrupt):
        parts.to_parquet(model, 1000, tmp_path / "wine", rows_per_part=150)
    assert not (tmp_path / "wine" / "_SUCCESS").exists()
    assert parts.missing_parts(tmp_path / "wine") == [3, 4, 5, 6]
    monkeypatch.undo()
    parts.to_parquet(model, 1000, tmp_path / "wine", rows_per_part=150)
    assert content(tmp_path / "wine") == expected


def test_rounds_end_when_none_brings_a_part(model, tmp_path, monkeypatch):
    rounds = []

    def lost(function, tasks, *_):
        rounds.append([task[1] for task in tasks])
        if len(rounds) < 3:
            function(*tasks[0])
        raise BrokenExecutor

    monkeypatch.setattr(running, "each", lost)
    with pytest.raises(ChildProcessError, match=r"2 of 7 are\. If memory is short"):
        parts.to_parquet(model, 1000, tmp_path / "wine", rows_per_part=150)
    assert rounds == [[0, 1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6], [2, 3, 4, 5, 6]]


@pytest.fixture
def small_disk(tmp_path):
    """Return a disk of 500 kB; skip where none can be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", "size=500k", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(options, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("a small disk cannot be mounted here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_one_line_and_goes_on_elsewhere(model, small_disk):
    filler = small_disk / "filler"
    filler.write_bytes(bytes(350_000))
    with pytest.raises(OSError, match=r"part-00000\d.parquet could not be written to .*: No space left on device"):
        parts.to_parquet(model, 4000, small_disk / "wine", rows_per_part=500)
    assert not (small_disk / "wine" / "_SUCCESS").exists()
    assert not [name for name in os.listdir(small_disk / "wine") if name.endswith(".partial")]
    assert 0 < len(parts.missing_parts(small_disk / "wine")) < 8
    filler.unlink()
    assert parts.to_parquet(model, 4000, small_disk / "wine", rows_per_part=500) == 4000
