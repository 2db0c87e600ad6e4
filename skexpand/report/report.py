"""``ExpansionReport``: runs the comparison and the measurements, and keeps the results."""

from __future__ import annotations

import json
from pathlib import Path
from platform import python_version
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import __version__ as sklearn_version
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_consistent_length
from tqdm.auto import tqdm

from skexpand._version import __version__
from skexpand.base.random import RandomState, draw_seed, make_generator
from skexpand.codec.frame import is_frame
from skexpand.comparison.folds import Fold, n_folds_stated, paired_folds
from skexpand.comparison.interval import check_confidence
from skexpand.comparison.task import Task
from skexpand.comparison.unlabeled import labeled_rows, without_inferred
from skexpand.estimators.synthesizer import ExpansiveSynthesizer
from skexpand.report.comparison import Comparison, compare
from skexpand.report.contenders import all_contenders
from skexpand.report.findings import Findings
from skexpand.report.page import framed, render
from skexpand.report.pictures import draw_gallery
from skexpand.report.signs import N_READINGS, Reading, Specimen, make_specimen, readings
from skexpand.report.trial import Judge
from skexpand.report.verdict import Verdict
from skexpand.request.groups import groups_for
from skexpand.request.input import with_objects
from skexpand.request.target import kind_of, read_target


class ExpansionReport:
    """Find out whether expansion is worth it for a table and a learner, and report it on one page.

    The verdict comes first. It is followed by a comparison of real rows only, class weights, random oversampling, SMOTE
    and the sampler on the same folds, with scores, calibration and cost; the gain against the number of new rows; signs
    of failure; and pictures. Where the sampler's ``target`` is "numbers", gains have the unit of the metric, and R² and
    the mean absolute error stand beside it, with real rows only to compare with; SMOTE does not take "label_sets".

    .. versionadded:: 0.1

    Parameters
    ----------
    sampler : sampler or None
        Any object with ``fit_resample`` that appends new rows to the originals. If None, :class:`ExpansiveSynthesizer`
        with its defaults.
    X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
        The rows.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Class labels, or what the sampler's ``target`` says.
    groups : array-like of shape (n_samples,), default=None
        Which rows belong together (a patient, a batch). Folds keep them together, and they are passed to the sampler.
    estimator : classifier or regressor, default=None
        The learner to be trained on the rows. If None, a logistic regression on standardized columns, with categories
        and gaps encoded; nearest neighbours for numbers and label sets.
    cv : int, cross-validation generator or iterable, default=5
        An integer is the number of stratified, shuffled folds, which are drawn twice.
    scoring : str, callable or None, default=None
        As in scikit-learn; if None, balanced accuracy, for numbers the mean absolute error, for label sets the mean F1
        of the labels. Where a metric such as "f1" needs a positive class and none
        is labelled 1 or True, it is the rarer one; ``make_scorer(f1_score, pos_label=...)`` names another.
    confidence : float in (0, 1), default=0.95
        Confidence of the two-sided intervals (Nadeau and Bengio's, see :func:`skexpand.metrics.utility_score`).
    n_jobs : int or None, default=None
        Number of processes, as in scikit-learn: None means 1, -1 means one per core. The figures, except seconds, do
        not depend on it, bit for bit. Each process uses one thread.
    random_state : int, RandomState instance or None, default=None
        Seed of folds and samples. The sampler and the learner have their own.
    verbose : bool, default=True
        Show a progress bar while computing.

    Attributes
    ----------
    verdict_ : Verdict
        The recommendation and its reason; ``verdict_.expand`` is a boolean.
    comparison_ : Comparison
        The scores of every method on every fold, and the gain by number of new rows.
    specimen_ : Specimen
        New rows made from the whole table, and their signs of failure.
    readings_ : list of Reading
        Figures of :mod:`skexpand.metrics`, each with its reference.
    settings_ : dict
        What was compared, and how.

    See Also
    --------
    GatedSynthesizer : Decides inside the training rows.
    skexpand.plot.GainCurveDisplay : Draws the gain against the number of new rows.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from skexpand import ExpansionReport, ExpansiveSynthesizer
    >>> X, y = load_wine(return_X_y=True)
    >>> sampler = ExpansiveSynthesizer(law="local", expansion_ratio=2, random_state=0)
    >>> report = ExpansionReport(sampler, X, y, cv=3, random_state=0, verbose=False).compute()
    >>> report.verdict_.headline  # a logistic regression has nothing left to gain here
    'Do not expand: no gain shown'
    >>> [result.contender.title for result in report.comparison_.results]
    ['Real rows only', 'Class weights', 'Random oversampling', 'SMOTE', 'ExpansiveSynthesizer']
    """

    verdict_: Verdict
    comparison_: Comparison
    specimen_: Specimen
    readings_: list[Reading]
    settings_: dict[str, Any]

    def __init__(
        self,
        sampler: Any,
        X: Any,
        y: Any,
        *,
        groups: Any = None,
        estimator: Any = None,
        cv: Any = 5,
        scoring: Any = None,
        confidence: float = 0.95,
        n_jobs: int | None = None,
        random_state: RandomState = None,
        verbose: bool = True,
    ) -> None:
        self.sampler = ExpansiveSynthesizer() if sampler is None else sampler
        self.X = X
        self.y = y
        self.groups = groups
        self.estimator = estimator
        self.cv = cv
        self.scoring = scoring
        self.confidence = confidence
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    def compute(self) -> ExpansionReport:
        """Run the comparison and the measurements.

        Returns
        -------
        self : ExpansionReport
            The computed report.

        Raises
        ------
        ValueError
            If y has one class or no class has two rows (two groups), groups has another length, the metric is one of
            two classes and y has more, or the sampler or the learner refuses the table.
        TypeError
            If groups are given but the sampler does not support them, or the estimator is a regressor where y has
            classes or label sets, or a classifier where it has numbers.
        """
        check_confidence(self.confidence)
        rng = make_generator(self.random_state)
        target, kind = read_target(self.sampler, self.y), kind_of(self.sampler)
        check_consistent_length(self.X, target.codes)
        task = Task.of(self.sampler, target, self.estimator, self.scoring)
        X = self.X if is_frame(self.X) or hasattr(self.X, "tocsr") else np.asarray(with_objects(self.X))
        groups = groups_for(self.sampler, self.groups, len(target.codes))
        X, y, sampler, n_unlabeled = labeled_rows(self.sampler, X, target, groups)
        new_alone = without_inferred(sampler)
        folds = paired_folds(X, task.strata, self.cv, rng, groups)
        _refuse_too_few(folds, kind, task.strata, groups)
        contenders = all_contenders(sampler, task.estimator, X, y, draw_seed(rng), kind)
        judge = Judge(kind, X, y, task.metric, groups)
        n_steps = len(folds) * sum(not contender.why_not for contender in contenders) + 1 + N_READINGS
        with tqdm(total=n_steps, desc="report", disable=not self.verbose) as progress:
            comparison = compare(contenders, folds, judge, self.confidence, rng, self.n_jobs, progress.update)
            _refuse_no_score(comparison, kind)
            specimen = make_specimen(new_alone, kind, X, y, groups, rng)
            progress.update()
            figures = readings(specimen, new_alone, X, y, groups, rng, self.n_jobs, progress.update)
        self.comparison_, self.specimen_, self.readings_ = comparison, specimen, figures
        self.verdict_ = Verdict.of(comparison, specimen.ratio, specimen.seconds, self.confidence)
        sizes = {"n_rows": len(y), "n_columns": X.shape[1]} | _sizes_of(kind, y)
        sizes |= {"n_unlabeled": n_unlabeled} if n_unlabeled else {}
        sizes |= {} if groups is None else {"n_groups": len(np.unique(groups))}
        self.settings_ = sizes | self._settings(specimen.n_new, len(folds), task)
        return self

    def to_html(self, path: str | Path | None = None) -> str:
        """Return the page as one self-contained file.

        Parameters
        ----------
        path : str or Path, default=None
            Path to also write it to.

        Returns
        -------
        page : str
            HTML.

        Raises
        ------
        ImportError
            If matplotlib or jinja2 is not installed; the extra ``report`` installs both.
        """
        found = self._findings()
        page = render(found, draw_gallery(found.comparison, found.specimen, np.random.default_rng(0)))
        return _written(page, path)

    def to_json(self, path: str | Path | None = None) -> str:
        """Return all figures as JSON; NaN becomes null.

        Parameters
        ----------
        path : str or Path, default=None
            Path to also write them to.

        Returns
        -------
        text : str
            JSON with the keys "verdict", "contenders", "curve", "signs", "figures" and "settings".
        """
        figures = self._findings().figures()
        return _written(json.dumps(figures, indent=2, ensure_ascii=False, allow_nan=False), path)

    def _repr_html_(self) -> str:
        """Show the page in a notebook."""
        return framed(self.to_html())

    def __repr__(self) -> str:
        said = self.verdict_.headline if hasattr(self, "verdict_") else "not computed yet"
        return f"{type(self).__name__}({said})"

    def _findings(self) -> Findings:
        """Return the findings."""
        if not hasattr(self, "verdict_"):
            raise NotFittedError("This report has not been computed yet; call compute() first.")
        return Findings(self.verdict_, self.comparison_, self.specimen_, self.readings_, self.settings_)

    def _settings(self, n_new_rows: int, n_folds: int, task: Task) -> dict[str, Any]:
        """Return how it was compared."""
        return {
            "n_new_rows": n_new_rows,
            "n_folds": n_folds,
            "n_folds_stated": n_folds_stated(self.cv, n_folds),
            "scoring": task.metric.name,
            "confidence": self.confidence,
            "sampler": repr(self.sampler),
            "estimator": repr(task.estimator),
            "random_state": repr(self.random_state),
            "versions": f"skexpand {__version__}, scikit-learn {sklearn_version}, Python {python_version()}",
        }


def _sizes_of(kind: str, y: Any) -> dict[str, Any]:
    """Return what there is to say of the size of a target; no kind stands for classes."""
    if kind == "classes":
        return {"n_classes": len(np.unique(y))}
    columns = np.shape(y)[1] if np.ndim(y) == 2 else 1
    return {"n_numbers" if kind == "numbers" else "n_labels": columns, "target": kind}


def _refuse_too_few(folds: list[Fold], kind: str, strata: NDArray[Any], groups: NDArray[Any] | None) -> None:
    """Raise a ValueError where nothing can be compared."""
    n_classes = len(np.unique(strata))
    if kind != "classes" and len(folds) < 2:
        raise ValueError(f"{len(strata)} rows cannot be compared on {len(folds)} folds; give more rows or groups.")
    if kind == "classes" and (n_classes < 2 or len(folds) < 2):
        known, unit = ("", "rows") if groups is None else (f" in {len(np.unique(groups))} group(s)", "groups")
        raise ValueError(
            f"{len(strata)} rows of {n_classes} class(es){known} cannot be compared on folds; give at least two "
            f"classes, one of which has two {unit}."
        )


def _refuse_no_score(comparison: Comparison, kind: str) -> None:
    """Raise a ValueError where the metric is defined on no fold."""
    if np.isnan(comparison.real.scores).all():
        why = "; give fewer folds, or another metric."
        if kind == "classes":
            why = (
                ", since a class that it needs is never tested on; give that class more rows (more groups), or another "
                "metric."
            )
        found = f"{comparison.unit.metric} is defined on none of the {len(comparison.real.scores)} folds"
        raise ValueError(found + why)


def _written(text: str, path: str | Path | None) -> str:
    """Write text to a file, if one is named, and return it."""
    if path is not None:
        Path(path).write_text(text, encoding="utf-8")
    return text
