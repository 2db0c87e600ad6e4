"""What must say the same in a release: the version, its address, and the dependencies of the recipe for conda-forge."""

import re
import tomllib
from pathlib import Path

import pytest

import skexpand
from skexpand._version import DOCS

ROOT = Path(__file__).parents[1]
RECIPE = ROOT / "packaging" / "recipe.yaml"
IS_DEV = "dev" in skexpand.__version__  # the recipe is that of the last release
CONDA_NAMES = {"torch": "pytorch"}

pytestmark = pytest.mark.skipif(not RECIPE.exists(), reason="the files of a release are not here")


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def project():
    return tomllib.loads(text_of("pyproject.toml"))


@pytest.fixture(scope="module")
def recipe():
    return pytest.importorskip("yaml").safe_load(text_of("packaging/recipe.yaml"))


def as_conda(requirements):
    """Return requirements as conda writes them."""
    split = [re.fullmatch(r"([\w-]+)(?:\[\w+\])?(>=[\d.]+)", requirement).groups() for requirement in requirements]
    return list(dict.fromkeys(f"{CONDA_NAMES.get(name, name)} {bound}" for name, bound in split))


def test_the_changelog_has_the_version_and_its_date():
    newest = re.search(r"^## (.+)$", text_of("CHANGELOG.md"), re.MULTILINE)[1]
    version, _, date = newest.partition(" ")
    assert version == ("Unreleased" if IS_DEV else skexpand.__version__)
    assert re.fullmatch("" if IS_DEV else r"\(\d{4}-\d\d-\d\d\)", date)


def test_the_project_and_the_warnings_name_one_address(project):
    urls, hook = project["project"]["urls"], project["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]
    base = DOCS.rpartition("/")[0] + "/"
    assert urls["Documentation"].startswith(base)
    assert urls["Changelog"].startswith(urls["Documentation"])
    bases = (f"]({base}$HFPR_VERSION/", f"]({urls['Source']}/blob/v$HFPR_VERSION/")
    assert all(part["replacement"].startswith(bases) for part in hook["substitutions"])


def test_the_recipe_has_the_version_and_the_dependencies_of_the_project(project, recipe):
    project, build = project["project"], project["build-system"]["requires"]
    python = project["requires-python"].removeprefix(">=")
    assert recipe["context"]["python_min"] == python
    assert IS_DEV or recipe["context"]["version"] == skexpand.__version__
    needs, optional = recipe["requirements"], project["optional-dependencies"]
    assert needs["run"] == ["python >=${{ python_min }}", *as_conda(project["dependencies"])]
    assert needs["run_constraints"] == as_conda(
        [*optional["cli"], *optional["parts"], *optional["dask"], *optional["report"]]
    )
    assert needs["host"] == ["python ${{ python_min }}.*", "pip", *as_conda(build)]
    (script,) = recipe["build"]["python"]["entry_points"]
    assert dict([script.split(" = ")]) == project["scripts"]
    about = recipe["about"]
    assert (about["summary"], about["license"]) == (project["description"], project["license"])
    assert about["repository"] == project["urls"]["Source"]
    assert about["documentation"] == project["urls"]["Documentation"]
