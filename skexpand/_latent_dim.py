"""How large the latent space is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

MAX_LATENT_DIM = 256
_RANK_TOLERANCE = 1e-6  # smallest standard deviation, in standardized units, that counts as variation


def resolve_latent_dim(encoded: FloatArray, latent_dim: int | None) -> int:
    """Return the size of the latent space; None keeps every direction in which the columns vary.

    With more columns than rows, directions without variance are a matter of chance and are kept; otherwise they
    are rules of the table (repeated columns, shares that sum to 1) and are left out, so that new rows keep them.
    """
    n_rows, n_columns = encoded.shape
    if latent_dim is not None:
        if latent_dim > n_columns:
            raise ValueError(
                f"latent_dim={latent_dim} exceeds the number of columns that vary, {n_columns}; use at most that, "
                "or None for all."
            )
        return latent_dim
    if n_rows > n_columns:
        return max(1, int(np.linalg.matrix_rank(encoded, tol=_RANK_TOLERANCE * np.sqrt(n_rows))))
    return min(n_columns, max(MAX_LATENT_DIM, n_rows - 1))
