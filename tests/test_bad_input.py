"""Bad tables, wrong arguments, interrupted fits: an error that says what to do, before any training, and no traces."""

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning, NotFittedError

from skexpand import ExpansiveSynthesizer
from skexpand.expansion.blocks import BlockMaker
from skexpand.training import loop
from tests.tables import blobs, same_bits

pytestmark = pytest.mark.usefixtures("_only_failure_signs")


@pytest.fixture
def no_training(monkeypatch):
    """Fail if training begins."""

    def begin(*args, **kwargs):
        pytest.fail("training began")

    monkeypatch.setattr(loop, "train", begin)


def expand(X, y, **parameters):
    parameters = {"expansion_ratio": 3, "random_state": 0, "max_epochs": 2} | parameters
    return ExpansiveSynthesizer(**parameters).fit_resample(X, y)


def table():
    return blobs(np.random.default_rng(0), [20, 15], 4)


# ---------------------------------------------------------------- refused tables


@pytest.mark.parametrize("value", [np.inf, -np.inf])
@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_array, pd.DataFrame, np.ndarray.tolist, pl.DataFrame])
@pytest.mark.usefixtures("no_training")
def test_infinities(value, kind):
    X, y = table()
    X[4, 2] = value
    with pytest.raises(ValueError, match="infinity"):
        expand(kind(X), y)


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
@pytest.mark.parametrize("gap", [None, np.nan, pd.NA], ids=str)
@pytest.mark.parametrize("kind", [lambda y: y, pd.Series, pd.Categorical], ids=["object", "series", "categorical"])
@pytest.mark.parametrize("method", ["fit", "fit_resample"])
def test_gaps_in_text_labels(gap, kind, method):
    X, y = table()
    names = np.array(["a", "b"], dtype=object)[y]
    names[3] = gap
    with pytest.raises(ValueError, match="y has missing labels"):
        getattr(ExpansiveSynthesizer(), method)(X, kind(names))


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("y", [np.zeros(35), ["only"] * 35, np.ones(35, bool)], ids=["number", "text", "bool"])
def test_one_class(y):
    with pytest.raises(ValueError, match="more than one class"):
        expand(table()[0], y)


@pytest.mark.usefixtures("no_training")
def test_complex_columns_are_named():
    X, y = table()
    with pytest.raises(ValueError, match=r"'wave' holds complex numbers"):
        expand(pd.DataFrame(X, columns=list("abcd")).assign(wave=1j * X[:, 0]), y)


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (np.ones((35, 2), complex), None, "Complex"),
        (np.ones(35), None, "2D array"),
        (np.ones((35, 2, 2)), None, r"3|dim"),
        (np.ones((34, 2)), None, "inconsistent numbers of samples"),
        (np.ones((35, 0)), None, "0 feature"),
        (np.ones((0, 2)), [], r"0 sample|Found array|class"),
        (np.ones((1, 2)), [0], r"class|minimum"),
        (np.ones((35, 2)), np.linspace(0, 1, 35), "continuous"),
        (pd.DataFrame({"a": ["x"]}), ["b"], "1 sample"),
        (pd.DataFrame(index=range(35)), None, "0 feature"),
        (pd.DataFrame({"a": ["x"] * 34}), None, "inconsistent numbers of samples"),
        (np.ones((35, 2)), np.ones((35, 2)), "Multilabel|class"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_tables_that_are_none(X, y, message):
    with pytest.raises(ValueError, match=message):
        expand(X, table()[1] if y is None else y)


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (lambda X: pl.DataFrame(X).lazy(), "collect"),
        (lambda X: pl.DataFrame(X).to_arrow(), "to_pandas"),
        (lambda X: X.astype("M8[s]"), "dates or times.*DataFrame"),
        (lambda X: X.astype("m8[s]"), "dates or times.*DataFrame"),
    ],
    ids=["lazy", "arrow", "dates", "durations"],
)
def test_containers_that_are_not_taken(kind, message):
    X, y = table()
    with pytest.raises(TypeError, match=message):
        expand(kind(X), y)


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
        ({"spread": 1e308}, "spread"),
        ({"transport": "wasserstein"}, "transport"),
        ({"max_epochs": -1}, "max_epochs"),
        ({"learning_rate": 0}, "learning_rate"),
        ({"learning_rate": np.inf}, "learning_rate"),
        ({"loss_weights": {"attention": 1}}, r"unknown name.*attention.*choose from"),
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


@pytest.mark.parametrize(
    "many", [{"expansion_ratio": 1e12}, {"expansion_ratio": 1e300}, {"sampling_strategy": {0: 10**30}}], ids=str
)
def test_more_rows_than_memory_holds(monkeypatch, many):
    X, y = table()
    synthesizer = ExpansiveSynthesizer(law="local").fit(X, y)
    monkeypatch.setattr(BlockMaker, "draw", lambda *args: pytest.fail("rows were made"))
    monkeypatch.setattr(BlockMaker, "fill", lambda *args: pytest.fail("rows were made"))
    with pytest.raises(MemoryError, match="new rows of 4 columns do not fit into memory; make fewer"):
        expand(X, y, **many)
    with pytest.raises(MemoryError, match="do not fit"):
        synthesizer.sample(10**25)


def test_fit_takes_nothing_that_it_would_not_use():
    X, y = table()
    for name in ("groups", "sample_weight"):  # ``sample`` could not keep groups apart
        with pytest.raises(TypeError, match=name):
            ExpansiveSynthesizer().fit(X, y, **{name: y})


@pytest.mark.parametrize("random_state", ["x", -1, 1.5])
def test_seeds_that_are_none(random_state):
    synthesizer = ExpansiveSynthesizer(law="local").fit(*table())
    with pytest.raises(ValueError, match=f"random_state={random_state!r} is not a seed"):
        synthesizer.sample(3, random_state=random_state)


def test_rows_that_the_fitted_columns_cannot_hold():
    X, y = table()
    frame = pd.DataFrame(X, columns=list("abcd"))
    synthesizer = ExpansiveSynthesizer(law="local").fit(frame, y)
    with pytest.raises(ValueError, match="infinity in column 'b'"):
        synthesizer.encode(frame.assign(b=np.inf))
    with pytest.raises(ValueError, match="Column 'b' was float in fit but is not now"):
        synthesizer.encode(frame.assign(b="x"))


@pytest.mark.parametrize("kind", [np.asarray, pd.DataFrame])
def test_latents_that_are_too_large(kind):
    X, y = table()
    synthesizer = ExpansiveSynthesizer(law="local").fit(kind(X), y)
    with pytest.raises(ValueError, match="too large for the network"):
        synthesizer.decode(np.full((2, 4), 1e300))


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
    monkeypatch.setattr(loop.Trainer, "_epoch", interrupt)
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
    monkeypatch.setattr(loop.Trainer, "_epoch", interrupt)
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
        (np.full_like(X, np.inf), y, "infinity"),
        (X[:, :2], np.zeros(35), "one class"),
        (X, y[:9], "numbers of samples"),
    ]:
        with pytest.raises(ValueError, match=message):
            synthesizer.fit_resample(bad_X, bad_y)
        assert same_bits(synthesizer.sample(20)[0], sampled)
    with pytest.raises(ValueError, match="features"):
        synthesizer.encode(X[:, :2])
