"""``skexpand report``: a page and its figures, or one line that says why not."""

import json

import pytest


def run_report(skexpand, flowers, *options):
    return skexpand(
        "report", flowers, "-t", "name", "-o", flowers.with_name("report.html"), "--seed", 0, "-j", 1, *options
    )


def test_a_page_and_its_figures(skexpand, flowers):
    figures = flowers.with_name("report.json")
    code, out, err = run_report(skexpand, flowers, "--ratio", 2, "--folds", 2, "--json", figures)
    assert (code, err) == (0, [])
    verdict = json.loads(figures.read_text(encoding="utf-8"))["verdict"]
    assert out.splitlines()[0].startswith(verdict["headline"])
    assert out.splitlines()[1].endswith("report.html: the report on 4 folds (seed 0)")
    page = flowers.with_name("report.html").read_text(encoding="utf-8")
    assert verdict["headline"] in page
    assert "petals" in page


@pytest.mark.parametrize("learner", ["forest", "neighbours"])
def test_other_learners_metrics_and_silence(skexpand, flowers, learner):
    options = ("--ratio", 2, "--folds", 2, "--learner", learner, "--scoring", "accuracy", "-q")
    assert run_report(skexpand, flowers, *options) == (0, "", [])


def test_a_metric_of_a_positive_class_and_the_folds_that_were_possible(skexpand, flowers):
    lines = flowers.read_text(encoding="utf-8").splitlines()
    flowers.write_text("\n".join([*lines[:5], *lines[16:23]]), encoding="utf-8")  # 4 roses, 7 tulips
    code, out, err = run_report(skexpand, flowers, "--ratio", 2, "--folds", 9, "--scoring", "f1")
    assert (code, err) == (0, [])
    assert "points of f1 of class 'rose'" in out.splitlines()[0]
    assert out.splitlines()[1].endswith("the report on 14 of 18 folds, as the classes allow no more (seed 0)")


def test_what_is_refused(refused, flowers, monkeypatch):
    page = flowers.with_name("report.html")
    assert "must end in .html" in refused("report", flowers, "-t", "name", "-o", flowers.with_name("report.pdf"))
    assert "--jobs 0 would do nothing" in refused("report", flowers, "-t", "name", "-o", page, "--jobs", 0)
    assert "not a metric" in refused("report", flowers, "-t", "name", "-o", page, "--scoring", "beauty")
    assert "did you mean 'name'?" in refused("report", flowers, "-t", "names", "-o", page)
    page.write_text("mine")
    assert "--force" in refused("report", flowers, "-t", "name", "-o", page)
    assert page.read_text() == "mine"
    monkeypatch.setattr("skexpand.base.extras.find_spec", lambda name: None)
    assert "skexpand[report]" in refused("report", flowers, "-t", "name", "-o", page, "--force")
