"""How an expansion is fitted: each file fits one kind, or chooses between them.

``choice`` selects the function for a table; ``start`` builds the initial network, new or from a pretrained core;
``tables``, ``flows``, ``image_latents`` and ``appearance`` fit the kinds of expansion; ``pretraining`` makes the core.
``spread`` and ``latent_dim`` choose values that the user did not set (``held_out`` scores them), and ``signs`` measures
whether it failed.
"""
