"""One seed, one result, bit for bit; and no trace in anybody else's random state."""

import os
import random
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import torch
from joblib import Parallel, delayed
from scipy import sparse
from sklearn.datasets import load_wine
from threadpoolctl import threadpool_info, threadpool_limits

from skexpand import ExpansiveSynthesizer
from tests.tables import blobs, same_bits

X, y = load_wine(return_X_y=True)
TRAINED = {"latent_dim": 6, "max_epochs": 3, "early_stopping": False, "expansion_ratio": 3}  # the network has a say


def expand(random_state, rows=X, labels=y, **parameters):
    synthesizer = ExpansiveSynthesizer(**TRAINED | parameters, random_state=random_state)
    new = synthesizer.fit_resample(rows, labels)[0]
    return np.concatenate([np.asarray(new), synthesizer.sample(50)[0]])


@pytest.mark.parametrize("law", ["auto", "local", "global", "shrunk"])
def test_same_seed_same_bits(seed, law):
    first = expand(seed, law=law)
    assert same_bits(first, expand(seed, law=law))
    assert not np.array_equal(first, expand(seed + 1, law=law))


@pytest.mark.parametrize("transport", [None, "gaussian", "marginal"])
def test_same_seed_same_bits_under_each_transport(seed, transport):
    assert same_bits(expand(seed, transport=transport), expand(seed, transport=transport))


def test_fit_then_fit_resample_is_fit_resample():
    synthesizer = ExpansiveSynthesizer(**TRAINED, random_state=0)
    first = synthesizer.fit_resample(X, y)[0]
    sampled = synthesizer.sample(20)[0]
    assert same_bits(synthesizer.fit(X, y).sample(20)[0], sampled)
    assert same_bits(synthesizer.fit_resample(X, y)[0], first)


def test_parallel_jobs_give_the_same_bits():
    serial = [expand(seed) for seed in range(4)]
    for jobs in (Parallel(n_jobs=2), Parallel(n_jobs=2, prefer="threads")):
        for one, other in zip(serial, jobs(delayed(expand)(seed) for seed in range(4)), strict=True):
            assert same_bits(one, other)


def test_threads_of_one_process_leave_the_settings_as_they_were():
    def settings():
        return [(pool["filepath"], pool["num_threads"]) for pool in threadpool_info()], torch.get_num_threads()

    before = settings()
    Parallel(n_jobs=4, prefer="threads")(delayed(expand)(seed) for seed in range(8))
    assert settings() == before


def wide_table():
    """Return a table large enough for linear algebra to run on several threads where it may."""
    return blobs(np.random.default_rng(0), [600, 600], 150)


@pytest.mark.parametrize("n_threads", [1, 2, 4])
def test_thread_limits_do_not_matter(n_threads):
    rows, labels = wide_table()
    options = {"latent_dim": 40, "max_epochs": 1, "law": "shrunk", "expansion_ratio": 1.5}
    expected = expand(0, rows, labels, **options)
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(n_threads)
        with threadpool_limits(n_threads):
            assert same_bits(expand(0, rows, labels, **options), expected)
    finally:
        torch.set_num_threads(before)


_DIGEST = """
import hashlib
from tests.test_reproducibility import expand, wide_table
rows, labels = wide_table()
print(hashlib.sha256(expand(0, rows, labels, latent_dim=40, max_epochs=1, expansion_ratio=1.5).tobytes()).hexdigest())
"""


@pytest.mark.slow  # three interpreters, each importing torch
def test_processes_with_other_numbers_of_threads_give_the_same_bits():
    digests = set()
    for n_threads in ("1", "2", "4"):
        variables = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], n_threads)
        environment = os.environ | variables | {"PYTHONHASHSEED": n_threads, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [sys.executable, "-c", _DIGEST], capture_output=True, text=True, check=True, env=environment
        )
        digests.add(done.stdout.strip())
    assert len(digests) == 1


def test_global_random_states_have_no_influence(seed):
    results = []
    state = np.random.get_state(), torch.get_rng_state(), random.getstate()  # noqa: NPY002
    try:
        for other in (0, 1):
            np.random.seed(other)  # noqa: NPY002
            torch.manual_seed(other)
            random.seed(other)
            results.append(expand(seed))
    finally:
        np.random.set_state(state[0])  # noqa: NPY002
        torch.set_rng_state(state[1])
        random.setstate(state[2])
    assert same_bits(*results)


@pytest.mark.parametrize("random_state", [0, None])
@pytest.mark.parametrize("law", ["auto", "shrunk"])
def test_global_random_states_are_not_touched(random_state, law):
    def states():
        kind, keys, position, *rest = np.random.get_state()  # noqa: NPY002
        return kind, keys.tobytes(), position, rest, torch.get_rng_state().numpy().tobytes(), random.getstate()

    synthesizer = ExpansiveSynthesizer(**TRAINED, law=law, random_state=random_state)
    before = states()
    synthesizer.fit(X, y)
    assert states() == before
    synthesizer.fit_resample(X, y)
    assert states() == before
    synthesizer.sample(100)
    assert states() == before


def test_global_settings_are_not_touched():
    deterministic, threads = torch.are_deterministic_algorithms_enabled(), torch.get_num_threads()
    errors, grad = np.geterr(), torch.is_grad_enabled()
    expand(0)
    assert torch.are_deterministic_algorithms_enabled() == deterministic
    assert torch.get_num_threads() == threads
    assert torch.is_grad_enabled() == grad
    assert np.geterr() == errors


def test_without_a_seed_rows_differ():
    assert not np.array_equal(expand(None), expand(None))
    synthesizer = ExpansiveSynthesizer(law="local").fit(X, y)
    assert not np.array_equal(synthesizer.sample(9)[0], synthesizer.sample(9)[0])


def test_a_random_state_instance_is_advanced():
    shared = np.random.RandomState(0)
    first, second = expand(shared), expand(shared)
    assert not np.array_equal(first, second)
    assert same_bits(first, expand(np.random.RandomState(0)))


@pytest.mark.parametrize(
    "layout",
    [
        np.asfortranarray,
        lambda rows: np.repeat(rows, 2, axis=1)[:, ::2],
        lambda rows: sparse.csc_array(rows).toarray(),
        lambda rows: rows.tolist(),
    ],
    ids=["fortran", "strided", "from csc", "list"],
)
def test_the_layout_in_memory_does_not_matter(seed, layout):
    assert same_bits(expand(seed, layout(X)), expand(seed))


def test_a_frame_gets_the_rows_of_the_array_made_legal(seed):
    """Columns of a DataFrame mean something: here, none is negative and each has a number of decimals."""
    frame, array = expand(seed, pd.DataFrame(X)), expand(seed)
    np.testing.assert_allclose(frame[: len(X)], X, rtol=0)
    assert (frame >= 0).all()
    legal = (array >= X.min(axis=0)) & (array <= X.max(axis=0))  # new values of a DataFrame stay within the range seen
    assert np.abs(frame - array)[legal].max() <= 0.5001


def test_read_only_rows_are_fine():
    rows, labels = X.copy(), y.copy()
    rows.flags.writeable = labels.flags.writeable = False
    assert same_bits(expand(0, rows, labels), expand(0))


def test_names_of_classes_do_not_matter(seed):
    assert same_bits(expand(seed, labels=np.array(["a", "b", "c"])[y]), expand(seed))


def test_importing_does_not_import_torch():
    code = (
        "import sys, skexpand, skexpand.pipeline; from sklearn.base import clone; "
        "repr(clone(skexpand.ExpandedClassifier(sampler=skexpand.ExpansiveSynthesizer(device='cuda')))); "
        "sys.exit('torch' in sys.modules or 'ot' in sys.modules)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], check=False, env=environment).returncode == 0
