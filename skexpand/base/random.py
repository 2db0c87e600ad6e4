"""Randomness: one seed in, the same rows out.

Every call makes one generator from ``random_state`` and passes it down. Neither NumPy's nor torch's global state is
read or written.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_MANY, _FEW = 4_096, 50  # items from which on less than one draw in so many is made one by one

RandomState = int | np.random.RandomState | np.random.Generator | None


def make_generator(random_state: RandomState) -> np.random.Generator:
    """Turn scikit-learn's ``random_state`` into a NumPy generator.

    ``None`` takes fresh entropy from the operating system (not NumPy's global state); a ``RandomState`` is advanced,
    as scikit-learn does; an integer always gives the same stream.
    """
    if isinstance(random_state, np.random.RandomState):
        return np.random.default_rng(random_state.randint(2**32, size=4, dtype=np.uint32))
    try:
        return np.random.default_rng(random_state)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"random_state={random_state!r} is not a seed; use an integer of at least 0, or None."
        ) from error


def draw_seed(rng: np.random.Generator) -> int:
    """Draw a seed for a library that keeps a generator of its own (torch, networkx)."""
    return int(rng.integers(2**31 - 1))


def split_stream(rng: np.random.Generator, n_streams: int) -> list[np.random.Generator]:
    """Return generators of independent streams, which depend on the seed and on what was drawn before.

    Those of ``Generator.spawn`` depend on the seed alone.
    """
    root = np.random.SeedSequence(rng.integers(2**32, size=4, dtype=np.uint32).tolist())
    return [np.random.default_rng(child) for child in root.spawn(n_streams)]


def draw_evenly(n_draws: int, n_items: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Draw from ``range(n_items)`` so that counts of items differ by at most one, in random order."""
    draws = repeat_evenly(n_draws, n_items, rng)
    rng.shuffle(draws)
    return draws


def repeat_evenly(n_draws: int, n_items: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return the same multiset of draws in a fixed order; chance decides which items are drawn once more."""
    full, rest = divmod(n_draws, n_items)
    if n_items > _MANY and n_draws * _FEW < n_items:  # shuffling all of them would take longer than all the rest
        return rng.choice(n_items, rest, replace=False)
    once_more = rng.permutation(n_items)[:rest]
    return np.concatenate([np.tile(np.arange(n_items), full), once_more]) if full else once_more


def split_evenly(total: int, weights: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.intp]:
    """Split ``total`` into whole parts in proportion to ``weights`` (which sum to 1); chance decides on remainders."""
    exact = weights * total
    parts = np.floor(exact + 1e-9).astype(np.intp)
    rest = total - int(parts.sum())
    if rest > 0:
        remainder = np.maximum(exact - parts, 0)
        parts[rng.choice(len(parts), rest, replace=False, p=remainder / remainder.sum())] += 1
    return parts
