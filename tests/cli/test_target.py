"""Numbers and label sets as target of the command line: what is written in which types, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from skexpand import ExpansiveSynthesizer

FAST = ("--target-law", "recombined", "--ratio", 3, "--seed", 1)


@pytest.fixture
def homes(tmp_path):
    """Return a CSV file with a column of each kind of target."""
    rng = np.random.default_rng(0)
    size, rooms = rng.gamma(3, 20, 40).round(1), rng.integers(1, 7, 40)
    table = pd.DataFrame({"size": size, "ward": rng.choice(list("AB"), 40)})
    table["price"] = (3.2 * size + 20 * rooms + 100).round(2)
    table["visits"] = rooms * 3
    table["old"], table["big"] = (rng.random(40) < 0.3).astype(int), size > 60
    path = tmp_path / "homes.csv"
    table.to_csv(path, index=False, float_format="%.2f")
    return path


def test_several_numbers_are_those_of_python(skexpand, homes, tmp_path):
    out = tmp_path / "out.csv"
    options = ("-t", "price,visits", "--target-kind", "numbers", "--drop", "old,big", *FAST, "--bounds", "price=100:")
    assert skexpand("expand", homes, *options, "-o", out)[::2] == (0, [])
    found, table = pd.read_csv(out), pd.read_csv(homes)
    sampler = ExpansiveSynthesizer(
        target="numbers", target_law="recombined", expansion_ratio=3, bounds={"price": (100, None)}, random_state=1
    )
    X, y = sampler.fit_resample(table[["size", "ward"]], table[["price", "visits"]])
    pd.testing.assert_frame_equal(found, pd.concat([X, y], axis=1), check_dtype=False)
    cells = out.read_text().splitlines()[-1].split(",")
    assert len(cells[2].partition(".")[2]) == 2
    assert "." not in cells[3]


@pytest.mark.parametrize("extension", [".parquet", ".feather"])
def test_numbers_keep_the_types_of_the_file(skexpand, homes, tmp_path, extension):
    table = pd.read_csv(homes).astype({"price": "float32", "visits": "int16"})
    source, out = tmp_path / f"in{extension}", tmp_path / f"out{extension}"
    name = {".parquet": "parquet", ".feather": "feather"}[extension]
    getattr(table, f"to_{name}")(source)
    options = ("-t", "price", "-t", "visits", "--target-kind", "numbers", *FAST)
    assert skexpand("expand", source, *options, "-o", out)[::2] == (0, [])
    found = getattr(pd, f"read_{name}")(out)
    assert found.dtypes.equals(table.dtypes)
    assert len(found) == 120


def test_rows_on_demand_bring_their_numbers(skexpand, homes, tmp_path):
    out = tmp_path / "out.csv.gz"
    options = ("-t", "price", "--target-kind", "numbers", *FAST, "--given", "price=200:300", "--given", "ward=A")
    assert skexpand("expand", homes, *options, "--synthetic-only", "-o", out)[::2] == (0, [])
    new = pd.read_csv(out)
    assert new.price.between(200, 300).all()
    assert set(new.ward) == {"A"}


@pytest.fixture
def hide(homes):
    """Return a function that puts a word for the numbers of every third row, and returns the table as it was."""

    def hidden(word, *names):
        table = pd.read_csv(homes)
        lines = [line.split(",") for line in homes.read_text().splitlines()]
        for line in lines[1::3]:
            for name in names:
                line[lines[0].index(name)] = word
        homes.write_text("\n".join(map(",".join, lines)))
        return table

    return hidden


@pytest.mark.parametrize(("word", "marker"), [("", ""), ("NA", ""), ("sold", "sold")])
def test_numbers_are_inferred(skexpand, homes, tmp_path, hide, word, marker):
    table, out = hide(word, "price", "visits"), tmp_path / "out.csv"
    options = ("-t", "price,visits", "--target-kind", "numbers", "--unlabeled", marker)
    _, said, _ = skexpand("inspect", homes, *options, "--ratio", 2)
    assert [line.split() for line in said.splitlines()[-2:]] == [
        ["(no", "number)", "14", "0", "14"],
        ["all", "40", "26", "66"],
    ]
    assert f"{table.price.drop(range(0, 40, 3)).max():.2f}" in said
    options = (*options, "--ratio", 2, "--seed", 0, "--inferred-column", "inferred", "-o", out)
    code, _, err = skexpand("expand", homes, *options)
    assert code == 0
    assert err[-1].startswith("skexpand: numbers of 14 of 40 rows inferred (held-out ones: ")
    found = pd.read_csv(out)
    assert np.flatnonzero(found.inferred).tolist() == list(range(0, 40, 3))
    known = ~found.inferred[:40]
    pd.testing.assert_frame_equal(found[:40][known].drop(columns="inferred"), table[known])
    assert found.visits.dtype == np.int64
    assert np.corrcoef(found.price[:40], table.price)[0, 1] > 0.9


def test_numbers_that_are_inferred_in_part(refused, homes, hide):
    hide("", "visits")
    options = ("-t", "price,visits", "--target-kind", "numbers")
    assert "row 1 has a value of the target 'price' and none of 'visits'" in refused(
        "inspect", homes, *options, "--unlabeled", ""
    )


def test_label_sets_in_a_file_and_in_parts(skexpand, homes, tmp_path):
    sets = {tuple(row) for row in pd.read_csv(homes)[["old", "big"]].to_numpy().tolist()}
    for name, options in (("out.csv", ("--ratio", 2)), ("parts", ("--rows", 90, "--rows-per-part", 40))):
        stated = ("-t", "old,big", "--target-kind", "label_sets", *options, "-o", tmp_path / name)
        assert skexpand("expand", homes, *stated)[::2] == (0, [])
    for found in (pd.read_csv(tmp_path / "out.csv"), pd.read_parquet(tmp_path / "parts")):
        assert {tuple(row) for row in found[["old", "big"]].to_numpy().tolist()} == sets
        assert found.dtypes[["old", "big"]].tolist() == [np.int64, np.bool_]


def test_numbers_in_parts(skexpand, homes, tmp_path):
    options = ("-t", "price,visits", "--target-kind", "numbers", "--target-law", "recombined", "--rows", 90)
    assert skexpand("expand", homes, *options, "-o", tmp_path / "parts")[::2] == (0, [])
    found = pd.read_parquet(tmp_path / "parts")
    assert found.columns.tolist() == pd.read_csv(homes).columns.tolist()
    assert found.visits.dtype == np.int64
    assert np.allclose(found.price * 100, (found.price * 100).round())


def test_inspect_shows_ranges_and_columns(skexpand, homes):
    options = ("-t", "price,visits", "--target-kind", "numbers", "--ratio", 3, "--bounds", "price=0:")
    code, out, err = skexpand("inspect", homes, *options)
    assert (code, err) == (0, [])
    head, columns, ranges, rows = (part.splitlines() for part in out.split("\n\n"))
    table = pd.read_csv(homes)
    assert head[0].endswith("40 rows, 6 columns, target 'price', 'visits'")
    assert columns[-2].split(maxsplit=1) == ["price", "float (float64); 2 decimals; from 0.0"]
    middle = sorted(table.price)[19]
    assert ranges[1].split() == ["price", *(f"{value:.2f}" for value in (table.price.min(), middle, table.price.max()))]
    assert rows[1].split() == ["all", "40", "80", "120"]


def test_inspect_counts_labels(skexpand, homes):
    options = ("-t", "old,big", "--target-kind", "label_sets", "--strategy", "stratified", "--ratio", 3)
    _, out, _ = skexpand("inspect", homes, *options)
    lines = [line.split() for line in out.split("\n\n")[2].splitlines()]
    table = pd.read_csv(homes)
    none = int((~(table.old.astype(bool) | table.big)).sum())
    counts = {"old": int(table.old.sum()), "big": int(table.big.sum()), "(none)": none, "all": 40}
    assert lines[1:] == [[name, str(n), str(2 * n), str(3 * n)] for name, n in counts.items()]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("target", "kind", "options", "said"),
    [
        ("price", "numbers", ("--bounds", "price=0:", "--drop", "old,big,visits"), "mean absolute error"),
        ("price,visits", "numbers", ("--learner", "forest", "--scoring", "r2"), "a larger R²"),
        ("old,big", "label_sets", ("--learner", "forest"), "f1 macro"),
    ],
)
def test_report(skexpand, homes, tmp_path, target, kind, options, said):
    options = ("--folds", 2, "-j", 1, "--ratio", 2, "--seed", 0, "-o", tmp_path / "page.html", *options)
    code, out, err = skexpand("report", homes, "-t", target, "--target-kind", kind, *options)
    assert (code, err) == (0, [])
    assert said in out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("-t price", "'price' is a measurement, not a class; use --target-kind numbers, or put"),
        (
            "-t price,visits",
            "'price' and 'visits', but classes are one column; use --target-kind numbers or",
        ),
        ("-t ward --target-kind numbers", "'ward' holds 'B' in row 1, which is no finite number; correct it"),
        ("-t big --target-kind numbers", "'big' holds 'False' in row 1, which is no finite number"),
        ("-t visits,old --target-kind label_sets", "'visits' holds '3' in row 1, which is neither 0 nor 1, true nor"),
        ("-t pice --target-kind numbers", "no column is named 'pice'; did you mean 'price'?"),
        ("-t old,big --target-kind label_sets --unlabeled ?", "label_sets; leave it out, and such rows, too"),
        ("-t price --target-kind numbers --strategy all", "--strategy does not go with --target-kind numbers"),
        ("-t old,big --target-kind label_sets --strategy old=9", "leave it out (--ratio states how many rows"),
        ("-t ward --target-law smooth", "--target-law is for numbers; leave it out"),
        ("-t size,ward,price,visits,old,big --target-kind numbers", "no column besides the target 'size', 'ward'"),
    ],
)
def test_what_is_refused(refused, homes, options, said):
    assert said in refused("inspect", homes, *options.split())


def test_cells_that_are_no_numbers(refused, homes):
    lines = homes.read_text().splitlines()
    for cell, said in (
        ("sold", "the target 'price' holds 'sold' in row 3, which is no finite number; correct it, take the row out"),
        ("", "the target 'price' has no value in 1 of 40 rows, first in row 3; fill these in, or take the rows out"),
    ):
        cells = lines[3].split(",")
        homes.write_text("\n".join([*lines[:3], ",".join([*cells[:2], cell, *cells[3:]]), *lines[4:]]))
        assert said in refused("inspect", homes, "-t", "price", "--target-kind", "numbers")


@pytest.mark.parametrize(
    ("kind", "target", "said"),
    [
        ("numbers", "price", "leave it out (numbers can be"),
        ("label_sets", "old,big", "leave it out (rows are made of all"),
    ],
)
def test_what_cannot_be_given(refused, homes, tmp_path, kind, target, said):
    given = f"--given={target.partition(',')[0]}=1"
    for options in (("-o", tmp_path / "out.csv"), ("-o", tmp_path / "parts", "--rows", 9)):
        assert said in refused("expand", homes, "-t", target, "--target-kind", kind, given, *options)


def test_learners_and_metrics_of_another_kind(refused, homes, tmp_path):
    options = ("-t", "price", "--target-kind", "numbers", "-o", tmp_path / "page.html")
    assert "logistic does not learn numbers; choose from neighbours" in refused(
        "report", homes, *options, "--learner", "logistic"
    )
    assert "scoring='roc_auc' judges no numbers" in refused("report", homes, *options, "--scoring", "roc_auc")
