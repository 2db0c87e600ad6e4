"""Comparison of learners with and without new rows on the same folds: gate, report and ``utility_score``."""
