"""Tables that the tests make for themselves."""

import numpy as np


def blobs(rng, counts, n_columns, apart=4.0):
    """Return correlated normal rows, one class after another, with means about ``apart`` standard deviations apart."""
    labels = np.repeat(np.arange(len(counts)), counts)
    mixing = rng.standard_normal((n_columns, n_columns)) / np.sqrt(n_columns) + np.eye(n_columns)
    means = apart * rng.standard_normal((len(counts), n_columns))
    return means[labels] + rng.standard_normal((len(labels), n_columns)) @ mixing, labels


def arc(rng, n_rows, n_columns=4):
    """Return rows on a bent curve (one degree of freedom, two linear dimensions); a class is half of the curve."""
    t = rng.uniform(-1, 1, n_rows)
    curve = np.column_stack([t, 0.8 * t**2])
    lift = np.linalg.qr(rng.standard_normal((n_columns, 2)))[0]
    return curve @ lift.T, (t > 0).astype(int)


def symmetric(rng, eigenvalues):
    """Return a symmetric matrix with these eigenvalues and random axes."""
    axes = np.linalg.qr(rng.standard_normal((len(eigenvalues), len(eigenvalues))))[0]
    return (axes * eigenvalues) @ axes.T


def same_bits(a, b):
    """Tell whether two arrays agree in type, shape and every bit."""
    a, b = np.asarray(a), np.asarray(b)
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def signatures(rng, n_groups, size=4):
    """Return groups of near-equal rows, with labels of chance: a row's twin knows its label."""
    groups = np.repeat(np.arange(n_groups), size)
    X = rng.standard_normal((n_groups, 6))[groups] + 0.01 * rng.standard_normal((len(groups), 6))
    return X, rng.permutation(np.arange(n_groups) % 2)[groups], groups
