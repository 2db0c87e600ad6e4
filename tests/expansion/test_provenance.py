"""Where new rows come from: the table of parents, the mask of new rows, and groups that are kept apart."""

import numpy as np
import pytest
import sklearn
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier

from skexpand import ExpansiveSynthesizer, LowDiversityWarning
from skexpand.pipeline import make_pipeline
from tests.tables import blobs

LAWS = ["auto", "local", "global", "shrunk"]


def signatures(rng, n_groups=40, n_columns=10):
    """Return rows that give their group away, while a group's class is pure chance: nothing can be learned."""
    groups = np.repeat(np.arange(n_groups), 4)
    X = rng.normal(size=(n_groups, n_columns))[groups] + 0.05 * rng.normal(size=(len(groups), n_columns))
    return X, rng.permutation(np.arange(n_groups) % 2)[groups], groups


def test_parents_say_row_and_class(seed, rng):
    X, y = blobs(rng, [12, 9, 1], 3)
    names = np.array(["a", "b", "c"])[y]
    synthesizer = ExpansiveSynthesizer(expansion_ratio=3, random_state=seed)
    X_big, y_big = synthesizer.fit_resample(X, names)
    parents = synthesizer.parents_
    np.testing.assert_array_equal(parents["row"], np.arange(len(X), len(X_big)))
    np.testing.assert_array_equal(parents["class"], y_big[len(X) :])
    np.testing.assert_array_equal(parents["class"], names[parents["anchor"]])


def test_parents_as_a_frame(seed, rng):
    pd = pytest.importorskip("pandas")
    synthesizer = ExpansiveSynthesizer(expansion_ratio=3, degree=2, law="local", random_state=seed)
    synthesizer.fit_resample(*blobs(rng, [12, 9], 3))
    parents = synthesizer.parents_
    frame = parents.to_frame()
    ends = ["source_0", "source_1", "target_0", "target_1", "weight_0", "weight_1"]
    assert list(frame) == ["row", "class", "component", "anchor", *ends]
    assert isinstance(frame, pd.DataFrame)
    np.testing.assert_array_equal(frame[["target_0", "target_1"]], parents["targets"])
    assert frame.groupby("anchor").size().sum() == len(parents["row"])


def test_parents_show_their_columns():
    synthesizer = ExpansiveSynthesizer(expansion_ratio=2, law="local", random_state=0)
    synthesizer.fit_resample(*blobs(np.random.default_rng(0), [5, 5], 2))
    assert repr(synthesizer.parents_).startswith("Parents(row (10,), class (10,), ")
    assert "targets (10, 4)" in repr(synthesizer.parents_)


def test_the_mask_tells_new_rows(seed, rng):
    X, y = blobs(rng, [12, 9], 3)
    synthesizer = ExpansiveSynthesizer(expansion_ratio=3, random_state=seed)
    X_big, _ = synthesizer.fit_resample(X, y)
    mask = synthesizer.synthetic_mask_
    assert mask.dtype == bool
    assert len(mask) == len(X_big)
    np.testing.assert_array_equal(X_big[~mask], X)


@pytest.mark.parametrize("attribute", ["parents_", "synthetic_mask_", "groups_"])
def test_what_fit_resample_learned_goes_with_fit(attribute):
    X, y = blobs(np.random.default_rng(0), [12, 9], 3)
    synthesizer = ExpansiveSynthesizer(expansion_ratio=2, law="local", random_state=0)
    synthesizer.fit_resample(X, y, groups=y)
    assert hasattr(synthesizer, attribute)
    synthesizer.fit(X, y)
    assert not hasattr(synthesizer, attribute)


def test_no_groups_without_groups():
    synthesizer = ExpansiveSynthesizer(expansion_ratio=2, law="local", random_state=0)
    synthesizer.fit_resample(*blobs(np.random.default_rng(0), [12, 9], 3))
    assert not hasattr(synthesizer, "groups_")


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("transport", [None, "marginal"])
def test_groups_are_inherited_and_nothing_is_recombined(seed, rng, law, transport):
    X, y, groups = signatures(rng)
    names = np.array([f"patient {g}" for g in groups])
    synthesizer = ExpansiveSynthesizer(expansion_ratio=3, law=law, transport=transport, random_state=seed)
    X_big, _ = synthesizer.fit_resample(X, y, groups=names.tolist())
    parents = synthesizer.parents_
    np.testing.assert_array_equal(synthesizer.groups_, [*names, *names[parents["anchor"]]])
    assert (parents["sources"] == -1).all()
    assert (parents["weights"] == 0).all()
    assert len(np.unique(X_big, axis=0)) == len(X_big)
    for train, test in GroupKFold(4).split(X_big, groups=synthesizer.groups_):
        new = test[test >= len(X)]
        assert not np.isin(parents["anchor"][new - len(X)], train).any()


def test_categories_and_gaps_stay_in_their_group(seed, rng):
    pd = pytest.importorskip("pandas")
    X, y, groups = signatures(rng, n_groups=12)
    X = pd.DataFrame(X[:, :2], columns=["a", "b"]).assign(ward=[f"ward {g}" for g in groups])
    X.loc[groups % 3 == 0, "b"] = np.nan
    synthesizer = ExpansiveSynthesizer(expansion_ratio=4, random_state=seed)
    X_big, _ = synthesizer.fit_resample(X, y, groups=groups)
    assert X_big["ward"].tolist() == [f"ward {g}" for g in synthesizer.groups_]
    np.testing.assert_array_equal(X_big["b"].isna(), synthesizer.groups_ % 3 == 0)


def test_splitting_by_groups_does_not_leak():
    """Where nothing can be learned, the score on unseen groups is chance; without groups it is far from it."""
    scores = {"apart": [], "mixed": []}
    for seed in range(12):
        X, y, groups = signatures(np.random.default_rng(seed))
        for name, given in (("apart", groups), ("mixed", None)):
            synthesizer = ExpansiveSynthesizer(expansion_ratio=10, degree=1, random_state=seed)
            X_big, y_big = synthesizer.fit_resample(X, y, groups=given)
            inherited = np.concatenate([groups, groups[synthesizer.parents_["anchor"]]])
            learner, folds = KNeighborsClassifier(1), GroupKFold(5)
            scores[name].append(cross_val_score(learner, X_big, y_big, groups=inherited, cv=folds).mean())
    assert abs(np.mean(scores["apart"]) - 0.5) < 0.05
    assert np.mean(scores["mixed"]) > 0.58


@pytest.mark.parametrize("law", ["local", "global", "shrunk"])
def test_the_covariance_stays(seed, rng, law):
    """Noise in place of residuals has their covariance, so groups do not narrow what new rows do."""
    X, y = blobs(rng, [60, 60], 4)
    laws = {"pooling": 1.0, "law": law, "expansion_ratio": 60, "random_state": seed}
    spreads = []
    for groups in (None, np.arange(len(y))):
        X_big, y_big = ExpansiveSynthesizer(**laws).fit_resample(X, y, groups=groups)
        spreads.append(np.cov(X_big[len(X) :][y_big[len(X) :] == 0].T))
    error = np.linalg.norm(spreads[0] - spreads[1]) / np.linalg.norm(spreads[0])
    assert error < 0.1


def test_classes_without_any_edge_keep_their_anchors():
    X = np.array([[0.0, 1.0], [5.0, 2.0], [9.0, 9.0]])
    synthesizer = ExpansiveSynthesizer(law="local", expansion_ratio=3, random_state=0)
    with pytest.warns(LowDiversityWarning):
        X_big, _ = synthesizer.fit_resample(X, ["a", "b", "c"], groups=[1, 1, 2])
    np.testing.assert_allclose(X_big[3:], X[synthesizer.parents_["anchor"]], atol=1e-5)


@pytest.mark.parametrize("groups", [[1, 2], [[1]] * 21, "one"], ids=["short", "column", "text"])
def test_groups_of_another_shape_are_refused(groups):
    X, y = blobs(np.random.default_rng(0), [12, 9], 3)
    with pytest.raises(ValueError, match=r"groups must have one entry per row, so shape \(21,\), got shape"):
        ExpansiveSynthesizer().fit_resample(X, y, groups=groups)


def test_groups_are_routed_through_a_pipeline():
    X, y, groups = signatures(np.random.default_rng(0))
    with sklearn.config_context(enable_metadata_routing=True):
        synthesizer = ExpansiveSynthesizer(expansion_ratio=2, random_state=0).set_fit_resample_request(groups=True)
        model = make_pipeline(synthesizer, KNeighborsClassifier()).fit(X, y, groups=groups)
    assert len(model[0].groups_) == 2 * len(groups)


def test_routing_leaves_groups_to_the_splitter():
    X, y, groups = signatures(np.random.default_rng(0))
    with sklearn.config_context(enable_metadata_routing=True):
        synthesizer = ExpansiveSynthesizer(expansion_ratio=2, random_state=0).set_fit_resample_request(groups=False)
        model = make_pipeline(synthesizer, KNeighborsClassifier())
        scores = cross_val_score(model, X, y, cv=GroupKFold(3), params={"groups": groups})
    assert len(scores) == 3
