"""The parameters of ``ExpansiveSynthesizer`` by what they decide, as notebooks and the documentation show them."""

from __future__ import annotations

GROUPS = {
    "The target": ("target", "target_law", "n_bins"),
    "How many rows": ("sampling_strategy", "expansion_ratio"),
    "The law": ("law", "degree", "n_neighbors", "pooling", "spread", "transport"),
    "The network": ("n_heads", "latent_dim"),
    "Images": ("image_shape", "transition"),
    "Columns": ("categorical_features", "missing", "bounds", "rules"),
    "Rows without labels": ("unlabeled", "class_shares"),
    "Training": (
        *("max_epochs", "learning_rate", "loss_weights", "early_stopping", "validation_fraction"),
        *("core", "device", "n_jobs", "verbose", "random_state"),
    ),
}
