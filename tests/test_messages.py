"""The page of warnings and errors: what users meet is on it, with a way out."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_iris

from skexpand import ExpansionWarning, ExpansiveSynthesizer, LowDiversityWarning

X, y = load_iris(return_X_y=True)
SCRIPT = Path(__file__).parents[1] / "docs" / "messages.py"

pytestmark = pytest.mark.skipif(not SCRIPT.exists(), reason="the documentation is not here")


@pytest.fixture(scope="module")
def page():
    spec = importlib.util.spec_from_file_location("messages", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def messages(page):
    return list(page.read())


def fitting(text, kind, messages):
    """Return the messages of the page that a text may be: any value may stand where a name stands."""

    def pattern(message):
        parts = re.split(r"\0.*?\0", message.text)
        return ".*".join(map(re.escape, parts))

    return [message for message in messages if message.kind == kind and re.fullmatch(pattern(message), text, re.DOTALL)]


def test_each_names_a_way_out(messages):
    assert len(messages) > 150
    assert [message.text for message in messages if message.way_out is None] == []


def test_each_error_has_a_theme_and_each_theme_has_errors(page, messages):
    assert {message.theme for message in messages if not message.kind.endswith("Warning")} == set(page.THEMES)


@pytest.mark.parametrize(
    ("X", "y", "parameters", "theme", "way_out"),
    [
        (X, y, {"bounds": {"a": (0, 1)}}, "The table", "choose from"),
        (X, np.zeros_like(y), {}, "The target", "check the split that produced this y."),
        (X, y, {"sampling_strategy": {5: 100}}, "How many rows", "choose from"),
        (X, y, {"latent_dim": 9}, "The law and the network", "use at most that, or None for all."),
        (X, y, {"image_shape": (2, 2), "law": "local"}, "The law and the network", "leave"),
        (X, y, {"image_shape": (4, 4)}, "Images", "must hold one flattened image per row"),
    ],
)
def test_an_error_is_on_the_page_under_its_theme(messages, X, y, parameters, theme, way_out):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the page says what it reads
        ExpansiveSynthesizer(**parameters).fit_resample(X, y)
    (found,) = fitting(str(caught.value), "ValueError", messages)
    assert found.theme == theme
    assert found.way_out[0].startswith(way_out)


def test_a_warning_links_to_its_heading(page, messages, tmp_path):
    page.write(tmp_path)
    headings = re.findall(r"^(\w+)\n~+$", (tmp_path / "warnings.inc").read_text(encoding="utf-8"), re.MULTILINE)
    assert {warning.__name__ for warning in ExpansionWarning.__subclasses__()} < set(headings)
    X = np.repeat(np.arange(6.0).reshape(2, 3), 10, axis=0)
    with pytest.warns(LowDiversityWarning) as caught:
        ExpansiveSynthesizer(random_state=0).fit(X, np.arange(20) % 2)
    text, link = re.fullmatch(r"(.*) See https://\S+/user_guide/messages\.html#(\S+)", str(caught[0].message)).groups()
    assert link in [heading.lower() for heading in headings]
    assert fitting(text, "LowDiversityWarning", messages)


def test_names_are_italic_and_the_way_out_is_bold(page):
    message = page.Message("TypeError", "the *column* \0name\0 is bad; use \0other\0, please", "cli/_text")
    assert page.styled(message) == r"the \*column\* \ *name*\  is bad; \ **use** \ *other*\ **, please**"
