"""``skexpand expand --rows``: a folder of new rows, in the types of the file, that the same command completes."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.parts.conftest import content


@pytest.fixture
def folder(flowers):
    return flowers.with_name("big")


def test_new_rows_in_a_folder(skexpand, flowers, folder):
    request = ["expand", flowers, "-t", "name", "--rows", 1000, "--rows-per-part", 300, "-o", folder]
    code, out, err = skexpand(*request, "--seed", 4)
    assert (code, out, err) == (0, f"{folder}: 1,000 new rows (seed 4)\n", [])
    table = parquet.read_table(folder)
    assert (table.column_names, table.num_rows) == (["width", "petals", "name"], 1000)
    assert [str(kind).removeprefix("large_") for kind in table.schema.types] == ["double", "int64", "string"]
    assert pd.Series(table["name"].to_pylist()).value_counts().to_dict() == {"rose": 500, "tulip": 500}
    assert sorted(os.listdir(folder))[2:] == [f"part-{part:06d}.parquet" for part in range(4)]


def test_rows_on_demand_in_a_folder(skexpand, refused, flowers, folder):
    request = ["expand", flowers, "-t", "name", "--rows", 100, "--rows-per-part", 30, "-o", folder, "--seed", 4]
    assert skexpand(*request, "--given", "petals=12:14")[::2] == (0, [])
    table = parquet.read_table(folder).to_pandas()
    assert table.petals.between(12, 14).all()
    assert set(table.name) == {"rose"}
    assert "given['petals'] = (12, 14)" in refused(*request)
    assert "no cell of 'name'" not in refused(*request, "--given", "petals=1000:")


def test_the_same_command_completes_it_with_the_seed_that_was_drawn(skexpand, flowers, folder):
    request = ["expand", flowers, "-t", "name", "--rows", 1000, "--rows-per-part", 300, "-o", folder]
    _, first, _ = skexpand(*request)
    before = content(folder)
    (folder / "part-000002.parquet").unlink()
    (folder / "_SUCCESS").unlink()
    assert skexpand(*request) == (0, first, [])
    assert content(folder) == before


def test_types_of_a_parquet_file(skexpand, flowers, folder):
    frame = pd.read_csv(flowers)
    schema = pa.schema(
        [("petals", pa.int16()), ("name", pa.dictionary(pa.int32(), pa.string())), ("width", pa.float32())]
    )
    path = flowers.with_suffix(".parquet")
    parquet.write_table(pa.Table.from_pandas(frame[schema.names], schema, preserve_index=False), path)
    assert skexpand("expand", path, "-t", "name", "--rows", 50, "-o", folder)[0] == 0
    assert parquet.read_table(folder).schema.equals(schema)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--rows-per-part", 5], "--rows-per-part needs --rows"),
        (["--jobs", 2], "--jobs needs --rows"),
        (["--rows", 9, "--ratio", 2], "--ratio does not go with --rows"),
        (["--rows", 9, "--strategy", "all"], "--strategy does not go with --rows"),
        (["--rows", 9, "--synthetic-only"], "--synthetic-only does not go with --rows"),
        (["--rows", 9, "--jobs", 2, "--scheduler", "tcp://127.0.0.1:1"], "give one of them"),
        (["--rows", 9, "--jobs", 0], "--jobs 0 would do nothing"),
    ],
)
def test_options_that_do_not_fit_together(refused, flowers, folder, options, said):
    assert said in refused("expand", flowers, "-t", "name", "-o", folder, *options)
    assert not folder.exists()


def test_folders_that_cannot_be_used(refused, flowers):
    request = ["expand", flowers, "-t", "name", "--rows", 9]
    assert "is not empty and was not begun by skexpand" in refused(*request, "-o", flowers.parent)
    assert "is a file; name a folder" in refused(*request, "-o", flowers)
    assert "nothing can be written to '/proc'" in refused(*request, "-o", "/proc/big")
    assert "cannot be opened" in refused(*request, "-o", "nostore://bucket/big")


def test_another_request_in_the_folder(skexpand, refused, flowers, folder):
    request = ["expand", flowers, "-t", "name", "-o", folder]
    skexpand(*request, "--rows", 100)
    assert "holds parts of another request" in refused(*request, "--rows", 101)
    assert "another fitted synthesizer" in refused(*request, "--rows", 100, "--law", "local")


def test_no_scheduler(refused, flowers, folder, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("skexpand.cli._parts._WAIT", 0.3)
    line = refused("expand", flowers, "-t", "name", "--rows", 9, "-o", folder, "--scheduler", "tcp://127.0.0.1:9")
    assert "no Dask scheduler answers at 'tcp://127.0.0.1:9'; check the address" in line
    assert not folder.exists()


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_interrupted_and_completed(flowers, folder, jobs):
    program = [sys.executable, "-m", "skexpand", "expand", flowers, "-t", "name", "--rows", "1000000"]
    program = [*map(str, [*program, "--rows-per-part", 5000, "-o", folder, "--jobs", jobs])]
    process = subprocess.Popen(program, stderr=subprocess.PIPE, text=True, start_new_session=True)
    while process.poll() is None and len(list(folder.glob("part-*"))) < 3:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    _, err = process.communicate()
    assert process.returncode == 130
    assert err.strip() == "skexpand: interrupted; the same command goes on with the parts that are missing"
    assert 3 <= len(list(folder.glob("part-*"))) < 200
    assert not (folder / "_SUCCESS").exists()
    assert subprocess.run(program, check=True, capture_output=True, text=True).stdout.startswith(f"{folder}: 1,000,000")
    rows = [part["rows"] for part in json.loads((folder / "_manifest.json").read_text())["parts"]]
    assert rows == [5000] * 200
    widths = parquet.read_table(folder, columns=["width"])["width"].to_numpy()
    assert len(widths) == 1_000_000
    assert np.isfinite(widths).all()
