"""What a call asks for: the table, its labels and groups, the totals, the parameters, checked before any training."""
