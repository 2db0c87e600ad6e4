"""Docstrings of everything public: numpydoc's rules, and parameters and attributes that are really there."""

import inspect
from pathlib import Path

import numpy as np
import pytest
from numpydoc.docscrape import ClassDoc
from numpydoc.validate import validate
from sklearn.datasets import load_digits, load_iris

import skexpand
from skexpand import images, metrics, model_selection, parts, plot

NOT_ASKED_FOR = {
    "ES01": "a one-line summary may be enough",
    "EX01": "not every method needs an example",
    "RT02": "what is returned has a name, as in scikit-learn",
    "GL01": "the summary stands on the line of the quotes",
    "SA01": "not everything has something to see also",
    "SA04": "the name of what to see also may be enough",
}
LISTED = {"metrics": metrics.__all__, "parts": parts.__all__, "plot": plot.__all__}
CLASSES = [getattr(skexpand, name) for name in skexpand.__all__ if inspect.isclass(getattr(skexpand, name))]
ESTIMATORS = [
    skexpand.ExpansiveSynthesizer,
    skexpand.ExpandedClassifier,
    skexpand.ExpandedRegressor,
    skexpand.GatedSynthesizer,
]


def public_names():
    """Return the dotted names of all public classes and of the methods and properties that are our own."""
    names = []
    for cls in CLASSES:
        names.append(f"skexpand.{cls.__name__}")
        own = [member for member in vars(cls) if not member.startswith("_") and not member.endswith("_request")]
        names += [f"skexpand.{cls.__name__}.{member}" for member in own]  # requests are scikit-learn's
    return names


def test_the_list_of_public_names_is_complete():
    assert {
        "skexpand.ExpansiveSynthesizer.fit",
        "skexpand.ExpansiveSynthesizer.fit_resample",
        "skexpand.ExpansiveSynthesizer.sample",
        "skexpand.ExpandedClassifier.predict_proba",
        "skexpand.LowDiversityWarning",
    } <= set(public_names())
    assert set(skexpand.__all__) <= set(dir(skexpand))


def test_everything_public_is_on_the_page_of_the_api():
    page = Path(__file__).parents[1] / "docs" / "api.rst"
    if not page.exists():
        pytest.skip("the documentation is not here")
    shown = page.read_text(encoding="utf-8")
    public = [f"skexpand.{name}" for name in skexpand.__all__ if name != "__version__"]
    public += [f"skexpand.{room}.{name}" for room, names in LISTED.items() for name in names]
    assert [name for name in public if f":: {name}\n" not in shown] == []


FUNCTIONS = [f"skexpand.metrics.{name}" for name in metrics.__all__ if inspect.isfunction(getattr(metrics, name))]
FUNCTIONS += [f"skexpand.parts.{name}" for name in parts.__all__]
FUNCTIONS += [f"skexpand.plot.{name}" for name in plot.__all__]
FUNCTIONS += [f"skexpand.plot.{name}.plot" for name in plot.__all__]
FUNCTIONS += [f"skexpand.plot.{name}.from_estimator" for name in plot.__all__ if name != "GainCurveDisplay"]


@pytest.mark.parametrize("name", public_names() + FUNCTIONS)
def test_numpydoc(name):
    errors = [f"{code}: {message}" for code, message in validate(name)["errors"] if code not in NOT_ASKED_FOR]
    assert not errors


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_parameters_are_documented_in_the_order_of_the_signature(cls):
    documented = [parameter.name for parameter in ClassDoc(cls)["Parameters"]]
    signature = [name for name in inspect.signature(cls).parameters if name != "self"]
    assert documented == signature
    assert set(cls._parameter_constraints) == set(signature), "every parameter has a constraint"


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_defaults_are_documented(cls):
    types = {parameter.name: parameter.type for parameter in ClassDoc(cls)["Parameters"]}
    for name, parameter in inspect.signature(cls).parameters.items():
        default = parameter.default
        shown = f'"{default}"' if isinstance(default, str) else str(default)
        assert f"default={shown}" in types[name] or (default is None and "or None" in types[name]), name


def everything_public():
    """Return what users import, but warnings, which have a page of their own."""
    rooms = (skexpand, images, metrics, model_selection, plot)
    found = {getattr(room, name) for room in rooms for name in room.__all__ if name != "__version__"}
    return sorted(
        (one for one in found if not (inspect.isclass(one) and issubclass(one, Warning))), key=lambda one: one.__name__
    )


@pytest.mark.parametrize("public", everything_public(), ids=lambda one: one.__name__)
def test_everything_public_says_since_when_and_what_else_to_see(public):
    text = inspect.getdoc(public)
    assert ".. versionadded:: 0." in text
    assert "\nSee Also\n" in text
    assert "\nExamples\n" in text or public is metrics.Utility, "the example of utility_score has one"


def test_attributes_are_documented_and_exist():
    pd = pytest.importorskip("pandas")
    X, y = load_iris(return_X_y=True)
    X = pd.DataFrame(X, columns=list("abcd"))
    synthesizer = skexpand.ExpansiveSynthesizer(law="local", random_state=0)
    synthesizer.pretrain(X).fit_resample(X, y, groups=y)
    images = skexpand.ExpansiveSynthesizer(image_shape="auto", transition="both", max_epochs=0, random_state=0)
    images.fit_resample(*load_digits(return_X_y=True, n_class=2))
    few = skexpand.ExpansiveSynthesizer(unlabeled=-1, random_state=0)
    few.fit_resample(X, np.where(np.arange(len(y)) % 5, -1, y))
    joint = skexpand.ExpansiveSynthesizer(target="numbers", unlabeled="missing", random_state=0)
    joint.fit_resample(X.loc[::4, ["a", "b"]], X.loc[::4, ["c"]].where(X.index[::4].to_series() < 100))
    model = skexpand.ExpandedClassifier(sampler=synthesizer).fit(X, y)
    regressor = skexpand.ExpandedRegressor(sampler=synthesizer).fit(X, X["a"])
    for estimators in ([synthesizer, images, few, joint], [model], [regressor]):
        documented = {attribute.name for attribute in ClassDoc(type(estimators[0]))["Attributes"]}
        assert all(any(hasattr(estimator, name) for estimator in estimators) for name in documented)
        fitted = set().union(*map(vars, estimators))
        learned = {name for name in fitted if name.endswith("_") and not name.startswith("_")}
        assert learned <= documented
