"""One module for each peer, with ``make(X, y, counts, seed, budget)``.

X has scaled columns, y the class codes 0, 1, … and ``counts`` how many rows of each class to make; ``budget`` is in
seconds of CPU, or None for the package's defaults. What comes back: rows, class codes, and, where a module tries
several settings, the seconds of the one that it kept. A class for which a peer makes no row gets none.
"""
