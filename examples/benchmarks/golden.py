"""A golden record: hashes of what the samplers make, to show that a change of the code leaves the rows alone.

.. code-block:: text

   python golden.py > before.txt      (then change the code)
   python golden.py --compare before.txt

Hashes cover values, types, labels and parents, bit for bit. They hold on one machine with one set of installed versions
only, since the last bit of a sum depends on both; so the record is compared, and never stored in the repository.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from scipy import sparse
from sklearn.datasets import load_diabetes, load_digits, load_wine

from skexpand import ExpandedClassifier, ExpandedRegressor, ExpansionWarning, ExpansiveSynthesizer, GatedSynthesizer

Rows = tuple[Any, Any]


def main() -> None:
    """Print a line for each case, or compare with lines that were printed before."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compare", type=Path, help="a file of earlier lines; exit 1 where a hash differs")
    options = parser.parse_args()
    before = dict(line.split() for line in options.compare.read_text().splitlines()) if options.compare else {}
    differing = 0
    for name, digest in record():
        differs = bool(before) and before.get(name) != digest
        differing += differs
        print(name, digest, *["DIFFERS"] * differs, flush=True)
    sys.exit(bool(differing))


def record() -> Iterator[tuple[str, str]]:
    """Go through the cases; yield the name and the hash of each."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExpansionWarning)
        for name, case in CASES.items():
            yield name, digest(case())


def digest(parts: Any) -> str:
    """Return a short hash of nested arrays, tables and numbers, with their types."""
    found = sha256()
    for text in described(parts):
        found.update(text)
    return found.hexdigest()[:16]


def described(value: Any) -> Iterator[bytes]:
    """Go through a value; yield what tells it from others."""
    if isinstance(value, pd.DataFrame):
        yield repr((list(value.columns), value.dtypes.map(str).tolist(), value.index.tolist())).encode()
        yield from described([value.iloc[:, j].tolist() for j in range(value.shape[1])])
    elif isinstance(value, pl.DataFrame):
        yield repr((value.columns, value.dtypes)).encode()
        yield from described([column.to_list() for column in value])
    elif isinstance(value, pd.Series | pl.Series):
        yield str(value.dtype).encode()
        yield from described(list(value))
    elif sparse.issparse(value):
        yield type(value).__name__.encode()
        yield from described(value.toarray())
    elif isinstance(value, np.ndarray) and value.dtype != object:
        yield repr((value.dtype.str, value.shape)).encode()
        yield np.ascontiguousarray(value).tobytes()
    elif isinstance(value, Mapping):
        yield from described([part for item in value.items() for part in item])
    elif isinstance(value, list | tuple | np.ndarray):
        yield repr((type(value).__name__, len(value))).encode()
        for part in value:
            yield from described(part)
    else:
        yield repr(value).encode()


def made(rows: Rows, pretrain: Any = None, groups: Any = None, **parameters: Any) -> list[Any]:
    """Expand rows, draw further ones, and encode some; return all of it with the parents."""
    synthesizer = ExpansiveSynthesizer(**{"random_state": 0, "expansion_ratio": 3} | parameters)
    if pretrain is not None:
        synthesizer.pretrain(pretrain)
    expanded = synthesizer.fit_resample(*rows, **({} if groups is None else {"groups": groups}))
    latents = synthesizer.encode(rows[0])
    signs = [synthesizer.reconstruction_error_, synthesizer.diversity_, synthesizer.distribution_shift_]
    drawn = [synthesizer.sample(50), synthesizer.sample(7, synthesizer.classes_[1], random_state=3)]
    return [expanded, synthesizer.parents_, drawn, latents, synthesizer.decode(latents[:5]), synthesizer.law_, signs]


def numbers(n_rows: int = 60, n_columns: int = 5, n_classes: int = 2, dtype: Any = np.float64) -> Rows:
    """Return correlated normal rows with classes of different sizes."""
    rng = np.random.default_rng(1)
    y = np.sort(rng.integers(n_classes, size=n_rows) * rng.integers(2, size=n_rows) % n_classes)
    y[:n_classes] = np.arange(n_classes)
    mixing = rng.standard_normal((n_columns, n_columns)) + np.eye(n_columns)
    return (rng.standard_normal((n_rows, n_columns)) @ mixing + 2 * y[:, None]).astype(dtype), y


def mixed(gaps: bool = True) -> Rows:
    """Return a DataFrame with columns of many types."""
    rng = np.random.default_rng(2)
    n = 80
    y = rng.choice(["ill", "well"], n, p=[0.3, 0.7])
    X = pd.DataFrame(
        {
            "height": rng.normal(170, 8, n).round(1),
            "income": rng.lognormal(8, 1.5, n).round(2),
            "visits": rng.poisson(3, n),
            "smokes": rng.random(n) < 0.3,
            "city": rng.choice(["Oslo", "Bergen", "Tromsø"], n, p=[0.6, 0.3, 0.1]),
            "grade": pd.Categorical(rng.choice(["low", "mid", "high"], n), ["low", "mid", "high"], ordered=True),
            "seen": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 400, n), unit="D"),
            "stay": pd.to_timedelta(rng.integers(1, 90, n), unit="h"),
        }
    )
    if gaps:
        X.loc[rng.random(n) < 0.2, "height"] = np.nan
        X.loc[rng.random(n) < 0.1, "city"] = None
    return X, pd.Series(y, name="state")


def one_hot() -> Rows:
    """Return rows with indicator columns that exclude each other."""
    X, y = numbers()
    return np.column_stack([X, np.eye(3)[np.random.default_rng(3).integers(3, size=len(X))]]), y


def digits(per_class: int = 5, n_classes: int = 4) -> Rows:
    """Return some of scikit-learn's digits."""
    X, y = load_digits(return_X_y=True)
    rows = np.concatenate([np.flatnonzero(y == label)[:per_class] for label in range(n_classes)])
    return X[rows].astype(np.uint8), y[rows]


def images(**parameters: Any) -> list[Any]:
    """Expand digits."""
    return made(digits(), **{"image_shape": (8, 8), "max_epochs": 4, "expansion_ratio": 3} | parameters)


def wine() -> Rows:
    """Return every third wine."""
    X, y = load_wine(return_X_y=True)
    return X[::3], y[::3]


def in_polars() -> Rows:
    """Return the mixed table in polars."""
    X, y = mixed()
    return pl.from_pandas(X.drop(columns="grade")), y.to_numpy()


def predictions() -> list[Any]:
    """Return what the wrapped learners predict."""
    X, y = load_diabetes(return_X_y=True)
    sampler = ExpansiveSynthesizer(expansion_ratio=3, law={"local": 1, "global": 1}, random_state=0)
    regressor = ExpandedRegressor(sampler=sampler).fit(X[:60], y[:60])
    classifier = ExpandedClassifier(sampler=ExpansiveSynthesizer(expansion_ratio=3, random_state=0)).fit(*wine())
    return [regressor.predict(X[60:90]), classifier.predict_proba(wine()[0])]


def gated() -> list[Any]:
    """Return what the gate measures and gives."""
    gate = GatedSynthesizer(ExpansiveSynthesizer(expansion_ratio=3, random_state=0), n_repeats=1, random_state=0)
    return [gate.fit_resample(*numbers(40)), gate.scores_real_, gate.scores_expanded_, gate.lower_bound_]


GROUPS = np.arange(80) // 4
CASES: dict[str, Callable[[], Any]] = {
    "numeric": lambda: made(numbers()),
    "wine": lambda: made(wine()),
    "float32": lambda: made(numbers(dtype=np.float32)),
    "integers": lambda: made((numbers()[0].astype(np.int16), numbers()[1])),
    "several_classes": lambda: made(numbers(90, 6, 5)),
    "one_row_a_class": lambda: made((numbers(3, 4, 3)[0], np.arange(3))),
    "more_columns_than_rows": lambda: made(numbers(20, 60)),
    "local": lambda: made(numbers(), law="local"),
    "global": lambda: made(numbers(), law="global"),
    "shrunk": lambda: made(numbers(), law="shrunk"),
    "mixture": lambda: made(numbers(), law={"local": 2, "shrunk": 1}, pooling=0.3, spread=0.8, degree=3),
    "gaussian": lambda: made(numbers(), law="shrunk", transport="gaussian"),
    "marginal": lambda: made(numbers(), law="shrunk", transport="marginal"),
    "trained": lambda: made(wine(), latent_dim=4, max_epochs=8, early_stopping=False),
    "stopped_early": lambda: made(wine(), latent_dim=4, max_epochs=20),
    "pretrained": lambda: made(wine(), load_wine(return_X_y=True)[0], latent_dim=5, max_epochs=3),
    "stratified": lambda: made(numbers(), sampling_strategy="stratified"),
    "mixed": lambda: made(mixed()),
    "mixed_without_gaps": lambda: made(mixed(gaps=False)),
    "imputed": lambda: made(mixed(), missing="impute"),
    "bounds": lambda: made(mixed(), bounds="data"),
    "rules": lambda: made(mixed(gaps=False), rules=[lambda rows: rows["height"] > 165]),
    "polars": lambda: made(in_polars()),
    "array_with_gaps": lambda: made((np.where(numbers()[0] > 2.5, np.nan, numbers()[0]), numbers()[1])),
    "categorical_features": lambda: made((np.rint(numbers()[0]), numbers()[1]), categorical_features=[0, 2]),
    "one_hot": lambda: made(one_hot()),
    "sparse": lambda: made((sparse.csr_matrix(np.maximum(numbers()[0], 0)), numbers()[1])),
    "groups": lambda: made(numbers(80), groups=GROUPS),
    "groups_mixed": lambda: made(mixed(), groups=GROUPS),
    "groups_shrunk": lambda: made(numbers(80), groups=GROUPS, law="shrunk"),
    "images": images,
    "images_spread": lambda: images(spread=0.5, pooling=0.5),
    "images_groups": lambda: images(groups=np.arange(20) // 2),
    "images_latent": lambda: images(transition="latent"),
    "images_both": lambda: images(transition="both"),
    "images_pretrained": lambda: images(pretrain=load_digits().data[:200].astype(np.uint8)),
    "images_latent_pretrained": lambda: images(pretrain=load_digits().data[:200].astype(np.uint8), transition="latent"),
    "learners": predictions,
    "gate": gated,
}

if __name__ == "__main__":
    main()
