"""Two thousand tables as they come from the field: atoms, outliers, sentinels, levels and caps, in all containers."""

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

from skexpand import ExpansionWarning, ExpansiveSynthesizer

BATCH, N_BATCHES = 100, 20


def zeros(rng, n):
    return np.where(rng.random(n) < rng.uniform(0.3, 0.9), 0.0, np.round(rng.lognormal(3, 1, n), 2))


def cap(rng, n):
    return np.minimum(np.round(rng.normal(100, 9, n), 1), 100.0)


def flag(rng, n):
    found = (rng.random(n) < rng.uniform(0.03, 0.5)).astype(float)
    found[:2] = 0, 1
    return found


def likert(rng, n):
    return rng.choice(5, n, p=rng.dirichlet(np.ones(5) * 2)) + 1.0


def percent(rng, n):
    return np.round(100 * rng.beta(0.7, 0.7, n), 1)


def heights(rng, n):
    return np.round(rng.normal(170, 8, n), 1)


def outlier(rng, n):
    found = heights(rng, n)
    found[rng.integers(n)] = rng.choice([17_000.0, 1e9, -5e6])
    return found


def sentinel(rng, n):
    found = heights(rng, n)
    found[rng.permutation(n)[: max(5, n // 10)]] = rng.choice([-999.0, 99_999.0])
    return found


COLUMNS = {kind.__name__: kind for kind in (zeros, cap, flag, likert, percent, heights, outlier, sentinel)}
CONTAINERS = {
    "pandas": pd.DataFrame,
    "nullable": lambda data: pd.DataFrame(data).convert_dtypes(),
    "arrow": lambda data: pd.DataFrame(data).convert_dtypes(dtype_backend="pyarrow"),
    "polars": pl.DataFrame,
    "array": lambda data: np.column_stack(list(data.values())),
    "sparse": lambda data: sparse.csr_array(np.column_stack(list(data.values()))),
}


def drawn(seed):
    """Return a table: its columns by name (the kind before the underscore), labels, and the name of a container."""
    rng = np.random.default_rng(seed)
    n, kinds = int(rng.integers(40, 200)), rng.choice([*COLUMNS], int(rng.integers(2, 6)))
    data = {f"{kind}_{k}": COLUMNS[kind](rng, n) for k, kind in enumerate(kinds.tolist())}
    y = np.arange(n) % int(rng.integers(2, 4))
    return data, y, [*CONTAINERS][seed % len(CONTAINERS)]


def as_floats(table):
    """Return the cells of any container as floats."""
    if sparse.issparse(table):
        return table.toarray()
    return np.asarray(table.to_numpy() if hasattr(table, "to_numpy") else table).astype(float)


def faults(seed):
    """Return what is wrong with the expansion of a table."""
    data, y, container = drawn(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExpansionWarning)
        table = CONTAINERS[container](data)
        expanded, labels = ExpansiveSynthesizer(random_state=0, expansion_ratio=6).fit_resample(table, y)
    cells, real = as_floats(expanded), np.column_stack(list(data.values()))
    if type(expanded) is not type(table):
        yield f"{type(expanded).__name__} for {type(table).__name__}"
    if not np.array_equal(cells[: len(y)], real):
        yield "an original cell has changed"
    for k, name in enumerate(data):
        kind, is_frame = name.partition("_")[0], container not in ("array", "sparse")
        for fault in faults_of_column(kind, real[:, k], cells[len(y) :, k], y, labels[len(y) :], is_frame):
            yield f"{name} ({container}): {fault}"


def faults_of_column(kind, real, new, y, labels, is_frame):
    """Return what is wrong with a column of new rows; of an array, only natural bounds are kept."""
    if kind in ("outlier", "sentinel", "heights"):
        core = real[(real > 130) & (real < 215)]
        near = (new >= core.min() - 15) & (new <= core.max() + 15)
        is_code = np.isin(new, (-999.0, 99_999.0)) if kind == "sentinel" else np.zeros(len(new), bool)
        if np.mean(near | is_code) < 0.95:
            yield f"{np.mean(near | is_code):.0%} plausible"
        return
    keeps_range = is_frame or kind in ("flag", "likert", "cap")
    if new.min() < (real.min() if is_frame else min(real.min(), 0)) or (keeps_range and new.max() > real.max()):
        yield f"from {new.min()} to {new.max()} instead of {real.min()} to {real.max()}"
    values = np.unique(real) if kind in ("flag", "likert") else {"zeros": [0.0], "cap": [100.0]}.get(kind, [])
    for value in values:
        for label in np.unique(y):
            own, made = np.mean(real[y == label] == value), np.mean(new[labels == label] == value)
            error = 3 * np.sqrt(max(own * (1 - own), 0.02) / np.sum(y == label)) + 0.02
            if abs(own - made) > error:
                yield f"share of {value} in class {label}: {own:.3f} became {made:.3f}"


@pytest.mark.parametrize("batch", [0, *(pytest.param(k, marks=pytest.mark.slow) for k in range(1, N_BATCHES))])
def test_tables_from_the_field(batch):
    size = BATCH if batch else 12  # a sample of them is fast
    found = {seed: list(faults(seed)) for seed in range(BATCH * batch, BATCH * batch + size)}
    assert not {seed: wrong for seed, wrong in found.items() if wrong}
