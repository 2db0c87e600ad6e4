"""With new rows and without, on the same folds: what the gate, the report and ``utility_score`` have in common."""
