"""How new points arise: edges between rows of a class, the operator that moves along them, and the law of expansion.

``graph`` draws the edges, ``koopman`` learns the one linear step that all edges share, ``operators`` is the table of
the operators, ``components`` fits the components of the law to ``latents``, ``law`` recombines what the step leaves
over, ``transport`` sets distributions right, and ``selection`` chooses among laws by validation inside the training
rows.
"""
