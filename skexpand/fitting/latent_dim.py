"""The size of the latent space."""

from __future__ import annotations

import numpy as np

from skexpand.base.types import FloatArray

MAX_LATENT_DIM = 256
LATENT_DIMS = (16, 64)  # least and most for images: an eighth of the pixels in between
_RANK_TOLERANCE = 1e-6  # smallest standard deviation, in standardized units, that counts as variation


def resolve_latent_dim(encoded: FloatArray, latent_dim: int | None) -> int:
    """Return the size of the latent space; None keeps every direction in which the columns vary.

    With more columns than rows, directions without variance occur by chance and are kept; otherwise they are rules of
    the table (repeated columns, shares that sum to 1) and are left out, so that new rows obey them.
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


def image_latent_dim(n_columns: int, latent_dim: int | None) -> int:
    """Return the size of the latent space of images; None means an eighth of the pixels, but 16 to 64."""
    if latent_dim is None:
        return min(n_columns, int(np.clip(n_columns // 8, *LATENT_DIMS)))
    if latent_dim > n_columns:
        raise ValueError(
            f"latent_dim={latent_dim} exceeds the number of pixels (channels counted), {n_columns}; use at most that, "
            "or None for an eighth of it, but 16 to 64."
        )
    return latent_dim
