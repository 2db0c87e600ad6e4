"""The autoencoder: a linear path that starts as PCA, and an attention branch gated at zero.

``attention`` splits a vector into tokens and applies self-attention, ``autoencoder`` adds it to the linear path, and
``model`` combines encoder, decoder and classification head. Importing this package imports torch.
"""
