"""How new points are made: edges between rows of a class, the operator of a step along them, and the law of expansion.

``graph`` draws the edges, ``koopman`` learns the one linear step that all edges share, ``operators`` is the table of
the operators, ``components`` fits the components of the law to ``latents``, ``law`` recombines the residuals of
the step, ``transport`` corrects distributions, and ``selection`` chooses among laws by validation inside the training
rows.
"""
