"""What a user sees of ``fit`` and ``fit_resample``: originals, totals, order, parents, attributes, copies."""

import copy
import pickle

import networkx as nx
import numpy as np
import pytest
from imblearn.over_sampling import SMOTE
from sklearn import config_context
from sklearn.base import clone
from sklearn.datasets import load_iris

from skexpand import ExpansiveSynthesizer, LowDiversityWarning
from skexpand.dynamics.components import COMPONENTS
from tests.tables import blobs, same_bits

LAWS = ["auto", *COMPONENTS]
COUNTS = [40, 12, 25]


def table(seed=0):
    """Return three classes of 40, 12 and 25 rows, far apart and shuffled."""
    rng = np.random.default_rng(seed)
    X, y = blobs(rng, COUNTS, 4, apart=20)
    order = rng.permutation(len(y))
    return X[order], y[order]


def nearest_class(X, y, new):
    """Return the class whose mean is closest to each new row."""
    means = np.array([X[y == c].mean(axis=0) for c in np.unique(y)])
    return np.argmin(np.linalg.norm(new[:, None] - means, axis=2), axis=1)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("transport", [None, "gaussian", "marginal"])
def test_originals_come_first_then_new_rows_class_by_class(seed, law, transport):
    X, y = table(seed)
    X_before, y_before = X.copy(), y.copy()
    synthesizer = ExpansiveSynthesizer(law=law, transport=transport, expansion_ratio=3, random_state=seed)
    X_big, y_big = synthesizer.fit_resample(X, y)
    assert same_bits(X_big[:77], X_before)
    assert same_bits(y_big[:77], y_before)
    assert same_bits(X, X_before)
    np.testing.assert_array_equal(y_big[77:], np.repeat([0, 1, 2], [80, 108, 95]))
    assert synthesizer.sampling_strategy_ == {0: 80, 1: 108, 2: 95}
    assert np.isfinite(X_big).all()
    np.testing.assert_array_equal(nearest_class(X, y, X_big[77:]), y_big[77:])


@pytest.mark.parametrize("law", COMPONENTS)
def test_no_new_row_repeats_another(seed, law):
    X, y = table(seed)
    X_big, _ = ExpansiveSynthesizer(law=law, expansion_ratio=20, random_state=seed).fit_resample(X, y)
    assert len(np.unique(X_big, axis=0)) == len(X_big) == 3 * 40 * 20


@pytest.mark.parametrize("strategy", ["auto", "minority", "not minority", "not majority", "all", {1: 60}], ids=str)
def test_ratio_one_makes_as_many_rows_as_smote(seed, strategy):
    X, y = table(seed)
    ours = ExpansiveSynthesizer(sampling_strategy=strategy, expansion_ratio=1, law="local", random_state=0)
    _, y_ours = ours.fit_resample(X, y)
    _, y_smote = SMOTE(sampling_strategy=strategy, random_state=0).fit_resample(X, y)
    np.testing.assert_array_equal(np.bincount(y_ours), np.bincount(y_smote))


@pytest.mark.parametrize(
    ("strategy", "ratio", "expected"),
    [
        ("stratified", 4, [160, 48, 100]),
        ("stratified", 1, COUNTS),
        ("auto", "auto", [1039, 1039, 1039]),  # 40 * 2000 / 77
        ({0: 50, 2: 25}, 7, [50, 12, 25]),
        (lambda y: {1: 3 * np.sum(y == 1)}, 7, [40, 36, 25]),
    ],
    ids=["stratified", "nothing to do", "auto", "dict", "callable"],
)
def test_totals(strategy, ratio, expected):
    synthesizer = ExpansiveSynthesizer(sampling_strategy=strategy, expansion_ratio=ratio, law="local", random_state=0)
    X_big, y_big = synthesizer.fit_resample(*table())
    assert np.bincount(y_big).tolist() == expected
    assert len(X_big) == sum(expected)
    assert all(len(part) == sum(expected) - 77 for part in synthesizer.parents_.values())


@pytest.mark.parametrize("degree", [1, 4])
def test_parents_of_the_local_law(seed, degree):
    """Each new latent is its anchor plus unit-norm weights times differences of two rows over the root of two."""
    X, y = table(seed)
    synthesizer = ExpansiveSynthesizer(
        law="local", transport=None, degree=degree, spread=0.8, expansion_ratio=4, random_state=seed
    )
    X_big, y_big = synthesizer.fit_resample(X, y)
    parents, latents = synthesizer.parents_, synthesizer.encode(X)
    assert parents["sources"].shape == parents["targets"].shape == parents["weights"].shape == (len(X_big) - 77, degree)
    np.testing.assert_allclose(np.linalg.norm(parents["weights"], axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(y[parents["anchor"]], y_big[77:])
    np.testing.assert_array_equal(y[parents["sources"]], y[parents["targets"]])
    steps = latents[parents["targets"]] - latents[parents["sources"]]
    expected = latents[parents["anchor"]] + 0.8 * np.einsum("nd,ndk->nk", parents["weights"], steps) / np.sqrt(2)
    np.testing.assert_allclose(synthesizer.encode(X_big[77:]), expected, atol=1e-4)


@pytest.mark.parametrize("law", LAWS)
def test_parents_name_component_and_edges(seed, law):
    X, y = table(seed)
    synthesizer = ExpansiveSynthesizer(law=law, expansion_ratio=4, random_state=seed)
    _, y_big = synthesizer.fit_resample(X, y)
    parents = synthesizer.parents_
    used = {name for name, weight in synthesizer.law_.items() if weight > 0}
    assert set(parents["component"].tolist()) == used
    np.testing.assert_array_equal(y[parents["anchor"]], y_big[77:])
    for part in (parents["sources"], parents["targets"]):
        assert part.min() >= 0
        assert part.max() < 77


def test_parents_belong_to_fit_resample_only():
    X, y = table()
    synthesizer = ExpansiveSynthesizer(law="local", expansion_ratio=2, random_state=0)
    synthesizer.fit_resample(X, y)
    synthesizer.fit(X, y)
    assert not hasattr(synthesizer, "parents_")


def test_rows_without_any_edge_have_weight_zero():
    X = np.array([[0.0, 1.0], [5.0, 2.0], [9.0, 9.0]])
    synthesizer = ExpansiveSynthesizer(law="local", expansion_ratio=3, random_state=0)
    with pytest.warns(LowDiversityWarning):
        X_big, y_big = synthesizer.fit_resample(X, ["a", "b", "c"])
    parents = synthesizer.parents_
    assert (parents["weights"] == 0).all()
    assert (parents["sources"] == -1).all()
    np.testing.assert_allclose(X_big[3:], X[parents["anchor"]], atol=1e-5)
    assert y_big == ["a", "b", "c", "a", "a", "b", "b", "c", "c"]


def test_fitted_attributes(seed):
    X, y = table(seed)
    labels = np.array(["x", "y", "z"])[y]
    synthesizer = ExpansiveSynthesizer(latent_dim=3, degree=3, max_epochs=2, random_state=seed).fit(X, labels)
    assert synthesizer.classes_.tolist() == ["x", "y", "z"]
    assert synthesizer.n_features_in_ == 4
    assert synthesizer.koopman_.shape == (3, 3)
    eigenvalues = synthesizer.koopman_eigenvalues_
    np.testing.assert_allclose(np.sort(np.linalg.eigvals(synthesizer.koopman_).real), eigenvalues, atol=1e-6)
    assert ((eigenvalues >= 0) & (eigenvalues <= 0.98)).all()
    assert synthesizer.spectral_gap_.shape == (3,)
    assert ((synthesizer.spectral_gap_ > 0) & (synthesizer.spectral_gap_ <= 1)).all()
    assert sum(synthesizer.law_.values()) == pytest.approx(1)
    assert synthesizer.n_iter_ == synthesizer.history_.best_epoch
    assert 0 < synthesizer.reconstruction_error_ < 1
    assert synthesizer.diversity_ > 0
    assert synthesizer.distribution_shift_ >= 0


def test_expansion_graph(seed):
    X, y = table(seed)
    synthesizer = ExpansiveSynthesizer(n_neighbors=2, degree=3, random_state=seed).fit(X, y)
    graph = synthesizer.expansion_graph_
    assert len(graph) == 77
    assert {frozenset(y[list(part)]) for part in nx.connected_components(graph)} == {frozenset({c}) for c in range(3)}
    local = {frozenset(e) for e, kind in nx.get_edge_attributes(graph, "kind").items() if kind == "local"}
    latents = synthesizer.encode(X)
    for i in range(77):
        others = sorted(
            (j for j in range(77) if y[j] == y[i] and j != i), key=lambda j: np.linalg.norm(latents[i] - latents[j])
        )
        assert {frozenset({i, j}) for j in others[:2]} <= local


def test_encode_and_decode_invert_each_other(seed):
    X, y = table(seed)
    synthesizer = ExpansiveSynthesizer(random_state=seed).fit(X, y)
    np.testing.assert_allclose(synthesizer.decode(synthesizer.encode(X)), X, atol=1e-4)
    with pytest.raises(ValueError, match="latent space has 4 dimensions"):
        synthesizer.decode(np.ones((2, 3)))


def test_new_rows_keep_linear_rules_of_the_table(seed):
    """Columns that repeat each other or sum to 1 do so in new rows, too."""
    X, y = table(seed)
    X = np.column_stack([X, X[:, 0], 1 - X[:, 1] + X[:, 2]])
    synthesizer = ExpansiveSynthesizer(expansion_ratio=5, random_state=seed)
    X_big, _ = synthesizer.fit_resample(X, y)
    assert len(synthesizer.koopman_) == 4
    np.testing.assert_allclose(X_big[:, 4], X_big[:, 0], atol=1e-4)
    np.testing.assert_allclose(X_big[:, 5], 1 - X_big[:, 1] + X_big[:, 2], atol=1e-3)


def test_parameters_stay_as_given():
    X, y = table()
    law, weights, strategy = {"local": 3}, {"koopman": 0}, {0: 100}
    synthesizer = ExpansiveSynthesizer(law=law, loss_weights=weights, sampling_strategy=strategy)
    synthesizer.fit_resample(X, y)
    assert synthesizer.law is law
    assert (law, weights, strategy) == ({"local": 3}, {"koopman": 0}, {0: 100})


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))], ids=["deepcopy", "pickle"]
)
def test_a_fitted_copy_makes_the_same_rows(duplicate):
    X, y = load_iris(return_X_y=True)
    synthesizer = ExpansiveSynthesizer(latent_dim=3, max_epochs=3, random_state=0)
    first = synthesizer.fit_resample(X, y)[0]
    other = duplicate(synthesizer)
    assert same_bits(other.sample(50, random_state=1)[0], synthesizer.sample(50, random_state=1)[0])
    assert same_bits(other.fit_resample(X, y)[0], first)
    assert other.get_params() == synthesizer.get_params()


def test_clone_is_unfitted():
    X, y = table()
    synthesizer = ExpansiveSynthesizer(law={"local": 1}, n_heads=2, random_state=3).fit(X, y)
    other = clone(synthesizer)
    assert other.get_params() == synthesizer.get_params()
    assert not hasattr(other, "classes_")


def test_configured_output_containers_change_nothing():
    X, y = table()
    synthesizer = ExpansiveSynthesizer(law="local", expansion_ratio=2, random_state=0)
    plain = synthesizer.fit_resample(X, y)[0]
    with config_context(transform_output="pandas"):
        assert same_bits(synthesizer.fit_resample(X, y)[0], plain)
    assert not hasattr(synthesizer, "transform")
    assert not hasattr(synthesizer, "set_output")
