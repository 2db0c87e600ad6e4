"""A fitted synthesizer, and what a folder of parts holds."""

import hashlib

import numpy as np
import pytest
from sklearn.datasets import load_wine

from skexpand import ExpansiveSynthesizer

pytest.importorskip("pyarrow")
pytest.importorskip("fsspec")


@pytest.fixture(scope="session")
def model():
    X, y = load_wine(return_X_y=True)
    return ExpansiveSynthesizer(law="local", random_state=5).fit(X.astype(np.float32), y)


@pytest.fixture(scope="session")
def saved(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "wine.safetensors"
    model.save(path)
    return path


def content(folder):
    """Return the checksum of each file of a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
