"""Inside imbalanced-learn's Pipeline, and refused by scikit-learn's with the two ways out."""

import copy
import inspect

import numpy as np
import pytest
import sklearn.pipeline
from imblearn.pipeline import Pipeline as ImbalancedPipeline
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score
from sklearn.preprocessing import StandardScaler

from skexpand import ExpandedClassifier, ExpansiveSynthesizer, GatedSynthesizer
from skexpand.pipeline import Pipeline, make_pipeline
from tests.tables import same_bits

X, y = load_iris(return_X_y=True)


def synthesizer(**parameters):
    return ExpansiveSynthesizer(**{"law": "local", "expansion_ratio": 2, "random_state": 0} | parameters)


def classifier():
    return LogisticRegression(max_iter=1000)


def test_is_imbalanced_learn_s():
    assert Pipeline is ImbalancedPipeline


def test_the_sampler_acts_in_fit_only():
    pipeline = make_pipeline(StandardScaler(), synthesizer(), classifier()).fit(X, y)
    assert pipeline.predict(X[:7]).shape == (7,)
    expanded = synthesizer().fit_resample(StandardScaler().fit_transform(X), y)
    expected = classifier().fit(*expanded)
    np.testing.assert_array_equal(pipeline[-1].coef_, expected.coef_)


def test_the_sampler_as_the_last_step():
    pipeline = make_pipeline(StandardScaler(), synthesizer())
    assert not hasattr(pipeline, "transform")
    assert not hasattr(pipeline, "predict")
    X_big, y_big = pipeline.fit_resample(X, y)
    assert same_bits(X_big, synthesizer().fit_resample(StandardScaler().fit_transform(X), y)[0])
    assert len(y_big) == 300


@pytest.mark.parametrize("sampler", [synthesizer, GatedSynthesizer])
@pytest.mark.parametrize("build", [sklearn.pipeline.make_pipeline, None], ids=["make_pipeline", "Pipeline"])
def test_scikit_learn_s_own_pipeline_names_both_ways_out(build, sampler):
    steps = [StandardScaler(), sampler(), classifier()]
    pipeline = build(*steps) if build else sklearn.pipeline.Pipeline([(f"s{i}", step) for i, step in enumerate(steps)])
    with pytest.raises(TypeError) as error:
        pipeline.fit(X, y)
    assert "from skexpand.pipeline import Pipeline" in str(error.value)
    assert "ExpandedClassifier(" in str(error.value)


def test_both_ways_out_work():
    ways = [
        make_pipeline(StandardScaler(), synthesizer(), classifier()),
        sklearn.pipeline.make_pipeline(StandardScaler(), ExpandedClassifier(classifier(), synthesizer())),
    ]
    first, second = (way.fit(X, y).predict_proba(X) for way in ways)
    np.testing.assert_allclose(first, second)


@pytest.mark.parametrize("name", ["transform", "fit_transform", "predict", "set_output", "sample_indices_"])
def test_asking_for_what_a_sampler_has_not_is_no_error(name):
    estimator = synthesizer()
    assert not hasattr(estimator, name)
    with pytest.raises(AttributeError, match=name):
        getattr(estimator, name)
    estimator.fit(X, y)
    assert not hasattr(estimator, name)


def test_looking_at_the_pieces_is_no_error():
    """Tools that look at every attribute (displays, debuggers, copies) must not set off the message."""
    pipeline = make_pipeline(StandardScaler(), synthesizer(), classifier())
    assert "ExpansiveSynthesizer" in repr(pipeline)
    assert "ExpansiveSynthesizer" in pipeline._repr_html_()
    inspect.getmembers(synthesizer())
    copy.copy(synthesizer())
    clone(pipeline)


def test_set_output_of_the_pipeline():
    pytest.importorskip("pandas")
    pipeline = make_pipeline(StandardScaler().set_output(transform="pandas"), synthesizer(), classifier())
    plain = make_pipeline(StandardScaler(), synthesizer(), classifier())
    np.testing.assert_array_equal(pipeline.fit(X, y).predict(X), plain.fit(X, y).predict(X))


def test_memory(tmp_path):
    """With a cache, the second fit finds the rows of the first: even without a seed they are the same."""
    pipeline = make_pipeline(StandardScaler(), synthesizer(random_state=None), classifier(), memory=str(tmp_path))
    first = clone(pipeline).fit(X, y)[-1].coef_
    second = clone(pipeline).fit(X, y)[-1].coef_
    np.testing.assert_array_equal(first, second)
    other = clone(pipeline).set_params(expansivesynthesizer__spread=0.5).fit(X, y)[-1].coef_
    assert not np.array_equal(first, other)


def test_cross_validation():
    pipeline = make_pipeline(StandardScaler(), synthesizer(), classifier())
    scores = cross_val_score(pipeline, X, y, cv=StratifiedKFold(3, shuffle=True, random_state=0))
    assert scores.min() > 0.85


def test_grid_search_over_ratio_and_heads_in_parallel():
    pipeline = make_pipeline(StandardScaler(), synthesizer(latent_dim=2, max_epochs=2), classifier())
    grid = {"expansivesynthesizer__expansion_ratio": [1, 3.5], "expansivesynthesizer__n_heads": [1, 4]}
    searches = [
        GridSearchCV(pipeline, grid, cv=2, n_jobs=n_jobs, error_score="raise").fit(X[::2], y[::2]) for n_jobs in (1, 2)
    ]
    scores = [search.cv_results_["mean_test_score"] for search in searches]
    np.testing.assert_array_equal(*scores)
    assert searches[1].best_score_ > 0.8
    assert searches[1].best_estimator_.predict(X).shape == (150,)
