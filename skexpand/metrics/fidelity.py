"""Fidelity: how similarly new and real rows are distributed.

From simple to sensitive: one column at a time, all columns along random directions or by a kernel, pairs of columns,
and a classifier that tries to distinguish the two.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial.distance import cdist, pdist
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from skexpand.base.parallel import in_this_process
from skexpand.base.random import RandomState, draw_seed, make_generator
from skexpand.base.types import FloatArray
from skexpand.dynamics.transport import random_directions
from skexpand.metrics._figure import Figure, compared
from skexpand.metrics._rows import encoded, few_of_both, read_both


def column_wasserstein(real: ArrayLike, synthetic: ArrayLike, *, random_state: RandomState = None) -> dict[Any, Figure]:
    r"""Return the Wasserstein-1 distance of each column, in standard deviations of the real one.

    .. math:: W_1 = \int |F(t) - G(t)| \, dt \,/\, \sigma

    with the distribution functions F and G of the column in both tables. Any two categories are at distance 1, which
    makes it the total variation distance :math:`\tfrac12 \sum_k |p_k - q_k|`. Missing cells are left out. Computed by
    POT [1]_.

    .. versionadded:: 0.1

    Parameters
    ----------
    real, synthetic : {array-like, dataframe} of shape (n_samples, n_features)
        The rows.
    random_state : int, RandomState instance or None, default=None
        Seed of the halves of the reference.

    Returns
    -------
    figures : dict of Figure
        By column (its position in an array). At least 0, which means the same; 1 is the most for categories. NaN where
        a column has no values.

    See Also
    --------
    sliced_wasserstein : All columns together.
    skexpand.plot.ColumnDensityDisplay : Draws the columns.

    References
    ----------
    .. [1] Flamary, R. et al., "POT: Python Optimal Transport", JMLR 22(78), 2021.

    Examples
    --------
    >>> import numpy as np
    >>> from skexpand.metrics import column_wasserstein
    >>> real = np.random.default_rng(0).standard_normal((200, 2))
    >>> figures = column_wasserstein(real, real + [0, real[:, 1].std()], random_state=0)
    >>> [round(figure.value, 3) for figure in figures.values()]
    [0.0, 1.0]
    """
    rng = make_generator(random_state)
    cells = read_both(real, synthetic)
    figures: dict[Hashable, Figure] = {}
    for place, column in enumerate(cells.columns):
        a, b = (rows[~np.isnan(rows[:, place]), place] for rows in (cells.real, cells.synthetic))
        name = place if column.name in figures else column.name
        if min(len(a), len(b)) < 2:
            figures[name] = Figure(np.nan, np.nan, np.nan)
            continue
        measure = _total_variation if column.kind == "categorical" else _wasserstein_1d
        scale = 1.0 if column.kind == "categorical" else a.std() or 1.0
        figures[name] = compared(measure, a / scale, b / scale, rng)
    return figures


def _wasserstein_1d(a: FloatArray, b: FloatArray) -> float:
    import ot  # imports torch

    return float(ot.wasserstein_1d(a, b, p=1))


def _total_variation(a: FloatArray, b: FloatArray) -> float:
    n_levels = int(max(a.max(), b.max())) + 1
    shares = [np.bincount(codes.astype(np.intp), minlength=n_levels) / len(codes) for codes in (a, b)]
    return float(np.abs(shares[0] - shares[1]).sum() / 2)


def sliced_wasserstein(
    real: ArrayLike, synthetic: ArrayLike, *, n_projections: int = 128, random_state: RandomState = None
) -> Figure:
    r"""Return the sliced Wasserstein-2 distance, in standard deviations.

    .. math:: SW_2^2 = \frac{1}{L} \sum_{l=1}^{L} W_2^2(\theta_l^\top X, \theta_l^\top Y)

    over L random unit vectors in the space of the encoded rows [1]_. Unlike the distances of single columns, it
    depends on how columns vary together.

    .. versionadded:: 0.1

    Parameters
    ----------
    real, synthetic : {array-like, dataframe} of shape (n_samples, n_features)
        The rows.
    n_projections : int, default=128
        Number of directions L.
    random_state : int, RandomState instance or None, default=None
        Seed of the directions and of the halves of the reference.

    Returns
    -------
    figure : Figure
        At least 0, which means the same.

    See Also
    --------
    column_wasserstein : Each column by itself.

    References
    ----------
    .. [1] Bonneel, N., Rabin, J., Peyré, G. and Pfister, H., "Sliced and Radon Wasserstein Barycenters of Measures",
       Journal of Mathematical Imaging and Vision 51, 2015.

    Examples
    --------
    >>> import numpy as np
    >>> from skexpand.metrics import sliced_wasserstein
    >>> real = np.random.default_rng(0).standard_normal((200, 2))
    >>> near, far = (sliced_wasserstein(real, real + step, random_state=0).value for step in (0.1, 10))
    >>> round(near, 2), round(far, 2)
    (0.1, 9.7)
    """
    import ot

    rng = make_generator(random_state)
    a, b = encoded(real, synthetic)
    directions = random_directions(a.shape[1], n_projections, rng)
    return compared(lambda x, y: float(ot.sliced_wasserstein_distance(x, y, projections=directions)), a, b, rng)


def maximum_mean_discrepancy(real: ArrayLike, synthetic: ArrayLike, *, random_state: RandomState = None) -> Figure:
    r"""Return the maximum mean discrepancy with a Gaussian kernel.

    .. math:: \mathrm{MMD}^2 = \operatorname{mean}\, k(x, x') + \operatorname{mean}\, k(y, y') - 2\,
       \operatorname{mean}\, k(x, y), \qquad k(x, y) = \exp\big(-\lVert x - y \rVert^2 / 2 h^2\big)

    with means over all pairs of rows (the V-statistic of [1]_, which is 0 for equal samples), and the median
    distance between real rows as h. If a table has more than 4,000 rows, 4,000 are drawn at random.

    .. versionadded:: 0.1

    Parameters
    ----------
    real, synthetic : {array-like, dataframe} of shape (n_samples, n_features)
        The rows.
    random_state : int, RandomState instance or None, default=None
        Seed of the drawn rows and of the halves of the reference.

    Returns
    -------
    figure : Figure
        From 0, which means the same, to the square root of 2.

    See Also
    --------
    sliced_wasserstein : A distance in standard deviations.

    References
    ----------
    .. [1] Gretton, A., Borgwardt, K., Rasch, M., Schölkopf, B. and Smola, A., "A Kernel Two-Sample Test", JMLR
       13(25), 2012.

    Examples
    --------
    >>> import numpy as np
    >>> from skexpand.metrics import maximum_mean_discrepancy
    >>> real = np.random.default_rng(0).standard_normal((200, 2))
    >>> near, far = (maximum_mean_discrepancy(real, real + step, random_state=0).value for step in (0.1, 10))
    >>> round(near, 2), round(far, 2)
    (0.05, 1.08)
    """
    rng = make_generator(random_state)
    a, b = few_of_both(real, synthetic, rng)
    width = float(np.median(pdist(a))) or 1.0

    def mean_kernel(x: FloatArray, y: FloatArray) -> float:
        return float(np.exp(-cdist(x, y, "sqeuclidean") / (2 * width**2)).mean())

    def measure(x: FloatArray, y: FloatArray) -> float:
        return float(np.sqrt(max(mean_kernel(x, x) + mean_kernel(y, y) - 2 * mean_kernel(x, y), 0.0)))

    return compared(measure, a, b, rng)


def correlation_difference(real: ArrayLike, synthetic: ArrayLike, *, random_state: RandomState = None) -> Figure:
    r"""Return the mean absolute difference between the correlations in both tables.

    .. math:: \frac{2}{p (p - 1)} \sum_{i<j} |\rho_{ij} - r_{ij}|

    over all pairs of encoded columns, :math:`\rho` of the real rows and :math:`r` of the synthetic ones; a column that
    does not vary correlates with none. On tables of numbers, sdmetrics' ``CorrelationSimilarity`` [1]_ of a pair is 1
    minus half of its term.

    .. versionadded:: 0.1

    Parameters
    ----------
    real, synthetic : {array-like, dataframe} of shape (n_samples, n_features)
        The rows.
    random_state : int, RandomState instance or None, default=None
        Seed of the halves of the reference.

    Returns
    -------
    figure : Figure
        From 0, which means the same, to 2. 0 for a single column.

    See Also
    --------
    column_wasserstein : Each column by itself.

    References
    ----------
    .. [1] SDMetrics, "CorrelationSimilarity", https://docs.sdv.dev/sdmetrics.

    Examples
    --------
    >>> import numpy as np
    >>> from skexpand.metrics import correlation_difference
    >>> rng = np.random.default_rng(0)
    >>> real, new = rng.standard_normal((2, 200, 2))
    >>> twins = new[:, [0, 0]]  # two columns that are the same
    >>> figures = [correlation_difference(real, rows, random_state=0).value for rows in (new, twins)]
    >>> [round(figure, 2) for figure in figures]
    [0.09, 0.95]
    """
    return compared(_correlation_difference, *encoded(real, synthetic), make_generator(random_state))


def _correlation_difference(a: FloatArray, b: FloatArray) -> float:
    pairs = np.triu_indices(a.shape[1], 1)
    if not len(pairs[0]):
        return 0.0
    return float(np.abs(correlations(a)[pairs] - correlations(b)[pairs]).mean())


def correlations(rows: FloatArray) -> FloatArray:
    """Return the correlation matrix, 0 where a column does not vary."""
    centred = rows - rows.mean(axis=0)
    scale = np.linalg.norm(centred, axis=0)
    unit = centred / np.where(scale > 0, scale, 1.0)
    return unit.T @ unit


def two_sample_auc(
    real: ArrayLike, synthetic: ArrayLike, *, estimator: Any = None, cv: int = 5, random_state: RandomState = None
) -> Figure:
    r"""Return the cross-validated ROC AUC of a classifier that distinguishes synthetic from real rows.

    The classifier two-sample test [1]_: both tables are cut to the same number of rows and labelled 0 and 1; each row
    is scored by a classifier that was trained without its fold. Exact copies come out *below* 0.5, since a row's twin
    in the training folds has the other label: see :func:`repeats`.

    .. versionadded:: 0.1

    Parameters
    ----------
    real, synthetic : {array-like, dataframe} of shape (n_samples, n_features)
        The rows.
    estimator : classifier, default=None
        The classifier; it is given encoded rows. If None, 50 extremely randomized trees.
    cv : int, default=5
        Number of folds.
    random_state : int, RandomState instance or None, default=None
        Seed of rows, folds and the halves of the reference.

    Returns
    -------
    figure : Figure
        From 0 to 1: 0.5 if they cannot be distinguished, 1 if they always can.

    See Also
    --------
    maximum_mean_discrepancy : A distance without a classifier.

    References
    ----------
    .. [1] Lopez-Paz, D. and Oquab, M., "Revisiting Classifier Two-Sample Tests", ICLR 2017.

    Examples
    --------
    >>> import numpy as np
    >>> from skexpand.metrics import two_sample_auc
    >>> rng = np.random.default_rng(0)
    >>> real, new = rng.standard_normal((2, 200, 2))
    >>> figures = [two_sample_auc(real, new + step, random_state=0).value for step in (0, 10)]
    >>> [round(figure, 2) for figure in figures]
    [0.52, 1.0]
    """
    rng = make_generator(random_state)
    if estimator is None:
        estimator = ExtraTreesClassifier(50, min_samples_leaf=2, random_state=draw_seed(rng))
    if not hasattr(estimator, "predict_proba"):
        raise TypeError(f"estimator={estimator!r} has no predict_proba; give a classifier that has it.")

    @in_this_process()
    def measure(a: FloatArray, b: FloatArray) -> float:
        size = min(len(a), len(b))
        rows = np.concatenate([x[rng.permutation(len(x))[:size]] for x in (a, b)])
        labels = np.repeat([0, 1], size)
        folds = StratifiedKFold(min(cv, size), shuffle=True, random_state=draw_seed(rng))
        chances = cross_val_predict(clone(estimator), rows, labels, cv=folds, method="predict_proba")[:, 1]
        return float(roc_auc_score(labels, chances))

    return compared(measure, *encoded(real, synthetic), rng, n_splits=2)
