"""What y is: class labels (``classes``) or numbers (``numbers``), checked, and put back into its own container."""
