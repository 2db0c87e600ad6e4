"""Findings: the results of a report as one value, from which the page and the JSON are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from skexpand.report.comparison import Comparison, Result
from skexpand.report.signs import Reading, Specimen
from skexpand.report.verdict import Verdict


@dataclass(frozen=True)
class Findings:
    """The results of a report.

    Attributes
    ----------
    verdict
        The recommendation and its reason.
    comparison
        The scores of every method on every fold, and the gain by number of new rows.
    specimen
        New rows made from the whole table, and their signs of failure.
    readings
        Figures of the new rows, each with its reference.
    settings
        What was compared, and how.
    """

    verdict: Verdict
    comparison: Comparison
    specimen: Specimen
    readings: list[Reading]
    settings: dict[str, Any]

    def figures(self) -> dict[str, Any]:
        """Return every figure in a form that JSON can represent; NaN becomes None."""
        comparison = self.comparison
        curve = zip(comparison.ratios, comparison.gains, comparison.curve.T.tolist(), strict=True)
        return _plain(
            {
                "verdict": vars(self.verdict),
                "contenders": [_of_contender(result, list(comparison.real.aside)) for result in comparison.results],
                "curve": [{"ratio": ratio, "gain": gain._asdict(), "scores": scores} for ratio, gain, scores in curve],
                "signs": [sign._asdict() for sign in self.specimen.signs],
                "figures": [{"title": reading.title, **reading.figure._asdict()} for reading in self.readings],
                "settings": self.settings,
            }
        )


def counted_folds(settings: dict[str, Any]) -> str:
    """Say on how many folds a report compared, and why these were not all that were stated."""
    used, stated = settings["n_folds"], settings["n_folds_stated"]
    few = {"numbers": "rows", "label_sets": "labels"}.get(settings.get("target", ""), "classes")
    few += " and groups" if "n_groups" in settings else ""
    return f"{used} folds" if used == stated else f"{used} of {stated} folds, as the {few} allow no more"


def _of_contender(result: Result, aside: list[str]) -> dict[str, Any]:
    """Return the figures of a method: scores and further figures by fold, and their gains."""
    found: dict[str, Any] = {"scores": result.scores} | {name: result.aside.get(name, []) for name in aside}
    found |= {"seconds": result.seconds, "failure": result.failure}
    found |= {"name": result.contender.key, "title": result.contender.title, "gain": result.gain._asdict()}
    return found | {f"gain_{name}": gain._asdict() for name, gain in result.gains.items()}


def _plain(content: Any) -> Any:
    """Return values that JSON can represent."""
    if isinstance(content, dict):
        return {name: _plain(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [_plain(value) for value in content]
    if isinstance(content, np.generic):
        return _plain(content.item())
    return None if isinstance(content, float) and not np.isfinite(content) else content
