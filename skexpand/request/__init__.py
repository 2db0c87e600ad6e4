"""The arguments of a call: table, labels, groups, totals and parameters, checked before any training."""
