"""Rows on demand: they fulfil what is given, the rest goes with it, and what is too rare is refused before drawing."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from skexpand import ExpansiveSynthesizer
from skexpand.expansion.wishes import Training

RULE = 1.5  # of the height, in centimetres, per year of age


def people(seed=0, n=400):
    """Return people of whom height follows age, and the job is part of the sex: a mixed table with gaps."""
    rng = np.random.default_rng(seed)
    age, sex = rng.integers(18, 90, n), rng.choice(["F", "M"], n)
    job = np.where(sex == "F", rng.choice(["a", "b"], n), rng.choice(["b", "c"], n))
    X = pd.DataFrame(
        {
            "age": age,
            "height": RULE * age + np.where(sex == "M", 30, 0) + rng.standard_normal(n),
            "sex": sex,
            "job": job,
            "seen": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 90, n), "D"),
            "dose": np.where(rng.random(n) < 0.2, np.nan, np.round(rng.gamma(2, size=n), 1)),
            "smokes": rng.random(n) < 0.3,
        }
    )
    return X, np.where(age + rng.normal(0, 10, n) > 50, "old", "young")


@pytest.fixture(scope="module")
def table():
    return people()


@pytest.fixture(scope="module")
def fitted(table):
    return ExpansiveSynthesizer(random_state=0).fit(*table)


@pytest.mark.parametrize(
    ("given", "holds"),
    [
        ({"sex": "F", "age": (30, 40)}, lambda X: (X.sex == "F") & X.age.between(30, 40)),
        ({"age": 33}, lambda X: X.age == 33),
        ({"height": 101.25}, lambda X: X.height == 101.25),
        ({"height": [(60, 61), (100, 101)]}, lambda X: X.height.between(60, 61) | X.height.between(100, 101)),
        ({"job": ["a", "c"]}, lambda X: X.job.isin(["a", "c"])),
        ({"dose": None}, lambda X: X.dose.isna()),
        ({"dose": [None, (4, None)]}, lambda X: X.dose.isna() | (X.dose >= 4)),
        ({"dose": (1.05, 1.95)}, lambda X: X.dose.between(1.1, 1.9)),
        ({"seen": ("2024-02-01", "2024-02-03")}, lambda X: X.seen.between("2024-02-01", "2024-02-03")),
        ({"smokes": True, "seen": "2024-02-07"}, lambda X: X.smokes & (X.seen == "2024-02-07")),
    ],
    ids=["two", "number", "float", "ranges", "categories", "gap", "gap or range", "decimals", "days", "boolean, day"],
)
def test_each_row_fulfils_what_is_given(fitted, table, seed, given, holds):
    new, _ = fitted.sample(500, given=given, random_state=seed)
    assert len(new) == 500
    assert holds(new).all()
    assert (new.dtypes == table[0].dtypes).all()


def test_the_other_columns_go_with_it(fitted, table, seed):
    X, y = table
    given = {"sex": "F", "age": (70, 75)}
    new, labels = fitted.sample(4000, given=given, random_state=seed)
    real = (X.sex == "F") & X.age.between(70, 75)
    assert (new.job == "c").mean() < 0.02  # of all people 25 %
    errors = new.height - RULE * new.age
    assert abs(errors.mean()) < 1.5
    assert errors.std() < 4  # 43 of all people
    np.testing.assert_allclose(np.mean(labels == "old"), np.mean(y[real] == "old"), atol=0.001)
    assert new.age.nunique() == 6


def test_a_value_between_those_seen_takes_the_others_along(fitted, seed):
    """No height is 101.25 exactly: anchors are moved there, and their ages with them."""
    new, _ = fitted.sample(2000, given={"height": 101.25, "sex": "F"}, random_state=seed)
    assert abs(new.age.mean() - 101.25 / RULE) < 2
    assert new.age.std() < 4


@pytest.mark.parametrize("law", ["local", "global", "shrunk", {"local": 1, "global": 1}], ids=str)
@pytest.mark.parametrize("transport", [None, "gaussian", "marginal"])
def test_every_law(table, law, transport):
    X, y = table
    synthesizer = ExpansiveSynthesizer(law=law, transport=transport, random_state=0).fit(X, y)
    new, _ = synthesizer.sample(300, given={"sex": "M", "age": (20, 30)})
    assert (new.sex == "M").all()
    assert new.age.between(20, 30).all()
    assert abs((new.height - RULE * new.age - 30).mean()) < 4


def test_classes_are_as_stated(fitted, seed):
    given = {"age": (40, 60)}
    _, labels = fitted.sample(50, "old", given=given, random_state=seed)
    assert set(labels) == {"old"}
    stated = np.array(["old", "young", "old"] * 20)
    new, labels = fitted.sample(60, stated, given=given, random_state=seed)
    np.testing.assert_array_equal(labels, stated)
    assert new.age.between(40, 60).all()


@pytest.mark.parametrize("container", [np.asarray, np.float32, sparse.csr_matrix, sparse.csc_array, "pandas", "polars"])
def test_every_container(container):
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((200, 4)) * (rng.random((200, 4)) < 0.8)
    y = np.arange(200) % 2
    names = list("abcd")
    if isinstance(container, str):
        X = pytest.importorskip(container).DataFrame(dict(zip(names, rows.T, strict=True)))
    else:
        X = container(rows)
    given = {"a": (0.1, 0.3), "d": 0} if isinstance(container, str) else {0: (0.1, 0.3), 3: 0}
    new, _ = ExpansiveSynthesizer(random_state=0).fit(X, y).sample(100, given=given)
    assert type(new) is type(X)
    cells = new.toarray() if sparse.issparse(new) else np.asarray(new)
    low, high = np.array([0.1, 0.3]).astype(cells.dtype)
    assert ((cells[:, 0] >= low) & (cells[:, 0] <= high)).all()
    assert (cells[:, 3] == 0).all()
    assert len(np.unique(cells[:, 0])) > 20


def test_one_hot_columns_stay_exclusive():
    rng = np.random.default_rng(0)
    kinds = np.eye(3)[rng.integers(0, 3, 150)]
    X = np.column_stack([kinds, rng.standard_normal((150, 2)) + 3 * kinds[:, :2]])
    new, _ = ExpansiveSynthesizer(random_state=0).fit(X, np.arange(150) % 2).sample(200, given={1: 1})
    np.testing.assert_array_equal(new[:, :3], np.tile([0.0, 1, 0], (200, 1)))
    assert abs(new[:, 4].mean() - 3) < 0.5


def test_a_single_row_that_fulfils_it_borrows(fitted, table):
    X, _ = table
    oldest = X[(X.sex == "F") & (X.job == "a")].age.max()
    new, _ = fitted.sample(200, given={"sex": "F", "job": "a", "age": (int(oldest), None)})
    assert (new.age >= oldest).all()
    assert new.height.nunique() > 100


def test_the_same_seed_gives_the_same_rows(fitted):
    given = {"sex": "F", "age": (30, 40)}
    first, second, other = (fitted.sample(50, given=given, random_state=seed)[0] for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, second)
    assert not first.equals(other)


def test_other_rows_are_not_touched(fitted):
    before = fitted.sample(50)[0]
    fitted.sample(50, given={"sex": "F"})
    pd.testing.assert_frame_equal(before, fitted.sample(50)[0])
    pd.testing.assert_frame_equal(before, fitted.sample(50, given={}, rules=[], bounds={})[0])


def test_a_loaded_synthesizer_gives_the_same(fitted, tmp_path):
    fitted.save(tmp_path / "a.safetensors")
    again = ExpansiveSynthesizer.load(tmp_path / "a.safetensors")
    given = {"sex": "F", "age": (30, 40), "dose": None}
    pd.testing.assert_frame_equal(fitted.sample(50, given=given)[0], again.sample(50, given=given)[0])


def test_groups_are_kept_apart(table):
    X, y = table
    synthesizer = ExpansiveSynthesizer(random_state=0, expansion_ratio=2)
    synthesizer.fit_resample(X, y, groups=np.arange(len(y)) % 40)
    new, _ = synthesizer.sample(100, given={"sex": "F", "age": (30, 40)})
    assert ((new.sex == "F") & new.age.between(30, 40)).all()


def test_training_rows_are_remembered_as_they_were(fitted, table):
    X, _ = table
    rows = Training.of(fitted._expansion).rows
    real = fitted._source.schema.read(X)
    np.testing.assert_array_equal(np.isnan(rows), np.isnan(real))
    exact = [0, 2, 3, 5, 6]
    np.testing.assert_array_equal(rows[:, exact], real[:, exact])
    np.testing.assert_allclose(rows[:, [1, 4]], real[:, [1, 4]], atol=1e-4)


def test_none_comes_near(fitted):
    with pytest.raises(ValueError, match="None of the 400 training rows fulfils what is given") as error:
        fitted.sample(10, given={"sex": "F", "job": "c"})
    X, _ = people()
    n_women, n_job = int((X.sex == "F").sum()), int((X.job == "c").sum())
    assert f"given['sex'] = 'F' by {n_women}; given['job'] = 'c' by {n_job}" in str(error.value)
    loosened = "given['sex'] = 'F'" if n_job > n_women else "given['job'] = 'c'"
    assert f"Loosen {loosened}" in str(error.value)


def test_a_class_without_such_rows(table):
    X, _ = table
    synthesizer = ExpansiveSynthesizer(random_state=0).fit(X, np.where(X.sex == "F", "x", "y"))
    with pytest.raises(ValueError, match="of class 'y' fulfils given\\['sex'\\] = 'F'"):
        synthesizer.sample(10, "y", given={"sex": "F"})
    _, labels = synthesizer.sample(10, given={"sex": "F"})
    assert set(labels) == {"x"}


def test_gaps_that_new_rows_never_have(table):
    synthesizer = ExpansiveSynthesizer(missing="impute", random_state=0).fit(*table)
    with pytest.raises(ValueError, match="asks for a missing cell, but new rows have none with missing='impute'"):
        synthesizer.sample(10, given={"dose": None})


@pytest.mark.parametrize("transition", ["deformation", "latent"])
def test_images_are_refused(transition):
    rng = np.random.default_rng(0)
    images, y = rng.random((12, 64)), np.arange(12) % 2
    synthesizer = ExpansiveSynthesizer(image_shape=(8, 8), transition=transition, max_epochs=1, random_state=0)
    synthesizer.fit(images, y)
    for asked in ({"given": {3: 1}}, {"bounds": {3: (0, 1)}}):
        with pytest.raises(ValueError, match=f"{next(iter(asked))} is for tables, but rows are images"):
            synthesizer.sample(5, **asked)
    bright, _ = synthesizer.sample(5, rules=[lambda rows: rows.mean(axis=1) > 0.3])
    assert (bright.mean(axis=1) > 0.3).all()


@pytest.mark.filterwarnings("ignore::skexpand.PoorReconstructionWarning")
def test_lossy_latents_still_fulfil_it(table):
    X, y = table
    synthesizer = ExpansiveSynthesizer(latent_dim=2, max_epochs=2, random_state=0).fit(X, y)
    new, _ = synthesizer.sample(100, given={"sex": "F", "age": (30, 40)})
    assert ((new.sex == "F") & new.age.between(30, 40)).all()
