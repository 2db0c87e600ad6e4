"""``skexpand expand``: what is written, with which options, and what is refused."""

import csv
import datetime
import gzip
import os
import re
from collections import Counter
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from skexpand import ExpansiveSynthesizer
from skexpand.cli.commands import expand


def rows_of(path):
    """Return the rows of a CSV file as dicts."""
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def big(flowers):
    """Return where the result goes."""
    return flowers.with_name("big.csv")


@pytest.fixture
def patients(tmp_path):
    """Return a CSV file with a column of each sort, with gaps and codes."""
    rng = np.random.default_rng(1)
    lines = ["id,ward,age,dose,smokes,seen,grade"]
    for i in range(40):
        age, dose = rng.integers(20, 90), f"{rng.gamma(2):.3f}" if i % 7 else ""
        day = np.datetime64("2021-03-01") + rng.integers(300)
        lines.append(f"{i:03},{'AB'[i % 2]}{i % 3},{age},{dose},{['yes', 'no'][i % 2]},{day},{'I' * (1 + i % 2)}")
    path = tmp_path / "patients.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_yours_first_then_the_new_ones(skexpand, flowers, big, seed):
    code, out, err = skexpand("expand", flowers, "-t", "name", "--ratio", 3, "-o", big, "--seed", seed)
    assert (code, err) == (0, [])
    assert out == f"{big}: 90 rows, 60 of them new (seed {seed})\n"
    assert big.read_text().startswith(flowers.read_text())
    rows = rows_of(big)
    assert Counter(row["name"] for row in rows) == {"rose": 45, "tulip": 45}
    assert all(len(row["width"].partition(".")[2]) == 2 for row in rows)
    assert all(row["petals"].lstrip("-").isdigit() for row in rows)


def test_the_same_rows_as_in_python(skexpand, flowers, big, seed):
    skexpand("expand", flowers, "-t", "name", "--ratio", 3, "-o", big, "--seed", seed)
    table, found = pd.read_csv(flowers), pd.read_csv(big)
    synthesizer = ExpansiveSynthesizer(expansion_ratio=3, random_state=seed)
    expected, _ = synthesizer.fit_resample(table[["width", "petals"]], table["name"])
    np.testing.assert_allclose(found["width"], expected["width"], atol=0.0051)
    np.testing.assert_array_equal(found["petals"], expected["petals"])


def test_a_seed_is_drawn_said_and_repeats_the_run(skexpand, flowers, big):
    again, other = flowers.with_name("again.csv"), flowers.with_name("other.csv")
    _, out, _ = skexpand("expand", flowers, "-t", "name", "-o", big)
    skexpand("expand", flowers, "-t", "name", "-o", again, "--seed", out.split("seed ")[1].rstrip(")\n"))
    skexpand("expand", flowers, "-t", "name", "-o", other)
    assert big.read_bytes() == again.read_bytes() != other.read_bytes()


def test_a_table_of_every_sort(skexpand, patients, big, seed):
    code, _, _ = skexpand("expand", patients, "-t", "grade", "--ratio", 10, "-o", big, "--seed", seed)
    assert code == 0
    assert big.read_text().startswith(patients.read_text())
    known, new = rows_of(patients), rows_of(big)[40:]
    assert len(new) == 360
    for name in ("id", "ward", "smokes", "grade"):
        assert {row[name] for row in new} <= {row[name] for row in known}
    assert "" in {row["dose"] for row in new}
    assert all(len(row["dose"].partition(".")[2]) == 3 for row in new if row["dose"])
    days = [np.datetime64(row["seen"], "D") for row in new]
    assert all(str(day) == row["seen"] for day, row in zip(days, new, strict=True))


def test_the_target_stays_in_its_place(skexpand, patients, big):
    skexpand("expand", patients, "-t", "ward", "--drop", "id,seen", "-o", big, "--ratio", 2)
    assert big.read_text().splitlines()[0] == "ward,age,dose,smokes,grade"


def test_only_the_new_rows(skexpand, flowers, big):
    code, out, _ = skexpand("expand", flowers, "-t", "name", "--ratio", 3, "-o", big, "--synthetic-only")
    assert code == 0
    assert out.startswith(f"{big}: 60 rows, 60 of them new")
    assert len(rows_of(big)) == 60


@pytest.mark.parametrize("only", [[], ["--synthetic-only"]], ids=["all", "new"])
def test_flag_column(skexpand, flowers, big, only):
    skexpand("expand", flowers, "-t", "name", "--ratio", 3, "-o", big, "--flag-column", "made up", *only)
    flags = [row["made up"] for row in rows_of(big)]
    assert flags == ["False"] * (0 if only else 30) + ["True"] * 60


@pytest.mark.parametrize(
    ("options", "counts"),
    [
        (["--strategy", "rose=40,tulip=15"], {"rose": 40, "tulip": 15}),
        (["--strategy", "stratified", "--ratio", 2], {"rose": 30, "tulip": 30}),
        (["--strategy", "1.0", "--ratio", 2], {"rose": 30, "tulip": 30}),
        (["--strategy", "stratified"], {"rose": 1000, "tulip": 1000}),
        (["--law", "local", "--ratio", 2], {"rose": 30, "tulip": 30}),
        (["--law", "local=1,shrunk=3", "--ratio", 2], {"rose": 30, "tulip": 30}),
        (["--missing", "impute", "--ratio", 2], {"rose": 30, "tulip": 30}),
    ],
    ids=lambda part: " ".join(map(str, part)) if isinstance(part, list) else "",
)
def test_strategies_and_laws(skexpand, flowers, big, options, counts):
    assert skexpand("expand", flowers, "-t", "name", "-o", big, *options)[0] == 0
    assert Counter(row["name"] for row in rows_of(big)) == counts


@pytest.mark.parametrize("extension", ["csv", "parquet"])
def test_classes_are_named_as_the_file_spells_them(skexpand, flowers, big, extension):
    flowers.write_text(flowers.read_text().replace("rose", "true").replace("tulip", "false"))
    names = "true=20,false=40"
    if extension == "parquet":
        whole = flowers.with_name("whole.parquet")
        skexpand("expand", flowers, "-t", "name", "--ratio", 1, "-o", whole)
        flowers, names = whole, "True=20,False=40"
    assert skexpand("expand", flowers, "-t", "name", "--strategy", names, "-o", big)[0] == 0
    assert Counter(row["name"].lower() for row in rows_of(big)) == {"true": 20, "false": 40}


def test_whole_numbers_as_classes(skexpand, flowers, big):
    code, _, _ = skexpand("expand", flowers, "-t", "petals", "--drop", "name", "-o", big, "--ratio", 2)
    assert code == 0
    assert all(row["petals"].isdigit() for row in rows_of(big))


def test_bounds_and_categories(skexpand, flowers, big):
    options = ["--bounds", "width=-9:9.5", "--categorical", "petals", "--ratio", 20]
    assert skexpand("expand", flowers, "-t", "name", "-o", big, *options)[0] == 0
    rows, known = rows_of(big), rows_of(flowers)
    assert all(-9 <= float(row["width"]) <= 9.5 for row in rows)
    assert {row["petals"] for row in rows} == {row["petals"] for row in known}


@pytest.mark.parametrize("extension", ["parquet", "feather", "tsv"])
def test_formats(skexpand, patients, extension):
    first, second = patients.with_name(f"a.{extension}"), patients.with_name("b.csv")
    assert skexpand("expand", patients, "-t", "grade", "--ratio", 2, "-o", first)[0] == 0
    assert skexpand("expand", first, "-t", "grade", "--ratio", 2, "-o", second, "--seed", 0)[0] == 0
    rows = rows_of(second)
    assert len(rows) == 160
    assert [row["id"] for row in rows[:40]] == [f"{i:03}" for i in range(40)]


@pytest.mark.parametrize(("source", "extension"), [("parquet", "csv"), ("feather", "csv.gz"), ("parquet", "feather")])
def test_every_cell_of_a_binary_file(skexpand, tmp_path, source, extension):
    whole = [1400000000000000001 + i if i % 5 else None for i in range(20)]
    columns = {
        "id": pa.array(whole, pa.int64()),
        "code": pa.array([Decimal(10**37 + i) for i in range(20)], pa.decimal128(38, 0)),
        "day": pa.array([datetime.date(2021, 1, 1 + i) for i in range(20)]),
        "lasts": pa.array(range(20), pa.duration("s")),
        "label": ["a", "b"] * 10,
    }
    path, out = tmp_path / f"a.{source}", tmp_path / f"b.{extension}"
    (parquet.write_table if source == "parquet" else feather.write_feather)(pa.table(columns), str(path))
    code, _, err = skexpand("expand", path, "-t", "label", "--ratio", 2, "-o", out, "--seed", 0)
    assert (code, err) == (0, [])
    if extension == "feather":
        assert feather.read_table(out)[:20].equals(pa.table(columns))
        return
    text = gzip.decompress(out.read_bytes()).decode() if extension.endswith(".gz") else out.read_text()
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == 40
    assert [row["id"] for row in rows[:20]] == ["" if number is None else str(number) for number in whole]
    assert [row["code"] for row in rows[:20]] == [str(10**37 + i) for i in range(20)]
    assert [row["day"] for row in rows[:20]] == [f"2021-01-{1 + i:02}" for i in range(20)]
    assert [row["lasts"] for row in rows[:20]] == [f"0 days 00:00:{i:02}" for i in range(20)]
    assert all(row["id"].isdigit() or not row["id"] for row in rows)
    assert {row["code"] for row in rows} == {str(10**37 + i) for i in range(20)}


def test_a_european_file(skexpand, tmp_path):
    path, out = tmp_path / "a.csv", tmp_path / "b.csv"
    rows = [
        f"{1 + i}.{100 + i};{i},5;{1 + i:02}.02.2021;{'?' if i == 3 else 2 * i};{i} %;{'ab'[i % 2]}" for i in range(20)
    ]
    path.write_text("sep=;\n" + "\n".join(["people;area;day;dose;share;label", *rows]) + "\n")
    options = ["--ratio", 3, "--seed", 0, "--bounds", "people=1.000:30.000", "--bounds", "day=01.02.2021:28.02.2021"]
    assert skexpand("expand", path, "-t", "label", "-o", out, *options)[0] == 0
    header, *found = out.read_text().splitlines()
    assert [header, *found[:20]] == path.read_text().splitlines()[1:]
    shape = r"\d{1,2}\.\d{3};-?\d+,\d;\d\d\.02\.2021;(\?|-?\d+);-?\d+ %;[ab]"
    assert all(re.fullmatch(shape, line) for line in found)


@pytest.mark.parametrize(
    ("column", "extension", "said"),
    [
        (pa.array([b"a", b"b"] * 5), "csv", "column 'x' of a.parquet holds bytes, which b.csv cannot hold as text"),
        (pa.array(["", None] * 5), "tsv", "column 'x' of a.parquet has both gaps and empty text, which b.tsv cannot"),
        (pa.array([[1], [2]] * 5), "parquet", "column 'x' of a.parquet holds lists (list<element: int64>), and a cell"),
        (pa.array([[("a", 1)]] * 10, pa.map_(pa.string(), pa.int64())), "csv", "column 'x' of a.parquet holds maps"),
    ],
    ids=["bytes", "empty text", "lists", "maps"],
)
def test_what_would_not_survive(refused, skexpand, tmp_path, column, extension, said):
    path, out = tmp_path / "a.parquet", tmp_path / f"b.{extension}"
    parquet.write_table(pa.table({"x": column, "y": range(10), "label": ["a", "b"] * 5}), path)
    assert said in refused("expand", path, "-t", "label", "-o", out)
    assert not out.exists()
    assert skexpand("expand", path, "-t", "label", "-o", out, "--drop", "x", "--ratio", 2)[0] == 0


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (pa.array([b"a", b"b"] * 5), "the target 'label' has the type object, which names no classes; cast it first"),
        (pa.array([0, 1] * 5, pa.timestamp("s", "UTC")), "which names no classes; cast it first"),
        (pa.array([0.5, 1.5] * 5), "the target 'label' is a measurement, not a class"),
        (pa.array([Decimal("0.5"), Decimal("1.5")] * 5), "the target 'label' is a measurement, not a class"),
    ],
    ids=["bytes", "moments", "floats", "exact numbers"],
)
def test_targets_that_are_none(refused, tmp_path, labels, said):
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"x": range(10), "label": labels}), path)
    assert said in refused("expand", path, "-t", "label", "-o", tmp_path / "b.parquet")


@pytest.mark.parametrize(
    "labels",
    [
        pa.array([2**60, 2**60 + 1] * 5),
        pa.array([Decimal(10**37), Decimal(10**37 + 1)] * 5, pa.decimal128(38, 0)),
        pa.array([datetime.date(2021, 1, 1), datetime.date(2021, 1, 2)] * 5),
        pa.array([True, False] * 5),
        pa.array(["", "x"] * 5).dictionary_encode(),
    ],
    ids=["large", "exact", "dates", "truth", "levels"],
)
def test_targets_of_binary_files(skexpand, tmp_path, labels):
    path, out = tmp_path / "a.parquet", tmp_path / "b.parquet"
    parquet.write_table(pa.table({"x": [float(i) for i in range(10)], "label": labels}), path)
    assert skexpand("expand", path, "-t", "label", "-o", out, "--ratio", 2)[0] == 0
    assert parquet.read_table(out)["label"][:10].to_pylist() == labels.to_pylist()
    assert Counter(parquet.read_table(out)["label"].to_pylist()) == dict.fromkeys(labels.to_pylist(), 10)


def test_quiet(skexpand, flowers, big):
    assert skexpand("expand", flowers, "-t", "name", "-o", big, "--ratio", 2, "--quiet") == (0, "", [])


def test_progress_on_a_terminal(skexpand, flowers, big, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    arguments = ["expand", flowers, "-t", "name", "--ratio", 2, "--force", "-o", big]
    assert "writing: 100%" in "".join(skexpand(*arguments)[2])
    assert skexpand(*arguments, "--quiet") == (0, "", [])


def test_force_replaces(skexpand, refused, flowers, big):
    big.write_text("precious")
    arguments = ["expand", flowers, "-t", "name", "-o", big, "--ratio", 2]
    assert "exists; --force replaces it" in refused(*arguments)
    assert big.read_text() == "precious"
    assert skexpand(*arguments, "--force")[0] == 0
    assert len(rows_of(big)) == 60


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), MemoryError()])
def test_nothing_is_left_when_writing_fails(skexpand, flowers, big, monkeypatch, error):
    def write_half(file, *_):
        file.write(b"width,pet")
        raise error

    monkeypatch.setattr(expand, "write_table", write_half)
    code, _, err = skexpand("expand", flowers, "-t", "name", "-o", big, "--ratio", 2)
    assert code == {OSError: 2, KeyboardInterrupt: 130, MemoryError: 1}[type(error)]
    assert len([line for line in err if line]) == 1
    assert os.listdir(flowers.parent) == ["flowers.csv"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-t", "nam"], "no column is named 'nam'; did you mean 'name'?"),
        (["-t", "width"], "the target 'width' is a measurement, not a class; use --target-kind numbers"),
        (["-t", "name", "--drop", "colour"], "no column is named 'colour'; the columns are width, petals, name"),
        (["-t", "name", "--drop", "name"], "no column is named 'name'"),
        (["-t", "name", "--categorical", "petal"], "no column is named 'petal'; did you mean 'petals'?"),
        (["-t", "name", "--flag-column", "width"], "--flag-column 'width' is a column of flowers.csv already"),
        (["-t", "name", "--ratio", "0.5"], "Invalid value for '--ratio'"),
        (["-t", "name", "--strategy", "most"], "--strategy 'most' is unknown; use auto, minority"),
        (["-t", "name", "--strategy", "rose=many"], "--strategy 'rose=many' is not understood at 'rose=many'"),
        (["-t", "name", "--strategy", "lily=40"], "lily"),
        (["-t", "name", "--strategy", "rose=40.5"], "asks for 40.5 rows"),
        (["-t", "name", "--strategy", "rose=inf"], "asks for inf rows"),
        (["-t", "name", "--law", "lokal"], "law"),
        (["-t", "name", "--law", "local=x"], "--law 'local=x' is not understood"),
        (["-t", "name", "--bounds", "width"], "--bounds 'width' is not understood; write NAME=LOW:HIGH"),
        (["-t", "name", "--bounds", "width=a:"], "'a' is not a value of this column"),
        (["-t", "name", "--bounds", "wide=1:2"], "no column is named 'wide'; did you mean 'width'?"),
        (["-t", "name", "--delimiter", ";"], "no column is named 'name'"),
        (["-t", "name", "--delimiter", "--"], "delimiter"),
        (["-t", "name", "--encoding", "utf-9"], "--encoding 'utf-9' is unknown"),
        ([], "Missing option '-t' / '--target'"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_options_that_do_not_fit(refused, flowers, big, options, said):
    assert said in refused("expand", flowers, "-o", big, *options)
    assert not big.exists()


def test_files_that_do_not_fit(refused, flowers, big):
    assert "does not exist" in refused("expand", big, "-t", "name", "-o", flowers)
    assert "is the table itself" in refused("expand", flowers, "-t", "name", "-o", flowers, "--force")
    assert "has no known format" in refused("expand", flowers, "-t", "name", "-o", big.with_suffix(".xlsx"))
    assert "does not exist; make it first" in refused("expand", flowers, "-t", "name", "-o", big.parent / "x" / "y.csv")


def test_a_target_with_gaps(refused, flowers, big):
    flowers.write_text(flowers.read_text() + "1.0,3,\n2.0,4,NA\n")
    line = refused("expand", flowers, "-t", "name", "-o", big)
    assert "the target 'name' has no value in 2 of 32 rows, first in row 31; fill these in" in line


def test_one_class(refused, flowers, big):
    flowers.write_text(flowers.read_text().replace("tulip", "rose"))
    assert "needs more than one class, got only 'rose'" in refused("expand", flowers, "-t", "name", "-o", big)
