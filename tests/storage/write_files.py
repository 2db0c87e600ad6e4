"""Write the files that are kept of a version of the format, and the rows that each makes.

.. code-block:: text

   python -m tests.storage.write_files            the files and rows of the current version
   python -m tests.storage.write_files --rows 1   only the rows, of the files that are kept of version 1

They go into ``tests/storage/files/VERSION/``. When to run which: see ``docs/contributing/file_format.rst``.
"""

from __future__ import annotations

import argparse
import gzip
import json
import warnings
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning

from skexpand import ExpansionWarning, ExpansiveSynthesizer
from skexpand.storage.file import VERSION

FILES = Path(__file__).parent / "files"


def main():
    """Write NAME.safetensors.gz and NAME.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", metavar="VERSION", help="write only the rows, of the files kept of this version")
    version = parser.parse_args().rows
    if version is None:
        write_files(FILES / str(VERSION))
    write_rows(FILES / (version or str(VERSION)))


def write_files(folder):
    """Fit each case and write its file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, case in CASES.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExpansionWarning)
            warnings.simplefilter("ignore", ConvergenceWarning)
            synthesizer = case()
        with TemporaryDirectory() as temporary:
            path = Path(temporary, "a.safetensors")
            synthesizer.save(path)
            (folder / f"{name}.safetensors.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))


def write_rows(folder):
    """Write the rows that each file makes."""
    for path in sorted(folder.glob("*.safetensors.gz")):
        text = json.dumps(rows_of(loaded(path)), ensure_ascii=False)
        path.with_name(path.name.replace(".safetensors.gz", ".json")).write_text(text + "\n", encoding="utf-8")
        print(f"{path.stat().st_size:>7,} {path.name}")


def loaded(path):
    """Return the synthesizer in a compressed file."""
    with TemporaryDirectory() as temporary:
        plain = Path(temporary, "a.safetensors")
        plain.write_bytes(gzip.decompress(path.read_bytes()))
        return ExpansiveSynthesizer.load(plain)


def rows_of(synthesizer):
    """Return five new rows and their labels; of a synthesizer that is only pretrained, two rows of zeros encoded."""
    if "_source" not in vars(synthesizer):
        core = synthesizer._core
        latents = core.network.encode(core.codec.encode(np.zeros((2, len(core.schema.columns)))))
        return {"rows": latents.tolist(), "labels": []}
    X, y = synthesizer.sample(5, random_state=0)
    return {"rows": [[cell_of(cell) for cell in row] for row in rows_in(X)], "labels": [cell_of(cell) for cell in y]}


def rows_in(X):
    """Return the rows of any table as lists of Python objects."""
    if isinstance(X, pd.DataFrame):
        return zip(*(column.tolist() for _, column in X.items()), strict=True)
    if sparse.issparse(X):
        return X.toarray().tolist()
    return X.tolist() if isinstance(X, np.ndarray) else X.rows()


def cell_of(cell):
    """Return a cell as JSON: a number that is not whole as it is, anything else as text."""
    return float(cell) if isinstance(cell, float | np.floating) and np.isfinite(cell) else str(cell)


def numbers(n_rows=24, n_columns=3):
    """Return correlated normal rows of two classes."""
    rng = np.random.default_rng(0)
    y = np.arange(n_rows) % 3 // 2
    return rng.standard_normal((n_rows, n_columns)) @ rng.standard_normal((n_columns, n_columns)) + y[:, None], y


def one_hot():
    """Return numbers, and three columns of which one is on."""
    X, y = numbers()
    return np.column_stack([X, np.eye(3)[np.arange(len(X)) % 7 % 3]]), y


def mixed():
    """Return a table with columns of many types and with gaps, whose types every version of pandas knows."""
    rng = np.random.default_rng(1)
    n = 30
    height = rng.normal(170, 8, n).round(1)
    city = rng.choice(np.array(["Oslo", "Bergen", "Tromsø"], object), n)
    height[rng.random(n) < 0.2], city[rng.random(n) < 0.2] = np.nan, None
    grades = pd.CategoricalDtype(pd.Index(["low", "mid", "high"], dtype=object), ordered=True)
    moments = pd.Series(np.datetime64("2024-01-01", "us") + rng.integers(0, 400, n).astype("m8[D]"))
    columns = {
        "height": height,
        "visits": rng.poisson(3, n),
        "city": pd.Series(city, dtype=object),
        "grade": pd.Series(pd.Categorical.from_codes(rng.integers(3, size=n), dtype=grades)),
        "seen": moments.dt.tz_localize("Europe/Berlin"),
        "constant": np.full(n, 7),
    }
    X = pd.DataFrame(columns)
    X.columns = pd.Index(list(columns), dtype=object)
    return X, np.where(rng.random(n) < 0.4, "ill", "well")


def in_polars():
    """Return a table of polars."""
    import polars as pl

    X, y = mixed()
    seen = X["seen"].dt.tz_localize(None).to_numpy()
    return pl.DataFrame({"height": X["height"].to_numpy(), "city": X["city"].tolist(), "seen": seen}), y


def objects():
    """Return an array of numbers and text."""
    X, y = numbers()
    X = X[:, :2].astype(object)
    X[:, 0] = np.array(["a", "b", None], object)[np.arange(len(X)) % 3]
    return X, y


def from_the_field():
    """Return a table with an outlier, many zeros and exact decimals, of whose rows some have no label."""
    rng = np.random.default_rng(3)
    height, n = rng.normal(170, 8, 40).round(1), 40
    height[3] = 17_000
    amounts = np.where(rng.random(n) < 0.5, 0, rng.lognormal(2, 1, n).round(2))
    prices = pd.Series([Decimal(f"{price:.2f}") for price in rng.uniform(1, 9, n)], dtype=object)
    X = pd.DataFrame({"height": height, "amount": amounts, "price": prices})
    X.columns = pd.Index(list(X.columns), dtype=object)
    return X, np.where(np.arange(n) < 20, np.arange(n) % 2, -1)


def digits():
    """Return images of two digits."""
    X, y = load_digits(n_class=2, return_X_y=True)
    return X[:11].astype(np.uint8), y[:11]


def made(X, y, groups=None, **parameters):
    """Return a synthesizer after ``fit_resample``."""
    synthesizer = ExpansiveSynthesizer(**{"random_state": 0, "expansion_ratio": 1.5, "n_neighbors": 2} | parameters)
    synthesizer.fit_resample(X, y, **({} if groups is None else {"groups": groups}))
    return synthesizer


def images(**parameters):
    """Return a synthesizer of images."""
    return made(*digits(), image_shape=(8, 8), n_neighbors=1, degree=2, **parameters)


def pretrained():
    """Return a synthesizer that has only been pretrained, on rows with gaps."""
    X = np.where(np.random.default_rng(2).random((24, 3)) < 0.1, np.nan, numbers()[0])
    return ExpansiveSynthesizer(latent_dim=2, max_epochs=2, random_state=0).pretrain(X)


CASES = {
    "numeric": lambda: made(*numbers(), law={"local": 1, "shrunk": 1}, transport="gaussian"),
    "marginal": lambda: made(*numbers(), latent_dim=2, max_epochs=2, transport="marginal"),
    "one_hot": lambda: made(*one_hot()),
    "mixed": lambda: made(*mixed(), latent_dim=3, max_epochs=2),
    "polars": lambda: made(*in_polars(), latent_dim=3, max_epochs=2),
    "objects": lambda: made(*objects(), latent_dim=2, max_epochs=2),
    "sparse": lambda: made(sparse.csr_matrix(np.maximum(numbers()[0], 0)), numbers()[1]),
    "groups": lambda: made(*numbers(), groups=np.arange(24) // 3),
    "images": images,
    "images_latent": lambda: images(transition="latent", latent_dim=2, max_epochs=2),
    "images_both": lambda: images(transition="both", latent_dim=2, max_epochs=2),
    "pretrained": pretrained,
    "from_the_field": lambda: made(*from_the_field(), unlabeled=-1),
}

if __name__ == "__main__":
    main()
