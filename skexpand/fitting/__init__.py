"""How an expansion is found: each file fits one kind, or chooses between them.

``choice`` picks the function for a table; ``start`` builds what training starts from, anew or from a pretrained core;
``tables``, ``flows``, ``image_latents`` and ``appearance`` fit the kinds of expansion; ``pretraining`` makes the core.
``spread`` and ``latent_dim`` choose what the user leaves open (``held_out`` judges), and ``signs`` measures whether it
failed.
"""
