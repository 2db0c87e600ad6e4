"""Searches, report and gate give the same figures, bit for bit, on any backend of joblib; nothing else asks one."""

from contextlib import contextmanager
from functools import cache

import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from joblib import effective_n_jobs, parallel_config, register_parallel_backend
from joblib._parallel_backends import LokyBackend, ThreadingBackend
from sklearn.datasets import load_digits, load_wine
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import NearestNeighbors

from skexpand import ExpansionReport, ExpansiveSynthesizer, GatedSynthesizer, metrics
from skexpand.base.parallel import each
from skexpand.pipeline import make_pipeline


def table():
    X, y = load_wine(return_X_y=True)
    return (X / X.std(axis=0))[::3], y[::3]


def search():
    """Search over laws; return the scores of all folds."""
    pipeline = make_pipeline(ExpansiveSynthesizer(expansion_ratio=2, random_state=0), LogisticRegression(max_iter=1000))
    laws = {"expansivesynthesizer__law": ["auto", "local", "shrunk"]}
    found = GridSearchCV(pipeline, laws, cv=3, scoring="neg_log_loss").fit(*table())
    return np.array([found.cv_results_[f"split{fold}_test_score"] for fold in range(3)])


def gate():
    """Compare inside the training rows; return the scores and the rows that are given."""
    sampler = ExpansiveSynthesizer(expansion_ratio=2, law="local", random_state=0)
    gated = GatedSynthesizer(sampler, n_repeats=1, random_state=0)
    rows, _ = gated.fit_resample(*table())
    return np.concatenate([gated.scores_real_, gated.scores_expanded_, [gated.lower_bound_], rows.ravel()])


def report():
    """Compare all contenders; return their scores and the signs of failure."""
    sampler = ExpansiveSynthesizer(expansion_ratio=2, law="local", random_state=0)
    found = ExpansionReport(sampler, *table(), cv=2, random_state=0, verbose=False).compute()
    scores = [result.scores for result in found.comparison_.results]
    readings = [reading.figure.value for reading in found.readings_]
    return np.concatenate([*scores, found.comparison_.curve.ravel(), readings])


FIGURES = {"search": search, "gate": gate, "report": report}


@pytest.fixture(scope="module")
def expected():
    return cache(lambda name: FIGURES[name]())


@contextmanager
def dask(threads_per_worker):
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=threads_per_worker, dashboard_address=None)
    with cluster, distributed.Client(cluster), parallel_config("dask"):
        yield


@contextmanager
def ray():
    cluster = pytest.importorskip("ray")
    pytest.importorskip("ray.util.joblib").register_ray()
    cluster.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        with parallel_config("ray"):
            yield
    finally:
        cluster.shutdown()


CLUSTERS = {
    "loky": lambda: parallel_config("loky", n_jobs=2),
    "dask, a thread each": lambda: dask(1),
    "dask, two threads each": lambda: dask(2),  # a lock of ours would wait for itself
    "ray": ray,
}


def test_threads(expected):
    with parallel_config("threading", n_jobs=3):
        np.testing.assert_array_equal(search(), expected("search"))


def test_processes(expected):
    with parallel_config("loky", n_jobs=2):
        np.testing.assert_array_equal(search(), expected("search"))


class AllAtOnce(ThreadingBackend):
    """A backend that returns all results together, as Ray's."""

    supports_return_generator = False


register_parallel_backend("all at once", AllAtOnce)


def test_a_backend_that_returns_all_results_together():
    steps = []
    with parallel_config("all at once", n_jobs=2):
        assert each(divmod, [(7, 2), (9, 4)], step=lambda: steps.append(1)) == [(3, 1), (2, 1)]
    assert len(steps) == 2


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("backend", CLUSTERS)
def test_clusters(expected, backend):
    with CLUSTERS[backend]():
        for name, figures in FIGURES.items():
            np.testing.assert_array_equal(figures(), expected(name), err_msg=name)


class Refusing(LokyBackend):
    """A backend that must not be asked, as a cluster that is busy."""

    def effective_n_jobs(self, n_jobs):
        raise AssertionError("the caller's backend was asked")


register_parallel_backend("refusing", Refusing)


def test_the_refusing_backend_refuses():
    with parallel_config("refusing"), pytest.raises(AssertionError, match="was asked"):
        NearestNeighbors(n_neighbors=1).fit(np.eye(20)).kneighbors(np.eye(20, dtype=np.float32))


@pytest.mark.parametrize("kind", ["tables", "images"])
def test_a_sampler_asks_no_backend(kind, tmp_path):
    images = {"image_shape": (8, 8), "spread": 1.0} if kind == "images" else {}
    X, y = load_digits(n_class=2, return_X_y=True) if images else load_wine(return_X_y=True)
    with parallel_config("refusing"):
        sampler = ExpansiveSynthesizer(expansion_ratio=2, random_state=0, **images)
        sampler.fit_resample(X[::4], y[::4])
        sampler.sample(20)
        sampler.decode(sampler.encode(X[:3]))
        sampler.save(tmp_path / "sampler.safetensors")
        ExpansiveSynthesizer.load(tmp_path / "sampler.safetensors")


@pytest.mark.parametrize("name", sorted(set(metrics.__all__) - {"Figure", "Utility", "utility_score"}))
def test_a_metric_asks_no_backend(name):
    """Only ``utility_score`` has an ``n_jobs`` of its own."""
    X, y = load_wine(return_X_y=True)
    arguments = (RandomOverSampler(random_state=0), X, y) if name == "membership_inference" else (X[::2], X[1::2])
    with parallel_config("refusing"):
        getattr(metrics, name)(*arguments)


def test_the_learner_of_a_metric_keeps_its_own_jobs():
    X = load_wine().data
    seen = set()

    class Forest(ExtraTreesClassifier):
        def fit(self, X, y):
            seen.add(effective_n_jobs(self.n_jobs))
            return super().fit(X, y)

    with parallel_config("loky", n_jobs=2):
        for n_jobs in (None, 3):
            metrics.two_sample_auc(X[::2], X[1::2], estimator=Forest(5, n_jobs=n_jobs), cv=2, random_state=0)
    assert seen == {1, 3}
