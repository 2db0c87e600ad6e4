"""The page: one HTML file with everything in it, no script, no request to anywhere; every text is escaped.

The content security policy in its head forbids scripts and outside requests, so that even a mistake could not cause
any.
"""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from skexpand.report.comparison import Result
from skexpand.report.pictures import Gallery, Picture
from skexpand.report.signs import Reading, Sign
from skexpand.report.verdict import points

if TYPE_CHECKING:
    from skexpand.report.report import ExpansionReport

_COLUMNS = ("score", "gain, points", "Brier", "log loss", "seconds")
_LEAKS = "The new rows tell who was in the table. Treat them as you treat the originals; they are no anonymization."
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def render(report: ExpansionReport, gallery: Gallery) -> str:
    """Return the whole page."""
    style = files("skexpand.report").joinpath("page.css").read_text(encoding="utf-8")
    sections = [
        _verdict(report),
        _contenders(report),
        _curve(report, gallery.curve),
        _signs(report),
        _rows(gallery),
        _method(report),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(report.verdict_.headline)} – skexpand report</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n<main>\n{''.join(sections)}</main>\n</body>\n</html>\n"
    )


def _section(title: str, lead: str, *parts: str) -> str:
    return f"<section>\n<h2>{escape(title)}</h2>\n<p>{escape(lead)}</p>\n{''.join(parts)}</section>\n"


def _verdict(report: ExpansionReport) -> str:
    verdict = report.verdict_
    caveat = f'<p class="caveat">{escape(verdict.caveat)}</p>\n' if verdict.caveat else ""
    table = report.settings_
    about = f"{table['n_rows']:,} rows, {table['n_columns']} columns, {table['n_classes']} classes"
    return (
        f'<header class="{"yes" if verdict.expand else "no"}">\n<p class="about">Expansion report · {about}</p>\n'
        f'<h1>{escape(verdict.headline)}</h1>\n<p class="reason">{escape(verdict.reason)}</p>\n{caveat}</header>\n'
    )


def _contenders(report: ExpansionReport) -> str:
    results = report.comparison_.results
    reach = max([0.01, *(abs(end) for r in results if r.competed for end in r.gain[1:] if np.isfinite(end))])
    head = "<th></th>" + "".join(f"<th>{title}</th>" for title in _COLUMNS)
    body = "".join(_contender(result, reach) for result in results)
    settings = report.settings_
    lead = (
        f"Trained on the same {settings['n_folds']} folds and judged by {settings['scoring']} on rows that none has "
        "seen. Bars are the interval of the gain. Brier score and log loss tell how far probabilities can be trusted; "
        "smaller is better."
    )
    return _section("Against the alternatives", lead, _table(head, body, "stacked"))


def _contender(result: Result, reach: float) -> str:
    name = f'<th scope="row">{escape(result.contender.title)}</th>'
    if not result.competed:
        return f'<tr class="out">{name}<td colspan="5">{escape(result.failure)}</td></tr>\n'
    first = result.contender.key == "real"
    gain = "–" if first else f"{points(result.gain.mean)}{_bar(result, reach)}"
    cells = [f"{100 * np.nanmean(result.scores):.1f}", gain]
    cells += [
        f"{np.mean(values):.3f}" if np.isfinite(values).all() else "–" for values in (result.brier, result.log_loss)
    ]
    cells.append(f"{np.mean(result.seconds):.2f}")
    row = "".join(f'<td data-label="{label}">{cell}</td>' for label, cell in zip(_COLUMNS, cells, strict=True))
    return f"<tr{' class=subject' if result.contender.key == 'expanded' else ''}>{name}{row}</tr>\n"


def _bar(result: Result, reach: float) -> str:
    """Draw an interval around its mean on a track whose middle is zero."""
    if not np.isfinite(result.gain).all():
        return ""
    middle, left, right = (50 + 50 * value / reach for value in result.gain)
    label = f"from {points(result.gain.low)} to {points(result.gain.high)}"
    return (
        f'<span class="track" role="img" aria-label="{label}" title="{label}">'
        f'<span class="range" style="left:{left:.1f}%;width:{right - left:.1f}%"></span>'
        f'<span class="dot" style="left:{middle:.1f}%"></span></span>'
    )


def _curve(report: ExpansionReport, picture: Picture) -> str:
    comparison = report.comparison_
    best = int(np.argmax([gain.mean for gain in comparison.gains]))
    said = (
        "the mean is best without new rows"
        if best == 0
        else (f"the mean is best at {comparison.ratios[best]:.2g} new rows for each real one")
    )
    lead = f"A part of the new rows at a time, from none to all; {said}. The band is the interval."
    rows = "".join(
        f"<tr><td>{ratio:.2g}</td><td>{points(gain.mean)}</td><td>{points(gain.low)} to {points(gain.high)}</td></tr>\n"
        for ratio, gain in zip(comparison.ratios[1:], comparison.gains[1:], strict=True)
    )
    table = _table("<th>new rows per real row</th><th>gain, points</th><th>interval</th>", rows)
    return _section("How many rows it takes", lead, f'<div class="grid">{_figure(picture)}{table}</div>\n')


def _signs(report: ExpansionReport) -> str:
    lead = (
        "Measured on the rows made of the whole table. A figure alone means little, so each stands beside what real "
        "rows show when compared with each other, in samples of the same size."
    )
    return _section("Signs of failure", lead, _sign_table(report.specimen_.signs), _reading_table(report.readings_))


def _sign_table(signs: list[Sign]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(sign.title)}</th><td>{sign.value:.2f}</td><td>{escape(sign.limit)}</td>'
        f'<td class="{"bad" if sign.failed else "good"}">{"look into it" if sign.failed else "fine"}</td></tr>\n'
        for sign in signs
    )
    return _table("<th>sign of failure</th><th>measured</th><th>limit</th><th></th>", rows) if signs else ""


def _reading_table(found: list[Reading]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(reading.title)}<small>{escape(reading.meaning)}</small></th>'
        f"<td{' class=bad' if reading.alarming else ''}>{_number(reading.figure.matched)}</td>"
        f"<td>{_number(reading.figure.reference)}</td></tr>\n"
        for reading in found
    )
    warning = f'<p class="bad">{escape(_LEAKS)}</p>\n' if any(reading.alarming for reading in found) else ""
    return _table("<th>figure</th><th>new to real</th><th>real to real</th>", rows) + warning if found else ""


def _rows(gallery: Gallery) -> str:
    if not gallery.rows:
        return ""
    columns = "".join(_figure(picture) for picture in gallery.columns)
    rows = "".join(_figure(picture) for picture in gallery.rows)
    lead = "Real rows are dark, new ones orange; classes have the same shares in both."
    return _section(
        "Real and new rows",
        lead,
        f'<div class="grid">{rows}</div>\n',
        f'<h3>Columns, those that differ most first</h3>\n<div class="grid small">{columns}</div>\n',
    )


def _method(report: ExpansionReport) -> str:
    terms = "".join(
        f"<dt>{escape(name.removeprefix('n_').replace('_', ' '))}</dt><dd>{escape(str(value))}</dd>\n"
        for name, value in report.settings_.items()
    )
    lead = (
        "New rows are made inside the training rows of each fold. Intervals are Student's with Nadeau and Bengio's "
        "correction, since folds share training rows and are not independent."
    )
    return _section("How it was measured", lead, f"<dl>\n{terms}</dl>\n")


def _table(head: str, body: str, kind: str = "") -> str:
    return f'<div class="scroll {kind}"><table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table></div>\n'


def _figure(picture: Picture) -> str:
    title, text = escape(picture.title), escape(picture.description)
    kind = ' class="wide"' if picture.wide else ""
    caption = f"<figcaption><b>{title}</b> {text}</figcaption>"
    return f'<figure{kind}><img src="{picture.uri}" alt="{title}: {text}">{caption}</figure>\n'


def _number(value: float) -> str:
    return f"{value:.3f}" if np.isfinite(value) else "–"


def framed(page: str) -> str:
    """Return a page for a notebook, in a frame of its own, so that neither's style touches the other."""
    return (
        f'<iframe srcdoc="{escape(page)}" title="Expansion report" sandbox style="width:100%;height:48rem;border:0">'
        "</iframe>"
    )
