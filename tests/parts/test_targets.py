"""Parts of numbers and label sets: columns and names, what the manifest says, and the batches of the same seed."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from skexpand import ExpansiveSynthesizer, parts
from tests.tables import same_bits

X = np.random.default_rng(0).standard_normal((60, 3))
PRICE, ROOMS = X[:, 0].round(1), (9 * X[:, 1]).astype(int)
MARKS = (X[:, :2] > 0).astype(int)
NUMBERS = {
    "array": (PRICE, ["target"]),
    "integers": (ROOMS, ["target"]),
    "series": (pd.Series(PRICE, name="price"), ["target"]),
    "column": (PRICE[:, None], ["target"]),
    "columns": (np.column_stack([PRICE, ROOMS]), ["target_0", "target_1"]),
    "frame": (pd.DataFrame({"price": PRICE, "rooms": ROOMS}), ["price", "rooms"]),
}
LABEL_SETS = {
    "array": (MARKS, ["target_0", "target_1"]),
    "sparse": (sparse.csr_array(MARKS), ["target_0", "target_1"]),
    "frame": (pd.DataFrame(MARKS == 1, columns=["wet", "cold"]), ["wet", "cold"]),
}


def fitted(target, y, rows=X):
    model = ExpansiveSynthesizer(target=target, target_law="recombined", law="local", random_state=5)
    return model.fit(rows, y)


def plan_of(folder):
    return json.loads((folder / "_manifest.json").read_text())["plan"]


@pytest.mark.parametrize(
    ("target", "y", "names"),
    [("numbers", *case) for case in NUMBERS.values()] + [("label_sets", *case) for case in LABEL_SETS.values()],
    ids=[*NUMBERS, *(f"{name} of label sets" for name in LABEL_SETS)],
)
def test_each_has_a_column_and_batches_are_the_parts(target, y, names, tmp_path):
    model = fitted(target, y)
    assert parts.to_parquet(model, 100, tmp_path / "big", rows_per_part=40) == 100
    batches = list(model.sample_batches(100, 40))
    assert [len(rows) for rows, _ in batches] == [33, 33, 34]
    for part, (rows, made) in enumerate(batches):
        frame = pd.read_parquet(tmp_path / "big" / f"part-{part:06d}.parquet")
        assert list(frame.columns) == ["x0", "x1", "x2", *names]
        assert same_bits(frame.iloc[:, :3].to_numpy(), rows)
        np.testing.assert_array_equal(frame[names].to_numpy().reshape(made.shape), made)
    assert plan_of(tmp_path / "big")["target"] == (names if len(names) > 1 else "target")


def test_numbers_keep_their_type_decimals_and_bounds(tmp_path):
    parts.to_parquet(fitted("numbers", PRICE), 500, tmp_path / "prices", target="price")
    prices = pd.read_parquet(tmp_path / "prices")["price"]
    assert (prices == prices.round(1)).all()
    assert PRICE.min() <= prices.min() < prices.max() <= PRICE.max()
    parts.to_parquet(fitted("numbers", ROOMS), 50, tmp_path / "rooms")
    assert pd.read_parquet(tmp_path / "rooms")["target"].dtype == np.int64


def test_smoothed_numbers_of_a_saved_synthesizer(tmp_path):
    model = ExpansiveSynthesizer(target="numbers", law="local", random_state=5).fit(X, PRICE)
    model.save(tmp_path / "model.safetensors")
    parts.to_parquet(tmp_path / "model.safetensors", 30, tmp_path / "big")
    np.testing.assert_array_equal(pd.read_parquet(tmp_path / "big")["target"], next(model.sample_batches(30))[1])


def test_the_manifest_counts_all_numbers_and_each_label_set(tmp_path):
    parts.begin(fitted("numbers", PRICE), 100, tmp_path / "numbers")
    assert plan_of(tmp_path / "numbers")["rows_per_class"] == {"all": 100}
    model = fitted("label_sets", pd.DataFrame(MARKS == 1, columns=["wet", "cold"]))
    wanted = {(False, True): 5, (True, True): 2}
    parts.to_parquet(model, wanted, tmp_path / "sets")
    assert plan_of(tmp_path / "sets")["rows_per_class"] == {"[0, 0]": 0, "[0, 1]": 5, "[1, 0]": 0, "[1, 1]": 2}
    assert pd.read_parquet(tmp_path / "sets").groupby(["wet", "cold"]).size().to_dict() == wanted
    with pytest.raises(ValueError, match=r"rows_per_class .*'\[0, 1\]': 5.*, now"):
        parts.begin(model, {(False, True): 7}, tmp_path / "sets")


def test_a_frame_of_polars(tmp_path):
    polars = pytest.importorskip("polars")
    y = polars.DataFrame({"price": PRICE, "rooms": ROOMS})
    parts.to_parquet(fitted("numbers", y, polars.DataFrame(X, schema=["a", "b", "c"])), 20, tmp_path / "big")
    assert polars.read_parquet(tmp_path / "big" / "*.parquet").columns == ["a", "b", "c", "price", "rooms"]


@pytest.mark.parametrize(("target", "case"), [("numbers", NUMBERS["frame"]), ("label_sets", LABEL_SETS["frame"])])
def test_a_lazy_dataframe(target, case, tmp_path):
    pytest.importorskip("dask.dataframe")
    model = fitted(target, case[0])
    frame = parts.to_dask_dataframe(model, 100, rows_per_part=40)
    parts.to_parquet(model, 100, tmp_path / "big", rows_per_part=40)
    found = frame.compute(scheduler="synchronous")
    pd.testing.assert_frame_equal(found.reset_index(drop=True), pd.read_parquet(tmp_path / "big"))
    pd.testing.assert_series_equal(found.dtypes, frame.dtypes)


def test_names_that_columns_have_are_refused(tmp_path):
    frame = pd.DataFrame(X, columns=["price", "b", "c"])
    model = fitted("numbers", pd.DataFrame({"price": PRICE, "rooms": ROOMS}), frame)
    with pytest.raises(ValueError, match="Two columns would be named 'price'; rename one"):
        parts.begin(model, 10, tmp_path / "big")
    assert not (tmp_path / "big").exists()


def test_rows_of_a_level_cannot_be_asked_for(tmp_path):
    with pytest.raises(ValueError, match=r"n_samples=\{0: 9\} asks for rows of classes, .* the number of all rows"):
        parts.begin(fitted("numbers", PRICE), {0: 9}, tmp_path / "big")
    assert not (tmp_path / "big").exists()


def test_the_names_are_those_of_the_last_fit():
    model = fitted("numbers", NUMBERS["frame"][0])
    assert model.target_names_.tolist() == ["price", "rooms"]
    assert not hasattr(model.fit(X, PRICE), "target_names_")
