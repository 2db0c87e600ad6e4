"""Odd tables and wrong arguments: a sensible result, or an error that says what to do, before any training."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning, NotFittedError

from skexpand import ExpansionWarning, ExpansiveSynthesizer, _training
from skexpand.dynamics.components import COMPONENTS
from tests.tables import blobs, same_bits

LAWS = ["auto", *COMPONENTS]
TRANSPORTS = [None, "gaussian", "marginal"]


@pytest.fixture(autouse=True)
def _quiet():
    """Let odd tables show failure signs; other warnings (overflow, division by zero) are errors here."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ExpansionWarning)
        yield


@pytest.fixture
def no_training(monkeypatch):
    """Fail if training begins."""

    def begin(*args, **kwargs):
        pytest.fail("training began")

    monkeypatch.setattr(_training, "train", begin)


def expand(X, y, **parameters):
    parameters = {"expansion_ratio": 3, "random_state": 0, "max_epochs": 2} | parameters
    return ExpansiveSynthesizer(**parameters).fit_resample(X, y)


def table(counts=(20, 15), n_columns=4):
    return blobs(np.random.default_rng(0), counts, n_columns)


# ---------------------------------------------------------------- odd tables


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize(
    "counts", [(20, 1), (20, 2), (2, 2), (1, 1), (1, 1, 1), (2, 1), (30, 1, 1, 2), (1, 40)], ids=str
)
def test_tiny_classes(law, transport, counts):
    X, y = table(counts)
    X_big, y_big = expand(X, y, law=law, transport=transport, early_stopping=False)  # so that the network trains
    assert np.isfinite(X_big).all()
    assert same_bits(X_big[: len(X)], X)
    assert np.bincount(y_big).tolist() == [3 * max(counts)] * len(counts)
    for label, count in enumerate(counts):
        if count == 1 and max(counts) > 1:
            new = X_big[len(X) :][y_big[len(X) :] == label]
            assert len(np.unique(new, axis=0)) == len(new), "a single row is repeated"


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_all_rows_equal(law, transport):
    X = np.full((12, 3), 0.1)
    X_big, _ = expand(X, np.arange(12) % 2, law=law, transport=transport, early_stopping=False)
    assert (X_big == 0.1).all()


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_each_class_repeats_one_row(law, transport):
    X = np.repeat([[0.0, 1.0, 2.0], [5.0, 5.0, 5.0]], 10, axis=0)
    X_big, y_big = expand(X, np.repeat([0, 1], 10), law=law, transport=transport)
    np.testing.assert_allclose(X_big, X[[0, 10]][y_big], atol=1e-4)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("value", [0.0, 0.1, -3e5])
def test_constant_and_duplicate_columns(law, transport, value):
    X, y = table()
    X = np.column_stack([X, np.full(35, value), X[:, 0], -2 * X[:, 1]])
    X_big, _ = expand(X, y, law=law, transport=transport)
    assert (X_big[:, 4] == value).all()
    if transport != "marginal":  # a map per column need not keep what columns have in common
        np.testing.assert_allclose(X_big[:, 5], X_big[:, 0], atol=1e-4)
        np.testing.assert_allclose(X_big[:, 6], -2 * X_big[:, 1], atol=1e-4)


@pytest.mark.parametrize("law", LAWS)
def test_a_column_that_varies_in_one_row_only(law):
    X, y = table()
    X[:, 1] = 0
    X[7, 1] = 1
    assert np.isfinite(expand(X, y, law=law)[0]).all()


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_one_column(law, transport):
    X, y = table(n_columns=1)
    X_big, _ = expand(X, y, law=law, transport=transport)
    assert X_big.shape == (120, 1)
    assert np.isfinite(X_big).all()
    assert X_big[35:].std() > 0.3 * X.std()


@pytest.mark.parametrize("law", LAWS)
def test_far_more_columns_than_rows(law):
    X, y = table((10, 10), 2000)
    X_big, _ = expand(X, y, law=law)
    assert X_big.shape == (60, 2000)
    assert np.isfinite(X_big).all()
    assert same_bits(X_big[:20], X)
    # new rows are as far from their class mean as the rows are, give or take what the law adds
    means = np.array([X[y == c].mean(axis=0) for c in (0, 1)])
    real = np.linalg.norm(X - means[y], axis=1).mean()
    new = np.linalg.norm(X_big[20:] - means[np.repeat([0, 1], 20)], axis=1).mean()
    assert 0.5 < new / real < 2


@pytest.mark.slow
def test_many_rows():
    X, y = table((30_000, 20_000), 10)
    X_big, y_big = ExpansiveSynthesizer(random_state=0, max_epochs=2).fit_resample(X, y)
    assert np.bincount(y_big).tolist() == [60_000, 60_000]
    assert np.isfinite(X_big).all()
    np.testing.assert_allclose(X_big[50_000:].std(axis=0), X.std(axis=0), rtol=0.25)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("scale", [1e300, 1e-300, 1e150, 1e-150], ids=str)
def test_huge_and_tiny_values(law, transport, scale):
    X, y = table()
    X /= 10 * np.abs(X).max()
    expected = expand(X, y, law=law, transport=transport)[0]
    made = expand(scale * X, y, law=law, transport=transport)[0]
    np.testing.assert_allclose(made / scale, expected, atol=1e-3 * X.std())


def test_huge_and_tiny_columns_side_by_side():
    X, y = table()
    scales = np.array([1e300, 1.0, 1e-300, 1e-20])
    X_big, _ = expand(X * scales, y)
    assert np.isfinite(X_big).all()
    ratio = (X_big[35:] / scales).std(axis=0) / X.std(axis=0)
    assert ((ratio > 0.3) & (ratio < 3)).all()


def test_a_far_outlier():
    X, y = table()
    X[3, 2] = 1e12
    assert np.isfinite(expand(X, y)[0]).all()


@pytest.mark.parametrize(
    "labels",
    [["ill", "well"], [True, False], [np.str_("b"), np.str_("a")], [2.0, 1.0], [-1, 1], ["", "ü"]],
    ids=["text", "bool", "numpy text", "float", "sign", "odd text"],
)
def test_labels_of_every_kind(labels):
    X, y = table()
    names = np.array(labels)[y]
    y_big = expand(X, names)[1]
    assert y_big.dtype == names.dtype
    assert same_bits(y_big[:35], names)
    assert {label: int(np.sum(y_big == label)) for label in labels} == dict.fromkeys(labels, 60)


def test_object_labels():
    X, y = table()
    names = np.array(["a", "b"], dtype=object)[y]
    y_big = expand(X, names)[1]
    assert y_big.dtype == object
    assert y_big[:35].tolist() == names.tolist()


def test_more_heads_than_tokens():
    X, y = table(n_columns=2)
    X_big, _ = expand(X, y, n_heads=64, latent_dim=1)
    assert np.isfinite(X_big).all()


def test_more_neighbours_and_degree_than_rows():
    X, y = table((6, 4))
    X_big, _ = expand(X, y, n_neighbors=50, degree=50)
    assert np.isfinite(X_big).all()


# ---------------------------------------------------------------- refused tables


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_array, pd.DataFrame, np.ndarray.tolist])
@pytest.mark.usefixtures("no_training")
def test_gaps_and_infinities(value, kind):
    X, y = table()
    X[4, 2] = value
    with pytest.raises(ValueError, match="NaN" if np.isnan(value) else "infinity"):
        expand(kind(X), y)


@pytest.mark.usefixtures("no_training")
def test_gaps_in_nullable_columns():
    X, y = table()
    X = pd.DataFrame({"a": X[:, 0], "b": pd.array([None, *range(34)], dtype="Int64")})
    with pytest.raises(ValueError, match="NaN"):
        expand(X, y)


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("value", [np.nan, np.inf, None])
def test_gaps_in_labels(value):
    X, y = table()
    y = y.astype(object if value is None else float)
    y[3] = value
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # scikit-learn's own, while it looks at y
        with pytest.raises(ValueError, match=r"NaN|infinity|y |label|target"):
            expand(X, y)


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("y", [np.zeros(35), ["only"] * 35, np.ones(35, bool)], ids=["number", "text", "bool"])
def test_one_class(y):
    with pytest.raises(ValueError, match="more than one class"):
        expand(table()[0], y)


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize(
    "text", [pd.Series(["x"] * 35), pd.Series(["x"] * 35, dtype=object), pd.Categorical(["x"] * 35)]
)
def test_text_columns_are_named(text):
    X, y = table()
    X = pd.DataFrame(X, columns=list("abcd")).assign(colour=text)
    with pytest.raises(ValueError, match=r"not numeric: 'colour'"):
        expand(X, y)


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (np.array([["a", "b"]] * 35), None, r"numeric|string|float"),
        (np.ones((35, 2), complex), None, "Complex"),
        (np.ones(35), None, "2D array"),
        (np.ones((35, 2, 2)), None, r"3|dim"),
        (np.ones((34, 2)), None, "inconsistent numbers of samples"),
        (np.ones((35, 0)), None, "0 feature"),
        (np.ones((0, 2)), [], r"0 sample|Found array|class"),
        (np.ones((1, 2)), [0], r"class|minimum"),
        (np.ones((35, 2)), np.linspace(0, 1, 35), "continuous"),
        (np.ones((35, 2)), np.ones((35, 2)), "Multilabel|class"),
    ],
    ids=["text", "complex", "1d", "3d", "length", "no column", "no row", "one row", "continuous y", "multilabel y"],
)
def test_tables_that_are_none(X, y, message):
    with pytest.raises(ValueError, match=message):
        expand(X, table()[1] if y is None else y)


# ---------------------------------------------------------------- wrong arguments


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"expansion_ratio": 0.5}, "expansion_ratio"),
        ({"expansion_ratio": 0}, "expansion_ratio"),
        ({"expansion_ratio": "many"}, "expansion_ratio"),
        ({"expansion_ratio": np.nan}, "expansion_ratio"),
        ({"expansion_ratio": np.inf}, "expansion_ratio"),
        ({"sampling_strategy": "most"}, "sampling_strategy"),
        ({"sampling_strategy": 0.0}, "sampling_strategy"),
        ({"sampling_strategy": 0.1}, "sampling_strategy=0.1 asks for"),
        ({"sampling_strategy": {0: 5}}, "asks for 5 rows of class 0, which has 20"),
        ({"sampling_strategy": {7: 50}}, r"\[7\]"),
        ({"sampling_strategy": [30, 30]}, "sampling_strategy"),
        ({"law": "gauss"}, "law"),
        ({"law": {"gauss": 1}}, r"unknown component.*gauss"),
        ({"law": {"local": -1, "global": 2}}, "not negative"),
        ({"law": {"local": 0}}, "not all zero"),
        ({"law": {}}, "not all zero"),
        ({"law": {"local": np.nan}}, "finite"),
        ({"n_heads": 0}, "n_heads"),
        ({"n_heads": 2.5}, "n_heads"),
        ({"latent_dim": 0}, "latent_dim"),
        ({"latent_dim": 5}, "latent_dim=5 exceeds the number of columns that vary, 4"),
        ({"degree": 0}, "degree"),
        ({"n_neighbors": 0}, "n_neighbors"),
        ({"pooling": 1.5}, "pooling"),
        ({"pooling": "some"}, "pooling"),
        ({"spread": -1}, "spread"),
        ({"spread": np.nan}, "spread"),
        ({"spread": np.inf}, "spread"),
        ({"transport": "wasserstein"}, "transport"),
        ({"max_epochs": -1}, "max_epochs"),
        ({"learning_rate": 0}, "learning_rate"),
        ({"learning_rate": np.inf}, "learning_rate"),
        ({"loss_weights": {"attention": 1}}, r"unknown name.*attention.*known are"),
        ({"loss_weights": {"koopman": -1}}, r"'koopman'.*not negative"),
        ({"loss_weights": {"koopman": np.nan}}, "finite"),
        ({"loss_weights": {"koopman": "much"}}, "loss_weights"),
        ({"loss_weights": 3}, "loss_weights"),
        ({"early_stopping": "yes"}, "early_stopping"),
        ({"validation_fraction": 0}, "validation_fraction"),
        ({"validation_fraction": 1.0}, "validation_fraction"),
        ({"device": "abacus"}, "device='abacus'"),
        ({"device": 0}, "device"),
        ({"random_state": "x"}, "random_state"),
    ],
    ids=str,
)
def test_wrong_parameters(parameters, message):
    with pytest.raises((ValueError, TypeError), match=message):
        expand(*table(), **parameters)


@pytest.mark.parametrize("device", ["cuda", "cuda:7", "mps", "meta", "xpu"])
@pytest.mark.usefixtures("no_training")
def test_devices_that_are_not_there(device):
    import torch

    if torch.cuda.is_available() or torch.backends.mps.is_available():
        pytest.skip("this machine has a device of its own")
    with pytest.raises(ValueError, match=f"device='{device}'"):
        expand(*table(), device=device)


def test_latent_dim_counts_columns_that_vary():
    X, y = table()
    X[:, 1] = 3
    with pytest.raises(ValueError, match="columns that vary, 3"):
        expand(X, y, latent_dim=4)
    assert np.isfinite(expand(X, y, latent_dim=3)[0]).all()


@pytest.mark.parametrize("fraction", [0.001, 0.999])
def test_extreme_validation_fractions(fraction):
    X, y = table()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        X_big, _ = expand(X, y, latent_dim=2, validation_fraction=fraction)
    assert np.isfinite(X_big).all()


def test_a_learning_rate_that_makes_training_diverge():
    X, y = table()
    X_big, _ = expand(X, y, latent_dim=2, learning_rate=1e6, max_epochs=12)
    assert np.isfinite(X_big).all()
    assert X_big[35:].std() < 5 * X.std()


# ---------------------------------------------------------------- interrupted and failed fits


def interrupt(*args, **kwargs):
    raise KeyboardInterrupt


@pytest.mark.parametrize("method", ["fit", "fit_resample"])
def test_interrupted_training_leaves_a_fitted_estimator_as_it_was(monkeypatch, method):
    X, y = table()
    synthesizer = ExpansiveSynthesizer(latent_dim=2, max_epochs=2, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        synthesizer.fit_resample(X, y)
    before, sampled = vars(synthesizer).copy(), synthesizer.sample(20)[0]
    monkeypatch.setattr(_training.Trainer, "_epoch", interrupt)
    with pytest.raises(KeyboardInterrupt):
        getattr(synthesizer, method)(X[:, :3], np.where(y, "a", "b"))
    after = vars(synthesizer)
    assert after.keys() == before.keys()
    assert all(after[name] is before[name] for name in before)
    assert same_bits(synthesizer.sample(20)[0], sampled)


@pytest.mark.parametrize("method", ["fit", "fit_resample"])
def test_interrupted_training_leaves_an_unfitted_estimator_unfitted(monkeypatch, method):
    synthesizer = ExpansiveSynthesizer(latent_dim=2)
    before = vars(synthesizer).copy()
    monkeypatch.setattr(_training.Trainer, "_epoch", interrupt)
    with pytest.raises(KeyboardInterrupt):
        getattr(synthesizer, method)(*table())
    assert vars(synthesizer) == before
    with pytest.raises(NotFittedError):
        synthesizer.sample(3)


def test_a_failed_fit_leaves_a_fitted_estimator_as_it_was():
    X, y = table()
    synthesizer = ExpansiveSynthesizer(random_state=0).fit(X, y)
    sampled = synthesizer.sample(20)[0]
    for bad_X, bad_y, message in [
        (np.full_like(X, np.nan), y, "NaN"),
        (X[:, :2], np.zeros(35), "one class"),
        (X, y[:9], "numbers of samples"),
    ]:
        with pytest.raises(ValueError, match=message):
            synthesizer.fit_resample(bad_X, bad_y)
        assert same_bits(synthesizer.sample(20)[0], sampled)
    with pytest.raises(ValueError, match="features"):
        synthesizer.encode(X[:, :2])
