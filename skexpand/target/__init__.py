"""The target y: class labels (``classes``) or numbers (``numbers``), checked, and returned in its own container."""
