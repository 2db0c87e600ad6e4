"""A search gives the same scores, bit for bit, on every backend of joblib."""

import numpy as np
import pytest
from joblib import parallel_config
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

from skexpand import ExpansiveSynthesizer
from skexpand.pipeline import make_pipeline


def scores():
    """Search over laws; return the scores of all folds."""
    X, y = load_wine(return_X_y=True)
    X, y = (X / X.std(axis=0))[::3], y[::3]
    pipeline = make_pipeline(ExpansiveSynthesizer(expansion_ratio=2, random_state=0), LogisticRegression())
    laws = {"expansivesynthesizer__law": ["auto", "local", "shrunk"]}
    search = GridSearchCV(pipeline, laws, cv=3, scoring="neg_log_loss").fit(X, y)
    return np.array([search.cv_results_[f"split{fold}_test_score"] for fold in range(3)])


@pytest.fixture(scope="module")
def expected():
    return scores()


def test_threads(expected):
    with parallel_config("threading", n_jobs=3):
        np.testing.assert_array_equal(scores(), expected)


def test_processes(expected):
    with parallel_config("loky", n_jobs=2):
        np.testing.assert_array_equal(scores(), expected)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("threads_per_worker", [1, 2])
def test_dask(expected, threads_per_worker):
    """With scikit-learn's own nested tasks on the cluster, a lock of ours would wait for itself."""
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=threads_per_worker, dashboard_address=None)
    with cluster, distributed.Client(cluster), parallel_config("dask"):
        np.testing.assert_array_equal(scores(), expected)
