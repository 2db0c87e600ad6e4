"""Private names of scikit-learn and its kin come in by one door: ruff bans the known ones, this test finds new ones."""

import ast
from pathlib import Path

import pytest
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

import skexpand
from skexpand import ExpansiveSynthesizer, GatedSynthesizer
from skexpand.base import sklearn_private

ROOT = Path(skexpand.__file__).parent
KIN = {"imblearn", "joblib", "narwhals", "numpy", "scipy", "sklearn", "torch"}


def private_names(source):
    """Return what a module imports of private modules and names of others."""
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return {name for name in names if name.partition(".")[0] in KIN and any(map(is_private, name.split(".")))}


def is_private(part):
    return part.startswith("_") and not part.endswith("__")


def test_only_the_door_imports_private_names():
    found = {path: private_names(path.read_text(encoding="utf-8")) for path in ROOT.rglob("*.py")}
    door = found.pop(Path(sklearn_private.__file__))
    assert door
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize("sampler", [ExpansiveSynthesizer, GatedSynthesizer])
def test_a_question_of_anyone_but_the_pipeline_is_answered_as_usual(sampler):
    assert not hasattr(sampler(), "transform")
    with pytest.raises(AttributeError, match="has no attribute 'transform'"):
        sampler().transform([[0.0]])


def test_the_pipeline_is_recognized():
    with pytest.raises(TypeError, match="Two ways out"):
        make_pipeline(ExpansiveSynthesizer(), DecisionTreeClassifier()).fit([[0.0], [1.0]] * 4, [0, 1] * 4)
