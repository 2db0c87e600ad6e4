"""The page: one self-contained HTML file without scripts or requests.

Numbers become text here; the HTML is in ``templates/``, where Jinja2 escapes every text. The content security policy
in the head forbids scripts and outside requests, as a second line of defence.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from skexpand.report.comparison import Comparison, Result
from skexpand.report.extra import require_extra
from skexpand.report.findings import Findings, counted_folds
from skexpand.report.pictures import Gallery
from skexpand.report.verdict import points

if TYPE_CHECKING:
    from jinja2 import Environment

_TITLES = ("score", "gain, points", "Brier", "log loss", "seconds")
_LEAST_REACH = 0.01  # of the tracks of intervals to either side of zero: a gain of one point


def render(found: Findings, gallery: Gallery) -> str:
    """Return the whole page."""
    comparison = found.comparison
    reach = _reach(comparison)
    return (
        _templates()
        .get_template("page.html")
        .render(
            verdict=found.verdict,
            settings=found.settings,
            folds=counted_folds(found.settings),
            signs=found.specimen.signs,
            readings=found.readings,
            gallery=gallery,
            titles=_TITLES,
            lines=[Line.of(result, reach) for result in comparison.results],
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
    def of(cls, result: Result, reach: float) -> Track:
        """Place the gain of a contender on a track that reaches so far to either side."""
        gain = result.gain
        middle, left, right = (50 + 50 * value / reach for value in gain)
        label = f"from {points(gain.low)} to {points(gain.high)}"
        return cls(f"{left:.1f}", f"{right - left:.1f}", f"{middle:.1f}", label)


class Line(NamedTuple):
    """A row of the table: why a method is excluded, or its figures by title."""

    title: str
    is_subject: bool
    failure: str = ""
    cells: dict[str, str] | None = None
    track: Track | None = None

    @classmethod
    def of(cls, result: Result, reach: float) -> Line:
        """Return the row of a method."""
        contender = result.contender
        is_subject = contender.key == "expanded"
        if not result.competed:
            return cls(contender.title, is_subject, result.failure)
        is_real = contender.key == "real"
        figures = [
            f"{100 * np.nanmean(result.scores):.1f}",
            "–" if is_real else points(result.gain.mean),
            number(float(np.mean(result.brier))),
            number(float(np.mean(result.log_loss))),
            f"{np.mean(result.seconds):.2f}",
        ]
        track = None if is_real or not np.isfinite(result.gain).all() else Track.of(result, reach)
        return cls(contender.title, is_subject, "", dict(zip(_TITLES, figures, strict=True)), track)


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
    environment.filters |= {"number": number, "points": points}
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
