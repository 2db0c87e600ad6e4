"""How notebooks show a synthesizer: its parameters by what they decide, what it was fitted to, and its columns.

scikit-learn draws the diagram, of the synthesizer alone or of a pipeline around it, and asks each estimator for the
table inside its box. Every text from the table of rows is escaped; the colours follow a light or dark page.
"""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from inspect import signature
from typing import Any

import numpy as np
from sklearn.utils import estimator_html_repr

from skexpand.base.sklearn_private import DIAGRAMS_SHOW_TABLES
from skexpand.estimators.groups import GROUPS
from skexpand.fitting.signs import SIGNS

MOST_COLUMNS = 50  # that are shown
_MOST_CLASSES = 20


class ShownInNotebooks:
    """Mixin of the synthesizer."""

    def _get_params_html(self, deep: bool = True, doc_link: str = "") -> Description:
        """Return the table that scikit-learn's diagrams show (from release 1.7 on)."""
        return Description(self)

    def _get_fitted_attr_html(self, doc_link: str = "") -> tuple[()]:
        """Return no further table: what was fitted is in the first."""
        return ()

    if not DIAGRAMS_SHOW_TABLES:

        def _repr_html_inner(self) -> str:
            return estimator_html_repr(self) + described(self)

        def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
            shown: dict[str, str] = super()._repr_mimebundle_(**kwargs)  # type: ignore[misc]
            return shown | ({"text/html": self._repr_html_inner()} if "text/html" in shown else {})


class Description:
    """What scikit-learn's diagrams ask for."""

    def __init__(self, synthesizer: Any) -> None:
        self.synthesizer = synthesizer

    def _repr_html_inner(self) -> str:
        return described(self.synthesizer)


def described(synthesizer: Any) -> str:
    """Return the parameters of a synthesizer and, if it is fitted, what it was fitted to, as HTML."""
    parts = [_details("Parameters", _parameters(synthesizer))]
    if synthesizer.__sklearn_is_fitted__():
        parts.insert(0, _details("Fitted", _fitted(synthesizer), is_open=True))
        if not hasattr(synthesizer, "image_shape_"):  # the columns of images are pixels
            parts.append(_details("Columns", _columns(synthesizer.columns_)))
    return f'<style>{_style()}</style><div class="skexpand">{"".join(parts)}</div>'


@cache
def _style() -> str:
    return files("skexpand.estimators").joinpath("notebook.css").read_text(encoding="utf-8")


def _details(title: str, content: str, is_open: bool = False) -> str:
    return f"<details{' open' * is_open}><summary>{title}</summary><div>{content}</div></details>"


def _parameters(synthesizer: Any) -> str:
    """Return the table of parameters, those that are not at their defaults marked."""
    values, defaults = synthesizer.get_params(deep=False), signature(type(synthesizer)).parameters
    short = reprlib.Repr()
    short.maxstring = short.maxother = 60
    lines = []
    for title, names in GROUPS.items():
        lines.append(f'<tr><th scope="rowgroup" colspan="2">{title}</th></tr>')
        for name in names:
            shown = repr(values[name]) != repr(defaults[name].default)
            mark = ' class="stated"' * shown
            lines.append(f'<tr{mark}><th scope="row">{name}</th><td>{escape(short.repr(values[name]))}</td></tr>')
    return f"<table><tbody>{''.join(lines)}</tbody></table>"


def _fitted(synthesizer: Any) -> str:
    """Return what it was fitted to: rows of each class, the law, and the signs of failure."""
    return f"<p>{escape('; '.join(_facts(synthesizer)))}</p>{_classes(synthesizer)}{_signs(synthesizer)}"


def _facts(synthesizer: Any) -> Iterable[str]:
    """Yield what can be said in a few words each."""
    yield f"{len(synthesizer._expansion.labels):,} rows, {synthesizer.n_features_in_:,} columns"
    if hasattr(synthesizer, "image_shape_"):
        yield f"images of shape {synthesizer.image_shape_}, transition {synthesizer.transition_}"
    yield "law: " + ", ".join(f"{name} {share:.0%}" for name, share in synthesizer.law_.items() if share)
    if hasattr(synthesizer, "n_iter_"):
        yield f"network of epoch {synthesizer.n_iter_}" if synthesizer.n_iter_ else "linear autoencoder"
    if hasattr(synthesizer, "label_distributions_"):
        accuracy = getattr(synthesizer, "label_accuracy_", np.nan)
        found = "" if np.isnan(accuracy) else f" ({accuracy:.0%} of held-out labels found)"
        yield f"some of {len(synthesizer.transduction_):,} rows had no label{found}"
    if hasattr(synthesizer, "label_error_"):
        error = synthesizer.label_error_
        found = "" if np.isnan(error) else f" (held-out ones: {error:.0%} of the error of their mean)"
        yield f"some of {len(synthesizer.transduction_):,} rows had no number{found}"


def _classes(synthesizer: Any) -> str:
    """Return the table of classes: rows fitted to, and new ones that ``fit_resample`` makes."""
    counts = np.bincount(synthesizer._expansion.labels, minlength=len(synthesizer.classes_))
    new: Mapping[Any, int] = synthesizer.sampling_strategy_
    lines = [
        (label, f"{count:,}", f"{made:,}")
        for label, count, made in zip(synthesizer.classes_.tolist(), counts.tolist(), new.values(), strict=True)
    ]
    return _table(("class", "rows", "new rows"), lines, _MOST_CLASSES, "classes")


def _signs(synthesizer: Any) -> str:
    """Return the table of the signs of failure."""
    lines = []
    for sign in SIGNS:
        value = getattr(synthesizer, f"{sign.name}_", None)
        if value is None:  # saved by a release that did not measure it
            continue
        failed = sign.failed(value, sign.limit)
        verdict = f'<td class="{"bad" if failed else "good"}">{"look at this" if failed else "fine"}</td>'
        lines.append(f'<tr><th scope="row">{sign.title}</th><td>{value:.3g}</td><td>{sign.bound}</td>{verdict}</tr>')
    return _framed(("sign of failure", "value", "limit", "reading"), "".join(lines))


def _columns(columns: Sequence[Any]) -> str:
    """Return the table of columns."""
    lines = [(c.name, c.kind, c.dtype, c.n_missing or "", c.values()) for c in columns]
    return _table(("column", "kind", "type", "gaps", "new values"), lines, MOST_COLUMNS, "columns")


def _table(titles: Sequence[str], lines: Sequence[Sequence[Any]], most: int, what: str) -> str:
    """Return a table of texts, which are escaped; the last cell of a line may be long."""
    body = []
    for first, *others, last in lines[:most]:
        cells = "".join(f"<td>{escape(str(cell))}</td>" for cell in others)
        wide = ' class="values"' * (len(titles) > 3)
        body.append(f'<tr><th scope="row">{escape(str(first))}</th>{cells}<td{wide}>{escape(str(last))}</td></tr>')
    more = f"<p>and {len(lines) - most:,} more {what}</p>" if len(lines) > most else ""
    return _framed(titles, "".join(body)) + more


def _framed(titles: Sequence[str], body: str) -> str:
    heads = "".join(f'<th scope="col">{title}</th>' for title in titles)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
