"""The fitted model: everything that is needed to make new rows, and nothing about how it was fitted.

``latent`` recombines latent rows, ``flows`` the movements between images, and ``appearance`` what these do not explain.
``blocks`` is their common base class, ``drawing`` makes rows with them, ``provenance`` records the parents of each row,
and ``core`` is the result of pretraining.
"""
