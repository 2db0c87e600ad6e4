"""The fitted model: everything that making new rows takes, and nothing of how it was found.

``latent`` recombines latent rows, ``flows`` the movements between images, ``appearance`` what these leave over. All are
``blocks`` of one kind, ``drawing`` makes rows from them, ``provenance`` says where each comes from, and ``core`` is
what pretraining found.
"""
