"""Rows without a label: their labels are written into the target, in every format, and everything else is kept."""

import csv
import datetime
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import feather, parquet

LABELS = {  # name: the two classes of a column of a binary file, and its type
    "text": (["rose", "tulip"], pa.string()),
    "levels": (["rose", "tulip"], pa.dictionary(pa.int8(), pa.string())),
    "whole": ([2**60, 2**60 + 1], pa.int64()),
    "truth": ([False, True], pa.bool_()),
    "days": ([datetime.date(2021, 1, 1), datetime.date(2021, 1, 2)], pa.date32()),
    "exact": ([Decimal(10**37), Decimal(10**37 + 1)], pa.decimal128(38, 0)),
}
HIDDEN = [row % 15 >= 4 for row in range(30)]  # of the rows of ``flowers``: fifteen roses, then fifteen tulips


def lines_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def hide(flowers):
    """Return a function that puts a word, or some in turn, for the labels of rows, and returns the file."""

    def hidden(*words, classes=("rose", "tulip")):
        lines = flowers.read_text().replace("rose", classes[0]).replace("tulip", classes[1]).splitlines()
        for row, line in enumerate(lines[1:]):
            if HIDDEN[row]:
                lines[1 + row] = ",".join([*line.split(",")[:2], words[row % len(words)]])
        flowers.write_text("\n".join(lines) + "\n")
        return flowers

    return hidden


@pytest.mark.parametrize(
    ("extension", "words", "marker"),
    [
        (".csv", ["", " ", "NA", "null"], ""),
        (".tsv", ["unknown"], "unknown"),
        (".csv.gz", ["?"], "?"),
    ],
)
def test_blank_cells_and_words(skexpand, hide, extension, words, marker):
    path = hide(*words)
    big = path.with_name("big" + extension)
    code, out, err = skexpand(
        "expand", path, "-t", "name", "--unlabeled", marker, "-o", big, "--seed", 0, "--ratio", 2,
        "--inferred-column", "inferred",
    )  # fmt: skip
    assert code == 0
    assert out.startswith(f"{big}: 38 rows, 8 of them new")  # of four labelled rows each
    assert err == ["skexpand: 22 of 30 labels inferred: rose: 11, tulip: 11 (too few labels to check them)"]
    found = pd.read_csv(big, sep="\t" if extension == ".tsv" else ",", dtype=str)
    given = pd.read_csv(path, dtype=str, keep_default_na=False)
    pd.testing.assert_frame_equal(found.iloc[:30, :2], given.iloc[:, :2])
    assert found["name"].tolist()[:30] == ["rose"] * 15 + ["tulip"] * 15
    assert found["inferred"].tolist() == [str(flag) for flag in [*HIDDEN, *[False] * 8]]


@pytest.mark.parametrize(
    ("classes", "kind"),
    [(("0", "1"), pa.int64()), (("true", "false"), pa.bool_()), (("01.02.2021", "02.02.2021"), pa.timestamp("s"))],
)
def test_labels_are_spelled_as_in_the_file(skexpand, hide, classes, kind):
    path = hide("not yet", classes=classes)
    big, table = path.with_name("big.csv"), path.with_name("big.parquet")
    arguments = ["expand", path, "-t", "name", "--unlabeled", "not yet", "--ratio", 2, "-q", "-o"]
    assert skexpand(*arguments, big) == skexpand(*arguments, table) == (0, "", [])
    assert [row["name"] for row in lines_of(big)][:30] == [classes[0]] * 15 + [classes[1]] * 15
    assert {row["name"] for row in lines_of(big)} == set(classes)
    column = parquet.read_table(table)["name"]
    assert column.type.id == kind.id
    assert not column.null_count


def test_measurements_are_no_labels(refused, hide):
    path = hide("not yet", classes=("1.5", "2.5"))
    line = refused("expand", path, "-t", "name", "--unlabeled", "not yet", "-o", path.with_name("big.csv"))
    assert "the target 'name' is a measurement" in line


@pytest.mark.parametrize("name", LABELS)
def test_binary_files(skexpand, flowers, name):
    (first, second), kind = LABELS[name]
    rows = pd.read_csv(flowers)
    labels = [None if HIDDEN[row] else (first, second)[row >= 15] for row in range(30)]
    table = pa.table({"label": pa.array(labels, kind), "width": rows["width"], "petals": rows["petals"]})
    path, big, text = (flowers.with_name(name) for name in ("a.parquet", "big.parquet", "big.csv"))
    parquet.write_table(table, path)
    for out in (big, text):
        arguments = ["expand", path, "-t", "label", "--unlabeled", "", "-o", out, "--ratio", 2, "--seed", 0, "-q"]
        assert skexpand(*arguments) == (0, "", [])
    assert [row["label"] for row in lines_of(text)][:30] == [str(first)] * 15 + [str(second)] * 15
    found = parquet.read_table(big)
    assert found["label"].type == kind
    assert found["label"].to_pylist()[:30] == [first] * 15 + [second] * 15
    assert found.select(["width", "petals"])[:30].equals(table.select(["width", "petals"]))
    assert not found["label"].null_count


@pytest.mark.parametrize(("marker", "labels"), [("-1", [0, 1, -1]), ("", ["a", "b", ""]), ("?", ["a", "b", "?"])])
def test_markers_in_binary_files(skexpand, flowers, marker, labels):
    rows = pd.read_csv(flowers)
    column = pa.array([labels[2] if HIDDEN[row] else labels[row >= 15] for row in range(30)])
    path, big = flowers.with_name("a.feather"), flowers.with_name("big.feather")
    for kind in (column, column.dictionary_encode()):
        feather.write_feather(pa.table({"width": rows["width"], "label": kind}), str(path))
        code, _, err = skexpand(
            "expand", path, "-t", "label", "--unlabeled", marker, "-o", big, "--ratio", 2, "--seed", 0, "--force"
        )
        assert code == 0, err
        found = feather.read_table(big)["label"]
        assert found.type == kind.type
        assert found.to_pylist()[:30] == [labels[0]] * 15 + [labels[1]] * 15
        assert labels[2] not in found.to_pylist()


def test_known_shares(skexpand, hide):
    path = hide("")
    big = path.with_name("big.csv")
    arguments = ["expand", path, "-t", "name", "--unlabeled", "", "-o", big, "--ratio", 1, "--seed", 0, "--force"]
    assert skexpand(*arguments, "--class-shares", "rose=0.8")[0] == 0
    assert sum(row["name"] == "rose" for row in lines_of(big)) > 17  # by the rows, fifteen are
    assert skexpand(*arguments, "--class-shares", "balanced")[0] == 0
    assert sum(row["name"] == "rose" for row in lines_of(big)) == 15


def test_only_new_rows(skexpand, hide):
    path = hide("")
    big = path.with_name("big.csv")
    options = ["--synthetic-only", "--ratio", 3, "-q", "--flag-column", "new", "--inferred-column", "inferred"]
    assert skexpand("expand", path, "-t", "name", "--unlabeled", "", "-o", big, *options)[0] == 0
    rows = lines_of(big)
    assert len(rows) == 16
    assert {(row["new"], row["inferred"]) for row in rows} == {("True", "False")}


def test_a_marker_that_no_row_has(skexpand, flowers):
    plain, marked = flowers.with_name("plain.csv"), flowers.with_name("marked.csv")
    arguments = ["expand", flowers, "-t", "name", "--ratio", 2, "--seed", 0]
    assert skexpand(*arguments, "-o", plain)[2] == []
    code, _, err = skexpand(*arguments, "--unlabeled", "unknown", "-o", marked)
    assert (code, err) == (0, ["skexpand: every row had a label; none was inferred"])
    assert plain.read_bytes() == marked.read_bytes()


def test_labels_are_checked_where_there_are_enough(skexpand, hide):
    path = hide("")
    lines = path.read_text().splitlines()
    for row, label in ((5, "rose"), (6, "rose"), (20, "tulip"), (21, "tulip")):
        lines[row] += label
    path.write_text("\n".join(lines) + "\n")
    err = skexpand("expand", path, "-t", "name", "--unlabeled", "", "-o", path.with_name("big.csv"), "--ratio", 2)[2]
    assert err == ["skexpand: 18 of 30 labels inferred: rose: 9, tulip: 9 (100% of held-out labels found)"]


def test_inspect_and_report(skexpand, hide):
    path = hide("?", "?")
    code, out, _ = skexpand("inspect", path, "-t", "name", "--unlabeled", "?", "--ratio", 3)
    assert code == 0
    assert [line.split() for line in out.splitlines()[-5:]] == [
        ["class", "rows", "new", "total"],
        ["rose", "4", "8", "12"],
        ["tulip", "4", "8", "12"],
        ["(no", "label)", "22", "0", "22"],
        ["all", "30", "16", "46"],
    ]
    page = path.with_name("report.html")
    options = ["-o", page, "--ratio", 2, "--folds", 2, "-j", 1, "-q", "--seed", 0]
    assert skexpand("report", path, "-t", "name", "--unlabeled", "?", *options) == (0, "", [])
    assert "18" in page.read_text(encoding="utf-8")


def test_what_is_refused(refused, hide):
    path = hide("", "unknown")
    big = path.with_name("big.csv")
    arguments = ["expand", path, "-t", "name", "-o", big]
    line = refused(*arguments, "--unlabeled", "unknown")
    assert "the target 'name' has no value in 11 of 30 rows, first in row 5" in line
    assert "by --unlabeled ''" in line
    assert "--inferred-column 'width' is a column" in refused(
        *arguments, "--unlabeled", "", "--inferred-column", "width"
    )
    again = ["--flag-column", "x", "--inferred-column", "x"]
    assert "--inferred-column 'x' is a column" in refused(*arguments, "--unlabeled", "", *again)
    for shares, message in [
        ("lily=0.5", "names the class(es) ['lily'], which no row has; choose from ['rose', 'tulip', 'unknown']"),
        ("rose=x", "is not understood"),
        ("rose=0.5,tulip=0.7", "must sum to 1, got 1.2"),
        ("rose=0.5,tulip=0.2,unknown=0", "must sum to 1, got 0.7"),
        ("rose=1.5", "the share of class 'rose' must be a number from 0 to 1, got 1.5"),
        ("rose=nan", "the share of class 'rose' must be a number from 0 to 1, got nan"),
    ]:
        line = refused(*arguments, "--unlabeled", "", "--class-shares", shares)
        assert f"--class-shares {shares!r}" in line
        assert message in line
    header, *lines = path.read_text().splitlines()
    path.write_text("\n".join([header, *(f"{line.rpartition(',')[0]}," for line in lines)]) + "\n")
    assert "no row has a label in the target 'name'" in refused(*arguments, "--unlabeled", "")
    assert not big.exists()
