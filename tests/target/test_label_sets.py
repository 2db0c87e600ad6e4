"""Label sets as target: new rows have sets that exist, as often as asked for, in the container they came in."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from imblearn.pipeline import make_pipeline
from scipy import sparse
from sklearn.datasets import make_multilabel_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import jaccard_score
from sklearn.model_selection import GridSearchCV
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

from skexpand import ExpandedClassifier, ExpansiveSynthesizer
from skexpand.target.classes import Labels
from skexpand.target.label_sets import kin_of, label_sets, similarity

X, Y = make_multilabel_classification(50, n_features=6, n_classes=4, random_state=1)


def sampler(**parameters):
    return ExpansiveSynthesizer(**{"target": "label_sets", "law": "local", "random_state": 0} | parameters)


def plain(y):
    return y.toarray() if sparse.issparse(y) else np.asarray(y)


CONTAINERS = {
    "array": np.asarray,
    "booleans": lambda y: y.astype(bool),
    "floats": lambda y: y.astype(float),
    "list": np.ndarray.tolist,
    "pandas": lambda y: pd.DataFrame(y, columns=list("abcd")),
    "polars": lambda y: pl.DataFrame(y, schema=list("abcd")),
    "csr": sparse.csr_array,
    "csc": sparse.csc_matrix,
    "coo": sparse.coo_array,
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_sets_come_back_as_they_came_and_exist(name):
    given = CONTAINERS[name](Y)
    rows, made = sampler().fit_resample(X, given)
    assert type(made) is type(given)
    found = plain(made)
    assert found.dtype == plain(given).dtype
    np.testing.assert_array_equal(found[:50], Y)
    assert {*map(tuple, found)} == {*map(tuple, Y)}
    assert len(rows) == len(found)
    assert 1900 < len(found) < 2100  # about 2,000 in all, though most sets are rare
    if name in ("pandas", "polars"):
        assert list(made.columns) == list("abcd")


def test_frequencies_are_kept_or_balanced():
    kept = sampler(sampling_strategy="stratified").fit_resample(X, Y)[1]
    np.testing.assert_allclose(kept.mean(axis=0), Y.mean(axis=0), atol=0.01)
    counts = np.unique(sampler().fit_resample(X, Y)[1], axis=0, return_counts=True)[1]
    assert np.ptp(counts) <= 1
    one = tuple(Y[0].tolist())
    fitted = sampler(sampling_strategy={one: 40}).fit(X, Y)
    assert fitted.sampling_strategy_[one] == 40 - np.sum((Y[0] == Y).all(axis=1))
    assert sum(fitted.sampling_strategy_.values()) == fitted.sampling_strategy_[one]


def test_the_likeness_of_sets_is_their_jaccard_index():
    sets = label_sets(Y).classes
    expected = [[jaccard_score(a, b, zero_division=1) for a in sets] for b in sets]
    np.testing.assert_allclose(similarity(sets), expected)


def test_rare_sets_borrow_from_the_most_similar():
    marks = np.repeat([[1, 0, 0], [1, 1, 0], [1, 1, 1], [0, 0, 1]], [20, 1, 4, 12], axis=0)
    labels = label_sets(marks)
    assert labels.classes.tolist() == [[0, 0, 1], [1, 0, 0], [1, 1, 0], [1, 1, 1]]
    # of one row: J = 2/3 with all three, 1/2 with the first alone
    assert [kin.tolist() for kin in kin_of(labels)] == [[0, 3], [1], [1, 2, 3], [1, 2, 3]]
    assert kin_of(Labels.of([0, 1])) is None


def test_sets_of_one_row_vary():
    rows, made = sampler(sampling_strategy="all").fit_resample(X, Y)
    sets, counts = np.unique(made[:50], axis=0, return_counts=True)
    rare = sets[counts == 1][0]
    new = rows[50:][(made[50:] == rare).all(axis=1)]
    assert np.median(new.std(axis=0)) > 0.2 * np.median(X.std(axis=0))


def test_rows_on_demand():
    fitted = sampler().fit(X, Y)
    rows, made = fitted.sample(400)
    assert rows.shape == (400, 6)
    np.testing.assert_allclose(made.mean(axis=0), Y.mean(axis=0), atol=0.05)
    assert (fitted.sample(5, y=Y[3])[1] == Y[3]).all()
    for stated in (Y[:3], Y[:3].tolist(), pd.DataFrame(Y[:3]), sparse.csr_array(Y[:3])):
        np.testing.assert_array_equal(fitted.sample(3, y=stated)[1], Y[:3])
    ((_, made),) = fitted.sample_batches({tuple(Y[0].tolist()): 4, tuple(Y[1].tolist()): 2}, 10)
    assert sorted(map(tuple, made.tolist())) == sorted([tuple(Y[0].tolist())] * 4 + [tuple(Y[1].tolist())] * 2)
    rows, made = fitted.sample(30, given={0: (5, 8)})
    assert ((rows[:, 0] >= 5) & (rows[:, 0] <= 8)).all()
    assert {*map(tuple, made.tolist())} <= {*map(tuple, Y.tolist())}
    absent = next(s for s in np.ndindex(2, 2, 2, 2) if s not in set(map(tuple, Y.tolist())))
    with pytest.raises(ValueError, match="which no fitted row has; choose"):
        fitted.sample(2, y=absent)
    with pytest.raises(ValueError, match="give a set of 4 labels"):
        fitted.sample(2, y=[1, 0])


def test_a_saved_synthesizer_makes_the_same_sets(tmp_path):
    fitted = sampler()
    fitted.fit_resample(X, pd.DataFrame(Y))
    fitted.save(tmp_path / "sets.safetensors")
    loaded = ExpansiveSynthesizer.load(tmp_path / "sets.safetensors")
    np.testing.assert_array_equal(loaded.classes_, fitted.classes_)
    assert loaded.sampling_strategy_ == fitted.sampling_strategy_
    for found, expected in zip(loaded.sample(20), fitted.sample(20), strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (Y[:, 0], r"shape \(50,\).*a column of zeros and ones.*MultiLabelBinarizer"),
        (Y * 2, r"y holds 2,.*target='numbers'"),
        (np.where(Y == 1, np.nan, 0.0), "missing labels"),
        (np.ones_like(Y), "more than one class"),
        ([[1, 0], [1]], "rows of different lengths.*MultiLabelBinarizer"),
        (pd.DataFrame(Y == 1, dtype="boolean").mask(Y == 1), "missing labels"),
        ([[None, 1]] * 50, "missing labels"),
        ([["a", "b"]] * 50, "must hold zeros and ones"),
        (None, "requires y"),
    ],
)
def test_bad_targets(target, message):
    with pytest.raises(ValueError, match=message):
        sampler().fit(X, target)


def test_unlabeled_rows_are_refused():
    with pytest.raises(ValueError, match="unlabeled=-1 is for classes and numbers; leave rows without labels out"):
        sampler(unlabeled=-1).fit(X, Y)


def test_by_default_the_refusal_names_the_parameter():
    with pytest.raises(ValueError, match=r"Multilabel and multioutput .* set target='label_sets'"):
        ExpansiveSynthesizer().fit(X, Y)
    with pytest.raises(ValueError, match=r"Unknown label type: continuous.*set target='numbers'"):
        ExpansiveSynthesizer().fit(X, X[:, 0] + 0.5)


LEARNERS = [
    MultiOutputClassifier(LogisticRegression(max_iter=500)),
    ClassifierChain(LogisticRegression(max_iter=500)),
    KNeighborsClassifier(),
]


@pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: type(learner).__name__)
def test_wrapped_learners(learner):
    model = ExpandedClassifier(learner, ExpansiveSynthesizer(law="local", random_state=0)).fit(X, Y)
    assert model.sampler_.target == "label_sets"
    assert model.predict(X).shape == (50, 4)
    assert model.score(X, Y) > 0.3
    weighed = make_pipeline(StandardScaler(), sampler(), learner).fit(X, Y)
    assert weighed.predict(X).shape == (50, 4)


def test_it_stands_in_a_search():
    model = make_pipeline(sampler(), KNeighborsClassifier())
    grid = {"expansivesynthesizer__sampling_strategy": ["auto", "stratified"]}
    search = GridSearchCV(model, grid, cv=2, scoring="f1_macro", error_score="raise").fit(X, Y)
    assert search.best_score_ > 0.4
