"""How notebooks show a synthesizer: complete, escaped, and readable on light and dark pages."""

import re
from copy import copy
from html import unescape
from html.parser import HTMLParser
from inspect import signature

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from skexpand import ExpansiveSynthesizer
from skexpand.base.sklearn_private import DIAGRAMS_SHOW_TABLES
from skexpand.estimators.groups import GROUPS
from skexpand.estimators.notebook import described
from skexpand.pipeline import make_pipeline
from tests.report.test_page import luminance

NASTY = "<script>alert('x')</script>"


class Tags(HTMLParser):
    """Checks that tags are closed in order."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def fitted():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({NASTY: rng.standard_normal(40), "ward": rng.choice(["<i>a</i>", "b"], 40)})
    X.loc[:2, NASTY] = np.nan
    y = np.repeat(["ill & <b>", "well"], [10, 30])
    return ExpansiveSynthesizer(law="local", rules=[lambda rows: rows[NASTY] < 9], random_state=0).fit(X, y)


def lines_of(page):
    """Return the cells of each line, as text."""
    return [
        [unescape(re.sub("<[^>]+>", "", cell)) for cell in re.findall(r"<t[hd].*?</t[hd]>", line)]
        for line in re.findall("<tr.*?</tr>", page)
    ]


def test_every_parameter_is_in_one_group_in_the_order_of_the_signature():
    grouped = [name for names in GROUPS.values() for name in names]
    assert grouped == list(signature(ExpansiveSynthesizer).parameters)


def test_parameters_are_shown_with_their_values_and_the_stated_ones_marked():
    page = described(ExpansiveSynthesizer(law="local", bounds={"age": (0, 120)}))
    assert ["law", "'local'"] in lines_of(page)
    assert ["degree", "4"] in lines_of(page)
    stated = re.findall(r'<tr class="stated"><th scope="row">(\w+)', page)
    assert stated == ["law", "bounds"]
    assert all(f">{title}</th>" in page for title in GROUPS)
    assert "Fitted" not in page


def test_what_was_fitted_is_shown(fitted):
    lines = lines_of(described(fitted))
    made = list(fitted.sampling_strategy_.values())
    assert ["ill & <b>", "10", f"{made[0]:,}"] in lines
    assert ["well", "30", f"{made[1]:,}"] in lines
    assert [NASTY, "float", "float64", "3", ""] in lines
    *facts, values = next(line for line in lines if line[0] == "ward")
    assert facts == ["ward", "categorical", str(fitted.columns_[1].dtype), ""]
    assert values in ("2 values: '<i>a</i>', 'b'", "2 values: 'b', '<i>a</i>'")
    assert next(line for line in lines if line[0] == "Outlying values") == ["Outlying values", "0", "≤ 0.0", "fine"]
    assert "40 rows, 2 columns; law: local 100%" in described(fitted)


def test_texts_are_escaped_and_tags_closed(fitted):
    page = described(fitted)
    assert "script" not in re.findall(r"<(\w+)", page)
    assert "<i>" not in page
    assert "<b>" not in page
    assert "&lt;function" in page or "&lt;lambda" in page
    tags = Tags()
    tags.feed(page)
    assert not tags.open


def test_a_sign_of_failure_stands_out(fitted):
    X = np.random.default_rng(0).standard_normal((40, 3))
    X[3, 1] = 1e6
    with pytest.warns(match="far from all others"):
        lines = lines_of(described(ExpansiveSynthesizer(law="local").fit(X, np.arange(40) % 2)))
    assert ["Outlying values", "1", "≤ 0.0", "look at this"] in lines


def test_a_sign_that_an_earlier_release_did_not_measure_is_left_out(fitted):
    earlier = copy(fitted)
    del earlier.outlying_
    assert [line[0] for line in lines_of(described(earlier)) if line[0] in ("Diversity", "Outlying values")] == [
        "Diversity"
    ]


def test_rows_without_a_label_are_told(rng):
    X, y = rng.standard_normal((40, 2)) + 9 * (np.arange(40)[:, None] % 2), np.arange(40) % 2
    few = ExpansiveSynthesizer(unlabeled=-1, random_state=0).fit(X, np.where(np.arange(40) < 12, y, -1))
    assert "some of 40 rows had no label (100% of held-out labels found)" in described(few)


def test_wide_tables_are_cut_and_images_have_no_columns(rng):
    wide = ExpansiveSynthesizer(law="local", max_epochs=0).fit(rng.standard_normal((20, 60)), np.arange(20) % 2)
    assert "and 10 more columns" in described(wide)
    images = ExpansiveSynthesizer(image_shape=(8, 8), spread=1.0).fit(*load_digits(return_X_y=True, n_class=2))
    assert "images of shape (8, 8), transition deformation" in described(images)
    assert "Columns</summary><div><table><thead>" not in described(images)


def test_notebooks_get_it(fitted):
    table = described(fitted)
    assert table in fitted._repr_html_()
    assert table in fitted._repr_mimebundle_()["text/html"]
    assert fitted._repr_mimebundle_()["text/plain"] == repr(fitted)
    with config_context(display="text"):
        assert not hasattr(fitted, "_repr_html_")
        assert "text/html" not in fitted._repr_mimebundle_()


@pytest.mark.skipif(not DIAGRAMS_SHOW_TABLES, reason="scikit-learn < 1.7 shows the text of a step alone")
def test_diagrams_of_pipelines_show_it():
    step = ExpansiveSynthesizer(degree=7)
    assert described(step) in make_pipeline(step, LogisticRegression())._repr_html_()


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_stands_out_in_both_schemes(scheme):
    """A contrast of 4.5, as level AA of the guidelines for accessible pages wants."""
    pairs = re.findall(r"--(\w+): light-dark\((#\w+), (#\w+)\)", described(ExpansiveSynthesizer()))
    colors = {name: luminance(both[scheme]) for name, *both in pairs}
    for ink in ("ink", "soft", "stated", "good", "bad"):
        one, other = sorted((colors[ink], colors["paper"]))
        assert (other + 0.05) / (one + 0.05) >= 4.5, ink
