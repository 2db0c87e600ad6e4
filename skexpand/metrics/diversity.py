"""Diversity: whether new rows cover the region of the real rows, crowd into a part of it, or repeat.

Both are measured by balls around real rows, each reaching to the row's k-th nearest real neighbour. *Density* counts
how many of them a new row lies in, *coverage* how many of them contain a new row. The clipped variants limit the
influence of outliers, whose balls are huge, and are calibrated: if a share p of the new rows is good, both are close to
p.

If a table has more than 4,000 rows, 4,000 are drawn at random.
"""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial.distance import cdist, pdist, squareform
from scipy.stats import betabinom

from skexpand.base.random import RandomState, make_generator
from skexpand.base.types import FloatArray
from skexpand.metrics._figure import Figure, compared
from skexpand.metrics._rows import encoded, few_of_both


def density(real: ArrayLike, synthetic: ArrayLike, *, n_neighbors: int = 5, random_state: RandomState = None) -> Figure:
    r"""Return the number of balls around real rows that a synthetic row lies in, relative to k.

    .. math:: \frac{1}{k M} \sum_{j=1}^{M} \sum_{i=1}^{N} \mathbb 1\big[\lVert x_i - y_j \rVert \le r_i\big]

    with the distance :math:`r_i` of real row i to its k-th nearest real neighbour [1]_.

    .. versionadded:: 0.1

    Parameters
    ----------
    real, synthetic : {array-like, dataframe} of shape (n_samples, n_features)
        The rows.
    n_neighbors : int, default=5
        The k of the balls.
    random_state : int, RandomState instance or None, default=None
        Seed of the halves of the reference.

    Returns
    -------
    figure : Figure
        At least 0, which means far away; about 1 for rows of the same distribution; more if they crowd into the middle.

    See Also
    --------
    coverage : How much of the real region new rows fill.
    clipped_density : The same as a share.

    References
    ----------
    .. [1] Naeem, M. F., Oh, S. J., Uh, Y., Choi, Y. and Yoo, J., "Reliable Fidelity and Diversity Metrics for
       Generative Models", ICML 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from skexpand.metrics import density
    >>> real = np.random.default_rng(0).standard_normal((200, 2))
    >>> near, far = (density(real, real + step, random_state=0).value for step in (0.1, 10))
    >>> round(near, 2), round(far, 2)
    (1.11, 0.0)
    """
    return _of_balls(_density, real, synthetic, n_neighbors, random_state)


def coverage(
    real: ArrayLike, synthetic: ArrayLike, *, n_neighbors: int = 5, random_state: RandomState = None
) -> Figure:
    r"""Return the share of balls around real rows that contain a synthetic row.

    .. math:: \frac{1}{N} \sum_{i=1}^{N} \mathbb 1\big[\min_j \lVert x_i - y_j \rVert \le r_i\big]

    with the distance :math:`r_i` of real row i to its k-th nearest real neighbour [1]_. For M rows of the same
    distribution, :math:`1 - \prod_{l=1}^{k} (N - l) / (N + M - l)` is expected.

    .. versionadded:: 0.1

    Parameters
    ----------
    real, synthetic : {array-like, dataframe} of shape (n_samples, n_features)
        The rows.
    n_neighbors : int, default=5
        The k of the balls.
    random_state : int, RandomState instance or None, default=None
        Seed of the halves of the reference.

    Returns
    -------
    figure : Figure
        From 0 to 1, which means that every ball contains a new row.

    See Also
    --------
    density : How realistic new rows are.
    clipped_coverage : The same, corrected for chance.

    References
    ----------
    .. [1] Naeem, M. F., Oh, S. J., Uh, Y., Choi, Y. and Yoo, J., "Reliable Fidelity and Diversity Metrics for
       Generative Models", ICML 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from skexpand.metrics import coverage
    >>> real = np.random.default_rng(0).standard_normal((200, 2))
    >>> near, far = (coverage(real, real + step, random_state=0).value for step in (0.1, 10))
    >>> round(near, 2), round(far, 2)
    (0.99, 0.0)
    """
    return _of_balls(_coverage, real, synthetic, n_neighbors, random_state)


def clipped_density(
    real: ArrayLike, synthetic: ArrayLike, *, n_neighbors: int = 5, random_state: RandomState = None
) -> Figure:
    r"""Return the density with radii and single rows clipped: the share of synthetic rows that are realistic.

    .. math:: \frac{1}{M} \sum_{j=1}^{M} \min\Big(1, \frac{1}{k} \sum_{i=1}^{N} \mathbb 1\big[\lVert x_i - y_j \rVert
       \le \min(r_i, \operatorname{median}\, r)\big]\Big)

    relative to the same for real rows, each left out of its own ball, and at most 1 [1]_.

    .. versionadded:: 0.1

    Parameters
    ----------
    real, synthetic : {array-like, dataframe} of shape (n_samples, n_features)
        The rows.
    n_neighbors : int, default=5
        The k of the balls.
    random_state : int, RandomState instance or None, default=None
        Seed of the halves of the reference.

    Returns
    -------
    figure : Figure
        From 0 to 1, which means that all are realistic.

    See Also
    --------
    clipped_coverage : How much of the real region new rows fill.

    References
    ----------
    .. [1] Salvy, N., Talbot, H. and Thirion, B., "Enhanced Generative Model Evaluation with Clipped Density and
       Coverage", arXiv:2507.01761, 2025.

    Examples
    --------
    >>> import numpy as np
    >>> from skexpand.metrics import clipped_density
    >>> real = np.random.default_rng(0).standard_normal((200, 2))
    >>> near, far = (clipped_density(real, real + step, random_state=0).value for step in (0.1, 10))
    >>> round(near, 2), round(far, 2)
    (1.0, 0.0)
    """
    return _of_balls(_clipped_density, real, synthetic, n_neighbors, random_state)


def clipped_coverage(
    real: ArrayLike, synthetic: ArrayLike, *, n_neighbors: int = 5, random_state: RandomState = None
) -> Figure:
    r"""Return the coverage that counts up to k rows a ball, calibrated: the share of good rows that would reach it.

    .. math:: g\Big(\frac{1}{N} \sum_{i=1}^{N} \min\big(1, \tfrac{1}{k} \#\{j : \lVert x_i - y_j \rVert \le
       r_i\}\big)\Big)

    where g inverts what m good rows of M are expected to reach, a ball's count being beta-binomial (m, k, N - k) [1]_.

    .. versionadded:: 0.1

    Parameters
    ----------
    real, synthetic : {array-like, dataframe} of shape (n_samples, n_features)
        The rows.
    n_neighbors : int, default=5
        The k of the balls.
    random_state : int, RandomState instance or None, default=None
        Seed of the halves of the reference.

    Returns
    -------
    figure : Figure
        From 0 to 1, which means covered as well as by M real rows.

    See Also
    --------
    clipped_density : The share of new rows that are realistic.

    References
    ----------
    .. [1] Salvy, N., Talbot, H. and Thirion, B., "Enhanced Generative Model Evaluation with Clipped Density and
       Coverage", arXiv:2507.01761, 2025.

    Examples
    --------
    >>> import numpy as np
    >>> from skexpand.metrics import clipped_coverage
    >>> real = np.random.default_rng(0).standard_normal((200, 2))
    >>> near, far = (clipped_coverage(real, real + step, random_state=0).value for step in (0.1, 10))
    >>> round(near, 2), round(far, 2)
    (1.0, 0.0)
    """
    return _of_balls(_clipped_coverage, real, synthetic, n_neighbors, random_state)


def repeats(real: ArrayLike, synthetic: ArrayLike, *, random_state: RandomState = None) -> Figure:
    """Return the share of synthetic rows that are not new: equal to a real row, or to another synthetic row.

    One minus the number of distinct new rows divided by the number of all. sdmetrics' ``NewRowSynthesis`` compares with
    real rows only.

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
        From 0, all new, to 1, all copies. The reference is not 0 if real rows repeat, as in tables of categories.

    See Also
    --------
    distance_to_closest_record : How far new rows are from real ones.

    Examples
    --------
    >>> import numpy as np
    >>> from skexpand.metrics import repeats
    >>> rng = np.random.default_rng(0)
    >>> real, new = rng.standard_normal((2, 200, 2))
    >>> repeats(real, np.vstack([real[:50], new[:50]]), random_state=0).value
    0.5
    """
    return compared(_repeats, *encoded(real, synthetic), make_generator(random_state))


def effective_sample_size(real: ArrayLike, synthetic: ArrayLike, *, random_state: RandomState = None) -> Figure:
    r"""Return the effective number of different synthetic rows.

    .. math:: \frac{M^2}{\sum_{i,j} k(y_i, y_j)^2}, \qquad k(x, y) = \exp\big(-\lVert x - y \rVert^2 / 2 h^2\big)

    with half of the median distance from a real row to its nearest neighbour as h: rows much closer than that count as
    one. It is the Vendi score of order 2 [1]_, and Kish's effective sample size if rows are either equal or far apart.
    If there are more than 4,000 rows, 4,000 are drawn at random and the figure is that of these.

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
        From 1, all equal, to the number of synthetic rows, all different.

    See Also
    --------
    repeats : The share of copies.

    References
    ----------
    .. [1] Pasarkar, A. P. and Dieng, A. B., "Cousins of the Vendi Score", AISTATS 2024.

    Examples
    --------
    >>> import numpy as np
    >>> from skexpand.metrics import effective_sample_size
    >>> rng = np.random.default_rng(0)
    >>> real, new = rng.standard_normal((2, 200, 2))
    >>> few = np.repeat(new[:20], 10, axis=0)  # twenty rows, ten times each
    >>> figures = [effective_sample_size(real, rows, random_state=0).value for rows in (new, few)]
    >>> [round(figure) for figure in figures]
    [162, 18]
    """
    rng = make_generator(random_state)
    a, b = few_of_both(real, synthetic, rng)
    distinct = np.unique(a, axis=0)
    width = float(np.median(_radii(distinct, 1))) / 2 if len(distinct) > 1 else 1.0

    def measure(_: FloatArray, rows: FloatArray) -> float:
        overlaps = np.exp(-((pdist(rows) / width) ** 2))  # squared kernels
        return float(len(rows) ** 2 / (len(rows) + 2 * overlaps.sum()))

    return compared(measure, a, b, rng)


def _of_balls(
    measure: Callable[[FloatArray, FloatArray, int], float],
    real: ArrayLike,
    synthetic: ArrayLike,
    n_neighbors: int,
    random_state: RandomState,
) -> Figure:
    """Encode, check k, and measure."""
    rng = make_generator(random_state)
    a, b = few_of_both(real, synthetic, rng)
    most = len(a) // 2 - 1
    if not isinstance(n_neighbors, Integral) or not 1 <= n_neighbors <= most:
        raise ValueError(f"n_neighbors must be from 1 to {most} for {len(a)} real rows, got {n_neighbors!r}.")
    return compared(lambda x, y: measure(x, y, n_neighbors), a, b, rng)


def _radii(a: FloatArray, k: int) -> FloatArray:
    """Return each row's distance to its k-th nearest neighbour; the zeroth is the row itself."""
    return np.partition(squareform(pdist(a)), k, axis=1)[:, k]


def _density(a: FloatArray, b: FloatArray, k: int) -> float:
    return float((cdist(a, b) <= _radii(a, k)[:, None]).sum() / (k * len(b)))


def _coverage(a: FloatArray, b: FloatArray, k: int) -> float:
    return float(np.mean(cdist(a, b).min(axis=1) <= _radii(a, k)))


def _clipped_density(a: FloatArray, b: FloatArray, k: int) -> float:
    radii = _radii(a, k)
    radii = np.minimum(radii, np.median(radii))[:, None]
    of_real = (cdist(a, a) <= radii).sum(axis=0) - 1  # excluding itself
    of_new = (cdist(a, b) <= radii).sum(axis=0)
    reached, ideal = (float(np.minimum(count / k, 1).mean()) for count in (of_new, of_real))
    return min(reached / ideal, 1.0) if ideal else float(reached > 0)


def _clipped_coverage(a: FloatArray, b: FloatArray, k: int) -> float:
    counts = (cdist(a, b) <= _radii(a, k)[:, None]).sum(axis=1)
    n_good, n_inside = np.arange(len(b) + 1), np.arange(k)[:, None]
    chances = betabinom.pmf(n_inside, n_good, k, len(a) - k)
    expected = 1 - ((k - n_inside) / k * chances).sum(axis=0)
    return float(np.interp(np.minimum(counts / k, 1).mean(), expected, n_good / len(b)))


def _repeats(a: FloatArray, b: FloatArray) -> float:
    n_new = len(np.unique(np.concatenate([a, b]), axis=0)) - len(np.unique(a, axis=0))
    return float(1 - n_new / len(b))
