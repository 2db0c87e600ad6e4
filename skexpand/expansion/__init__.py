"""The way of a row put together: fitting builds an expansion, sampling walks it back.

``representation`` chooses what a transition is; ``latent`` recombines latent rows of tables (``fitting``) and of images
(``image_latents``), ``images`` recombines flows, and ``appearance`` what flows leave over. All are ``blocks`` of one
kind, ``drawing`` makes rows from them, and ``diagnostics`` measures whether they failed.
"""
