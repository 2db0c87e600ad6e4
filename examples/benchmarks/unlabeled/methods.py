"""Methods by name: each returns labels of the rows that had none (or None), and what learners are trained on.

Methods on graphs are given the same features: scaled columns for tables, embeddings for texts; for images, gradients
and latents of the core, which is trained once per draw, on all its images; the first method that needs it pays.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import graphlearning
import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestNeighbors
from sklearn.semi_supervised import LabelSpreading, SelfTrainingClassifier

from skexpand import ExpansiveSynthesizer
from skexpand.codec.columns import infer_columns
from skexpand.codec.image import ImageCodec
from skexpand.dynamics.gradients import gradient_rows
from skexpand.fitting.contrast import Contrast, graph_rows, near_images, train_encoder
from skexpand.fitting.unlabeled import ClassShares, by_graph, by_learners

from .draws import HIDDEN, Draw, per_class_draw
from .draws import draw as drawn

N_NEW = {"images": 10_000, "tables": 2_000, "texts": 0}
N_NEIGHBORS = 10


class Outcome(NamedTuple):
    """What a method makes of a draw."""

    labels: NDArray[np.intp] | None  # of the rows without labels; None if it gives none
    rows: NDArray[Any]  # that learners are trained on
    codes: NDArray[np.intp]


Method = Callable[[Draw, str, int], Outcome]


def real(draw: Draw, kind: str, seed: int) -> Outcome:
    """Train on the labelled rows alone."""
    return Outcome(None, draw.rows[: draw.n_labeled], draw.codes[: draw.n_labeled])


def expanded(draw: Draw, kind: str, seed: int) -> Outcome:
    """Expand the labelled rows, as if there were no others."""
    n = draw.n_labeled
    return Outcome(None, *with_new_rows(draw.rows[:n], draw.codes[:n], kind, seed))


def truth(draw: Draw, kind: str, seed: int) -> Outcome:
    """Expand all rows with their true labels: the ceiling."""
    known = draw.truth != HIDDEN
    return Outcome(draw.truth[draw.n_labeled :], *with_new_rows(draw.rows[known], draw.truth[known], kind, seed))


def label_spreading(draw: Draw, kind: str, seed: int) -> Outcome:
    """Spread labels as scikit-learn does."""
    model = LabelSpreading(kernel="knn", n_neighbors=N_NEIGHBORS, max_iter=200, n_jobs=1)
    return _labelled(draw, model.fit(features(draw, kind), draw.codes).transduction_)


def self_training(draw: Draw, kind: str, seed: int) -> Outcome:
    """Let a logistic regression label the rows that it is sure of, again and again; it labels all in the end."""
    rows = draw.rows.reshape(len(draw.rows), -1)
    base = LogisticRegression(C=10 if kind == "texts" else 1, max_iter=300)
    return _labelled(draw, SelfTrainingClassifier(base).fit(rows, draw.codes).predict(rows))


def poisson(draw: Draw, kind: str, seed: int) -> Outcome:
    """Spread labels by Poisson learning of the package graphlearning, on the features of skexpand."""
    return _poisson(draw, features(draw, kind))


def poisson_pixels(draw: Draw, kind: str, seed: int) -> Outcome:
    """Spread labels by Poisson learning of the package graphlearning, on pixels."""
    return _poisson(draw, draw.rows.reshape(len(draw.rows), -1))


def poisson_gradients(draw: Draw, kind: str, seed: int) -> Outcome:
    """Spread labels by Poisson learning of the package graphlearning, on gradients."""
    return _poisson(draw, gradient_rows(_core_images(draw.rows)[0]))


def _poisson(draw: Draw, rows: NDArray[Any]) -> Outcome:
    """Label rows along the graph of some features.

    The package's default solver, conjugate gradients, gives all rows a class or two where the graph is in pieces.
    """
    distances, found = NearestNeighbors(n_neighbors=N_NEIGHBORS + 1).fit(rows).kneighbors(rows)
    weights = graphlearning.weightmatrix.knn(rows, N_NEIGHBORS, knn_data=(found, distances))
    known = np.arange(draw.n_labeled)
    model = graphlearning.ssl.poisson(weights, solver="gradient_descent")
    return _labelled(draw, model.fit_predict(known, draw.codes[known]))


def spread(draw: Draw, kind: str, seed: int) -> Outcome:
    """Label the rows as skexpand does, and make no new ones."""
    return _labelled(draw, inferred(draw, kind, seed).argmax(axis=1))


def spread_known(draw: Draw, kind: str, seed: int) -> Outcome:
    """Label the rows as skexpand does where the shares of the classes are known."""
    shares = np.bincount(draw.truth[draw.truth != HIDDEN]) / np.count_nonzero(draw.truth != HIDDEN)
    return _labelled(draw, inferred(draw, kind, seed, shares).argmax(axis=1))


def skexpand_unlabeled(draw: Draw, kind: str, seed: int) -> Outcome:
    """Give all rows to the synthesizer: it labels those without a label, and makes new rows of all."""
    return _of_all_rows(draw.key, kind, seed)


def without_new(draw: Draw, kind: str, seed: int) -> Outcome:
    """Train on the rows with the labels that the synthesizer gave them, without its new rows."""
    labels = _of_all_rows(draw.key, kind, seed).labels
    assert labels is not None
    return _labelled(draw, np.concatenate([draw.codes[: draw.n_labeled], labels]))


@lru_cache(maxsize=1)
def _of_all_rows(key: tuple[str, int, int], kind: str, seed: int) -> Outcome:
    """Fit the synthesizer on all rows of a draw."""
    draw = drawn(*key)
    known = draw.codes[draw.codes != HIDDEN]
    sampler = _sampler(known, N_NEW[kind], seed, unlabeled=HIDDEN, image_shape=_image_shape(draw.rows, kind))
    rows, codes = _quietly(sampler, draw.rows.reshape(len(draw.rows), -1), draw.codes)
    return Outcome(sampler.transduction_[draw.n_labeled :], rows.reshape(-1, *draw.rows.shape[1:]), codes)


def inferred(draw: Draw, kind: str, seed: int, class_shares: ClassShares = None) -> NDArray[np.float64]:
    """Return skexpand's distribution over classes of each row."""
    if kind == "tables":
        return by_learners(draw.rows, _new_rows, class_shares)(draw.codes, np.random.default_rng(seed))
    return by_graph(features(draw, kind), class_shares)(draw.codes, np.random.default_rng(seed))


def features(draw: Draw, kind: str) -> NDArray[Any]:
    """Return the rows that nearness is told by."""
    return image_features(draw.key) if kind == "images" else draw.rows


@lru_cache(maxsize=1)
def image_features(key: tuple[str, int, int]) -> NDArray[np.float64]:
    """Train the core on the images of a draw; return gradients and latents."""
    images, padding = _core_images(per_class_draw(*key).rows)
    encoder = train_encoder(images, near_images(images), padding, Contrast(), np.random.default_rng(key[2]))
    return graph_rows(images, encoder)


def _core_images(rows: NDArray[np.float32]) -> tuple[NDArray[np.float32], str]:
    """Return images (n, c, h, w) whose background is 0, and what is outside of them, as the library encodes them."""
    flat = rows.reshape(len(rows), -1)
    codec = ImageCodec.fit(flat, infer_columns(flat), rows.shape[1:])
    return codec.encode(flat).reshape(-1, *codec.layout.shape), codec.padding


def with_new_rows(rows: NDArray[Any], codes: NDArray[np.intp], kind: str, seed: int) -> tuple[Any, Any]:
    """Return rows, and the new rows that skexpand makes of them."""
    n_new = N_NEW[kind]
    if not n_new:
        return rows, codes
    flat, shape = rows.reshape(len(rows), -1), _image_shape(rows, kind)
    new, new_codes = _new_rows(flat, codes, n_new, np.random.default_rng(seed), image_shape=shape)
    return np.concatenate([rows, new.reshape(-1, *rows.shape[1:])]), np.concatenate([codes, new_codes])


def _image_shape(rows: NDArray[Any], kind: str) -> tuple[int, ...] | None:
    return rows.shape[1:] if kind == "images" else None


def _new_rows(
    rows: NDArray[Any], codes: NDArray[np.intp], n_new: int, rng: np.random.Generator, **parameters: Any
) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Return new rows, the same number for each class."""
    found, labels = _quietly(_sampler(codes, n_new, int(rng.integers(2**31)), **parameters), rows, codes)
    return found[len(rows) :], labels[len(rows) :]


def _sampler(codes: NDArray[np.intp], n_new: int, seed: int, **parameters: Any) -> ExpansiveSynthesizer:
    """Return a synthesizer that adds the same number of rows to each class of the labelled rows."""
    counts = np.bincount(codes)
    per_class = n_new // len(counts) + (np.arange(len(counts)) < n_new % len(counts))
    totals = dict(enumerate((counts + per_class).tolist()))
    return ExpansiveSynthesizer(sampling_strategy=totals, random_state=seed, **parameters)


def _quietly(sampler: ExpansiveSynthesizer, rows: NDArray[Any], codes: NDArray[np.intp]) -> tuple[Any, Any]:
    """Expand without warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return sampler.fit_resample(rows, codes)


def _labelled(draw: Draw, labels: NDArray[np.intp]) -> Outcome:
    """Train on all rows, with the labels that a method gave to those that had none."""
    n = draw.n_labeled
    return Outcome(labels[n:], draw.rows, np.concatenate([draw.codes[:n], labels[n:]]))


METHODS: dict[str, Method] = {
    "real": real,
    "skexpand": expanded,
    "label_spreading": label_spreading,
    "self_training": self_training,
    "poisson_pixels": poisson_pixels,
    "poisson_gradients": poisson_gradients,
    "poisson": poisson,
    "spread": spread,
    "spread_known": spread_known,
    "without_new": without_new,
    "skexpand_unlabeled": skexpand_unlabeled,
    "truth": truth,
}
