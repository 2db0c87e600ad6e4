"""Whatever is set globally, the same rows come out, and what was set stays set."""

from contextlib import contextmanager

import numpy as np
import pytest
import torch
from joblib import parallel_config
from sklearn.datasets import load_digits, load_wine

from skexpand import ExpansiveSynthesizer
from skexpand.base.isolation import isolated


@contextmanager
def default_dtype(dtype):
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


SURROUNDINGS = {
    "float64": lambda: default_dtype(torch.float64),
    "float16": lambda: default_dtype(torch.float16),
    "meta device": lambda: torch.device("meta"),
    "no_grad": torch.no_grad,
    "inference_mode": torch.inference_mode,
    "autocast": lambda: torch.autocast("cpu", dtype=torch.bfloat16),
    "joblib": lambda: parallel_config("threading", n_jobs=2),
}


def trained():
    """A network is trained: half the columns, every loss."""
    X, y = load_wine(return_X_y=True)
    weights = dict.fromkeys(["classification", "koopman", "transport", "covariance"], 0.1)
    return X[::4], y[::4], {"latent_dim": 4, "max_epochs": 2, "early_stopping": False, "loss_weights": weights}


def exact():
    """PCA is exact, and "auto" validates its law."""
    X, y = load_wine(return_X_y=True)
    return X[::4], y[::4], {}


def images(transition):
    X, y = load_digits(n_class=2, return_X_y=True)
    return X[:8], y[:8], {"image_shape": (8, 8), "transition": transition, "max_epochs": 1, "spread": 1.0}


CASES = {
    "trained": trained,
    "exact": exact,
    "deformation": lambda: images("deformation"),
    "both": lambda: images("both"),
}


def made(case):
    X, y, parameters = CASES[case]()
    synthesizer = ExpansiveSynthesizer(random_state=0, expansion_ratio=2, **parameters)
    rows = synthesizer.fit_resample(X, y)[0]
    return [rows, synthesizer.sample(20)[0], synthesizer.encode(X), synthesizer.decode(synthesizer.encode(X[:4]))]


@pytest.fixture(scope="module")
def expected():
    return {case: made(case) for case in CASES}


@pytest.mark.filterwarnings("ignore::skexpand.ExpansionWarning")
@pytest.mark.parametrize("name", SURROUNDINGS)
@pytest.mark.parametrize("case", CASES)
def test_nothing_global_matters(expected, case, name):
    with SURROUNDINGS[name]():
        found = made(case)
    for rows, others in zip(found, expected[case], strict=True):
        np.testing.assert_array_equal(rows, others)


@pytest.mark.filterwarnings("ignore::skexpand.ExpansionWarning")
def test_pretraining_in_inference_mode_can_be_continued_outside():
    X, y, parameters = trained()
    synthesizer = ExpansiveSynthesizer(random_state=0, expansion_ratio=2, **parameters)
    with torch.inference_mode():
        synthesizer.pretrain(X)
    assert np.isfinite(synthesizer.fit_resample(X, y)[0]).all()


def test_inside_torch_is_as_it_is_by_default():
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16), torch.device("meta"):
        with isolated():
            assert torch.is_grad_enabled()
            assert not torch.is_inference_mode_enabled()
            assert not torch.is_autocast_enabled("cpu")
            assert torch.zeros(2).device.type == "cpu"
        assert torch.is_inference_mode_enabled()
        assert torch.is_autocast_enabled("cpu")
        assert torch.zeros(2).device.type == "meta"
