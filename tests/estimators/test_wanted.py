"""Rows on demand in batches and parts: what all rows have in common, the same rows however they are made."""

import numpy as np
import pandas as pd
import pytest

from skexpand import ExpansiveSynthesizer
from skexpand.estimators.wanted import Demand
from tests.tables import same_bits

GIVEN = {"sex": "F", "age": (30, 40)}


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    age, sex = rng.integers(18, 90, 300), rng.choice(["F", "M"], 300)
    X = pd.DataFrame({"sex": sex, "age": age, "pressure": (100 + age / 2 + rng.normal(0, 5, 300)).round()})
    return X, np.where(age + 9 * (sex == "M") > 60, "ill", "ok")


@pytest.fixture(scope="module")
def model(table):
    return ExpansiveSynthesizer(law="local", random_state=0).fit(*table)


def higher(rows):
    return rows["pressure"] > rows["age"] + 80


def test_all_batches_fulfil_it_in_the_proportions_of_the_rows_that_do(model, table):
    given = {"age": (50, 65)}
    batches = list(model.sample_batches(1000, 300, given=given, rules=[higher], bounds={"pressure": (50, None)}))
    rows, labels = pd.concat([X for X, _ in batches]), np.concatenate([y for _, y in batches])
    assert len(rows) == 1000
    assert rows.age.between(50, 65).all()
    assert higher(rows).all()
    X, y = table
    real = y[X.age.between(50, 65)]
    assert np.mean(labels == "ill") == pytest.approx(np.mean(real == "ill"), abs=0.001)


def test_stated_classes(model):
    rows, labels = next(model.sample_batches({"ok": 50}, given=GIVEN))
    assert set(labels) == {"ok"}
    assert rows.age.between(30, 40).all()
    with pytest.raises(ValueError, match="of class 'ill' fulfils"):
        model.sample_batches({"ill": 50}, given={"sex": "F", "age": (20, 25)})


def test_batches_and_parts_are_the_same_rows(model, tmp_path):
    parts = pytest.importorskip("skexpand.parts")
    demand = {"given": GIVEN, "rules": [higher], "bounds": {"age": (0, 110)}}
    parts.to_parquet(model, 300, tmp_path / "big", rows_per_part=100, **demand)
    batches = list(model.sample_batches(300, 100, **demand))
    for part, (X, _) in reversed([*enumerate(batches)]):
        frame = pd.read_parquet(tmp_path / "big" / f"part-{part:06d}.parquet")
        pd.testing.assert_frame_equal(frame.drop(columns="target"), X, check_dtype=False)
    assert not same_bits(*(X["pressure"].to_numpy() for X, _ in batches[:2]))


def test_anchors_are_drawn_alike_in_each_process(tmp_path):
    parts = pytest.importorskip("skexpand.parts")
    X = np.random.default_rng(0).standard_normal((4500, 2))  # of the first class, only 4,096 become anchors
    model = ExpansiveSynthesizer(law="local", random_state=0).fit(X, np.arange(4500) >= 4300)
    saved = tmp_path / "model.safetensors"
    model.save(saved)
    given = {0: (-9.0, None)}
    for folder, order in (("forth", [0, 1, 2]), ("back", [2, 1, 0])):
        parts.begin(saved, 60, tmp_path / folder, rows_per_part=20, seed=7, given=given)
        for part in order:
            parts.write_part(saved if folder == "forth" else saved.read_bytes(), part, tmp_path / folder, given=given)
    forth, back = (pd.read_parquet(tmp_path / folder) for folder in ("forth", "back"))
    assert same_bits(forth.to_numpy(float), back.to_numpy(float))


def test_a_folder_is_completed_by_the_same_demand_only(model, tmp_path):
    parts = pytest.importorskip("skexpand.parts")
    parts.begin(model, 100, tmp_path / "big", rows_per_part=50, given=GIVEN, rules=[higher])
    with pytest.raises(ValueError, match=r"demand .*given\['age'\] = \(30, 40\).*, now \[\]\); repeat that one"):
        parts.begin(model, 100, tmp_path / "big", rows_per_part=50)
    with pytest.raises(ValueError, match=r"begun for other rows .*rule higher.*; give the same to write_part"):
        parts.write_part(model, 0, tmp_path / "big", given=GIVEN)
    assert parts.write_part(model, 0, tmp_path / "big", given=GIVEN, rules=[higher]) == 50


def test_nothing_is_written_for_a_wish_that_no_row_fulfils(model, tmp_path):
    parts = pytest.importorskip("skexpand.parts")
    for request in (parts.to_parquet, parts.begin):
        with pytest.raises(ValueError, match="leaves no value"):
            request(model, 100, tmp_path / "big", given={"age": (200, 300)})
    with pytest.raises(TypeError, match="rules must be functions"):
        parts.to_parquet(model, 100, tmp_path / "big", rules=["higher"])
    assert not (tmp_path / "big").exists()


def test_numbers_are_stated_as_columns(table):
    X, _ = table
    numbers = ExpansiveSynthesizer(target="numbers", target_law="recombined", law="local", random_state=0)
    model = numbers.fit(X[["sex", "age"]], X[["pressure"]])
    rows, pressure = next(model.sample_batches(40, given={"pressure": (120, 130), "sex": "M"}))
    assert set(rows.sex) == {"M"}
    assert ((pressure >= 120) & (pressure <= 130)).all()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"a": (np.float64(1.5), None)}, "given['a'] = (1.5, None)"),
        ({0: {"y", "x"}}, "given[0] = {'x', 'y'}"),
        ({"a": np.array([1, 2])}, "given['a'] = [1, 2]"),
        ({"a": pd.Series([1, None])}, "given['a'] = [1.0, nan]"),
        (
            {"a": [(None, np.int8(3)), pd.Timestamp("2025-03-01")]},
            "given['a'] = [(None, 3), Timestamp('2025-03-01 00:00:00')]",
        ),
    ],
)
def test_what_is_told_does_not_depend_on_the_container(given, told):
    assert Demand(given).told() == [told]
    assert Demand(None, [higher], {"a": (0, None)}).told() == ["bounds['a'] = (0, None)", "rule higher"]
