"""Data of rows besides X and y, such as weights: which learners accept them, and what new rows inherit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn import get_config
from sklearn.utils import check_array
from sklearn.utils.metadata_routing import get_routing_for_object
from sklearn.utils.validation import has_fit_parameter

from skexpand.base.types import FloatArray


def checked_weights(sample_weight: ArrayLike | None, learner: Any, n_rows: int) -> FloatArray | None:
    """Return the weight of each row as floats, or None; raise an error if the learner accepts none."""
    if sample_weight is None:
        return None
    if fit_parameter(learner, "sample_weight") is None:
        raise TypeError(
            f"{learner!r} accepts no sample_weight; leave it out, or use a learner whose fit has the parameter (with "
            "metadata routing enabled, one that requests it by set_fit_request)."
        )
    weights = check_array(sample_weight, ensure_2d=False, dtype=np.float64, input_name="sample_weight")
    if weights.shape != (n_rows,):
        raise ValueError(f"sample_weight must have one weight per row, so shape ({n_rows},), got {weights.shape}.")
    return weights


def fit_parameter(learner: Any, name: str) -> str | None:
    """Return the name under which the ``fit`` of a learner takes something, or None if it does not.

    A pipeline takes what its last step does, under the name of that step, and a search what its learner does, and
    groups for its splits; with metadata routing enabled, both take what their parts request.
    """
    if has_fit_parameter(learner, name):
        return name
    if get_config()["enable_metadata_routing"]:
        return name if get_routing_for_object(learner).consumes("fit", [name]) else None
    if hasattr(learner, "steps"):
        step, last = learner.steps[-1]
        inner = fit_parameter(last, name)
        return None if inner is None else f"{step}__{inner}"
    if hasattr(learner, "error_score"):  # which searches have
        return name if name == "groups" else fit_parameter(learner.estimator, name)
    return None


def fit_parameters(learner: Any, **values: NDArray[Any] | None) -> dict[str, NDArray[Any]]:
    """Return what there is and the ``fit`` of a learner takes, under its names."""
    named = {fit_parameter(learner, name): value for name, value in values.items()}
    return {name: value for name, value in named.items() if name is not None and value is not None}


def inherited(sampler: Any, values: NDArray[Any] | None) -> NDArray[Any] | None:
    """Return what each row has that a fitted sampler returned: as given, and for new rows that of their anchor."""
    maker = getattr(sampler, "sampler_", sampler)  # within a gate, where None made no new rows
    if values is None or maker is None:
        return values
    if not hasattr(maker, "parents_"):
        raise TypeError(
            f"{type(maker).__name__} does not record the anchor of new rows, so they inherit no weights; "
            "leave sample_weight out, or give a sampler that has parents_, such as ExpansiveSynthesizer."
        )
    return np.concatenate([values, values[maker.parents_["anchor"]]])
