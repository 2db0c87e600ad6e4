"""Tables that hypothesis makes up, from every format to every other: each original cell is what it was, or the pair is
refused in our own words before anything is written.

What a cell is worth is told by Python and NumPy here, not by what reads and writes files.
"""

import csv
import datetime
import gzip
import io
import tempfile
from decimal import Context, Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import feather, parquet

from skexpand.cli._tables import read_table, write_table

BINARY, TEXT = (".parquet", ".feather"), (".csv", ".tsv", ".csv.gz")
UNITS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=6)
GAPS = {"", "NA", "N/A", "<NA>", "NaN", "nan", "NULL", "null", "?", "-", ".", "n/a", "#N/A", "None", "none"}
REFUSALS = ("has both gaps and empty text", "holds bytes", "cannot hold")


_WIDE = Context(prec=99)


def _integers(kind):
    low, high = np.iinfo(str(kind)).min, np.iinfo(str(kind)).max
    return st.integers(low, high) | st.integers(0, 9)


def _ticks(kind):
    """Return moments of the years 1700 to 2200, as integers in the unit of the type."""
    limit = 6_000_000_000 * 10**9 // UNITS[kind.unit]
    return st.integers(-limit, limit) | st.integers(0, 40).map(lambda day: day * 86_400 * 10**9 // UNITS[kind.unit])


def _decimals(kind):
    limit = 10**kind.precision - 1
    return st.integers(-limit, limit).map(lambda whole: Decimal(whole).scaleb(-kind.scale, _WIDE))


DAYS = st.dates(datetime.date(1700, 1, 1), datetime.date(9999, 12, 31))
KINDS = {  # type: what its cells may be
    **{kind: _integers(kind) for kind in (pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint64())},
    pa.float64(): st.floats(allow_nan=False, allow_infinity=False),
    pa.float32(): st.floats(width=32, allow_nan=False, allow_infinity=False),
    pa.bool_(): st.booleans(),
    pa.string(): WORDS,
    pa.large_string(): st.sampled_from(["", "a", "NA", "007", "1,5", "?", "2021-02-03", " b "]),
    pa.binary(): st.binary(max_size=3),
    pa.date32(): DAYS,
    pa.time32("s"): st.integers(0, 86_399),
    pa.time64("ns"): st.integers(0, 86_399 * 10**9),
    **{pa.timestamp(unit): _ticks(pa.timestamp(unit)) for unit in UNITS},
    pa.timestamp("us", "Europe/Paris"): _ticks(pa.timestamp("us")),
    pa.timestamp("ns", "UTC"): _ticks(pa.timestamp("ns")),
    **{pa.duration(unit): _ticks(pa.duration(unit)) for unit in UNITS},
    **{kind: _decimals(kind) for kind in (pa.decimal128(5, 2), pa.decimal128(38, 0), pa.decimal256(70, 12))},
}
CASES = [(kind, source, extension) for kind in KINDS for source in BINARY for extension in (*BINARY, ".csv")]
WRITTEN = {  # sort of text: its cells
    "whole": st.integers(-(2**63) + 1, 2**63 - 1).map(str),
    "huge": st.integers(10**30, 10**40).map(str),
    "decimal": st.decimals(-(10**9), 10**9, places=3, allow_nan=False).map(str),
    "digits": st.decimals(0, 1, places=30, allow_nan=False).map(lambda number: format(number, "f")),
    "repr": st.floats(allow_nan=False, allow_infinity=False).map(repr),
    "grouped": st.integers(0, 10**12).map("{:,}".format),
    "grouped decimals": st.floats(0, 1e9).map("{:,.2f}".format),
    "per cent": st.integers(0, 100).map("{}%".format),
    "truth": st.sampled_from(["true", "false"]),
    "day": DAYS.map(str),
    "day first": DAYS.map("{:%d.%m.%Y}".format).filter(lambda cell: len(cell) == 10),
    "moment": st.datetimes(datetime.datetime(1700, 1, 1)).map(datetime.datetime.isoformat),
    "words": WORDS,
    "codes": st.sampled_from(["007", "1.2.3", "?", "x", "-", "1e999", "5%", "1,5", "2.5"]),
}


def columns_of(draw, cells, gaps):
    """Draw the cells of a column, some of them gaps."""
    size = draw(st.integers(1, 8))
    return draw(st.lists(cells | st.sampled_from(gaps), min_size=size, max_size=size))


def arrow(values, kind):
    """Return values or ticks as an array."""
    ticked = pa.types.is_time(kind) or pa.types.is_timestamp(kind) or pa.types.is_duration(kind)
    if not ticked:
        return pa.array(values, kind)
    return pa.array(values, pa.int32() if kind.bit_width == 32 else pa.int64()).cast(kind)


def same(cell, value, kind):
    """Return whether a cell of a text file says this value."""
    if value is None:
        return cell == ""
    if pa.types.is_decimal(kind):
        return Decimal(cell) == value
    if pa.types.is_integer(kind):
        return int(cell) == value
    if pa.types.is_floating(kind):
        return (np.float32(cell) if kind == pa.float32() else float(cell)) == value
    if pa.types.is_date(kind):
        return datetime.date.fromisoformat(cell) == value
    if pa.types.is_time(kind):
        return pd.Timedelta(cell).value // UNITS[kind.unit] == value
    if pa.types.is_duration(kind):
        return pd.Timedelta(cell) == pd.Timedelta(value, kind.unit)
    if pa.types.is_timestamp(kind):
        moment = pd.Timestamp(cell)
        return (moment if moment.tzinfo else moment.tz_localize("UTC")) == pd.Timestamp(value, unit=kind.unit, tz="UTC")
    return cell == str(value)


def through(path, extension):
    """Write the rows of a file behind themselves into another; return its bytes, None if that is refused."""
    table = read_table(path)
    frame = pd.concat([table.frame, table.frame], ignore_index=True)
    file = io.BytesIO()
    try:
        table.check_destination("t" + extension, extension in TEXT)
    except ValueError as error:
        if not any(part in str(error) for part in REFUSALS):
            raise
        return None
    write_table(file, Path("t" + extension), frame, table, len(table))
    return file.getvalue()


def store(table, path):
    (feather.write_feather if path.suffix == ".feather" else parquet.write_table)(table, str(path))


def load(raw, extension):
    """Return the cells of the first column of a file: values of Arrow, or text."""
    if extension in BINARY:
        return (feather if extension == ".feather" else parquet).read_table(io.BytesIO(raw)).column(0)
    text = (gzip.decompress(raw) if extension.endswith(".gz") else raw).decode()
    delimiter = "\t" if extension == ".tsv" else ","
    return [row[0] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)][1:]


def check_binary(kind, source, extension, values):
    """Send a column of a binary file to another format."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{source}"
        store(pa.table({"a": arrow(values, kind), "b": range(len(values))}), path)
        original, raw = load(path.read_bytes(), source), through(path, extension)
        if raw is None:
            assert extension not in BINARY
            assert kind == pa.binary() or {"", None} <= set(values)
            return
        found = load(raw, extension)
        assert len(found) == 2 * len(values)
        if extension in BINARY:
            assert found[: len(values)].cast(original.type) == original
        else:
            assert all(map(same, found, values, [kind] * len(values)))


@pytest.mark.parametrize(("kind", "source", "extension"), CASES, ids=str)
@settings(max_examples=3)
@given(st.data())
def test_from_binary_files(kind, source, extension, data):
    check_binary(kind, source, extension, columns_of(data.draw, KINDS[kind], [None]))


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "source", "extension"), CASES, ids=str)
@settings(max_examples=30)
@given(st.data())
def test_from_binary_files_many(kind, source, extension, data):
    check_binary(kind, source, extension, columns_of(data.draw, KINDS[kind], [None]))


def check_text(sort, extension, cells):
    """Send a column of a text file to another format."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        with open(path, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("a", "b"), *((cell, row) for row, cell in enumerate(cells))])
        try:
            raw = through(path, extension)
        except ValueError as error:
            if sort in ("codes", "words") and "--decimal" in str(error):
                return
            raise
        if raw is None:
            assert extension in BINARY
            return
        found = load(raw, extension)[: len(cells)]
        if extension in BINARY:
            assert all(map(means, cells, found.to_pylist(), [found.type] * len(cells)))
        else:
            assert found == cells


def means(cell, value, kind):
    """Return whether a value of a binary file is what a cell says."""
    if value is None:
        return cell.strip() in GAPS
    if pa.types.is_boolean(kind):
        return cell == str(value).lower()
    if pa.types.is_timestamp(kind):
        return pd.Timestamp("-".join(cell.split(".")[::-1]) if cell.count(".") == 2 else cell) == value
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return cell == value
    plain = cell.strip().rstrip("%")
    found = Decimal(repr(value)) if isinstance(value, float) else value
    return found in (Decimal(plain.replace(",", "")), Decimal(plain.replace(",", ".")) if plain == "1,5" else None)


PAIRS = [(sort, extension) for sort in WRITTEN for extension in (*TEXT, *BINARY)]


@pytest.mark.parametrize(("sort", "extension"), PAIRS)
@settings(max_examples=3)
@given(st.data())
def test_from_text_files(sort, extension, data):
    check_text(sort, extension, columns_of(data.draw, WRITTEN[sort], ["", "NA"]))


@pytest.mark.slow
@pytest.mark.parametrize(("sort", "extension"), PAIRS)
@settings(max_examples=30)
@given(st.data())
def test_from_text_files_many(sort, extension, data):
    check_text(sort, extension, columns_of(data.draw, WRITTEN[sort], ["", "NA"]))


def tables(draw, kinds, size):
    """Draw a table with a column of each type, a column of numbers and a target."""
    columns = {
        str(kind): arrow(draw(st.lists(KINDS[kind] | st.none(), min_size=size, max_size=size)), kind) for kind in kinds
    }
    return pa.table({**columns, "number": [float(i % 5) for i in range(size)], "label": ["a", "b"] * (size // 2)})


def check_command(run, folder, source, extension, kinds, draw):
    """Expand a file by the command, and look at every cell of its rows."""
    path, out = folder / f"a{source}", folder / f"b{extension}"
    out.unlink(missing_ok=True)
    store(tables(draw, kinds, 12), path)
    code, _, err = run("expand", path, "-t", "label", "--ratio", 2, "-o", out, "--seed", 0, "-q", "--gap", "no value")
    assert code == 0, err
    original = (feather if source == ".feather" else parquet).read_table(path)
    if extension in BINARY:
        found = (feather if extension == ".feather" else parquet).read_table(out)
        assert found[:12].cast(original.schema).equals(original)
        assert found.num_rows == 24
        return
    text = (gzip.decompress(out.read_bytes()) if extension.endswith(".gz") else out.read_bytes()).decode()
    _, *rows = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if extension == ".tsv" else ",")
    assert len(rows) == 24
    for kind, cells in zip(kinds, zip(*rows, strict=True), strict=False):
        column = original[str(kind)]
        ticked = pa.types.is_time(kind) or pa.types.is_timestamp(kind) or pa.types.is_duration(kind)
        values = column.cast(column.type if not ticked else pa.int64() if kind.bit_width == 64 else pa.int32())
        assert all(
            same("" if cell == "no value" else cell, value, column.type)
            for cell, value in zip(cells, values.to_pylist(), strict=False)
        )


ROUTES = [(source, extension) for source in BINARY for extension in (*BINARY, *TEXT)]


def kinds_for(extension):
    return [kind for kind in KINDS if kind != pa.binary() or extension in BINARY]


@pytest.mark.filterwarnings("ignore::skexpand.ExpansionWarning")
@pytest.mark.parametrize(("source", "extension"), [*ROUTES[::4], ROUTES[6]])
def test_by_the_command(skexpand, tmp_path, source, extension):
    @settings(max_examples=2)
    @given(st.data())
    def check(data):
        check_command(skexpand, tmp_path, source, extension, kinds_for(extension), data.draw)

    check()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::skexpand.ExpansionWarning")
@pytest.mark.parametrize(("source", "extension"), ROUTES)
def test_by_the_command_many(skexpand, tmp_path, source, extension):
    @settings(max_examples=10)
    @given(st.data())
    def check(data):
        kinds = data.draw(st.lists(st.sampled_from(kinds_for(extension)), min_size=1, max_size=6, unique=True))
        check_command(skexpand, tmp_path, source, extension, kinds, data.draw)

    check()
