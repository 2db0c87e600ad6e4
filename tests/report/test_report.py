"""The report's figures: the same as by hand, the verdict that follows from them, JSON that holds them."""

import json
import re
import subprocess
import sys
from html import unescape
from importlib.util import find_spec
from time import process_time

import numpy as np
import pandas as pd
import polars as pl
import pytest
from imblearn.over_sampling import SMOTE
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.metrics import brier_score_loss, log_loss
from sklearn.model_selection import StratifiedKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from skexpand import ExpansionReport, ExpansiveSynthesizer
from skexpand.comparison.interval import Interval
from skexpand.comparison.learner import TableEncoder
from skexpand.metrics import utility_score
from skexpand.report.comparison import Comparison, Result
from skexpand.report.contenders import Contender
from skexpand.report.findings import counted_folds
from skexpand.report.trial import SHARES, calibration
from skexpand.report.unit import Unit
from skexpand.report.verdict import Verdict
from tests.tables import signatures


class Known(BaseEstimator):
    """Adds rows of the law that made the table, or with the wrong labels."""

    def __init__(self, harm=False):
        self.harm = harm

    def fit_resample(self, X, y):
        new, labels = rings(np.random.default_rng(0), 900)
        return np.concatenate([X, new]), np.concatenate([y, 1 - labels if self.harm else labels])


def rings(rng, n_rows):
    """Return a ring around another: a vote of many neighbours needs many rows to see it."""
    angle, labels = rng.uniform(0, 2 * np.pi, n_rows), np.arange(n_rows) % 2
    return (1 + labels)[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]), labels


def test_rows_of_the_true_law_are_recommended(quick, rng):
    verdict = quick(Known(), *rings(rng, 60), estimator=KNeighborsClassifier(15)).verdict_
    assert verdict.expand
    assert verdict.headline.startswith("Expand ×16: +")
    assert "95 % CI +" in verdict.reason
    assert verdict.ratio == 16
    assert 0 < verdict.low < verdict.gain < verdict.high


def test_harm_is_not(quick, rng):
    verdict = quick(Known(harm=True), *rings(rng, 60), estimator=KNeighborsClassifier(1)).verdict_
    assert not verdict.expand
    assert verdict.headline == "Do not expand: it harms"


def made_comparison(gain, others=(), losses=(0.3, 0.3)):
    """Return a comparison with these intervals and log losses, of the real rows and the sampler."""
    results = [Result(Contender("real", "Real rows only", None), aside={"log_loss": [losses[0]]})]
    results += [Result(Contender("other", "Class weights", None), gain=Interval(*other)) for other in others]
    results.append(Result(Contender("expanded", "It", None), aside={"log_loss": [losses[1]]}, gain=Interval(*gain)))
    return Comparison(results, [], np.empty((0, 0)), [], Unit("balanced accuracy"))


@pytest.mark.parametrize(
    ("comparison", "headline", "caveat"),
    [
        (made_comparison((0.03, 0.01, 0.05)), "Expand ×5: +3.0 points", ""),
        (made_comparison((0.03, 0.01, 0.05), [(0.04, -0.1, 0.2)]), "Expand ×5", "simpler remedy does as well"),
        (made_comparison((0.03, 0.01, 0.05), [(0.02, 0.01, 0.2)]), "Expand ×5", ""),
        (made_comparison((0.0, -0.01, 0.01), [(0.04, 0.01, 0.2)]), "no gain shown", "Another remedy helps. Class"),
        (made_comparison((0.1, -0.01, 0.21)), "no gain shown", "not ruled out: the interval reaches +21.0"),
        (made_comparison((-0.1, -0.2, -0.01)), "it harms", ""),
        (made_comparison((0.03, 0.01, 0.05), losses=(0.3, 0.5)), "Expand", "Probabilities get worse"),
    ],
)
def test_the_verdict_and_what_a_sceptic_adds(comparison, headline, caveat):
    verdict = Verdict.of(comparison, 5.0, 0.6, 0.95)
    assert headline in verdict.headline
    assert caveat in verdict.caveat
    assert bool(caveat) == bool(verdict.caveat)
    assert verdict.expand == verdict.headline.startswith("Expand")
    assert ("cost 0.6 s" in verdict.reason) == verdict.expand


def test_the_gain_is_that_of_utility_score(quick, numbers):
    sampler = ExpansiveSynthesizer(law="local", expansion_ratio=2, random_state=0)
    report = quick(sampler, *numbers)
    utility = utility_score(sampler, GaussianNB(), *numbers, cv=3, random_state=0)
    np.testing.assert_allclose(report.comparison_.real.scores, utility.real)
    np.testing.assert_allclose(report.comparison_.subject.scores, utility.expanded)
    assert report.comparison_.subject.gain == pytest.approx(utility.gain)


def test_the_curve_goes_from_nothing_to_all(report):
    comparison = report.comparison_
    assert comparison.ratios[0] == 0
    assert len(comparison.ratios) == len(SHARES)
    np.testing.assert_array_equal(comparison.curve[:, 0], comparison.real.scores)
    np.testing.assert_array_equal(comparison.curve[:, -1], comparison.subject.scores)
    assert comparison.gains[-1] == pytest.approx(comparison.subject.gain)


def test_all_contenders_compete_on_a_mixed_table(report):
    assert [result.contender.title for result in report.comparison_.results] == [
        "Real rows only",
        "Class weights",
        "Random oversampling",
        "SMOTENC, gaps filled",
        "ExpansiveSynthesizer",
    ]
    assert not any(result.failure for result in report.comparison_.results)
    assert all(len(result.scores) == 6 for result in report.comparison_.results)


def test_calibration_is_that_of_scikit_learn(rng, numbers):
    X, y = numbers
    fitted = GaussianNB().fit(X[::2], y[::2])
    found = calibration(fitted, (X, y), np.unique(y))
    chances = fitted.predict_proba(X)
    assert found["brier"] == pytest.approx(brier_score_loss(y, chances[:, 1]))
    assert found["log_loss"] == pytest.approx(log_loss(y, chances), rel=1e-3)


def test_a_learner_without_probabilities_has_no_calibration(quick, rng):
    report = quick(Known(), *rings(rng, 60), estimator=RidgeClassifier())
    assert np.isnan(report.comparison_.real.aside["brier"]).all()
    assert json.loads(report.to_json())["contenders"][0]["brier"] == [None] * 6
    assert "–" in report.to_html()


@pytest.mark.parametrize("container", [sparse.csr_array, pl.DataFrame, np.ndarray.tolist])
def test_containers(quick, numbers, container):
    X, y = numbers
    estimator = make_pipeline(TableEncoder(), GaussianNB())
    sampler = ExpansiveSynthesizer(law="local", expansion_ratio=2, random_state=0)
    report = quick(sampler, container(X), y.tolist(), estimator=estimator)
    assert not any(result.failure for result in report.comparison_.results if result.contender.key != "class_weights")
    assert len(report.readings_) == 8
    assert "Real and new rows" in report.to_html()


def test_json_holds_every_figure(report, tmp_path):
    content = json.loads(report.to_json(tmp_path / "report.json"))
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) == content
    assert set(content) == {"verdict", "contenders", "curve", "signs", "figures", "settings"}
    assert [contender["name"] for contender in content["contenders"]] == [
        "real",
        "class_weights",
        "random_oversampling",
        "smote",
        "expanded",
    ]
    assert content["verdict"]["expand"] is report.verdict_.expand
    assert content["settings"]["n_rows"] == 70
    assert "n_groups" not in content["settings"]


def test_same_seed_same_report(quick, numbers):
    sampler = ExpansiveSynthesizer(law="local", expansion_ratio=2, random_state=0)
    first, second = (quick(sampler, *numbers) for _ in range(2))
    assert first.comparison_.curve.tolist() == second.comparison_.curve.tolist()
    assert first.readings_ == second.readings_
    assert first.comparison_.results[0].aside == second.comparison_.results[0].aside


def test_any_number_of_processes_gives_the_same_report(quick):
    """Also with a logistic regression, whose last bits depend on the number of threads."""
    numbers = np.random.default_rng(0).standard_normal((60, 3)), np.repeat([0, 1], [20, 40])
    sampler = ExpansiveSynthesizer(law="local", expansion_ratio=2, random_state=0)
    alone, together = (
        quick(sampler, *numbers, estimator=LogisticRegression(), cv=2, n_jobs=n_jobs) for n_jobs in (1, 2)
    )
    assert alone.comparison_.curve.tolist() == together.comparison_.curve.tolist()
    assert alone.readings_ == together.readings_
    for one, other in zip(alone.comparison_.results, together.comparison_.results, strict=True):
        assert (one.scores, one.aside) == (other.scores, other.aside)
        assert (one.gain, one.failure) == (other.gain, other.failure)


@pytest.mark.parametrize("container", [pd.DataFrame, pl.DataFrame, np.ndarray.tolist, sparse.csr_array])
def test_folds_keep_groups_together(quick, rng, container):
    """Twins on both sides of a cut would let the nearest neighbour score 1; apart, chance is all there is."""
    X, y, groups = signatures(rng, 16)
    y = np.array(["ill", "well"])[y]
    sampler = ExpansiveSynthesizer(law="local", expansion_ratio=2, random_state=0)
    learner = make_pipeline(TableEncoder(), KNeighborsClassifier(1))
    known = pd.Series([f"patient {group}" for group in groups], index=np.arange(len(groups))[::-1])
    report = quick(sampler, container(X), y.tolist(), groups=known, estimator=learner, scoring="f1")
    assert min(report.comparison_.real.scores) < 0.9
    assert report.settings_["n_groups"] == 16
    assert report.settings_["scoring"] == "f1 of class 'well'"
    assert "16" in re.search("<dt>groups</dt><dd>(.*?)</dd>", report.to_html())[1]


def test_the_sampler_is_given_the_groups(quick, rng):
    X, y, groups = signatures(rng, 12)

    class Seen(BaseEstimator):
        def fit_resample(self, X, y, groups=None):
            assert len(groups) == len(X)
            assert all(np.ptp(X[groups == group], axis=0).max() < 0.2 for group in groups)
            return np.concatenate([X, X]), np.concatenate([y, y])

    assert quick(Seen(), X, y, groups=groups).settings_["n_groups"] == 12
    with pytest.raises(TypeError, match="SMOTE does not support groups"):
        quick(SMOTE(), X, y, groups=groups)
    with pytest.raises(ValueError, match=r"groups must have one entry per row.*\(47,\)"):
        quick(Seen(), X, y, groups=groups[1:])
    with pytest.raises(ValueError, match=r"in 1 group\(s\) cannot be compared.*two groups"):
        quick(Seen(), X, y, groups=np.zeros(48))


def test_the_positive_class_is_named(quick, wards):
    X, y = wards
    report = quick(None, X[["ward"]], y, estimator=make_pipeline(TableEncoder(), GaussianNB()), scoring="recall")
    assert "points of recall of class 'ill & <b>'" in report.verdict_.reason
    assert "judged by recall of class 'ill & <b>' on rows" in unescape(report.to_html())
    assert json.loads(report.to_json())["settings"]["scoring"] == "recall of class 'ill & <b>'"


def test_a_metric_that_is_never_defined_is_refused(quick, rng):
    with pytest.raises(ValueError, match="f1 of class 'b' is defined on none of the 6 folds"):
        quick(Known(), rng.standard_normal((31, 2)), np.repeat(["a", "b"], [30, 1]), scoring="f1")


def test_a_class_with_one_row_can_be_reported(quick, rng):
    """One of the halves of the attack lacks it, which is no reason to fail."""
    sampler = ExpansiveSynthesizer(law="local", expansion_ratio=2, random_state=0)
    report = quick(sampler, rng.standard_normal((32, 3)), np.repeat(["a", "b"], [31, 1]))
    assert np.isnan(report.readings_[-1].figure.value)


def test_fewer_folds_than_stated_are_said(quick, rng):
    X, y = rng.standard_normal((12, 2)), np.repeat([0, 1], [9, 3])
    sampler = ExpansiveSynthesizer(law="local", expansion_ratio=2, random_state=0)
    few, all_of_them = (quick(sampler, X, y, cv=cv) for cv in (20, 2))
    assert counted_folds(few.settings_) == "18 of 40 folds, as the classes allow no more"
    assert "Trained on the same 18 of 40 folds, as the classes allow no more, and judged" in few.to_html()
    assert (few.settings_["n_folds"], few.settings_["n_folds_stated"]) == (18, 40)
    assert counted_folds(all_of_them.settings_) == "4 folds"
    assert "Trained on the same 4 folds and judged" in all_of_them.to_html()
    given = quick(sampler, X, y, cv=StratifiedKFold(3))
    assert counted_folds(given.settings_) == "3 folds"


def test_before_compute():
    report = ExpansionReport(None, np.eye(4), [0, 1, 0, 1])
    assert repr(report) == "ExpansionReport(not computed yet)"
    for ask in (report.to_html, report.to_json, report._repr_html_):
        with pytest.raises(NotFittedError, match="compute"):
            ask()


@pytest.mark.parametrize("y", [[0, 0, 0, 0], [0, 1, 2, 3]])
def test_what_cannot_be_compared_is_refused(y):
    with pytest.raises(ValueError, match="cannot be compared"):
        ExpansionReport(None, np.eye(4), y, verbose=False).compute()


def test_wrong_parameters_are_refused_before_any_work():
    X, y = np.arange(16.0).reshape(8, 2), np.arange(8) % 2
    with pytest.raises(ValueError, match="confidence must lie between 0 and 1, got 95"):
        ExpansionReport(None, X, y, confidence=95, verbose=False).compute()
    with pytest.raises(TypeError, match="is a regressor"):
        ExpansionReport(None, X, y, estimator=Ridge(), verbose=False).compute()


def test_matplotlib_is_not_imported():
    code = "import sys, skexpand; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("missing", ["jinja2", "matplotlib"])
def test_the_extra_is_named_where_a_package_is_missing(report, monkeypatch, missing):
    monkeypatch.setattr("skexpand.base.extras.find_spec", lambda name: None if name == missing else find_spec(name))
    for ask in (report.to_html, report._repr_html_):
        with pytest.raises(ImportError, match=rf"needs {missing}: pip install 'skexpand\[report\]'"):
            ask()
    assert json.loads(report.to_json()), "figures need neither"


def test_progress_is_shown(quick, rng, capsys):
    quick(Known(), *rings(rng, 60), verbose=True)
    assert "report: 100%" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("learner", [LogisticRegression(max_iter=1000), RandomForestClassifier(random_state=0)])
def test_500_rows_of_30_columns_take_a_minute_of_two_cores(learner):
    """By CPU time, so that a busy machine does not matter."""
    X, y = make_classification(500, 30, n_informative=8, n_classes=3, weights=[0.6, 0.3, 0.1], random_state=0)
    table = pd.DataFrame(X, columns=[f"column {place}" for place in range(30)])
    estimator = make_pipeline(TableEncoder(), learner)
    report = ExpansionReport(ExpansiveSynthesizer(random_state=0), table, y, estimator=estimator, verbose=False)
    started = process_time()
    page = report.compute().to_html()
    assert process_time() - started < 2 * 60
    assert len(page.encode()) < 3_000_000
