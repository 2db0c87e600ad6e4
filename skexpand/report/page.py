"""The page: one self-contained HTML file without scripts or requests.

Numbers become text here; the HTML is in ``templates/``, where Jinja2 escapes every text. The content security policy
in the head forbids scripts and outside requests, as a second line of defence.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from skexpand.comparison.interval import Interval
from skexpand.report.comparison import Comparison, Result, mean_of
from skexpand.report.extra import require_extra
from skexpand.report.findings import Findings, counted_folds
from skexpand.report.pictures import Gallery
from skexpand.report.unit import Unit

if TYPE_CHECKING:
    from jinja2 import Environment

_ASIDE = {"brier": "Brier", "log_loss": "log loss"}
_LEAST_REACH = 0.01  # of the tracks of intervals to either side of zero: a gain of one point


def render(found: Findings, gallery: Gallery) -> str:
    """Return the whole page."""
    comparison = found.comparison
    return (
        _templates()
        .get_template("page.html")
        .render(
            verdict=found.verdict,
            settings=found.settings,
            kind=found.settings.get("target", "classes"),
            folds=counted_folds(found.settings),
            signs=found.specimen.signs,
            readings=found.readings,
            gallery=gallery,
            unit=comparison.unit,
            **_compared(comparison),
            curve=list(zip(comparison.ratios, comparison.gains, strict=True))[1:],
            best=_best(comparison),
        )
    )


def framed(page: str) -> str:
    """Return a page for a notebook, in a frame of its own, so that neither's style touches the other."""
    return _templates().get_template("frame.html").render(page=page)


class Track(NamedTuple):
    """An interval around its mean on a track whose middle is zero, in percent of its length, and in words."""

    left: str
    width: str
    middle: str
    label: str

    @classmethod
    def of(cls, gain: Interval, reach: float, unit: Unit) -> Track:
        """Place a gain on a track that reaches so far to either side."""
        middle, left, right = (50 + 50 * value / reach for value in gain)
        label = f"from {unit.gain(gain.low)} to {unit.gain(gain.high)}"
        return cls(f"{left:.1f}", f"{right - left:.1f}", f"{middle:.1f}", label)


class Line(NamedTuple):
    """A row of the table: why a method is excluded, or its figures by title."""

    title: str
    is_subject: bool
    failure: str = ""
    cells: dict[str, str] | None = None
    track: Track | None = None

    @classmethod
    def of(cls, result: Result, reach: float, unit: Unit) -> Line:
        """Return the row of a method."""
        contender = result.contender
        is_subject = contender.key == "expanded"
        if not result.competed:
            return cls(contender.title, is_subject, result.failure)
        is_real = contender.key == "real"
        cells = {"score": unit.score(result.mean), unit.heading: "" if is_real else unit.gain(result.gain.mean)}
        cells |= {_ASIDE[name]: number(float(np.mean(values))) for name, values in result.aside.items()}
        cells["seconds"] = f"{np.mean(result.seconds):.2f}"
        track = None if is_real or not np.isfinite(result.gain).all() else Track.of(result.gain, reach, unit)
        return cls(contender.title, is_subject, "", cells, track)


class Row(NamedTuple):
    """A row of the table of numbers: a figure without and with new rows, and its gain where there is one."""

    title: str
    better: str
    real: str
    expanded: str
    gain: str = ""
    interval: str = ""
    track: Track | None = None

    @classmethod
    def of(cls, metric: str, scores: list[list[float]], gain: Interval) -> Row:
        """Return the row of a metric, by its scores on real and on expanded rows."""
        means = [mean_of(values) for values in scores]
        unit = Unit.own(metric, means)
        real, expanded = map(unit.score, means)
        interval = f"{unit.gain(gain.low)} to {unit.gain(gain.high)}"
        reach = float(max(np.abs(gain)))
        track = Track.of(gain, reach, unit) if np.isfinite(reach) and reach > 0 else None
        return cls(unit.title, f"{unit.better} is better", real, expanded, unit.gain(gain.mean), interval, track)


def _compared(comparison: Comparison) -> dict[str, Any]:
    """Return what the table of the comparison shows: methods by line or, for numbers, figures by row."""
    if comparison.unit.in_points:
        reach = _reach(comparison)
        lines = [Line.of(result, reach, comparison.unit) for result in comparison.results]
        return {"lines": lines, "titles": list(lines[0].cells or ()), "rows": []}
    real, subject = comparison.real, comparison.subject
    found = {comparison.unit.metric: ([real.scores, subject.scores], subject.gain)}
    for name, gain in subject.gains.items():
        found.setdefault(name.replace("_", " "), ([real.aside[name], subject.aside[name]], gain))
    rows = [Row.of(metric, scores, gain) for metric, (scores, gain) in found.items()]
    without, with_them = (f"{np.mean(result.seconds):.2f}" for result in (real, subject))
    rows.append(Row("seconds", "to make rows and to train", without, with_them))
    return {"rows": rows, "subject": subject.contender.title}


def number(value: float) -> str:
    """Return a figure with three decimals, or a dash for NaN."""
    return f"{value:.3f}" if np.isfinite(value) else "–"


@cache
def _templates() -> Environment:
    """Return the templates, which escape whatever is put into them."""
    require_extra()
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("skexpand.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"number": number}
    return environment


def _reach(comparison: Comparison) -> float:
    """Return the largest end of an interval, so that all tracks have the same scale."""
    ends = [abs(end) for result in comparison.results if result.competed for end in result.gain[1:]]
    return max([_LEAST_REACH, *filter(np.isfinite, ends)])


def _best(comparison: Comparison) -> str:
    """Return where on the curve the mean is best."""
    best = int(np.argmax([gain.mean for gain in comparison.gains]))
    if best == 0:
        return "the mean is best without new rows"
    return f"the mean is best at {comparison.ratios[best]:.2g} new rows for each real one"
