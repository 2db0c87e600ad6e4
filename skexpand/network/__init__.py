"""The autoencoder: a linear path that starts as PCA, and an attention branch gated at zero.

``attention`` turns a vector into tokens and lets them look at each other, ``autoencoder`` adds it to the linear
path, and ``model`` ties encoder, decoder and classification head together. Importing this package imports torch.
"""
