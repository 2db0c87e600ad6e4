"""Cases that try every pair of values, and the rest of all combinations only when slow tests run."""

from itertools import combinations, product

import pytest


def pairwise(*axes):
    """Return a case per combination of values; those that add no new pair of values are marked slow.

    Most faults show where two values meet [1]_, so these cases find nearly what all find.

    .. [1] Kuhn, Wallace and Gallo, "Software Fault Interactions and Implications for Software Testing", IEEE
       Transactions on Software Engineering 30, 2004.
    """
    everything = list(product(*(range(len(axis)) for axis in axes)))
    open_pairs = set().union(*map(_pairs, everything))
    chosen = set()
    while open_pairs:
        best = max(everything, key=lambda case: len(_pairs(case) & open_pairs))
        chosen.add(best)
        open_pairs -= _pairs(best)
    cases = [(case, [axis[k] for axis, k in zip(axes, case, strict=True)]) for case in everything]
    return [
        pytest.param(*values, id="-".join(map(str, values)), marks=[] if case in chosen else pytest.mark.slow)
        for case, values in cases
    ]


def _pairs(case):
    return set(combinations(enumerate(case), 2))
