"""``skexpand inspect``: columns, classes, and the same numbers that expand makes."""

import pandas as pd
import pytest


def test_columns_and_classes(skexpand, flowers):
    code, out, err = skexpand("inspect", flowers, "--target", "name", "--ratio", 3)
    assert (code, err) == (0, [])
    head, columns, classes = (part.splitlines() for part in out.split("\n\n"))
    assert head == [f"{flowers}: 30 rows, 3 columns, target 'name'"]
    assert [line.split()[:2] for line in columns] == [["width", "float"], ["petals", "integer"]]
    assert [line.split() for line in classes] == [
        ["class", "rows", "new", "total"],
        ["rose", "15", "30", "45"],
        ["tulip", "15", "30", "45"],
        ["all", "30", "60", "90"],
    ]


def test_gaps_and_codes_are_shown(skexpand, flowers):
    flowers.write_text(flowers.read_text() + ",3,rose\n")
    _, out, _ = skexpand("inspect", flowers, "-t", "name", "--categorical", "petals")
    assert "1 missing" in out
    assert "petals  categorical" in out


def test_a_column_of_names_is_pointed_out(skexpand, flowers):
    lines = flowers.read_text().splitlines()
    flowers.write_text("\n".join(["id," + lines[0], *(f"row{i},{line}" for i, line in enumerate(lines[1:]))]))
    assert "every value differs: --drop id?" in skexpand("inspect", flowers, "-t", "name")[1]
    assert "every value differs" not in skexpand("inspect", flowers, "-t", "name", "--drop", "id")[1]


@pytest.mark.parametrize("name", ["id", ""])
def test_row_numbers_are_pointed_out(skexpand, flowers, name):
    lines = flowers.read_text().splitlines()
    flowers.write_text("\n".join([f"{name},{lines[0]}", *(f"{i},{line}" for i, line in enumerate(lines[1:]))]))
    stated = name or "''"
    assert f"every value differs, as row numbers do: --drop {stated}?" in skexpand("inspect", flowers, "-t", "name")[1]
    assert "every value differs" not in skexpand("inspect", flowers, "-t", "name", "--drop", name)[1]


@pytest.mark.parametrize("strategy", ["auto", "stratified", "rose=200,tulip=20"])
def test_what_it_says_is_what_expand_does(skexpand, flowers, strategy):
    big = flowers.with_name("big.csv")
    _, said, _ = skexpand("inspect", flowers, "-t", "name", "--strategy", strategy)
    _, done, _ = skexpand("expand", flowers, "-t", "name", "--strategy", strategy, "-o", big)
    total = said.split()[-1]
    assert done.startswith(f"{big}: {total} rows")


def test_it_refuses_what_expand_refuses(refused, flowers):
    assert "did you mean 'name'?" in refused("inspect", flowers, "-t", "names")
    assert "lily" in refused("inspect", flowers, "-t", "name", "--strategy", "lily=40")
    assert "did you mean 'width'?" in refused("inspect", flowers, "-t", "name", "--bounds", "wide=0:1")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--ratio", "nan"], "--ratio nan is not a factor"),
        (["--ratio", "inf"], "--ratio inf is not a factor"),
        (["--strategy", "nan"], "--strategy 'nan' is unknown; use auto"),
        (["--strategy", "2"], ", a share (0.5) or totals"),
        (["--delimiter", ";;"], "--delimiter ';;' must be one character"),
    ],
    ids=" ".join,
)
def test_numbers_that_are_none(refused, flowers, options, said):
    assert said in refused("inspect", flowers, "-t", "name", *options)


@pytest.mark.parametrize("extension", [".parquet", ".feather"])
def test_no_rows(refused, tmp_path, extension):
    path = tmp_path / f"none{extension}"
    frame = pd.DataFrame({"width": [1.0], "name": ["rose"]})[:0]
    frame.to_parquet(path) if extension == ".parquet" else frame.to_feather(path)
    assert "has no rows" in refused("inspect", path, "-t", "name")


def test_a_target_alone(refused, flowers):
    flowers.write_text("name\n" + "rose\ntulip\n" * 5)
    assert "there is no column besides the target 'name'" in refused("inspect", flowers, "-t", "name")
